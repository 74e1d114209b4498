//! One session: what a line does, and what is remembered for the next one.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::parser::ValueSource;
use clap::{Command as Grammar, CommandFactory as _, FromArgMatches as _};
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::render::rows::Named;
use trailspan::search::time::Frame;
use trailspan::text::Escaped;

use super::screen::Screen;

use super::words::{self, Word};
use crate::cli::opened::Opened;
use crate::cli::settings::{self, Setting, Settings};
use crate::cli::terminal::{Terminal, refuse_on};
use crate::cli::{Cli, Command, Nameable, dispatch, help};

/// The status of a question that was ended by Ctrl-C.
pub(super) const INTERRUPTED: u8 = 130;

/// What is remembered from one line to the next.
pub(super) struct Session {
    pub(super) settings: Settings,
    pub(super) opened: Opened,
    screen: Screen,
    /// What the rows of the last answer that had any are about.
    rows: Vec<Named>,
}

/// What a line came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// It ended with this status.
    Status(u8),
    /// It ends the session.
    Quit,
}

/// Returns the grammar of a line: that of the program without its name.
pub(in crate::cli) fn grammar() -> Grammar {
    let mut grammar = Cli::command().no_binary_name(true);
    grammar.build();
    grammar
}

impl Session {
    /// Begins a session.
    pub(super) fn new(settings: Settings, opened: Opened, screen: Screen) -> Self {
        Self {
            settings,
            opened,
            screen,
            rows: Vec::new(),
        }
    }

    /// Does what a line says.
    pub(super) fn execute(&mut self, line: &str) -> Done {
        self.screen.begin_page();
        let is_recorded = self.screen.transcript().is_some();
        let shown = Escaped(line.trim()).to_string();
        self.screen.record(&format!("trailspan> {shown}\n"));
        let done = self.act(line);
        if let (Done::Status(status), true) = (done, is_recorded) {
            self.screen.record(&format!("exit status {status}\n\n"));
        }
        match self.screen.failed_transcript() {
            Some(error) => self.refuse(&error),
            None => done,
        }
    }

    fn act(&mut self, line: &str) -> Done {
        let Some(mut typed) = shlex::split(line) else {
            let what = "a quotation mark is not closed, or nothing follows the last \\";
            let hint = "'…' takes what is between as it stands: search '\"dry run\" is:failed'";
            return self.refuse(&Error::new(ErrorKind::Usage, "line", what).hint(hint));
        };
        if typed.first().is_some_and(|first| first == "trailspan") {
            typed.remove(0);
        }
        let Some(first) = typed.first() else {
            return Done::Status(0);
        };
        match words::named(first) {
            Some(word) => self.own(word, &typed[1..]),
            None => Done::Status(self.ask(&typed)),
        }
    }

    /// Does what a word of the session itself says.
    fn own(&mut self, word: &Word, rest: &[String]) -> Done {
        let done = match word.name {
            "help" => return self.help(rest),
            "set" => self.set(rest),
            "unset" => self.unset(rest),
            "settings" => self.tell_settings(),
            "transcript" => self.transcript(rest),
            _ => return Done::Quit,
        };
        match done {
            Ok(()) => Done::Status(0),
            Err(error) => self.refuse(&error),
        }
    }

    fn refuse(&mut self, error: &Error) -> Done {
        Done::Status(refuse_on(&mut *self.screen.notes(), error))
    }

    /// Writes text of ours; where nobody reads it, nothing is lost.
    fn say(&self, text: &str) {
        match self.screen.answers().write_all(text.as_bytes()) {
            Ok(()) | Err(_) => {}
        }
    }

    /// Asks what the program answers.
    fn ask(&mut self, typed: &[String]) -> u8 {
        let line: Vec<OsString> = typed.iter().map(OsString::from).collect();
        let grammar = grammar();
        let applied = self.settings.applied(&grammar, &line);
        let matches = match grammar.try_get_matches_from(&applied.words) {
            Ok(matches) => matches,
            Err(error) => return self.tell_usage(&error),
        };
        for option in ["config", "no-config"] {
            if settings::source(&matches, option) == Some(ValueSource::CommandLine) {
                let what = "a session has read its settings when it began";
                let error = Error::new(ErrorKind::Usage, format!("--{option}"), what);
                let error = error.hint("set NAME VALUE changes one of them");
                return refuse_on(&mut *self.screen.notes(), &error);
            }
        }
        let mut cli = match Cli::from_arg_matches(&matches) {
            Ok(cli) => cli,
            Err(error) => return self.tell_usage(&error),
        };
        if cli.global.no_pager {
            self.screen.without_pages();
        }
        cli.global.opened = self.opened.clone();
        let (answers, notes) = (self.screen.answers(), self.screen.notes());
        let mut terminal = match Terminal::in_session(&cli.global, answers, notes) {
            Ok(terminal) => terminal,
            Err(error) => return refuse_on(&mut *self.screen.notes(), &error),
        };
        let prepared = self.name_by_number(&mut cli.command, &mut terminal);
        let outcome = prepared.and_then(|()| {
            if !applied.filters.is_empty() {
                terminal.note(&format!(
                    "narrowed by settings: {}",
                    applied.filters.join(" ")
                ))?;
            }
            let changes_index = cli.command.changes_index();
            if changes_index {
                self.opened.forget();
            }
            let outcome = dispatch(&cli, &mut terminal);
            if changes_index {
                self.opened.forget();
            }
            outcome
        });
        if self.screen.is_stopped() {
            drop(terminal);
            let mut notes = self.screen.notes();
            return match notes.write_all(b"note: interrupted\n") {
                Ok(()) | Err(_) => INTERRUPTED,
            };
        }
        let status = terminal.conclude(outcome);
        let rows = terminal.take_rows();
        if !rows.is_empty() {
            self.rows = rows;
        }
        status
    }

    /// Puts what a row of the last answer is about in place of its number.
    fn name_by_number(
        &self,
        command: &mut Command,
        terminal: &mut Terminal,
    ) -> crate::cli::status::Step<()> {
        let Some((typed, what)) = command.nameable() else {
            return Ok(());
        };
        let Some(number) = number(typed) else {
            return Ok(());
        };
        let row = number.checked_sub(1).and_then(|at| self.rows.get(at));
        let Some(row) = row else {
            let has = match self.rows.len() {
                0 => "there is no answer yet that has rows".to_owned(),
                1 => "the last answer has 1 row".to_owned(),
                rows => format!("the last answer has {rows} rows"),
            };
            let subject = format!("row {number}");
            let error = Error::new(ErrorKind::Usage, subject, has);
            return Err(error
                .hint("a number names a row of the last answer that has rows")
                .into());
        };
        let (named, lacks) = match what {
            Nameable::Subject => (&row.subject, "it names nothing"),
            Nameable::Event => (&row.event_id, "it has no event"),
        };
        let Some(named) = named else {
            let error = Error::new(ErrorKind::Usage, format!("row {number}"), lacks);
            return Err(error.hint("name it by its id").into());
        };
        *typed = named.as_str().to_owned();
        terminal.note(&format!("row {number}: {named}"))?;
        Ok(())
    }

    /// Tells what the parser of the command line has to say, without what could deceive.
    fn tell_usage(&self, error: &clap::Error) -> u8 {
        let text: Vec<String> = error
            .render()
            .to_string()
            .lines()
            .map(|line| format!("{}\n", Escaped(line)))
            .collect();
        let mut out = match error.use_stderr() {
            true => self.screen.notes(),
            false => self.screen.answers(),
        };
        match out.write_all(text.concat().as_bytes()) {
            Ok(()) | Err(_) => u8::try_from(error.exit_code()).unwrap_or(2),
        }
    }

    fn help(&mut self, rest: &[String]) -> Done {
        if let Some(word) = rest.first().and_then(|name| words::named(name)) {
            self.say(&format!("{}\n\n{}\n", word.usage, word.about));
            return Done::Status(0);
        }
        if let Some(name) = rest.first() {
            return match help::about(name, &mut grammar(), false) {
                Ok(text) => {
                    self.say(&text);
                    Done::Status(0)
                }
                Err(error) => self.refuse(&error),
            };
        }
        self.say(&words::overview(&grammar()));
        Done::Status(0)
    }

    fn set(&mut self, rest: &[String]) -> Result<()> {
        let Some((name, value)) = rest.split_first() else {
            return self.tell_settings();
        };
        let setting = Settings::named(name)?;
        let value = value.join(" ");
        if value.is_empty() != setting.is_flag {
            let what = match setting.is_flag {
                true => "takes no value",
                false => "a value is missing",
            };
            let usage = match setting.is_flag {
                true => format!("set {}", setting.name),
                false => format!("set {} VALUE, or unset {0}", setting.name),
            };
            return Err(Error::new(ErrorKind::Usage, setting.name, what).hint(usage));
        }
        let value = OsString::from(value);
        self.try_out(setting, &value)?;
        self.settings.set(setting, value);
        Ok(())
    }

    /// Refuses a value before it is kept: as the command line would, on a command that takes it.
    fn try_out(&self, setting: &Setting, value: &OsStr) -> Result<()> {
        let cli = settings::parsed(setting, value)?;
        let (answers, notes) = (self.screen.answers(), self.screen.notes());
        let terminal = Terminal::in_session(&cli.global, answers, notes)?;
        let newest = match setting.name {
            "since" | "until" => self.newest(),
            _ => None,
        };
        let frame = Frame::new(terminal.zone().clone()).counting_from(newest);
        match &cli.command {
            Command::Search(arguments) => arguments.check(Catalogue::embedded(), &frame),
            _ => Ok(()),
        }
    }

    /// Returns the time of the newest event, from which relative times count.
    fn newest(&self) -> Option<jiff::Timestamp> {
        let reader = self.opened.open(Path::new(self.settings.get("index")?));
        reader.ok().and_then(|reader| reader.coverage().last())
    }

    fn unset(&mut self, rest: &[String]) -> Result<()> {
        let hint = "settings: tells what is set";
        let [name] = rest else {
            let what = "one setting is named";
            return Err(Error::new(ErrorKind::Usage, "unset", what).hint(hint));
        };
        let setting = Settings::named(name)?;
        if setting.name == "index" {
            let what = "a session has an index";
            return Err(Error::new(ErrorKind::Usage, "index", what).hint("set index DIR"));
        }
        match self.settings.unset(setting) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Usage, setting.name, "it is not set").hint(hint)),
        }
    }

    fn tell_settings(&mut self) -> Result<()> {
        let mut text = String::new();
        for (setting, value) in self.settings.shown() {
            text.push_str(format!("{:12}{value}", setting.name).trim_end());
            text.push('\n');
        }
        if let Some(path) = self.screen.transcript() {
            let path = path.to_string_lossy();
            text.push_str(&format!("{:12}{}\n", "transcript", Escaped(&path)));
        }
        self.say(&text);
        Ok(())
    }

    fn transcript(&mut self, rest: &[String]) -> Result<()> {
        match rest {
            [off] if off == "off" => match self.screen.end_transcript() {
                true => Ok(()),
                false => Err(Error::new(ErrorKind::Usage, "transcript", "there is none")
                    .hint("transcript FILE begins one")),
            },
            [path] => self.screen.begin_transcript(Path::new(path)),
            _ => Err(
                Error::new(ErrorKind::Usage, "transcript", "one file is named")
                    .hint("transcript FILE, or transcript off"),
            ),
        }
    }
}

/// Reads the number of a row: up to six digits, which no account and no id has.
fn number(typed: &str) -> Option<usize> {
    let is_number = (1..=6).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| typed.parse().ok()).flatten()
}
