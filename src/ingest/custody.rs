//! The manifest of a run that ended: written last, when all that it tells of is on the disk.

use std::time::Duration;

use super::Options;
use crate::catalogue::Catalogue;
use crate::error::Result;
use crate::index::{FORMAT, Writer};
use crate::manifest::{
    self, CrateVersions, Draft, OptionsLine, OutputLine, Previous, RunLine, Tool, account, content,
};
use crate::report::{Report, Sealed};
use crate::text::Text;

/// The libraries that read the evidence and write the index, with their versions, as they were built in.
const CRATES: &str = env!("TRAILSPAN_CRATES");

/// Reads back what the index holds, checks that everything adds up, and writes the manifest.
///
/// # Errors
///
/// Where something does not add up, or the index cannot be read or written.
pub(super) fn seal(
    writer: &Writer,
    catalogue: &Catalogue,
    options: &Options,
    previous: &Previous,
    report: &Report,
    took: Duration,
) -> Result<Sealed> {
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
        previous,
        run: run(options, previous, report, took),
        tool: tool(catalogue, options),
        options: OptionsLine::of(&options.limits),
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
    // What was put into the folder was written.
    Ok(sealed.expect("the manifest was written"))
}

fn run(options: &Options, previous: &Previous, report: &Report, took: Duration) -> RunLine {
    let origin = &options.origin;
    RunLine {
        arguments: origin.arguments.clone(),
        case: origin.case.clone(),
        clock: "unverified system clock".into(),
        duration_seconds: took.as_secs_f64(),
        files: report.files,
        folder: origin.folder.clone(),
        host: origin.host.clone(),
        operator: origin.operator.clone(),
        previous_manifest_sha256: previous.sha256,
        records: report.records,
        started: origin.started,
        threads: options.threads as u64,
        time_zone: origin.time_zone.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

fn tool(catalogue: &Catalogue, options: &Options) -> Tool {
    let crates = CRATES.split(' ').filter_map(|named| named.split_once('='));
    let crates: CrateVersions = crates
        .map(|(name, version)| (Text::from(name), Text::from(version)))
        .collect();
    Tool {
        binary_sha256: options.origin.binary_sha256,
        catalogue_sha256: catalogue.digest(),
        crates,
        index_format: FORMAT,
        name: env!("CARGO_PKG_NAME").into(),
        rustc: env!("TRAILSPAN_RUSTC").into(),
        target: env!("TRAILSPAN_TARGET").into(),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}
