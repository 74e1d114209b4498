//! What of the evidence is damaged or missing.

use super::Dossier;
use super::contents::left_out;
use super::document::{Block, Table, Tone, Word, Words};
use crate::report::{FileEntry, FileOutcome};
use crate::text::{Text, count};

/// Lists files that were not read to the end, and records that could not be read.
pub(super) fn blocks(dossier: &Dossier<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::heading(
        2,
        "damage",
        Words::plain("Damaged and missing input"),
    )];
    let damaged: Vec<_> = dossier
        .files
        .iter()
        .filter_map(|file| Some((file, outcome(file)?)))
        .collect();
    let records: Vec<_> = dossier
        .files
        .iter()
        .flat_map(|file| file.malformed.iter().map(move |record| (file, record)))
        .collect();
    if !dossier.unfinished.is_empty() {
        let shown = dossier.unfinished.len().min(dossier.rows_max);
        let title = Words::plain("Paths of which not everything was read");
        blocks.push(Block::heading(3, "unfinished", title));
        blocks.push(Block::paragraph(
            "The run over them did not end: `trailspan ingest` with the same path completes it.",
        ));
        blocks.extend(left_out(
            shown,
            dossier.unfinished.len(),
            "the index knows all.",
        ));
        let paths = dossier.unfinished.iter().take(shown);
        blocks.push(Block::List(paths.map(Words::code).collect()));
    }
    if damaged.is_empty() && records.is_empty() && dossier.unfinished.is_empty() {
        blocks.push(Block::paragraph(
            "Every file that was found was read to its end or knowingly left aside, and every record could be read.",
        ));
    }
    if !damaged.is_empty() {
        let shown = damaged.len().min(dossier.rows_max);
        blocks.push(Block::heading(
            3,
            "damaged-files",
            Words::plain("Files that were not read to the end"),
        ));
        blocks.extend(left_out(
            shown,
            damaged.len(),
            "`trailspan coverage` lists all.",
        ));
        let rows = damaged.iter().take(shown).map(|(file, (word, reason))| {
            vec![
                Words(vec![Word::Toned(Tone::Bad, (*word).to_owned())]),
                name(file),
                Words::plain(reason),
            ]
        });
        blocks.push(Block::Table(Table {
            head: vec!["Outcome", "File", "Why"],
            rows: rows.collect(),
            numeric: Vec::new(),
        }));
    }
    if !records.is_empty() {
        let shown = records.len().min(dossier.rows_max);
        blocks.push(Block::heading(
            3,
            "malformed",
            Words::plain("Records that could not be read"),
        ));
        let total = usize::try_from(dossier.records_count.malformed).unwrap_or(usize::MAX);
        let rest = "the manifest lists those that were kept track of.";
        blocks.extend(left_out(shown, total.max(records.len()), rest));
        let rows = records.iter().take(shown).map(|(file, record)| {
            vec![
                name(file),
                Words::plain(count(record.ordinal)),
                Words::plain(count(record.offset)),
                Words::plain(&record.reason),
            ]
        });
        blocks.push(Block::Table(Table {
            head: vec!["File", "Record", "At byte", "Why"],
            rows: rows.collect(),
            numeric: vec![1, 2],
        }));
    }
    blocks
}

fn name(file: &FileEntry) -> Words {
    Words::code(file.label())
}

fn outcome(file: &FileEntry) -> Option<(&'static str, &Text)> {
    match &file.outcome {
        FileOutcome::Partial { reason } => Some(("partial", reason)),
        FileOutcome::Failed { reason } => Some(("failed", reason)),
        FileOutcome::Read | FileOutcome::Skipped { .. } => None,
    }
}
