//! Which time the archive covers: per account and region, with its silences and damaged files.

use std::collections::BTreeSet;
use std::io::{self, Write};

use jiff::Timestamp;

use super::Style;
use super::cell::{Cell, Tone};
use super::findings::write_few;
use super::grid::{self, Plan, Row};
use super::stack::write_labelled;
use super::time;
use super::words;
use crate::coverage::{Coverage, Span};
use crate::interval::Finding;
use crate::report::{FileEntry, FileOutcome};
use crate::text::{Text, count};
use crate::verification::Gap;

/// Silences of at least so many whole hours are told.
pub const SILENCE_HOURS_MIN: i64 = 6;

/// The time from the first to the last hour is drawn in so many parts at most.
const PARTS_MAX: usize = 24;

/// How much there is in a part, from the least to the most; nothing is a blank's dot.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What there is to tell of an archive.
#[derive(Debug, Clone, Copy)]
pub struct Covered<'a> {
    /// Which time it covers.
    pub coverage: &'a Coverage,
    /// The gaps that digests prove.
    pub gaps: &'a [Gap],
    /// The ledger.
    pub files: &'a [FileEntry],
    /// The paths of which not everything was read, because the run over them did not end.
    pub unfinished: &'a BTreeSet<Text>,
}

pub(super) const SPANS: Plan = Plan {
    fields: &[
        "ACCOUNT",
        "REGION",
        "FIRST",
        "LAST",
        "RECORDS",
        "FILES",
        "HOURS",
        "SILENCES",
        "FROM FIRST TO LAST",
    ],
    layouts: &[
        "ACCOUNT | REGION | FIRST | LAST | RECORDS | FILES | HOURS | SILENCES | FROM FIRST TO LAST",
        "ACCOUNT+REGION | FIRST+LAST | RECORDS+FILES | HOURS+SILENCES | FROM FIRST TO LAST",
        "ACCOUNT+REGION | FIRST+LAST | RECORDS | HOURS | SILENCES",
    ],
};

pub(super) const DAMAGED: Plan = Plan {
    fields: &["OUTCOME", "FILE", "REASON"],
    layouts: &["OUTCOME | FILE | REASON"],
};

pub(super) const MALFORMED: Plan = Plan {
    fields: &["RECORD", "AT BYTE", "FILE", "REASON"],
    layouts: &["RECORD | AT BYTE | FILE | REASON"],
};

/// Writes the spans, the gaps that digests prove, the silences, the files that were not read to the end,
/// the records that could not be read, and what else is to be known of the files.
///
/// `HOURS` counts the hours that have any record. Files that were read or knowingly left aside are
/// passed over, so the whole ledger may be handed in.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, covered: &Covered<'_>) -> io::Result<()> {
    let Covered {
        coverage,
        gaps,
        files,
        unfinished,
    } = *covered;
    if write_spans(out, style, coverage)? == 0 {
        writeln!(out, "records: {}", words::ABSENT)?;
    }
    write_unfinished(out, style, unfinished)?;
    write_gaps(out, style, gaps)?;
    write_silences(out, style, coverage)?;
    write_damaged(out, style, files)?;
    write_malformed(out, style, files)?;
    write_findings(out, style, files)
}

/// Writes one row for each account and region; returns how many.
///
/// # Errors
///
/// What the writer says.
pub fn write_spans(out: &mut dyn Write, style: &Style, coverage: &Coverage) -> io::Result<usize> {
    grid::write(
        out,
        style,
        &SPANS,
        spans(coverage).map(|span| span_row(style, span)),
    )
    .map(|written| written.rows)
}

fn spans(coverage: &Coverage) -> impl Iterator<Item = (&Text, &Text, &Span)> + Clone {
    let accounts = coverage.accounts.iter();
    accounts.flat_map(|(account, regions)| {
        regions
            .iter()
            .map(move |(region, span)| (account, region, span))
    })
}

fn span_row(style: &Style, (account, region, span): (&Text, &Text, &Span)) -> Row {
    let silences = span.silences(SILENCE_HOURS_MIN).len();
    vec![
        known(account),
        known(region),
        Cell::fixed(time::show(span.first, &style.zone)),
        Cell::fixed(time::show(span.last, &style.zone)),
        Cell::fixed(count(span.records)),
        Cell::fixed(count(span.files)),
        Cell::fixed(count(span.hours.len() as u64)),
        Cell::fixed(silences).tone(if silences > 0 {
            Tone::Doubtful
        } else {
            Tone::Plain
        }),
        Cell::fixed(picture(span)),
    ]
}

/// Draws how many records there are in each part of the time from the first to the last hour: `█▁··▂`.
fn picture(span: &Span) -> String {
    let parts = span.parts(PARTS_MAX);
    let most = parts.iter().copied().max().unwrap_or_default().max(1);
    let level = |records: &u64| match records {
        0 => '·',
        _ => {
            let last = LEVELS.len() as u128 - 1;
            LEVELS[(u128::from(*records) * last / u128::from(most)) as usize]
        }
    };
    parts.iter().map(level).collect()
}

fn write_unfinished(
    out: &mut dyn Write,
    style: &Style,
    unfinished: &BTreeSet<Text>,
) -> io::Result<()> {
    if unfinished.is_empty() {
        return Ok(());
    }
    let said = "\nNOT READ TO THE END (run `trailspan ingest` again to complete it)";
    writeln!(out, "{}", Tone::Strong.paint(said, style.color))?;
    let mut paths = unfinished.iter();
    paths.try_for_each(|path| write_labelled(out, style, "", 0, &Cell::fixed(path)))
}

fn known(text: &Text) -> Cell {
    if text.is_empty() {
        return Cell::fixed(words::UNKNOWN);
    }
    Cell::fixed(text)
}

fn write_gaps(out: &mut dyn Write, style: &Style, gaps: &[Gap]) -> io::Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    let said = "\nGAPS that digests prove (what happened then is not in this archive)";
    writeln!(out, "{}", Tone::Strong.paint(said, style.color))?;
    for gap in gaps {
        let seconds = gap.until.as_second() - gap.from.as_second();
        let cell = known(&gap.account)
            .and(known(&gap.region))
            .and_fixed(time::show(gap.from, &style.zone))
            .and_fixed("to")
            .and_fixed(time::show(gap.until, &style.zone))
            .and_fixed(format!("({})", time::duration(seconds)))
            .and_fixed(&gap.status)
            .and_fixed("of")
            .and(known(&gap.trail));
        write_labelled(out, style, "", 0, &cell)?;
    }
    Ok(())
}

fn write_silences(out: &mut dyn Write, style: &Style, coverage: &Coverage) -> io::Result<()> {
    let silences = spans(coverage).flat_map(|(account, region, span)| {
        let silences = span.silences(SILENCE_HOURS_MIN);
        silences
            .into_iter()
            .map(move |silence| (account, region, silence))
    });
    let mut is_first = true;
    for (account, region, (first, last)) in silences {
        if std::mem::take(&mut is_first) {
            let said = format!(
                "\nSILENCES of {SILENCE_HOURS_MIN} hours and more (a quiet region looks the same as a gap)"
            );
            writeln!(out, "{}", Tone::Strong.paint(&said, style.color))?;
        }
        let hour = |hour| {
            hour_start(hour).map_or_else(
                || words::UNKNOWN.to_owned(),
                |start| time::show(start, &style.zone),
            )
        };
        let cell = known(account)
            .and(known(region))
            .and_fixed(hour(first))
            .and_fixed("to")
            .and_fixed(hour(last + 1))
            .and_fixed(format!("({})", time::duration((last + 1 - first) * 3600)));
        write_labelled(out, style, "", 0, &cell)?;
    }
    Ok(())
}

fn write_damaged(out: &mut dyn Write, style: &Style, files: &[FileEntry]) -> io::Result<()> {
    if !files.iter().any(|file| damage(file).is_some()) {
        return Ok(());
    }
    writeln!(
        out,
        "\n{}",
        Tone::Strong.paint("DAMAGED FILES", style.color)
    )?;
    let rows = files.iter().filter_map(|file| {
        let (outcome, reason) = damage(file)?;
        Some(vec![
            Cell::fixed(outcome).tone(Tone::Bad),
            super::cell::file(&file.source, file.member.as_ref()),
            Cell::prose(reason),
        ])
    });
    grid::write(out, style, &DAMAGED, rows).map(|_| ())
}

/// Writes where the records are that could not be read.
fn write_malformed(out: &mut dyn Write, style: &Style, files: &[FileEntry]) -> io::Result<()> {
    let total: u64 = files.iter().map(|file| file.records.malformed).sum();
    if total == 0 {
        return Ok(());
    }
    let said = "\nMALFORMED RECORDS";
    writeln!(out, "{}", Tone::Strong.paint(said, style.color))?;
    let listed = files
        .iter()
        .flat_map(|file| file.malformed.iter().map(move |record| (file, record)));
    let rows = listed.clone().map(|(file, record)| {
        vec![
            Cell::fixed(count(record.ordinal)),
            Cell::fixed(record.offset),
            super::cell::file(&file.source, file.member.as_ref()),
            Cell::prose(&record.reason),
        ]
    });
    grid::write(out, style, &MALFORMED, rows)?;
    match total.saturating_sub(listed.count() as u64) {
        0 => Ok(()),
        more => writeln!(out, "and {} more in these files", count(more)),
    }
}

fn write_findings(out: &mut dyn Write, style: &Style, files: &[FileEntry]) -> io::Result<()> {
    let findings: Vec<&Finding> = files.iter().flat_map(|file| &file.findings).collect();
    if findings.is_empty() {
        return Ok(());
    }
    let said = "\nFINDINGS about files";
    writeln!(out, "{}", Tone::Strong.paint(said, style.color))?;
    write_few(out, style, &findings)
}

fn damage(file: &FileEntry) -> Option<(&'static str, &Text)> {
    match &file.outcome {
        FileOutcome::Partial { reason } => Some(("partial", reason)),
        FileOutcome::Failed { reason } => Some(("failed", reason)),
        FileOutcome::Read | FileOutcome::Skipped { .. } => None,
    }
}

/// Returns when an hour since 1970 begins; absent beyond the years that can be written.
pub(super) fn hour_start(hour: i64) -> Option<Timestamp> {
    Timestamp::from_second(hour.checked_mul(3600)?).ok()
}
