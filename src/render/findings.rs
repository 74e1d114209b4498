//! Findings in words: of a run, and of intervals and attempts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::stack::write_labelled;
use crate::interval::{Finding, Timeline};
use crate::text::{Text, several};

/// The columns by which a finding stands in from its heading.
const INDENT: &str = "  ";

/// So many findings of one kind are shown: there may be as many as there are files.
const FINDINGS_ALIKE_MAX: u64 = 10;

/// So many of the files are named that a finding rests on.
const FILES_MAX: usize = 5;

/// Writes a finding: its name and sentence, then what it rests on.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, finding: &Finding) -> io::Result<()> {
    write_labelled(out, style, INDENT, 0, &finding_cell(finding))?;
    for id in &finding.event_ids {
        write_labelled(out, style, INDENT, 2, &Cell::fixed("event").and_fixed(id))?;
    }
    for source in finding.sources.iter().take(FILES_MAX) {
        write_labelled(
            out,
            style,
            INDENT,
            2,
            &Cell::fixed("file").and_fixed(source),
        )?;
    }
    match finding.sources.len().saturating_sub(FILES_MAX) {
        0 => Ok(()),
        more => {
            let said = several(more as u64, "more file", "more files");
            let said = Cell::prose(format!("and {said}; --format json lists all"));
            write_labelled(out, style, INDENT, 2, &said)
        }
    }
}

/// Writes findings, of each kind the first few and how many there are besides.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write_few(
    out: &mut dyn Write,
    style: &Style,
    findings: &[&Finding],
) -> io::Result<()> {
    let mut met: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in findings {
        let of_kind = met.entry(&finding.code).or_default();
        *of_kind += 1;
        if *of_kind <= FINDINGS_ALIKE_MAX {
            write(out, style, finding)?;
        }
    }
    for (code, number) in met {
        let more = number.saturating_sub(FINDINGS_ALIKE_MAX);
        if more > 0 {
            let said = several(more, "more finding", "more findings");
            let all = format!("{code}: and {said} like these; --format json lists all");
            write_labelled(out, style, "", 0, &Cell::prose(all))?;
        }
    }
    Ok(())
}

fn finding_cell(finding: &Finding) -> Cell {
    let code = Cell::fixed(format!("{}:", finding.code)).tone(Tone::Doubtful);
    code.and(Cell::prose(&finding.message))
}

/// Shows what is found of an interval or an attempt: each finding, then the events and files that it
/// rests on.
pub(super) fn lines(findings: &[Finding]) -> Vec<(String, Cell)> {
    let lines = findings.iter().flat_map(|finding| {
        let faint = |what: &str, name: &Text| {
            let cell = Cell::fixed(what).and_fixed(name).tone(Tone::Faint);
            (String::new(), cell)
        };
        let events = finding.event_ids.iter().map(move |id| faint("event", id));
        let files = finding.sources.iter().map(move |file| faint("file", file));
        std::iter::once(("finding".to_owned(), finding_cell(finding)))
            .chain(events)
            .chain(files)
    });
    lines.collect()
}

/// Lists the findings that no interval and no attempt carries.
pub(super) fn uncarried(timeline: &Timeline) -> Vec<&Finding> {
    let of_intervals = timeline.intervals.iter().flat_map(|row| &row.findings);
    let of_attempts = timeline.attempts.iter().flat_map(|row| &row.findings);
    let carried: BTreeSet<&Finding> = of_intervals.chain(of_attempts).collect();
    let findings = timeline.findings.iter();
    findings
        .filter(|finding| !carried.contains(finding))
        .collect()
}
