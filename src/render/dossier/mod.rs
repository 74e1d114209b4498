//! The report that is filed: one document about an archive, as HTML or Markdown.
//!
//! `contents` says what stands in it, as blocks that know no markup (`document`); `html` and `markdown`
//! write these. Nothing of the surroundings is in it, neither clock nor path of this machine: the same
//! archive gives the same bytes. Lists and the picture are bounded, and say what they leave out. The name
//! is not `report`, which is the accounting of a run.

mod contents;
mod damage;
mod document;
mod ends;
mod evidence;
mod guidance;
mod html;
mod lookouts;
mod markdown;
mod picture;
mod scope;
mod svg;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::findings::Findings;
use crate::interval::Timeline;
use crate::report::{FileCounts, FileEntry, FileRecords, Sealed};
use crate::text::Text;
use crate::verification::Gap;

/// All that a report is made of.
#[derive(Debug, Clone)]
pub struct Dossier<'a> {
    /// The catalogue that the answers were read with.
    pub catalogue: &'a Catalogue,
    /// The version of the program.
    pub version: &'a str,
    /// The number of the case, where the manifest has one.
    pub case: Option<Text>,
    /// What was asked, each filter with its value; empty where all of the archive was asked for.
    pub asked: Vec<(String, Text)>,
    /// The files of the whole index by outcome.
    pub files_count: FileCounts,
    /// The records of the whole index.
    pub records_count: FileRecords,
    /// How many events the whole index has.
    pub events_count: u64,
    /// Which time the archive covers, with the hours that have records.
    pub coverage: &'a Coverage,
    /// The times within what was asked for of which digests prove that the archive lacks something.
    pub gaps: &'a [Gap],
    /// Whether digests were ever held against the files.
    pub is_verified: bool,
    /// The paths of which not everything was read, because the run over them did not end.
    pub unfinished: &'a BTreeSet<Text>,
    /// The ledger.
    pub files: &'a [FileEntry],
    /// What was or may have been attached in the period, with its events.
    pub timeline: &'a Timeline,
    /// The ends in the period, and the attempts, with their events.
    pub ends: &'a Timeline,
    /// What deserves a look.
    pub findings: &'a Findings,
    /// What the manifest beside the index is known by.
    pub manifest: Option<Sealed>,
    /// How many rows a list has at most.
    pub rows_max: usize,
}

/// Writes the report as one HTML page that needs nothing else and runs nothing.
///
/// # Errors
///
/// What the writer says.
pub fn write_html(out: &mut dyn Write, dossier: &Dossier<'_>) -> io::Result<()> {
    html::write(out, &contents::document(dossier))
}

/// Writes the report as Markdown (CommonMark with tables).
///
/// # Errors
///
/// What the writer says.
pub fn write_markdown(out: &mut dyn Write, dossier: &Dossier<'_>) -> io::Result<()> {
    markdown::write(out, &contents::document(dossier))
}
