//! `check`: the index and the evidence against the manifest.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::Args;
use trailspan::audit::AuditRow;
use trailspan::check::{self, Form, Options};
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::index::Reader;
use trailspan::reconstruct::Holes;
use trailspan::render::{Format, rows};
use trailspan::text::several;

use super::status::{Outcome, Status};
use super::terminal::Terminal;
use super::{Global, note_holes};

/// The index against its sums and its manifest, and the evidence against both
///
/// Every byte of the index is read, and of the archive where one is given: name it as `ingest` was
/// given it. A file is matched, moved (the same bytes under another path), new, missing, unreadable
/// or changed. Ends with 4 where something has changed, and with 3 where something could not be
/// compared.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan check
  trailspan check /evidence/AWSLogs
  trailspan check --sha256sums sums.txt && sha256sum --check sums.txt
  trailspan check /evidence/AWSLogs --format jsonl")]
pub(crate) struct Arguments {
    /// The archive, as it was given to `ingest` [default: the index alone]
    #[arg(value_name = "ARCHIVE")]
    archive: Vec<PathBuf>,
    /// How many files to read at once [default: one per processor]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Write the sums of the evidence for `sha256sum --check` into this new file
    #[arg(long, value_name = "FILE")]
    sha256sums: Option<PathBuf>,
    /// Write the sums of the evidence for `hashdeep -a -k` into this new file
    #[arg(long, value_name = "FILE")]
    hashdeep: Option<PathBuf>,
}

/// Checks.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let options = Options {
        index: global.index.clone(),
        archive: arguments.archive.clone(),
        threads: arguments.threads,
    };
    let audit = check::check(&options)?;
    let (out, shape) = terminal.rows();
    let shown = rows::audit(out, shape, &audit.rows)?;
    if let (Format::Table, Some(sum)) = (shape.format, audit.manifest_sha256) {
        writeln!(out, "\nmanifest sha256 {sum}")?;
    }
    terminal.note_shown(&shown)?;
    for (path, form) in [
        (&arguments.sha256sums, Form::Sha256Sums),
        (&arguments.hashdeep, Form::Hashdeep),
    ] {
        if let Some(path) = path {
            let without = export(&global.index, form, path)?;
            if without > 0 {
                terminal.note(&format!(
                    "{} could not be read and so not be summed",
                    several(without, "file", "files")
                ))?;
            }
        }
    }
    if audit.rows.iter().any(AuditRow::has_failed) {
        return Ok(Status::Failed);
    }
    // What is wrong beside the index was told as a row.
    let reader = Reader::open_unverified(&global.index)?;
    let of_archive = Holes::of(&reader);
    note_holes(&reader, terminal)?;
    Ok(
        match of_archive.any() || audit.rows.iter().any(AuditRow::is_hole) {
            true => Status::Holes,
            false => Status::Answered,
        },
    )
}

/// Writes sums into a file that is not there yet: what is there may be evidence.
fn export(index: &Path, form: Form, path: &Path) -> Result<u64> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let file = file.map_err(|error| {
        let subject = path.display().to_string();
        Error::new(ErrorKind::Input, subject, "cannot be made")
            .because(error)
            .hint("name a new file")
    })?;
    check::write_sums(index, form, &mut BufWriter::new(file))
}
