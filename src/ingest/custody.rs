//! The manifest of a run that ended: written last, when all that it tells of is on the disk.

use std::fs::File;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::Options;
use crate::catalogue::Catalogue;
use crate::error::Result;
use crate::index::{FORMAT, Writer};
use crate::manifest::{
    self, CrateVersions, Draft, OptionsLine, OutputLine, Previous, RunLine, Tool, account, content,
};
use crate::record::Sha256;
use crate::report::{Report, Sealed};
use crate::text::Text;

/// The libraries that read the evidence and write the index, with their versions, as they were built in.
const CRATES: &str = env!("TRAILSPAN_CRATES");

/// What is known of a run apart from its report.
pub(super) struct Custody<'a> {
    pub catalogue: &'a Catalogue,
    pub options: &'a Options,
    pub previous: &'a Previous,
    pub program_sha256: Option<Sha256>,
    pub took: Duration,
}

impl Custody<'_> {
    /// Reads back what the index holds, checks that everything adds up, and writes the manifest.
    ///
    /// # Errors
    ///
    /// Where something does not add up, or the index cannot be read or written.
    pub(super) fn seal(&self, writer: &Writer, report: &Report) -> Result<Sealed> {
        account::check_run(report)?;
        let reader = writer.reader()?;
        let ledger = reader.files()?;
        let content = content::digest(&reader)?;
        let totals = account::totals(&ledger, reader.totals(), &content)?;
        let outputs = writer.files_written()?.into_iter();
        let outputs = outputs.map(|(file, (size_bytes, sha256))| OutputLine {
            file: file.into(),
            sha256,
            size_bytes,
        });
        let draft = Draft {
            previous: self.previous,
            run: self.run(report),
            tool: self.tool(),
            options: OptionsLine::of(&self.options.limits),
            ledger: &ledger,
            totals,
            content,
            outputs: outputs.collect(),
        };
        let mut sealed = None;
        writer.put(manifest::MANIFEST, &mut |out| {
            sealed = Some(manifest::write(out, &draft)?);
            Ok(())
        })?;
        Ok(sealed.expect("what was put into the folder was written"))
    }

    fn run(&self, report: &Report) -> RunLine {
        let origin = &self.options.origin;
        RunLine {
            arguments: origin.arguments.clone(),
            case: origin.case.clone(),
            clock: "unverified system clock".into(),
            duration_seconds: self.took.as_secs_f64(),
            files: report.files,
            folder: origin.folder.clone(),
            host: origin.host.clone(),
            operator: origin.operator.clone(),
            previous_manifest_sha256: self.previous.sha256,
            records: report.records,
            started: origin.started,
            threads: self.options.threads as u64,
            time_zone: origin.time_zone.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }

    fn tool(&self) -> Tool {
        let crates = CRATES.split(' ').filter_map(|named| named.split_once('='));
        let crates: CrateVersions = crates
            .map(|(name, version)| (Text::from(name), Text::from(version)))
            .collect();
        Tool {
            binary_sha256: self.program_sha256,
            catalogue_sha256: self.catalogue.digest(),
            crates,
            index_format: FORMAT,
            name: env!("CARGO_PKG_NAME").into(),
            rustc: env!("TRAILSPAN_RUSTC").into(),
            target: env!("TRAILSPAN_TARGET").into(),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

/// The running program, which is summed while the evidence is read.
pub(super) struct Program(Option<JoinHandle<Option<Sha256>>>);

impl Program {
    /// Begins to sum the program in this file.
    pub(super) fn sum(file: Option<PathBuf>) -> Self {
        Self(
            file.map(|file| {
                thread::spawn(move || manifest::sum_of(&mut File::open(file).ok()?).ok())
            }),
        )
    }

    /// Returns its SHA-256; nothing where it cannot be read.
    pub(super) fn sum_of_it(self) -> Option<Sha256> {
        self.0.and_then(|thread| thread.join().ok().flatten())
    }
}
