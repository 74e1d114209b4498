//! Settings: options that stay, in a session or in the person's file, for all commands that take them.
//!
//! A setting is the long option of the same name, read by the same parser: it is put behind the name of
//! the command, unless the command has no such option, cannot answer in that format, or the line gives it
//! itself.

mod file;
mod told;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use clap::error::ErrorKind as Usage;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, FromArgMatches as _};
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::search::nearest;
use trailspan::text::Escaped;

use super::Cli;
pub(super) use file::{SettingsFile, folder, source};
pub(super) use told::{Arguments, InForce, run};

/// An option that can stay.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its long name.
    pub(super) name: &'static str,
    /// Whether it takes no value.
    pub(super) is_flag: bool,
    /// Whether it keeps rows back.
    pub(super) is_filter: bool,
    /// What holds where nobody says; empty where nothing does.
    pub(super) default: &'static str,
}

const fn value(name: &'static str, default: &'static str) -> Setting {
    Setting {
        name,
        is_flag: false,
        is_filter: false,
        default,
    }
}

const fn flag(name: &'static str) -> Setting {
    Setting {
        is_flag: true,
        ..value(name, "false")
    }
}

const fn filter(name: &'static str) -> Setting {
    Setting {
        is_filter: true,
        ..value(name, "")
    }
}

/// What can be set, in the order in which it is told.
pub(super) const SETTINGS: [Setting; 18] = [
    value("index", "trailspan.index"),
    value("format", "table"),
    value("color", "auto"),
    value("width", ""),
    value("tz", "UTC"),
    flag("quiet"),
    flag("verbose"),
    flag("no-pager"),
    value("queries", ""),
    filter("kind"),
    filter("account"),
    filter("region"),
    filter("since"),
    filter("until"),
    filter("actor"),
    filter("source-ip"),
    filter("event"),
    filter("limit"),
];

/// The settings of a session, by name; a flag has an empty value.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings(BTreeMap<&'static str, OsString>);

impl Settings {
    /// Finds what can be set by its name.
    ///
    /// # Errors
    ///
    /// Where there is no such setting.
    pub(super) fn named(name: &str) -> Result<&'static Setting> {
        let plain = name.trim_start_matches('-');
        let known = SETTINGS.iter().find(|setting| setting.name == plain);
        known.ok_or_else(|| {
            let names = SETTINGS.iter().map(|setting| setting.name);
            let hint = match nearest(plain, names.clone()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("what can be set: {}", names.collect::<Vec<_>>().join(", ")),
            };
            Error::new(ErrorKind::Usage, name, "there is no such setting").hint(hint)
        })
    }

    /// Sets a value, in place of a former one.
    pub(super) fn set(&mut self, setting: &'static Setting, value: OsString) {
        self.0.insert(setting.name, value);
    }

    /// Takes a value back; says whether there was one.
    pub(super) fn unset(&mut self, setting: &'static Setting) -> bool {
        self.0.remove(setting.name).is_some()
    }

    /// Returns the value of a setting.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }

    /// Lists what is set, in the order of [`SETTINGS`], as options are typed; safe to show.
    pub(super) fn shown(&self) -> Vec<(&'static Setting, String)> {
        let set = SETTINGS.iter().filter_map(|setting| {
            let value = self.get(setting.name)?.to_string_lossy();
            Some((setting, Escaped(&value).to_string()))
        });
        set.collect()
    }

    /// Returns a line with the settings that its command takes and the line does not give itself, and which
    /// filters are among them.
    ///
    /// `command` is the whole program, built; a line that it refuses comes back as it is.
    pub(super) fn applied(&self, command: &Command, line: &[OsString]) -> Applied {
        let mut applied = Applied {
            words: line.to_vec(),
            filters: Vec::new(),
        };
        let Ok(matches) = command.clone().try_get_matches_from(line) else {
            return applied;
        };
        let Some((name, given)) = matches.subcommand() else {
            return applied;
        };
        let at = command_at(command, name, line);
        let (Some(at), Some(known)) = (at, command.find_subcommand(name)) else {
            return applied;
        };
        let mut behind = at + 1;
        for setting in &SETTINGS {
            let Some(value) = self.get(setting.name) else {
                continue;
            };
            if !takes(known, given, setting.name) || !prints(name, setting, value) {
                continue;
            }
            let word = word(setting, value);
            if setting.is_filter {
                applied
                    .filters
                    .push(Escaped(&word.to_string_lossy()).to_string());
            }
            applied.words.insert(behind, word);
            behind += 1;
        }
        applied
    }
}

/// Finds the word of a line that names its command, and not the value of an option before it.
fn command_at(command: &Command, name: &str, line: &[OsString]) -> Option<usize> {
    let is_value = |at: usize| {
        let before = command.clone().try_get_matches_from(&line[..at]);
        before.is_err_and(|error| error.kind() == Usage::InvalidValue)
    };
    let mut places = (0..line.len()).filter(|at| line[*at] == *name);
    places.find(|at| !is_value(*at))
}

/// A line with the settings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Applied {
    /// The words of the line, those of the settings among them.
    pub(super) words: Vec<OsString>,
    /// The settings that keep rows back, as options are typed; safe to show.
    pub(super) filters: Vec<String>,
}

/// Says whether a command can answer so, where the setting is a format.
fn prints(command: &str, setting: &Setting, value: &OsStr) -> bool {
    let is_document = value == "html" || value == "markdown";
    match command {
        _ if setting.name != "format" => true,
        "report" => is_document,
        "export" => false,
        "show" | "explain" => !is_document && value != "csv",
        _ => !is_document,
    }
}

/// Refuses a value that no command takes, as the command line would.
///
/// # Errors
///
/// What the command line says of it.
pub(super) fn parsed(setting: &Setting, value: &OsStr) -> Result<Cli> {
    let line = ["search".into(), word(setting, value), "x".into()];
    let matches = super::shell::grammar().try_get_matches_from(line);
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    cli.map_err(|error| {
        let text = error.render().to_string();
        let ours = |line: &&str| !line.trim().is_empty() && !line.contains("--help");
        let mut lines = text.lines().filter(ours);
        let first = lines.next().unwrap_or_default();
        let first = first.strip_prefix("error: ").unwrap_or(first);
        let error = Error::new(ErrorKind::Usage, setting.name, first.to_owned());
        match lines.next() {
            Some(hint) => error.hint(hint.trim().trim_matches(['[', ']']).to_owned()),
            None => error.hint("help search tells what can be given"),
        }
    })
}

/// Returns the option as it is typed.
fn word(setting: &Setting, value: &OsStr) -> OsString {
    let mut word = OsString::from(format!("--{}", setting.name));
    if !setting.is_flag {
        word.push("=");
        word.push(value);
    }
    word
}

/// Says whether a command takes an option, and the line neither gives it nor what excludes it.
fn takes(command: &Command, given: &ArgMatches, name: &str) -> bool {
    let is_given = |arg: &Arg| {
        let id = arg.get_id().as_str();
        given.value_source(id) == Some(ValueSource::CommandLine)
    };
    let named = |arg: &&Arg| arg.get_long() == Some(name);
    let Some(option) = command.get_arguments().find(named) else {
        return false;
    };
    let excludes = |one: &Arg, other: &Arg| {
        let conflicts = command.get_arg_conflicts_with(one);
        conflicts.iter().any(|arg| arg.get_id() == other.get_id())
    };
    let mut others = command.get_arguments().filter(|arg| is_given(arg));
    !is_given(option) && !others.any(|other| excludes(option, other) || excludes(other, option))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::shell::grammar;

    fn settings(set: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (name, value) in set {
            settings.set(Settings::named(name).unwrap(), value.into());
        }
        settings
    }

    #[test]
    fn a_setting_is_an_option_of_each_command_that_takes_it() {
        let settings = settings(&[("format", "json"), ("account", "1"), ("quiet", "")]);
        for (line, expected) in [
            ("timeline", "timeline --format=json --quiet --account=1"),
            (
                "timeline --account 2",
                "timeline --format=json --quiet --account 2",
            ),
            ("check", "check --format=json --quiet"),
            ("--tz UTC check", "--tz UTC check --format=json --quiet"),
            ("check --verbose", "check --format=json --verbose"),
            ("show a --raw", "show --quiet a --raw"),
            ("report", "report --quiet --account=1"),
            (
                "search a -- -b",
                "search --format=json --quiet --account=1 a -- -b",
            ),
            ("timeline --nothing", "timeline --nothing"),
            // A value of the same name as the command is not the command.
            (
                "--index check check",
                "--index check check --format=json --quiet",
            ),
        ] {
            let line: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let applied = settings.applied(&grammar(), &line);
            let words: Vec<_> = applied
                .words
                .iter()
                .map(|word| word.to_str().unwrap())
                .collect();
            assert_eq!(words.join(" "), expected);
            let narrows = expected.contains("--account=1");
            assert_eq!(applied.filters.is_empty(), !narrows, "{expected}");
        }
    }

    #[test]
    fn every_setting_is_an_option_of_a_command() {
        let grammar = grammar();
        for setting in &SETTINGS {
            let mut commands = grammar.get_subcommands();
            let named = |arg: &Arg| arg.get_long() == Some(setting.name);
            let takes = |command: &Command| command.get_arguments().any(named);
            assert!(commands.any(takes), "{}", setting.name);
        }
        assert!(
            Settings::named("acount")
                .unwrap_err()
                .hint
                .unwrap()
                .contains("account")
        );
    }
}
