//! Completion at the prompt of a session: what the program offers, and the words of the session itself.

use std::path::PathBuf;

use clap::Command;
use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

use super::session::{Session, grammar};
use super::words::{WORDS, commands};
use crate::cli::complete::{Known, beginning, cut};
use crate::cli::help::TOPICS;
use crate::cli::settings::SETTINGS;

/// What can be completed in a session as it is now.
pub(super) struct Completion(Known);

impl Completion {
    /// Looks at the settings of a session.
    pub(super) fn of(session: &Session) -> Self {
        let setting = |name| session.settings.get(name).map(PathBuf::from);
        Self(Known {
            grammar: grammar(),
            opened: session.opened.clone(),
            index: setting("index").unwrap_or_default(),
            queries: setting("queries"),
        })
    }

    /// Lists what the last word of a line may become, the whole word each time.
    fn candidates(&self, before: &[&str], word: &str) -> Vec<String> {
        let Some((first, rest)) = before.split_first() else {
            let commands = commands(&self.0.grammar).map(Command::get_name);
            let own = WORDS.iter().map(|word| word.name);
            return beginning(commands.chain(own), "", word);
        };
        let settings = SETTINGS.iter().map(|setting| setting.name);
        match (*first, rest) {
            ("help", []) => {
                let mut found = self.candidates(&[], word);
                found.extend(beginning(TOPICS.iter().map(|topic| topic.name), "", word));
                found
            }
            ("set" | "unset", []) => beginning(settings, "", word),
            ("set", [name]) => self.0.values_of(name, word),
            ("set" | "unset" | "help" | "transcript" | "settings", _) => Vec::new(),
            _ => self.0.offer(before, word).into_words(),
        }
    }
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
        let (mut before, start) = cut(typed);
        if before.first() == Some(&"trailspan") {
            before.remove(0);
        }
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
