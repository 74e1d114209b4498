//! `help`: what the program, a command, or a topic is about.
//!
//! Topics are written from the tables that the program works by.

use clap::Args;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::search::{self, nearest, time};

use super::command;
use super::queries::ABOUT_THE_FILE;
use super::status::{Outcome, STATUSES, Status};
use super::terminal::Terminal;

/// Where what a form means stands, in columns.
const MEANING_AT: usize = 40;

/// What the program is, what a command takes, or one of the topics: exit-codes, query, times
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan help
  trailspan help history
  trailspan help times")]
pub(crate) struct Arguments {
    /// A command or a topic [default: the program]
    #[arg(value_name = "COMMAND or TOPIC")]
    about: Option<String>,
}

/// A subject that is no command.
pub(super) struct Topic {
    /// Its name.
    pub(super) name: &'static str,
    /// What it tells.
    pub(super) about: &'static str,
    text: fn() -> String,
}

/// The topics, in the order of the help.
pub(super) const TOPICS: [Topic; 3] = [
    Topic {
        name: "exit-codes",
        about: "The exit statuses, and which of several wins",
        text: exit_codes,
    },
    Topic {
        name: "query",
        about: "What `search` understands: forms, fields, named queries",
        text: query,
    },
    Topic {
        name: "times",
        about: "The ways to write a time, wherever one is taken",
        text: times,
    },
];

/// Prints what was asked about.
pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Outcome {
    let mut grammar = command();
    grammar.build();
    let is_painted = terminal.options().style.color;
    let text = match &arguments.about {
        None => shown(&mut grammar, is_painted),
        Some(name) => about(name, &mut grammar, is_painted)?,
    };
    terminal.rows().0.write_all(text.as_bytes())?;
    Ok(Status::Answered)
}

/// Returns the help about a topic or a command of this grammar, which is built.
///
/// # Errors
///
/// Where there is neither.
pub(super) fn about(name: &str, grammar: &mut clap::Command, is_painted: bool) -> Result<String> {
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == name) {
        return Ok((topic.text)());
    }
    if let Some(command) = grammar.find_subcommand_mut(name) {
        return Ok(shown(command, is_painted));
    }
    let commands = grammar.get_subcommands().map(clap::Command::get_name);
    let names = commands.chain(TOPICS.iter().map(|topic| topic.name));
    let hint = match nearest(name, names) {
        Some(near) => format!("did you mean {near}?"),
        None => "help alone lists the commands and topics".to_owned(),
    };
    let what = "neither a command nor a topic";
    Err(Error::new(ErrorKind::Usage, format!("help {name}"), what).hint(hint))
}

fn shown(command: &mut clap::Command, is_painted: bool) -> String {
    let text = command.render_long_help();
    match is_painted {
        true => format!("{}", text.ansi()),
        false => text.to_string(),
    }
}

/// What the help of the program tells behind its examples: the topics and the exit statuses.
pub(super) fn summary() -> String {
    let mut text = String::from("Topics:\n");
    for topic in &TOPICS {
        row(&mut text, &format!("help {}", topic.name), topic.about, 19);
    }
    text.push_str("\nExit status:\n");
    for (status, meaning) in STATUSES {
        row(&mut text, &status.to_string(), meaning, 4);
    }
    text.truncate(text.trim_end().len());
    text
}

fn row(text: &mut String, left: &str, right: &str, width: usize) {
    let line = format!("  {left:width$} {right}");
    text.push_str(line.trim_end());
    text.push('\n');
}

fn exit_codes() -> String {
    let mut text = String::from("Exit statuses, alike for every command:\n\n");
    for (status, meaning) in STATUSES {
        row(&mut text, &status.to_string(), meaning, 4);
    }
    text.push_str(
        "
Holes win over \"nothing found\": what is missing may have been there. A script in `trailspan shell` ends
with the worst of its lines: 130, then 4, 2, 3, 1, 0. Notes on standard error say why it was not 0;
standard output has the answer only. When whoever reads it has seen enough (`| head`), that is no error.

Example:
  trailspan detachments --kind eni --format jsonl
",
    );
    text
}

fn query() -> String {
    let mut text = String::from(
        "What `search` understands. What is pasted works as it stands. Where the shell would read a sign
itself (* ( ) \" and a blank), put the query between '…'.\n\n",
    );
    for form in search::FORMS {
        listed(&mut text, form.examples, form.asks);
    }
    text.push_str("\nFields, in front of a colon:\n\n");
    for field in search::fields() {
        row(&mut text, &format!("{}:", field.name), &field.searches, 9);
        row(&mut text, "", &field.example, 9);
    }
    let states: Vec<&str> = search::states().collect();
    row(&mut text, "is:", &states.join(", "), 9);
    text.push_str(&format!(
        "
A value with * is a shape of the whole value; actor: is a part of any name of the actor.

{ABOUT_THE_FILE}

How a query was understood, what each part finds and what it costs: --explain.

Examples:
  trailspan search 'eni-0ab*'
  trailspan search 'kind:eip NOT actor:alice last 7d'
  trailspan search '(event:Detach* OR event:Terminate*) is:succeeded 2024-03'
  trailspan search --explain 'is:console error:*Unauthorized*'
"
    ));
    text
}

fn times() -> String {
    let mut text = String::from(
        "The ways to write a time, alike for --since, --until, `at`, `diff`, and in a search. Each is a
period; --since, --until, `at` and `diff` take its first instant.\n\n",
    );
    for form in time::FORMS {
        listed(&mut text, form.examples, form.period);
    }
    text.push_str("\nUnits of what counts back:\n\n");
    for names in time::units() {
        row(&mut text, &names.join(", "), "", 0);
    }
    text.push_str(
        "
A..B is from the start of A to the end of B, in a search and its time:; either may be missing.
A time without a zone or an offset is in the zone of --tz, else in UTC. Behind a date or a time of day
may stand Z, an offset (+01:00) or the name of a zone. Days and longer units follow the calendar of the
zone. What could be two times (03/04/2024, 5m, an hour that the clocks showed twice) is refused, with both.
The newest event, from which times count back, is told in a note.

Examples:
  trailspan detachments --since 2024-03-01 --until 2024-04-01
  trailspan at '2024-03-14 03:20 Europe/Berlin' 203.0.113.10
  trailspan timeline --kind eip --since 'last 30d'
  trailspan search 'is:failed 2024-03-01..2024-03-05'
",
    );
    text
}

/// Writes a form: its examples, and what it means behind them or below.
fn listed(text: &mut String, examples: &[&str], meaning: &str) {
    let examples = examples.join(" · ");
    if examples.chars().count() <= MEANING_AT {
        return row(text, &examples, meaning, MEANING_AT);
    }
    text.push_str(&format!("  {examples}\n"));
    row(text, "", meaning, MEANING_AT);
}
