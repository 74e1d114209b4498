//! What a line may go on with: commands, options and their values, fields of a search, names of queries,
//! and what is in the index. A session and the shells ask here.
//!
//! Only a help: what could deceive a terminal, or would have to be quoted, is not offered, and where the
//! index cannot be read nothing of it is.

mod slot;

use std::path::PathBuf;

use clap::builder::{PossibleValue, ValueHint};
use clap::{Arg, Command};
use trailspan::catalogue::Catalogue;
use trailspan::findings::Rules;
use trailspan::search;
use trailspan::text::is_deceptive;

use super::help::TOPICS;
use super::opened::Opened;
use super::queries;
use slot::{Slot, command_in, long, slot};

/// How many values of the index are offered at once.
const OFFERED_MAX: usize = 100;

/// What a word may become.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// One of these, in order, the whole word each time.
    Words(Vec<String>),
    /// The name of a file or folder.
    Files,
}

impl Offer {
    /// Returns the words; none where it is a file that is asked for.
    pub(super) fn into_words(self) -> Vec<String> {
        match self {
            Self::Words(words) => words,
            Self::Files => Vec::new(),
        }
    }
}

/// What can be completed.
pub(super) struct Known {
    /// The whole program, built.
    pub(super) grammar: Command,
    pub(super) opened: Opened,
    pub(super) index: PathBuf,
    /// The file of named queries, where one was named.
    pub(super) queries: Option<PathBuf>,
}

impl Known {
    /// Lists what the last word of a line may become; the line begins with a command or an option.
    pub(super) fn offer(&self, before: &[&str], word: &str) -> Offer {
        let grammar = &self.grammar;
        let (at, pending) = command_in(grammar, before);
        if let Some(option) = pending {
            return self.value(option, word);
        }
        let Some((name, rest)) = at.and_then(|at| before.get(at..)?.split_first()) else {
            return match word.starts_with('-') {
                true => self.of_an_option(grammar, word),
                false => Offer::Words(self.commands(word)),
            };
        };
        let Some(command) = grammar.find_subcommand(name) else {
            return Offer::Words(Vec::new());
        };
        if word.starts_with('-') && !rest.contains(&"--") {
            let offered = self.of_an_option(command, word);
            // In a search it may also begin a term that is refused.
            let is_search = command.get_arguments().any(|arg| arg.get_id() == "query");
            return match offered {
                Offer::Words(words) if words.is_empty() && is_search => {
                    Offer::Words(self.of_a_query(word))
                }
                offered => offered,
            };
        }
        match slot(command, rest) {
            Slot::Option(option) => self.value(option, word),
            Slot::Positional(arg) => self.value(arg, word),
            Slot::None => Offer::Words(Vec::new()),
        }
    }

    /// Lists the commands that begin so.
    pub(super) fn commands(&self, word: &str) -> Vec<String> {
        let commands = self.grammar.get_subcommands();
        let shown = commands.filter(|command| !command.is_hide_set());
        beginning(shown.map(Command::get_name), "", word)
    }

    fn of_an_option(&self, command: &Command, word: &str) -> Offer {
        if let Some((typed, value)) = word.split_once('=') {
            let named = |arg: &&Arg| Some(typed) == long(arg).as_deref();
            let arg = command.get_arguments().find(named);
            return match arg.map(|arg| self.value(arg, value)) {
                None => Offer::Words(Vec::new()),
                Some(Offer::Files) => Offer::Files,
                Some(Offer::Words(values)) => {
                    let whole = values.into_iter().map(|value| format!("{typed}={value}"));
                    Offer::Words(whole.collect())
                }
            };
        }
        let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
        let longs: Vec<String> = shown.filter_map(long).collect();
        Offer::Words(beginning(longs.iter().map(String::as_str), "", word))
    }

    /// Lists values of an option or of a command.
    fn value(&self, arg: &Arg, word: &str) -> Offer {
        let (former, last) = match arg.get_value_delimiter() {
            Some(comma) => split_behind(word, comma),
            None => ("", word),
        };
        let possible = arg.get_possible_values();
        let values = if !possible.is_empty() {
            beginning(possible.iter().map(PossibleValue::get_name), "", last)
        } else if is_path(arg) {
            return Offer::Files;
        } else {
            self.of_a_field(subject(arg), last)
        };
        let whole = values.into_iter().map(|value| format!("{former}{value}"));
        Offer::Words(whole.collect())
    }

    /// Lists values of an option by its long name, whichever command has it.
    pub(super) fn values_of(&self, option: &str, word: &str) -> Vec<String> {
        let mut commands = self.grammar.get_subcommands();
        let named = |arg: &&Arg| arg.get_long() == Some(option);
        let arg = commands.find_map(|command| command.get_arguments().find(named));
        arg.map(|arg| self.value(arg, word).into_words())
            .unwrap_or_default()
    }

    /// Lists what a term of a query may become.
    fn of_a_query(&self, word: &str) -> Vec<String> {
        let (sign, plain) = match word.strip_prefix('-') {
            Some(plain) => ("-", plain),
            None => ("", word),
        };
        if plain.starts_with('@') {
            let queries = match &self.queries {
                Some(path) => queries::read(Some(path), ""),
                None => queries::own_queries(),
            };
            let queries = queries.unwrap_or_default();
            return beginning(queries.names(), &format!("{sign}@"), word);
        }
        let field = plain.split_once(':').and_then(|(name, value)| {
            let mut rows = search::fields().iter();
            let row = rows.find(|row| row.words().any(|word| word == name))?;
            Some((row, name, value))
        });
        if let Some((row, name, value)) = field {
            let (former, last) = split_behind(value, ',');
            let found = self.of_a_field(&row.name, last).into_iter();
            return found
                .map(|value| format!("{sign}{name}:{former}{value}"))
                .collect();
        }
        let fields = search::fields().iter().map(|row| format!("{}:", row.name));
        let fields: Vec<String> = fields.collect();
        let mut found = beginning(fields.iter().map(String::as_str), sign, word);
        found.extend(self.live(plain).into_iter().map(|id| format!("{sign}{id}")));
        found
    }

    /// Lists values of a field, or of what a command or an option takes that is called so.
    fn of_a_field(&self, field: &str, word: &str) -> Vec<String> {
        let catalogue = Catalogue::embedded();
        match field {
            "is" => beginning(search::states(), "", word),
            "event" => {
                let events = catalogue.events().map(|(name, _)| name);
                beginning(events, "", word)
            }
            "finding" => beginning(rules(), "", word),
            "subject" => {
                let events = catalogue.events().map(|(name, _)| name);
                let names = beginning(events.chain(rules()), "", word);
                match names.is_empty() {
                    true => self.live(word),
                    false => names,
                }
            }
            "kind" => {
                let relations = catalogue.relations();
                let names = relations.flat_map(|(_, r)| [r.short.as_str(), r.name.as_str()]);
                beginning(names, "", word)
            }
            "account" | "region" => self.covered(field == "region", word),
            "id" | "event_id" | "actor" | "ip" | "source_ip" => self.live(word),
            "query" => self.of_a_query(word),
            "command" => self.commands(word),
            "about" => {
                let mut found = self.commands(word);
                found.extend(beginning(TOPICS.iter().map(|topic| topic.name), "", word));
                found
            }
            _ => Vec::new(),
        }
    }

    /// Lists accounts or regions that the archive covers.
    fn covered(&self, is_region: bool, word: &str) -> Vec<String> {
        let Ok(reader) = self.opened.open(&self.index) else {
            return Vec::new();
        };
        let accounts = &reader.coverage().accounts;
        let names = accounts
            .iter()
            .flat_map(|(account, regions)| match is_region {
                true => regions.keys().map(|region| region.as_str()).collect(),
                false => vec![account.as_str()],
            });
        beginning(names.filter(|name| !name.starts_with('-')), "", word)
    }

    /// Lists values of the index that begin so; none that would be read as an option.
    fn live(&self, word: &str) -> Vec<String> {
        if word.is_empty() {
            return Vec::new();
        }
        let reader = self.opened.open(&self.index);
        let found = reader.and_then(|reader| reader.suggest_ids(word, OFFERED_MAX));
        let mut found = found.unwrap_or_default();
        found.retain(|value| is_plain_word(value) && !value.starts_with('-'));
        found
    }
}

/// Names what an argument takes: as a field, where it is one.
fn subject(arg: &Arg) -> &str {
    match arg.get_id().as_str() {
        "event" if arg.is_positional() => "subject",
        id => id,
    }
}

fn is_path(arg: &Arg) -> bool {
    matches!(
        arg.get_value_hint(),
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath
    )
}

/// Cuts behind the last separator.
fn split_behind(word: &str, separator: char) -> (&str, &str) {
    let at = word.rfind(separator).map_or(0, |at| at + 1);
    word.split_at(at)
}

fn rules() -> impl Iterator<Item = &'static str> {
    Rules::embedded().iter().map(|rule| rule.code.as_str())
}

/// Lists the names that, behind a prefix, begin as the word does, in order, each once; case does not
/// matter.
pub(super) fn beginning<'n>(
    names: impl Iterator<Item = &'n str>,
    prefix: &str,
    word: &str,
) -> Vec<String> {
    let word = word.to_lowercase();
    let mut found: Vec<String> = names
        .map(|name| format!("{prefix}{name}"))
        .filter(|name| name.to_lowercase().starts_with(&word) && is_plain_word(name))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Cuts what was typed up to the last word into the words before it, and that word.
pub(super) fn cut(typed: &str) -> (Vec<&str>, usize) {
    let is_between = |c: char| c.is_whitespace() || "'\"()".contains(c);
    let at = typed.char_indices().rev().find(|(_, c)| is_between(*c));
    let start = at.map_or(0, |(at, c)| at + c.len_utf8());
    let before = typed[..start].split(is_between);
    (before.filter(|word| !word.is_empty()).collect(), start)
}

/// Says whether a text can be shown and typed as it is: a word without anything that deceives.
pub(super) fn is_plain_word(text: &str) -> bool {
    !text.is_empty()
        && !text
            .chars()
            .any(|c| is_deceptive(c) || c.is_whitespace() || "\"'\\#`$".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_typed_is_no_plain_word() {
        assert!(is_plain_word("arn:aws:iam::111122223333:user/alice"));
        for text in ["", "a b", "\u{1b}[2J", "a\"b", "#a", "\u{202e}"] {
            assert!(!is_plain_word(text), "{text:?}");
        }
    }

    #[test]
    fn a_line_is_cut_at_blanks_and_signs_that_no_word_has() {
        for (typed, before, word) in [
            ("hist", &[][..], "hist"),
            ("history ", &["history"], ""),
            ("search '(kind:eni", &["search"], "kind:eni"),
            ("search\u{2003}é ", &["search", "é"], ""),
        ] {
            let (words, start) = cut(typed);
            assert_eq!((words.as_slice(), &typed[start..]), (before, word));
        }
    }
}
