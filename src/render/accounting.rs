//! The accounting of a run as people read it. Not for: what was found (`headline`).

use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::coverage::write_spans;
use super::findings::write_few;
use super::grid::{self, Plan};
use super::stack::write_labelled;
use crate::error::Warning;
use crate::report::{EventCounts, EventIds, FileCounts, RecordCounts, Report};
use crate::text::{Text, count, several};

/// The table of events lists this many names.
const EVENTS_SHOWN_MAX: usize = 20;

/// So many warnings are shown.
const WARNINGS_SHOWN_MAX: usize = 20;

/// So many files are named that were not read for the same reason.
const WARNINGS_ALIKE_MAX: usize = 3;

pub(super) const EVENTS: Plan = Plan {
    fields: &["EVENT", "SUCCEEDED", "FAILED"],
    layouts: &["EVENT | SUCCEEDED | FAILED"],
};

/// Writes the summary of a run: files, records, events by name, coverage, findings, warnings.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, report: &Report) -> io::Result<()> {
    let labelled = |out: &mut dyn Write, title: &str, said: String| {
        write_labelled(out, style, title, "records".len(), &Cell::prose(said))
    };
    labelled(out, "files", files_words(&report.files))?;
    labelled(out, "records", records_words(&report.records))?;
    labelled(out, "read", bytes_words(report))?;
    if let Some(said) = event_ids_words(&report.event_ids) {
        labelled(out, "events", said)?;
    }
    write_events(out, style, report)?;
    if !report.coverage.accounts.is_empty() {
        heading(out, style, "COVERAGE")?;
        write_spans(out, style, &report.coverage)?;
    }
    if !report.findings.is_empty() {
        heading(out, style, "FINDINGS")?;
        write_few(out, style, &report.findings.iter().collect::<Vec<_>>())?;
    }
    write_warnings(out, style, report)
}

/// Writes what the manifest of a run is known by; the SHA-256 of the manifest comes last.
///
/// # Errors
///
/// What the writer says.
pub fn write_seal(out: &mut dyn Write, style: &Style, report: &Report) -> io::Result<()> {
    let Some(sealed) = report.manifest else {
        return Ok(());
    };
    writeln!(out)?;
    for (title, sum) in [
        ("content digest", sealed.content_sha256),
        ("manifest sha256", sealed.sha256),
    ] {
        let sum = Cell::fixed(sum);
        write_labelled(out, style, title, "manifest sha256".len(), &sum)?;
    }
    Ok(())
}

fn files_words(files: &FileCounts) -> String {
    let members = match files.members {
        0 => String::new(),
        members => format!(" ({} of them in bundles)", count(members)),
    };
    format!(
        "{} found{members} = {} read + {} partial + {} failed + {} skipped + {} unchanged",
        count(files.found),
        count(files.read),
        count(files.partial),
        count(files.failed),
        count(files.skipped),
        count(files.unchanged)
    )
}

fn records_words(records: &RecordCounts) -> String {
    let in_scope = match records.malformed_in_scope {
        0 => String::new(),
        number => {
            let like = (
                "of them looks like an event in scope",
                "of them look like events in scope",
            );
            format!(" ({})", several(number, like.0, like.1))
        }
    };
    format!(
        "{} seen = {} indexed + {} out of scope + {} duplicate + {} malformed{in_scope}",
        count(records.seen),
        count(records.indexed),
        count(records.out_of_scope),
        count(records.duplicate),
        count(records.malformed)
    )
}

/// Says how many events the index tells, where these are not as many as its event ids.
fn event_ids_words(ids: &EventIds) -> Option<String> {
    let told = (ids.indexed + ids.told_apart).saturating_sub(ids.not_told);
    (ids.told_apart + ids.not_told > 0).then(|| {
        format!(
            "{} in the index = {} + {} told apart under an id of another - {} told with another",
            count(told),
            several(ids.indexed, "eventID", "eventIDs"),
            count(ids.told_apart),
            count(ids.not_told),
        )
    })
}

fn bytes_words(report: &Report) -> String {
    format!(
        "{} on disk, {} inflated, in {:.1} s",
        bytes(report.bytes.read),
        bytes(report.bytes.inflated),
        report.elapsed_seconds
    )
}

/// Shows bytes in the largest binary unit: `4.2 MiB`.
fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut rest = number as f64;
    let mut unit = 0;
    while rest >= 1024.0 && unit + 1 < UNITS.len() {
        rest /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => format!("{number} B"),
        _ => format!("{rest:.1} {}", UNITS[unit]),
    }
}

fn heading(out: &mut dyn Write, style: &Style, text: &str) -> io::Result<()> {
    writeln!(out, "\n{}", Tone::Strong.paint(text, style.color))
}

fn write_events(out: &mut dyn Write, style: &Style, report: &Report) -> io::Result<()> {
    if report.events.is_empty() {
        return Ok(());
    }
    let total = |counts: &EventCounts| counts.succeeded + counts.failed;
    let mut events: Vec<(&Text, &EventCounts)> = report.events.iter().collect();
    // The sort is stable, so that names with equal counts stay in order.
    events.sort_by_key(|(_, counts)| std::cmp::Reverse(total(counts)));
    let (shown, more) = events.split_at(events.len().min(EVENTS_SHOWN_MAX));
    writeln!(out)?;
    let rows = shown.iter().map(|(name, counts)| {
        let failed = Cell::fixed(count(counts.failed));
        let tone = if counts.failed > 0 {
            Tone::Bad
        } else {
            Tone::Plain
        };
        vec![
            Cell::fixed(name),
            Cell::fixed(count(counts.succeeded)),
            failed.tone(tone),
        ]
    });
    grid::write(out, style, &EVENTS, rows)?;
    if more.is_empty() {
        return Ok(());
    }
    let calls = more.iter().map(|(_, counts)| total(counts)).sum();
    writeln!(
        out,
        "and {} with {}",
        several(more.len() as u64, "more name", "more names"),
        several(calls, "call", "calls"),
    )
}

fn write_warnings(out: &mut dyn Write, style: &Style, report: &Report) -> io::Result<()> {
    if report.warnings.is_empty() {
        return Ok(());
    }
    heading(out, style, "WARNINGS")?;
    let lines: Vec<(Cell, usize)> = report
        .warnings
        .chunk_by(|one, other| one.offset.or(other.offset).is_none() && one.reason == other.reason)
        .flat_map(warning_lines)
        .collect();
    let (shown, more) = lines.split_at(lines.len().min(WARNINGS_SHOWN_MAX));
    for (line, _) in shown {
        write_labelled(out, style, "", 0, line)?;
    }
    match more.iter().map(|(_, warnings)| warnings).sum() {
        0 => Ok(()),
        more => writeln!(
            out,
            "  and {}",
            several(more as u64, "more warning", "more warnings")
        ),
    }
}

/// Shows warnings for one and the same reason; each line with how many it tells.
fn warning_lines(alike: &[Warning]) -> Vec<(Cell, usize)> {
    let of = |warning: &Warning| match (warning.offset, &warning.member) {
        (Some(offset), member) => super::cell::file(&warning.source, member.as_ref())
            .and_fixed(format!("at byte {offset}:")),
        (None, Some(member)) => Cell::fixed(&warning.source).and_fixed(format!("{member}:")),
        (None, None) => Cell::fixed(format!("{}:", warning.source)),
    };
    // The last one takes no more room than to say that there is one more.
    let (named, more) = match alike.len() > WARNINGS_ALIKE_MAX + 1 {
        true => alike.split_at(WARNINGS_ALIKE_MAX),
        false => (alike, &alike[..0]),
    };
    let more = more.first().map(|first| {
        let files = several(more.len() as u64, "more file:", "more files:");
        let files = Cell::fixed(files);
        (files.and(Cell::prose(&first.reason)), more.len())
    });
    let named = named
        .iter()
        .map(|warning| (of(warning).and(Cell::prose(&warning.reason)), 1));
    named.chain(more).collect()
}
