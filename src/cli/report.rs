//! `report`: one document that is filed.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::coverage::Coverage;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::index::Reader;
use trailspan::manifest;
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive, FindingFilter, Holes};
use trailspan::render::dossier::{self, Dossier};
use trailspan::report::Sealed;
use trailspan::text::Text;

use super::filter::Filters;
use super::status::{Outcome, Step};
use super::terminal::Terminal;
use super::{FormatName, Global, note_gaps, note_holes, status};

/// How many rows a list has where nobody says otherwise.
const ROWS: usize = 500;

/// One document to file: scope and coverage, the timeline as a picture, the detachments, findings, and
/// what to do next
///
/// HTML that needs nothing else and runs nothing, for the screen in light and dark and for paper; or
/// Markdown. The same index gives the same bytes. Lists have at most --limit rows and say what they
/// leave out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan report --output report.html
  trailspan report --since 2024-03-14 --until 2024-03-15 --output night.html
  trailspan report --format markdown > report.md")]
pub(crate) struct Arguments {
    /// Write it into this new file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

/// Writes the report.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let is_markdown = is_markdown(global)?;
    if arguments.output.is_none() && !is_markdown && io::stdout().is_terminal() {
        let hint = "name a file with --output, or use --format markdown";
        let error = Error::new(
            ErrorKind::Usage,
            "report",
            "a page of HTML is not for a terminal",
        );
        return Err(error.hint(hint).into());
    }
    let catalogue = Catalogue::embedded();
    let (reader, filter) = global.ask(terminal, |frame| {
        Ok(arguments.filters.read(catalogue, frame)?)
    })?;
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let rows_max = filter.limit.unwrap_or(ROWS);
    let filter = Filter {
        limit: None,
        ..filter
    };
    let timeline = reconstruct::timeline(archive, &filter)?;
    let ends = reconstruct::detachments(archive, &filter, true)?;
    let found = reconstruct::findings(archive, &filter, &FindingFilter::default())?;
    let mut files = reader.files()?;
    let mut coverage = Coverage::default();
    files.retain(|file| {
        let asked = file.coverage.narrowed(&filter.accounts, &filter.regions);
        coverage.merge(&asked);
        // What tells nothing of itself may be of any account.
        file.coverage.accounts.is_empty() || !asked.accounts.is_empty()
    });
    let gaps = reconstruct::gaps(&reader, &filter);
    let (case, manifest) = sealed(&global.index)?;
    let totals = reader.totals();
    let dossier = Dossier {
        catalogue,
        version: env!("CARGO_PKG_VERSION"),
        case,
        asked: arguments.filters.described(&filter),
        files_count: totals.files,
        records_count: totals.records,
        events_count: reader.events_count()?,
        coverage: &coverage,
        gaps: &gaps,
        is_verified: !reader.verified().is_empty(),
        unfinished: reader.unfinished(),
        files: &files,
        timeline: &timeline.timeline,
        ends: &ends.timeline,
        findings: &found.findings,
        manifest,
        rows_max,
    };
    match &arguments.output {
        Some(path) => into_file(path, |out| write(out, &dossier, is_markdown))?,
        None => write(terminal.rows().0, &dossier, is_markdown)?,
    }
    conclude(&reader, &gaps, ends.timeline.intervals.len(), terminal)
}

fn conclude(
    reader: &Reader,
    gaps: &[trailspan::verification::Gap],
    rows: usize,
    terminal: &mut Terminal,
) -> Outcome {
    let holes = Holes::of(reader);
    note_holes(reader, terminal)?;
    note_gaps(gaps, terminal)?;
    Ok(status(holes.any() || !gaps.is_empty(), rows))
}

fn is_markdown(global: &Global) -> Result<bool> {
    match global.format {
        None | Some(FormatName::Html) => Ok(false),
        Some(FormatName::Markdown) => Ok(true),
        Some(_) => Err(
            Error::new(ErrorKind::Usage, "--format", "`report` prints no rows")
                .hint("use --format html or markdown; `timeline`, `detachments` and `findings` print rows"),
        ),
    }
}

fn write(out: &mut dyn Write, dossier: &Dossier<'_>, is_markdown: bool) -> io::Result<()> {
    match is_markdown {
        true => dossier::write_markdown(out, dossier),
        false => dossier::write_html(out, dossier),
    }
}

/// Writes into a file that is not there yet: what is there may be evidence.
fn into_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Step<()> {
    let failed = |what: &str, error: io::Error| {
        Error::new(ErrorKind::Input, path.display().to_string(), what).because(error)
    };
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let file: File =
        file.map_err(|error| failed("cannot be made", error).hint("name a new file"))?;
    let mut out = BufWriter::new(file);
    let written = write(&mut out).and_then(|()| out.flush());
    written.map_err(|error| failed("cannot be written", error))?;
    Ok(())
}

/// Reads what the manifest is known by, and the number of the case where a run was given one.
fn sealed(index: &Path) -> Result<(Option<Text>, Option<Sealed>)> {
    let Some(contents) = manifest::contents(index)? else {
        return Ok((None, None));
    };
    let mut runs = contents.runs.iter().rev();
    let case = runs.find_map(|run| run["case"].as_str().map(Text::from));
    let sealed = Sealed {
        sha256: contents.sha256,
        content_sha256: contents.content.digest,
    };
    Ok((case, Some(sealed)))
}
