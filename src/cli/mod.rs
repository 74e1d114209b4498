//! The command line: one small file per command.

mod check;
mod complete;
mod completions;
mod conclude;
mod coverage;
mod explain;
mod export;
mod fault;
mod filter;
mod findings;
mod help;
mod ingest;
mod interruption;
mod intervals;
mod man;
mod opened;
mod origin;
mod outside;
mod pager;
mod plan;
mod queries;
mod report;
mod run;
mod search;
mod settings;
mod shell;
mod show;
mod status;
mod terminal;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use opened::Opened;
pub(crate) use run::guarded;
use status::{Outcome, Status, Step};
use terminal::Terminal;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::index::Reader;
use trailspan::reconstruct::Holes;
use trailspan::render::{Format, time};
use trailspan::search::time::Frame;
use trailspan::text::{Escaped, several};
use trailspan::verification::Gap;

const AFTER_HELP: &str = "\
Examples:
  trailspan ingest /evidence/AWSLogs
  trailspan detachments --kind eni --since 2024-03-01 --until 2024-04-01
  trailspan history eni-0123456789abcdef0
  trailspan history 203.0.113.10
  trailspan at '2024-03-01 14:00' --kind eip --format jsonl
  trailspan search 'network interface actor:alice is:failed'
  trailspan explain DetachNetworkInterface
  trailspan export sqlite --output case.db
  trailspan findings --severity medium
  trailspan report --output report.html
  trailspan verify /evidence/AWSLogs --keys keys-us-east-1.json
  trailspan shell";

/// From archived CloudTrail dumps alone, offline: when every network interface, gateway, ClassicLink
/// and Elastic IP was attached and detached, by whom, and how we know.
#[derive(Debug, Parser)]
#[command(name = "trailspan", version, after_help = AFTER_HELP, max_term_width = 100,
    disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The folder of the index
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "TRAILSPAN_INDEX",
        default_value = "trailspan.index"
    )]
    index: PathBuf,
    /// How rows are printed [default: table]; `report` is html or markdown [default: html]
    #[arg(long, global = true, value_enum)]
    format: Option<FormatName>,
    /// Whether to paint
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Lay tables out for so many columns; 0: as wide as they are [default: the terminal's]
    #[arg(long, global = true, value_name = "COLUMNS")]
    width: Option<u16>,
    /// The time zone for display, and for times given without one [default: UTC]
    #[arg(long, global = true, value_name = "ZONE")]
    tz: Option<String>,
    /// Print answers only: no notes, no progress
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Print every warning
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
    /// Print long answers at once on a terminal, not through a pager
    #[arg(long, global = true)]
    no_pager: bool,
    /// Read settings from this file [default: trailspan/config.toml in $XDG_CONFIG_HOME or ~/.config]
    #[arg(long, global = true, value_name = "FILE", env = "TRAILSPAN_CONFIG")]
    config: Option<PathBuf>,
    /// Read settings from no file
    #[arg(long, global = true)]
    no_config: bool,
    /// The settings in force, where they are asked for.
    #[arg(skip)]
    in_force: settings::InForce,
    /// The index, where a session keeps it open.
    #[arg(skip)]
    opened: Opened,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatName {
    Table,
    Json,
    Jsonl,
    Csv,
    Html,
    Markdown,
}

impl FormatName {
    /// Returns the format of rows; none for those of a report.
    fn of_rows(self) -> Option<Format> {
        match self {
            Self::Table => Some(Format::Table),
            Self::Json => Some(Format::Json),
            Self::Jsonl => Some(Format::Jsonl),
            Self::Csv => Some(Format::Csv),
            Self::Html | Self::Markdown => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Ingest(ingest::Arguments),
    Detachments(intervals::Detachments),
    Timeline(intervals::TimelineArguments),
    History(intervals::History),
    At(intervals::At),
    Diff(intervals::Diff),
    Search(search::Arguments),
    Show(show::Arguments),
    Explain(explain::Arguments),
    Export(export::Arguments),
    Findings(findings::Arguments),
    Coverage(coverage::Arguments),
    Report(report::Arguments),
    Verify(verify::Arguments),
    Check(check::Arguments),
    Shell(shell::Arguments),
    Completions(completions::Arguments),
    Settings(settings::Arguments),
    Man(man::Arguments),
    Help(help::Arguments),
}

/// Makes the command line: what asks about instants shows no options that are about a period.
fn command() -> clap::Command {
    let without_period = |command: clap::Command| {
        let command = command.mut_arg("since", |option| option.hide(true));
        command.mut_arg("until", |option| option.hide(true))
    };
    Cli::command()
        .after_help(format!("{AFTER_HELP}\n\n{}", help::summary()))
        .mut_subcommand("at", without_period)
        .mut_subcommand("diff", without_period)
}

fn dispatch(cli: &Cli, terminal: &mut Terminal) -> Outcome {
    if !matches!(cli.command, Command::Report(_)) {
        cli.global.refuse_documents()?;
    }
    match &cli.command {
        Command::Ingest(arguments) => ingest::run(arguments, &cli.global, terminal),
        Command::Detachments(arguments) => intervals::detachments(arguments, &cli.global, terminal),
        Command::Timeline(arguments) => intervals::timeline(arguments, &cli.global, terminal),
        Command::History(arguments) => intervals::history(arguments, &cli.global, terminal),
        Command::At(arguments) => intervals::at(arguments, &cli.global, terminal),
        Command::Diff(arguments) => intervals::difference(arguments, &cli.global, terminal),
        Command::Search(arguments) => search::run(arguments, &cli.global, terminal),
        Command::Show(arguments) => show::run(arguments, &cli.global, terminal),
        Command::Explain(arguments) => explain::run(arguments, &cli.global, terminal),
        Command::Export(arguments) => export::run(arguments, &cli.global, terminal),
        Command::Findings(arguments) => findings::run(arguments, &cli.global, terminal),
        Command::Report(arguments) => report::run(arguments, &cli.global, terminal),
        Command::Coverage(arguments) => coverage::run(arguments, &cli.global, terminal),
        Command::Verify(arguments) => verify::run(arguments, &cli.global, terminal),
        Command::Check(arguments) => check::run(arguments, &cli.global, terminal),
        Command::Completions(arguments) => completions::run(arguments, &cli.global, terminal),
        Command::Settings(_) => settings::run(&cli.global, terminal),
        Command::Man(arguments) => man::run(arguments, terminal),
        Command::Help(arguments) => help::run(arguments, terminal),
        Command::Shell(_) => Err(shell::within_a_session().into()),
    }
}

/// What the number of a row stands for, where a command takes one in a session.
enum Nameable {
    /// What the row is about.
    Subject,
    /// The event of the row.
    Event,
}

impl Command {
    /// Returns where a session may put what a row of its last answer is about.
    fn nameable(&mut self) -> Option<(&mut String, Nameable)> {
        match self {
            Self::History(arguments) => Some((&mut arguments.id, Nameable::Subject)),
            Self::At(arguments) => Some((arguments.id.as_mut()?, Nameable::Subject)),
            Self::Show(arguments) => Some((&mut arguments.event_id, Nameable::Event)),
            Self::Explain(arguments) => Some((arguments.event.as_mut()?, Nameable::Event)),
            _ => None,
        }
    }

    /// Says whether the person's file of settings has a say in it: what tells of the program itself must
    /// not fail by a mistake in it.
    fn heeds_settings(&self) -> bool {
        !matches!(self, Self::Help(_) | Self::Man(_) | Self::Completions(_))
    }

    /// Says whether it writes into the folder of the index.
    fn changes_index(&self) -> bool {
        matches!(self, Self::Ingest(_) | Self::Verify(_))
    }
}

impl Global {
    /// Refuses the formats of documents where rows are printed.
    fn refuse_documents(&self) -> Result<()> {
        match self.format.is_some_and(|name| name.of_rows().is_none()) {
            false => Ok(()),
            true => Err(Error::new(
                ErrorKind::Usage,
                "--format html and markdown",
                "only `report` writes documents",
            )
            .hint("use --format table, json, jsonl or csv")),
        }
    }

    fn reader(&self) -> Result<Arc<Reader>> {
        self.opened.open(&self.index)
    }

    /// Opens the index, and reads what was asked by the times that are in it.
    ///
    /// Of two mistakes, the one in the question is told first, unless it can only be judged with the
    /// index.
    fn ask<T>(
        &self,
        terminal: &mut Terminal,
        read: impl FnOnce(&Frame) -> Step<T>,
    ) -> Step<(Arc<Reader>, T)> {
        let reader = self.reader();
        let newest = reader
            .as_ref()
            .ok()
            .and_then(|index| index.coverage().last());
        let frame = Frame::new(terminal.zone().clone()).counting_from(newest);
        let asked = read(&frame);
        let (reader, asked) = match (reader, asked) {
            (Ok(reader), Ok(asked)) => (reader, asked),
            (Err(error), Err(_)) if frame.has_counted() => return Err(error.into()),
            (_, Err(failure)) => return Err(failure),
            (Err(error), Ok(_)) => return Err(error.into()),
        };
        if let Some(newest) = frame.counted_from() {
            let newest = time::show(newest, frame.zone());
            terminal.note(&format!(
                "relative times count from {newest}, the newest event of this archive"
            ))?;
        }
        Ok((reader, asked))
    }
}

/// Notes what was to be read and was not, because a run did not end.
fn note_unfinished(reader: &Reader, terminal: &mut Terminal) -> std::io::Result<()> {
    let Some(path) = reader.unfinished().first() else {
        return Ok(());
    };
    let others = match reader.unfinished().len() - 1 {
        0 => String::new(),
        others => format!(
            " and of {}",
            several(others as u64, "other path", "other paths")
        ),
    };
    terminal.note(&format!(
        "ingest of {path}{others} did not finish: what it did not read is missing here; run it again to \
         complete it: trailspan ingest {path}"
    ))
}

/// Notes what of the evidence could not be used, without which a status of 3 has no reason.
fn note_holes(reader: &Reader, terminal: &mut Terminal) -> std::io::Result<()> {
    note_unfinished(reader, terminal)?;
    let holes = Holes::of(reader);
    if holes.partial + holes.failed + holes.malformed == 0 {
        return Ok(());
    }
    let files = |count: u64| several(count, "file", "files");
    let partial = (holes.partial > 0).then(|| format!("{} partly read", files(holes.partial)));
    let failed = (holes.failed > 0).then(|| match &partial {
        Some(_) => format!("{} not read", holes.failed),
        None => format!("{} not read", files(holes.failed)),
    });
    let malformed = (holes.malformed > 0)
        .then(|| several(holes.malformed, "malformed record", "malformed records"));
    let told: Vec<String> = [partial, failed, malformed].into_iter().flatten().collect();
    terminal.note(&format!(
        "the evidence has holes: {}; see `trailspan coverage`",
        told.join(", "),
    ))
}

/// Notes the times within what was asked for of which digests prove that the archive lacks something.
fn note_gaps(gaps: &[Gap], terminal: &mut Terminal) -> std::io::Result<()> {
    let Some(first) = gaps.first() else {
        return Ok(());
    };
    let (account, region) = (&first.account, &first.region);
    terminal.note(&format!(
        "digests prove {} in the time asked about, the first in {account}/{region} from {} to {}: what \
         happened then is not in this archive; see `trailspan coverage`",
        several(gaps.len() as u64, "gap", "gaps"),
        first.from,
        first.until,
    ))
}

/// Answers that there is no event with this id.
fn not_found(event_id: &str, reader: &Reader, terminal: &mut Terminal) -> status::Outcome {
    terminal.note(&format!(
        "{}: not in this archive: no event has this id",
        Escaped(event_id)
    ))?;
    let similar = reader.suggest_ids(&event_id.to_lowercase(), 3)?;
    if let [first, ..] = &similar[..] {
        terminal.note(&format!("did you mean {}?", Escaped(first)))?;
    } else {
        terminal.note("`trailspan search` finds events by anything that is in them")?;
    }
    let holes = Holes::of(reader);
    note_holes(reader, terminal)?;
    Ok(status(holes.any(), 0))
}

/// Refuses an event id without anything in it, which every id would resemble.
fn refuse_no_event(event_id: &str) -> Result<()> {
    match event_id.trim() {
        "" => Err(
            Error::new(ErrorKind::Usage, "EVENT_ID", "nothing is asked about").hint(
                "name an event by its eventID; `trailspan search` finds events by anything else",
            ),
        ),
        _ => Ok(()),
    }
}

/// Refuses CSV where the answer is no rows.
fn refuse_csv(command: &str, terminal: &Terminal) -> Result<()> {
    match terminal.options().format {
        Format::Csv => Err(Error::new(
            ErrorKind::Usage,
            "--format csv",
            format!("`{command}` prints no rows"),
        )
        .hint("use --format json")),
        Format::Table | Format::Json | Format::Jsonl => Ok(()),
    }
}

/// The status of an answer: holes win over "nothing found".
fn status(has_holes: bool, rows: usize) -> Status {
    if has_holes {
        Status::Holes
    } else if rows == 0 {
        Status::Nothing
    } else {
        Status::Answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
