//! Completion: commands, options and their values, fields of a search, names of queries, and what is in
//! the index.
//!
//! Only a help: what could deceive a terminal, or would have to be quoted, is not offered.

use std::path::PathBuf;

use clap::{Arg, Command};
use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};
use trailspan::catalogue::Catalogue;
use trailspan::search;

use super::screen::is_plain_word;
use super::session::{Session, grammar};
use super::settings::SETTINGS;
use super::words::{WORDS, commands};
use crate::cli::opened::Opened;
use crate::cli::queries;

/// How many values of the index are offered at once.
const OFFERED_MAX: usize = 100;

/// What can be completed in a session as it is now.
pub(super) struct Completion {
    grammar: Command,
    opened: Opened,
    index: PathBuf,
    queries: Option<PathBuf>,
}

impl Completion {
    /// Looks at the settings of a session.
    pub(super) fn of(session: &Session) -> Self {
        let setting = |name| session.settings.get(name).map(PathBuf::from);
        Self {
            grammar: grammar(),
            opened: session.opened.clone(),
            index: setting("index").unwrap_or_default(),
            queries: setting("queries"),
        }
    }

    /// Lists what the last word of a line may become, the whole word each time.
    fn candidates(&self, before: &[&str], word: &str) -> Vec<String> {
        let Some((first, rest)) = before.split_first() else {
            let commands = commands(&self.grammar).map(Command::get_name);
            let own = WORDS.iter().map(|word| word.name);
            return beginning(commands.chain(own), "", word);
        };
        let settings = SETTINGS.iter().map(|setting| setting.name);
        match (*first, rest) {
            ("help", []) => self.candidates(&[], word),
            ("set" | "unset", []) => beginning(settings, "", word),
            ("set", [name]) => self.values_of(name, word),
            ("transcript", _) => Vec::new(),
            (name, _) => match self.grammar.find_subcommand(name) {
                Some(command) => self.within(command, before, word),
                None => Vec::new(),
            },
        }
    }

    fn within(&self, command: &Command, before: &[&str], word: &str) -> Vec<String> {
        if let Some((option, value)) = word.split_once('=').filter(|_| word.starts_with("--")) {
            let values = self.values_of(option.trim_start_matches('-'), value);
            return values
                .into_iter()
                .map(|value| format!("{option}={value}"))
                .collect();
        }
        if word.starts_with('-') {
            let longs = command.get_arguments().filter_map(Arg::get_long);
            return beginning(longs, "--", word);
        }
        let last = before.last().and_then(|last| last.strip_prefix("--"));
        let option = last.and_then(|last| {
            let mut arguments = command.get_arguments();
            arguments.find(|arg| arg.get_long() == Some(last) && arg.get_action().takes_values())
        });
        if let Some(option) = option.and_then(Arg::get_long) {
            return self.values_of(option, word);
        }
        match command.get_name() {
            "search" => self.of_a_query(word),
            "explain" => {
                let names = beginning(events().into_iter(), "", word);
                match names.is_empty() {
                    true => self.live(word),
                    false => names,
                }
            }
            "history" | "at" | "show" => self.live(word),
            _ => Vec::new(),
        }
    }

    /// Lists values of an option, or of a setting, which has its name.
    fn values_of(&self, option: &str, word: &str) -> Vec<String> {
        let mut commands = self.grammar.get_subcommands();
        let named = |arg: &&Arg| arg.get_long() == Some(option);
        let arg = commands.find_map(|command| command.get_arguments().find(named));
        let possible = arg.map(Arg::get_possible_values).unwrap_or_default();
        if !possible.is_empty() {
            let names = possible.iter().map(clap::builder::PossibleValue::get_name);
            return beginning(names, "", word);
        }
        self.of_a_field(option, word)
    }

    /// Lists what a term of a query may become.
    fn of_a_query(&self, word: &str) -> Vec<String> {
        let (sign, plain) = match word.strip_prefix('-') {
            Some(plain) => ("-", plain),
            None => ("", word),
        };
        if let Some(name) = plain.strip_prefix('@') {
            let queries = match &self.queries {
                Some(path) => queries::read(Some(path), ""),
                None => queries::own_queries(),
            };
            let queries = queries.unwrap_or_default();
            return beginning(
                queries.names(),
                &format!("{sign}@"),
                &format!("{sign}@{name}"),
            );
        }
        let field = plain.split_once(':').and_then(|(name, value)| {
            let row = search::fields()
                .iter()
                .find(|row| row.words().any(|w| w == name))?;
            Some((row, name, value))
        });
        if let Some((row, name, value)) = field {
            let (former, last) = value.rsplit_once(',').map_or(("", value), |(a, b)| (a, b));
            let comma = if former.is_empty() { "" } else { "," };
            let found = self.of_a_field(&row.name, last);
            return found
                .into_iter()
                .map(|value| format!("{sign}{name}:{former}{comma}{value}"))
                .collect();
        }
        let fields = search::fields().iter().map(|row| format!("{}:", row.name));
        let fields: Vec<String> = fields.collect();
        let mut found = beginning(fields.iter().map(String::as_str), sign, word);
        found.extend(self.live(plain).into_iter().map(|id| format!("{sign}{id}")));
        found
    }

    /// Lists values of a field, or of the option that narrows by it.
    fn of_a_field(&self, field: &str, word: &str) -> Vec<String> {
        let catalogue = Catalogue::embedded();
        match field {
            "is" => beginning(search::states(), "", word),
            "event" => beginning(events().into_iter(), "", word),
            "kind" => {
                let relations = catalogue.relations();
                let names = relations.flat_map(|(_, r)| [r.short.as_str(), r.name.as_str()]);
                beginning(names, "", word)
            }
            "account" | "region" => self.covered(field == "region", word),
            "id" | "actor" | "ip" | "source-ip" => self.live(word),
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
        beginning(names, "", word)
    }

    /// Lists values of the index that begin so.
    fn live(&self, word: &str) -> Vec<String> {
        if word.is_empty() {
            return Vec::new();
        }
        let reader = self.opened.open(&self.index);
        let found = reader.and_then(|reader| reader.suggest_ids(word, OFFERED_MAX));
        let mut found = found.unwrap_or_default();
        found.retain(|value| is_plain_word(value));
        found
    }
}

/// Lists the names of the calls that the catalogue knows.
fn events() -> Vec<&'static str> {
    Catalogue::embedded()
        .events()
        .map(|(name, _)| name)
        .collect()
}

/// Lists the names that, behind a prefix, begin as the word does, in order, each once; case does not
/// matter.
fn beginning<'n>(names: impl Iterator<Item = &'n str>, prefix: &str, word: &str) -> Vec<String> {
    let word = word.to_lowercase();
    let mut found: Vec<String> = names
        .map(|name| format!("{prefix}{name}"))
        .filter(|name| name.to_lowercase().starts_with(&word) && is_plain_word(name))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

impl Completer for Completion {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = &line[..at];
        let start = typed
            .rfind(|c: char| c.is_whitespace() || "'\"()".contains(c))
            .map_or(0, |at| at + 1);
        let before: Vec<&str> = typed[..start]
            .split(|c: char| c.is_whitespace() || "'\"()".contains(c))
            .filter(|word| !word.is_empty() && *word != "trailspan")
            .collect();
        let mut found = self.candidates(&before, &typed[start..]);
        // A word that is whole is followed by the next one.
        if let [only] = &mut found[..]
            && !only.ends_with([':', '='])
        {
            only.push(' ');
        }
        Ok((start, found))
    }
}

impl Helper for Completion {}
impl Highlighter for Completion {}
impl Hinter for Completion {
    type Hint = String;
}
impl Validator for Completion {}
