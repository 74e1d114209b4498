//! `verify`: CloudTrail's digests, offline.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use trailspan::archive::Limits;
use trailspan::catalogue::Catalogue;
use trailspan::digest;
use trailspan::error::Result;
use trailspan::index::{Reader, Verified};
use trailspan::reconstruct::{self, Archive};
use trailspan::record::{Sha256, holder_sum};
use trailspan::render::{Format, rows, verified};
use trailspan::report::{FileEntry, FileOutcome};
use trailspan::search;
use trailspan::search::time::Frame;
use trailspan::text::Text;
use trailspan::verification::{Selection, Verification, Weight};
use trailspan::verify::{self, Options, Survey};

use super::Global;
use super::filter::check_accounts;
use super::interruption::interruption;
use super::status::{Outcome, Status};
use super::terminal::Terminal;

const AFTER_HELP: &str = "\
Examples:
  trailspan verify /evidence/AWSLogs --keys keys-us-east-1.json keys-eu-west-1.json
  trailspan verify /evidence --keys keys.json --digest-metadata metadata-*.json
  trailspan verify /evidence --keys keys.json --expect-until 2026-02-01
  trailspan verify /evidence --how-to-collect

A digest holds the signature of the one before it, so with the public keys all but the newest of each
chain are verified; the newest one needs the metadata of its object. Without keys a file is CONSISTENT
with its digest at best, never VALID. What is found is kept with the index, so that every answer says
what it rests on.

Exit status:
  0 everything that the digests list is here, unchanged and signed, and no period is lacking
  2 could not answer
  3 not everything is proven: no keys, no digests, known gaps, files in no digest
  4 evidence of change or loss";

/// CloudTrail's digests, offline: which log files are what AWS delivered and signed, which are changed
/// or missing, and which time that covers
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Files and folders: logs and digests
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Public keys, as `aws cloudtrail list-public-keys` printed them
    #[arg(long, value_name = "FILE", num_args = 1..)]
    keys: Vec<PathBuf>,
    /// Metadata of the newest digests, as `aws s3api head-object` printed it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    digest_metadata: Vec<PathBuf>,
    /// Until when there should be digests: less is a gap
    #[arg(long, value_name = "TIME")]
    expect_until: Option<String>,
    /// Print the commands that fetch the keys and the metadata, and do nothing else
    #[arg(long, conflicts_with_all = ["keys", "digest_metadata", "expect_until"])]
    how_to_collect: bool,
    /// In a table, list every file, the valid ones too
    #[arg(long)]
    all: bool,
    /// How many files to read at once [default: one per processor]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    #[command(flatten)]
    filters: Filters,
}

/// What narrows what is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
struct Filters {
    /// Only this account
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    account: Vec<String>,
    /// Only this region
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    region: Vec<String>,
    /// Only this trail
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    trail: Vec<String>,
    /// From this time on: a date, or a time with or without zone
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

/// Verifies.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let frame = Frame::new(terminal.zone().clone());
    check_accounts(&arguments.filters.account)?;
    let instant = |option: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => {
            let read = search::time::instant(text, &frame);
            read.map(Some).map_err(|error| error.into_error(option))
        }
    };
    let selection = Selection {
        accounts: arguments.filters.account.clone(),
        regions: arguments.filters.region.clone(),
        trails: arguments.filters.trail.clone(),
        since: instant("--since", &arguments.filters.since)?,
        until: instant("--until", &arguments.filters.until)?,
    };
    let options = Options {
        paths: arguments.paths.clone(),
        keys: arguments.keys.clone(),
        metadata: arguments.digest_metadata.clone(),
        expect_until: instant("--expect-until", &arguments.expect_until)?,
        aside: Some(global.index.clone()),
        threads: arguments.threads,
        limits: Limits::default(),
    };
    // A mistake in the keys is told before hours of reading.
    let trusted = verify::trusted(&options)?;
    let survey = read(&options, terminal)?;
    if arguments.how_to_collect {
        return how_to_collect(&survey, terminal);
    }
    let mut verification = verify::verify(&survey, &trusted, &options);
    let kept = match selection.narrows() {
        true => Ok(Kept::Narrowed),
        false => keep(&verification, global),
    };
    verification.select(&selection);
    tell(&verification, arguments.all, terminal)?;
    for fingerprint in trusted.keys.false_fingerprints() {
        terminal.note(&format!(
            "the key that was supplied as {fingerprint} has another fingerprint, and is not used"
        ))?;
    }
    let status = match verification.summary.weight {
        Weight::Good => Status::Answered,
        Weight::Open => Status::Holes,
        Weight::Bad => Status::Failed,
    };
    match kept {
        Ok(kept) => kept.tell(global, terminal)?,
        // What was found matters more than that it could not be kept.
        Err(error) if status == Status::Failed => terminal.note(&error.to_string())?,
        Err(error) => return Err(error.into()),
    }
    Ok(status)
}

fn read(options: &Options, terminal: &Terminal) -> Result<Survey> {
    let bar = terminal.progress();
    let survey = verify::survey(
        options,
        &|progress| {
            bar.set_length(progress.bytes_total);
            bar.set_position(progress.bytes_done);
            let (done, total) = (progress.files_done, progress.files_total);
            bar.set_message(format!("{done}/{total} files"));
        },
        &*interruption()?,
    );
    bar.finish_and_clear();
    survey
}

fn how_to_collect(survey: &Survey, terminal: &mut Terminal) -> Outcome {
    let commands = digest::commands(&survey.chains);
    if commands.is_empty() {
        terminal.note(
            "no digest is here; fetch the folder CloudTrail-Digest that lies beside CloudTrail in \
             the bucket, then ask again",
        )?;
        return Ok(Status::Nothing);
    }
    let (out, _) = terminal.rows();
    for command in commands {
        writeln!(out, "{command}")?;
    }
    terminal.note("have the custodian run these, and note who ran them, when, and from where")?;
    Ok(Status::Answered)
}

fn tell(verification: &Verification, all: bool, terminal: &mut Terminal) -> std::io::Result<()> {
    let zone = terminal.zone().clone();
    let (out, options) = terminal.rows();
    let is_table = options.format == Format::Table;
    let shown = rows::verification(out, options, verification, all)?;
    terminal.note_shown(&shown)?;
    if !is_table {
        for sentence in verified::sentences(verification, &zone) {
            terminal.note(&sentence)?;
        }
    }
    Ok(())
}

/// What became of what was found.
enum Kept {
    /// It is kept, of so many files of the index, which has so many.
    Files(usize, usize),
    /// There is no index.
    NoIndex,
    /// The index is of another archive.
    Foreign,
    /// Only part of it was asked for.
    Narrowed,
}

impl Kept {
    fn tell(&self, global: &Global, terminal: &mut Terminal) -> std::io::Result<()> {
        let index = Text::from(global.index.display().to_string());
        terminal.note(&match self {
            Self::Files(kept, all) => {
                format!(
                    "kept with the index {index}, which has {kept} of its {all} files from here"
                )
            }
            Self::NoIndex => format!("{index} is no index, so what was found is not kept"),
            Self::Foreign => {
                format!(
                    "the index {index} is of other files, so what was found is not kept with it"
                )
            }
            Self::Narrowed => "filters narrow this, so it is not kept with the index".to_owned(),
        })
    }
}

/// Keeps what was found beside the index, where there is one that has files of this archive.
fn keep(verification: &Verification, global: &Global) -> Result<Kept> {
    let is_there = global.index.join("meta.json").exists();
    if !is_there {
        return Ok(Kept::NoIndex);
    }
    let files = Reader::open_unverified(&global.index)?.files()?;
    let known = holders(&files);
    let mut verified = Verified::new(&verification.logs, &verification.gaps);
    let kept = verified.retain(|sha256| known.contains(sha256));
    if kept == 0 {
        return Ok(Kept::Foreign);
    }
    verified.keep(&global.index)?;
    // What is kept of the timeline tells what was said of each event.
    reconstruct::summary(Archive {
        reader: &*global.reader()?,
        catalogue: Catalogue::embedded(),
    })?;
    Ok(Kept::Files(kept, known.len()))
}

/// Lists the sums by which places name the files that may hold records.
fn holders(files: &[FileEntry]) -> BTreeSet<Sha256> {
    let on_disk = files.iter().filter(|file| file.member.is_none());
    let sums: BTreeMap<&Text, Option<Sha256>> =
        on_disk.map(|file| (&file.source, file.sha256)).collect();
    let is_left_aside = |file: &&FileEntry| {
        matches!(file.outcome, FileOutcome::Skipped { .. }) || file.bundle.is_some()
    };
    let held = files.iter().filter(|file| !is_left_aside(file));
    let held = held.filter_map(|file| {
        let sum = sums.get(&file.source).copied().flatten()?;
        Some(holder_sum(sum, file.member.as_ref()))
    });
    held.collect()
}
