//! Which time the archive covers: per account and region, with its silences and damaged files.

use std::io::{self, Write};

use jiff::Timestamp;

use super::Style;
use super::cell::{Cell, Tone};
use super::grid::{self, Plan, Row};
use super::stack::write_labelled;
use super::time;
use super::words;
use crate::coverage::{Coverage, Span};
use crate::report::{FileEntry, FileOutcome};
use crate::text::Text;
use crate::verification::Gap;

/// Silences of at least so many whole hours are told.
pub const SILENCE_HOURS_MIN: i64 = 6;

pub(super) const SPANS: Plan = Plan {
    fields: &[
        "ACCOUNT", "REGION", "FIRST", "LAST", "RECORDS", "HOURS", "SILENCES",
    ],
    layouts: &[
        "ACCOUNT | REGION | FIRST | LAST | RECORDS | HOURS | SILENCES",
        "ACCOUNT+REGION | FIRST+LAST | RECORDS | HOURS | SILENCES",
    ],
};

pub(super) const DAMAGED: Plan = Plan {
    fields: &["OUTCOME", "FILE", "REASON"],
    layouts: &["OUTCOME | FILE | REASON"],
};

/// Writes the spans, then the gaps that digests prove, then the silences, then the files that were not read to the end.
///
/// `HOURS` counts the hours that have any record. Files that were read or knowingly left aside are
/// passed over, so the whole ledger may be handed in.
///
/// # Errors
///
/// What the writer says.
pub fn write(
    out: &mut dyn Write,
    style: &Style,
    coverage: &Coverage,
    gaps: &[Gap],
    files: &[FileEntry],
) -> io::Result<()> {
    if write_spans(out, style, coverage)? == 0 {
        writeln!(out, "records: {}", words::ABSENT)?;
    }
    write_gaps(out, style, gaps)?;
    write_silences(out, style, coverage)?;
    write_damaged(out, style, files)
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
        Cell::fixed(time::count(span.records)),
        Cell::fixed(time::count(span.hours.len() as u64)),
        Cell::fixed(silences).tone(if silences > 0 {
            Tone::Doubtful
        } else {
            Tone::Plain
        }),
    ]
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
            Cell::fixed(&file.source),
            Cell::prose(reason),
        ])
    });
    grid::write(out, style, &DAMAGED, rows).map(|_| ())
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
