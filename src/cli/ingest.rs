//! `ingest`: reads archives into the index.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use trailspan::archive::Limits;
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind};
use trailspan::ingest::{self, COMMIT_EVERY, Options, Progress};
use trailspan::reconstruct::{self, Archive, Summary};
use trailspan::render::{
    Format, accounting,
    headline::{self, Headline},
    json,
};
use trailspan::report::Report;

use super::interruption::interruption;
use super::status::{Outcome, Status, Step};
use super::terminal::Terminal;
use super::{Global, origin};

/// Reads archives into the index; run again, only what is new or changed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan ingest /evidence/AWSLogs
  trailspan ingest dump-a dump-b/extra.json.gz --index case-42.index
  ssh host cat dump.tar.zst | trailspan ingest -
  trailspan ingest /evidence --format json")]
pub(crate) struct Arguments {
    /// Files and folders: as S3 delivered them, in any wrapping, in tar and zip; - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How many files to read at once [default: one per processor]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// How much work an interruption may cost; smaller makes more parts, which are merged
    #[arg(long, value_name = "SECONDS", default_value_t = COMMIT_EVERY.as_secs())]
    commit_every: u64,
    #[command(flatten)]
    origin: origin::OriginArguments,
}

/// Ingests.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    if global.opened.is_kept() && arguments.paths.iter().any(|path| path == Path::new("-")) {
        let what = "a session reads its own lines from standard input";
        return Err(Error::new(ErrorKind::Usage, "-", what)
            .hint("name a file, or ingest outside of the session")
            .into());
    }
    let catalogue = Catalogue::embedded();
    let mut report = read(arguments, global, terminal)?;
    global.opened.forget();
    let reader = global.reader()?;
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let Summary {
        answer,
        calls,
        event_ids,
    } = reconstruct::summary(archive)?;
    (report.events, report.event_ids) = (calls, event_ids);
    let found = answer.timeline.findings.iter().cloned();
    report.findings.extend(found);
    report.findings.sort();
    tell(&report, &Headline::of(&answer.timeline), terminal)?;
    Ok(if report.has_holes() || answer.holes.any() {
        Status::Holes
    } else {
        Status::Answered
    })
}

/// Reads the archives, with a progress bar.
fn read(arguments: &Arguments, global: &Global, terminal: &Terminal) -> Step<Report> {
    let threads = match arguments.threads {
        0 => std::thread::available_parallelism().map_or(1, Into::into),
        threads => threads,
    };
    let options = Options {
        paths: arguments.paths.clone(),
        index: global.index.clone(),
        threads,
        limits: Limits::default(),
        commit_every: Duration::from_secs(arguments.commit_every),
        origin: arguments.origin.origin(),
    };
    let bar = terminal.progress();
    let progress = |progress: Progress| {
        bar.set_length(progress.bytes_total);
        bar.set_position(progress.bytes_done);
        bar.set_message(format!(
            "{}/{} files",
            progress.files_done, progress.files_total
        ));
    };
    let interrupted = interruption()?;
    let report = ingest::ingest(Catalogue::embedded(), &options, &progress, &interrupted);
    bar.finish_and_clear();
    Ok(report?)
}

/// Prints the accounting and the headline, and every warning where that is wanted.
fn tell(report: &Report, headline: &Headline, terminal: &mut Terminal) -> io::Result<()> {
    let is_verbose = terminal.is_verbose();
    let (out, options) = terminal.rows();
    match options.format {
        Format::Json | Format::Jsonl => json::line(out, report)?,
        Format::Table | Format::Csv => {
            accounting::write(out, &options.style, report)?;
            writeln!(out)?;
            headline::write(out, &options.style, Catalogue::embedded(), headline)?;
            accounting::write_seal(out, &options.style, report)?;
        }
    }
    if is_verbose {
        for warning in &report.warnings {
            terminal.note(&warning.to_string())?;
        }
    }
    Ok(())
}
