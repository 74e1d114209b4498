//! `export`: the formats of other tools.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::export::{self, Destination, Source, TableName, Target, Written};
use trailspan::reconstruct::Archive;
use trailspan::render::Format;
use trailspan::text::{Escaped, Text};

use super::conclude::{note_doubts, note_nothing};
use super::filter::Filters;
use super::interruption::interruption;
use super::status::{Failure, Outcome, Step};
use super::terminal::Terminal;
use super::{Global, note_gaps, note_holes, several, status};

const AFTER_HELP: &str = "\
Examples:
  trailspan export timesketch --output case.jsonl
  trailspan export sqlite --output case.db && datasette case.db
  trailspan export xlsx --kind eip --since 2024-03-01 --until 2024-04-01 --output march.xlsx
  trailspan export parquet --table events --output events.parquet
  trailspan export csv --table files
  trailspan export lookup-events --output events.jsonl && log2timeline.py events.jsonl
  trailspan export lnav-format --output trailspan.json && lnav -i trailspan.json
  trailspan export records --actor alice | jq .

On a terminal, what could deceive it is escaped. A file appears when it is whole. The same index, filters and version give the same bytes. Filters
narrow events, intervals and attempts, never the list of files.";

/// Events, intervals and records in the formats of other tools
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The format
    #[arg(value_name = "FORMAT", value_enum)]
    target: TargetName,
    /// Which table: csv and parquet hold one
    #[arg(long, value_enum, value_name = "TABLE")]
    table: Option<TableChoice>,
    /// The file to write; `-` is standard output [default: standard output, for what is text]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Write over a file that is there, unless it is evidence
    #[arg(long, requires = "output")]
    force: bool,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TargetName {
    /// Timesketch JSONL: events and both ends of every interval, in order of time
    Timesketch,
    /// Elastic Common Schema, JSONL
    Ecs,
    /// OCSF API Activity (6003), JSONL
    Ocsf,
    /// Events as `aws cloudtrail lookup-events` gives them, JSONL: what plaso reads
    LookupEvents,
    /// The records as they were delivered, one a line
    Raw,
    /// The records as they were delivered, byte for byte in one {"Records":[…]}
    Records,
    /// One table as CSV, guarded against being run by a spreadsheet
    Csv,
    /// One table as Parquet
    Parquet,
    /// All tables in a SQLite database
    Sqlite,
    /// All tables in a workbook
    Xlsx,
    /// The format file by which lnav reads what `timesketch` writes
    LnavFormat,
}

impl From<TargetName> for Target {
    fn from(name: TargetName) -> Self {
        match name {
            TargetName::Timesketch => Self::Timesketch,
            TargetName::Ecs => Self::Ecs,
            TargetName::Ocsf => Self::Ocsf,
            TargetName::LookupEvents => Self::LookupEvents,
            TargetName::Raw => Self::Raw,
            TargetName::Records => Self::Records,
            TargetName::Csv => Self::Csv,
            TargetName::Parquet => Self::Parquet,
            TargetName::Sqlite => Self::Sqlite,
            TargetName::Xlsx => Self::Xlsx,
            TargetName::LnavFormat => Self::LnavFormat,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TableChoice {
    /// From when to when something was attached (the default)
    Intervals,
    /// Calls that failed or were dry runs
    Attempts,
    /// Calls
    Events,
    /// What an investigator should know
    Findings,
    /// Every file that was found, and what became of it
    Files,
}

impl From<TableChoice> for TableName {
    fn from(choice: TableChoice) -> Self {
        match choice {
            TableChoice::Intervals => Self::Intervals,
            TableChoice::Attempts => Self::Attempts,
            TableChoice::Events => Self::Events,
            TableChoice::Findings => Self::Findings,
            TableChoice::Files => Self::Files,
        }
    }
}

/// Exports.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let target = Target::from(arguments.target);
    let output = arguments
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    check(arguments, target, output, terminal)?;
    let catalogue = Catalogue::embedded();
    if target == Target::LnavFormat && output.is_none() {
        let (out, _) = terminal.rows();
        out.write_all(export::LNAV_FORMAT)?;
        return Ok(status(false, 1));
    }
    let (reader, filter) = global.ask(terminal, |frame| {
        Ok(arguments.filters.read(catalogue, frame)?)
    })?;
    let source = Source {
        archive: Archive {
            reader: &reader,
            catalogue,
        },
        filter: &filter,
        interrupted: &*interruption()?,
    };
    let table = arguments
        .table
        .map_or(TableName::Intervals, TableName::from);
    let written = match output {
        Some(path) => {
            let destination = Destination {
                path: path.to_owned(),
                force: arguments.force,
                index: global.index.clone(),
            };
            export::write_file(&source, target, table, &destination)
        }
        None if terminal.is_terminal() => {
            export::write_text(&source, target, table, &mut Shown(terminal.rows().0))
        }
        None => export::write_text(&source, target, table, terminal.rows().0),
    };
    let written = written.map_err(|failure| match failure {
        export::Failure::Library(error) => Failure::Library(error),
        export::Failure::Output(error) => Failure::Output(error),
    })?;
    if target == Target::LnavFormat {
        return Ok(status(false, 1));
    }
    tell(&written, &source, target, output, terminal)?;
    let has_holes = written.doubts.holes.any() || !written.doubts.gaps.is_empty();
    let rows = usize::try_from(written.total()).unwrap_or(usize::MAX);
    Ok(status(has_holes, rows))
}

/// A terminal, which is shown what could deceive it only escaped; records come in one piece.
struct Shown<'w>(&'w mut dyn Write);

impl Write for Shown<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.0.write_all(b"\n")?;
            }
            write!(self.0, "{}", Escaped(line.trim_end_matches('\r')))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Refuses what does not go together.
fn check(
    arguments: &Arguments,
    target: Target,
    output: Option<&Path>,
    terminal: &Terminal,
) -> Result<()> {
    let usage = |subject: &str, what: &str| Error::new(ErrorKind::Usage, subject, what);
    if terminal.options().format != Format::Table {
        return Err(usage(
            "--format",
            "`export` takes its format as its first argument",
        )
        .hint("as in `trailspan export csv`; `trailspan export --help` lists them"));
    }
    if arguments.table.is_some() && !target.is_one_table() {
        return Err(usage("--table", "this format has no choice of table")
            .hint("sqlite and xlsx hold all tables; csv and parquet hold one"));
    }
    if output.is_none() && !target.is_text() {
        return Err(
            usage("--output", "this format is not text, and needs a file")
                .hint("name a file: --output PATH"),
        );
    }
    Ok(())
}

/// Names one row of what `export` counts.
fn one(what: &'static str) -> &'static str {
    match what {
        "ends of intervals" => "end of an interval",
        _ => what.strip_suffix('s').unwrap_or(what),
    }
}

/// Notes how much was written, and what a format could not hold.
fn tell(
    written: &Written,
    source: &Source<'_>,
    target: Target,
    output: Option<&Path>,
    terminal: &mut Terminal,
) -> Step<()> {
    let rows = written
        .rows
        .iter()
        .map(|(what, rows)| several(*rows, one(what), what));
    let rows = rows.collect::<Vec<_>>().join(", ");
    match output {
        Some(path) => {
            let path = Text::from(path.display().to_string());
            terminal.note(&format!("wrote {rows} to {path}"))?;
        }
        None => terminal.note(&format!("wrote {rows}"))?,
    }
    let unit = |number, one, many, what: &str| (number, one, many, what.to_owned());
    let mut limits = vec![
        unit(
            written.left_out,
            "more row was",
            "more rows were",
            "left out; see --limit",
        ),
        unit(
            written.events_besides,
            "event is",
            "events are",
            "there only because intervals or attempts rest on it: `selected` is false",
        ),
        unit(
            written.timeless_bounds,
            "end of an interval has",
            "ends of intervals have",
            "no time at all, and so no row; `trailspan timeline` tells them",
        ),
        unit(
            written.guarded_cells as u64,
            "cell begins",
            "cells begin",
            "with ' so that no spreadsheet runs it as a formula",
        ),
        unit(
            written.cut_cells,
            "cell was",
            "cells were",
            "cut to the 32767 characters that a cell can hold, and says so; sqlite and parquet hold all",
        ),
        unit(
            written.continued_sheets,
            "sheet goes",
            "sheets go",
            "on from another, which was full",
        ),
        unit(
            written.joined_records,
            "record had",
            "records had",
            "line breaks between parts, which are blanks here; `export records` keeps every byte",
        ),
    ];
    if target == Target::LookupEvents {
        limits.push(unit(
            written.altered_records,
            "record has",
            "records have",
            "no object as userIdentity, or no text as an ARN or address, where plaso would stop: their \
             CloudTrailEvent is not as delivered; `export records` keeps every byte",
        ));
    }
    if target == Target::Parquet {
        limits.push(unit(
            written.untyped_cells,
            "value is",
            "values are",
            "not of the column's type, and left empty; `members` and `raw` have it",
        ));
    }
    for (number, one, many, what) in limits.into_iter().filter(|(number, ..)| *number > 0) {
        terminal.note(&format!("{} {what}", several(number, one, many)))?;
    }
    if written.total() == 0 {
        note_nothing(source.filter, source.archive.reader, terminal)?;
    }
    note_doubts(&written.doubts.findings, terminal)?;
    note_holes(source.archive.reader, terminal)?;
    Ok(note_gaps(&written.doubts.gaps, terminal)?)
}
