//! How an answer ends: what it leaves out, what leaves it in doubt, and the exit status.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use trailspan::event::Event;
use trailspan::index::{Order, Reader};
use trailspan::interval::Finding;
use trailspan::query::Filter;
use trailspan::reconstruct::Answer;
use trailspan::render::rows::{self, Shown};
use trailspan::search::nearest;
use trailspan::text::{Escaped, Text, several};

use super::search::places;
use super::status::{Outcome, Step};
use super::terminal::Terminal;
use super::{note_gaps, note_holes, status};

/// The findings that leave an answer in doubt: for one event, for several, and why.
const DOUBTS: [(&str, &str, &str, &str); 4] = [
    (
        "response-missing",
        "call succeeded",
        "calls succeeded",
        "without the response in its record, so what it made or attached may be missing here",
    ),
    (
        "rows-cut",
        "call names",
        "calls name",
        "more than is read of one record, so what they did to the rest is missing here",
    ),
    (
        "conflicting-duplicate",
        "event here has",
        "events here have",
        "records of one eventID that differ, and may not be what happened",
    ),
    (
        "correction-not-applied",
        "record here corrects",
        "records here correct",
        "an earlier one that is not here or does not fit, so what is told may be what was corrected",
    ),
];

/// Notes what the answer leaves out, and makes the exit status.
pub(super) fn conclude(
    answer: &Answer,
    filter: &Filter,
    shown: &rows::Shown,
    reader: &Reader,
    terminal: &mut Terminal,
) -> Outcome {
    terminal.note_shown(shown)?;
    if answer.rows_aside > 0 {
        terminal.note(&format!(
            "{}; `timeline` tells all",
            several(
                answer.rows_aside as u64,
                "more end of an assignment or setting (security groups, private addresses, routes, …) \
                 is told when --kind names its kind",
                "more ends of assignments and settings (security groups, private addresses, routes, …) \
                 are told when --kind names them",
            ),
        ))?;
    }
    note_limit(shown, answer.rows_total, terminal)?;
    if shown.rows == 0 {
        note_nothing(filter, reader, terminal)?;
    }
    let is_doubtful = note_doubts(&answer.timeline.findings, terminal)?;
    note_holes(reader, terminal)?;
    note_gaps(&answer.gaps, terminal)?;
    let is_beyond = note_beyond(filter, reader, terminal)?;
    let is_contradicted = note_contradicted(&answer.timeline.events, terminal)?;
    // What may be told by a record that is not whole is not known to be absent.
    let is_unknown = is_beyond || is_contradicted || is_doubtful && shown.rows == 0;
    let has_holes = answer.holes.any() || !answer.gaps.is_empty() || is_unknown;
    Ok(status(has_holes, shown.rows))
}

/// Notes records that are not in what a digest lists of their files; says whether there are any.
pub(super) fn note_contradicted(events: &[Event], terminal: &mut Terminal) -> io::Result<bool> {
    let mut altered = events
        .iter()
        .filter(|event| event.integrity.is_contradicted());
    let Some(first) = altered.next() else {
        return Ok(false);
    };
    terminal.note(&format!(
        "{} not in what AWS's digests list of their files (`verify`: {}): altered or added; see `trailspan show {}`",
        several(1 + altered.count() as u64, "record here is", "records here are"),
        first.integrity.name(),
        Escaped(first.event_id.as_str()),
    ))?;
    Ok(true)
}

/// Notes that the records do not reach the period asked about; says whether it is so.
pub(super) fn note_beyond(
    filter: &Filter,
    reader: &Reader,
    terminal: &mut Terminal,
) -> io::Result<bool> {
    let covered = reader
        .coverage()
        .narrowed(&filter.accounts, &filter.regions);
    let (Some(first), Some(last)) = (covered.first(), covered.last()) else {
        return Ok(false);
    };
    let records = match filter {
        _ if filter.since.is_some_and(|since| since > last) => format!("end {last}, before"),
        _ if filter.until.is_some_and(|until| until <= first) => format!("begin {first}, after"),
        _ => return Ok(false),
    };
    terminal.note(&format!(
        "the records {records} the period asked about: what happened in it is not in this archive"
    ))?;
    Ok(true)
}

/// Notes how many rows there are beyond the limit.
pub(super) fn note_limit(shown: &Shown, total: usize, terminal: &mut Terminal) -> io::Result<()> {
    match shown.rows < total {
        true => terminal.note(&format!("{} of {total} rows; see --limit", shown.rows)),
        false => Ok(()),
    }
}

/// Notes that nothing was found: how many events of the accounts and regions asked about were looked at,
/// from when to when.
pub(super) fn note_nothing(filter: &Filter, reader: &Reader, terminal: &mut Terminal) -> Step<()> {
    let covered = reader.coverage();
    let asked = covered.narrowed(&filter.accounts, &filter.regions);
    let (whose, period) = match (&filter.accounts[..], &filter.regions[..]) {
        ([], []) => ("", &asked),
        _ if asked.accounts.is_empty() => (" of other accounts and regions", covered),
        _ => (" of the accounts and regions asked about", &asked),
    };
    let period = match (period.first(), period.last()) {
        (Some(first), Some(last)) => format!(", which covers {first} to {last}{whose}"),
        _ => String::new(),
    };
    let events = match places(filter) {
        None => reader.events_count()?,
        Some(places) => reader.search(&places, Some(0), Order::OldestFirst)?.total as u64,
    };
    let events = several(events, "event was", "events were");
    terminal.note(&format!("not in this archive{period}: {events} looked at"))?;
    let regions = covered.accounts.values().flat_map(BTreeMap::keys);
    note_nearest(
        "--account",
        &filter.accounts,
        covered.accounts.keys(),
        terminal,
    )?;
    Ok(note_nearest(
        "--region",
        &filter.regions,
        regions,
        terminal,
    )?)
}

/// Notes what each of the values of an option that are not in the archive may have been meant for.
fn note_nearest<'a>(
    option: &str,
    asked: &[String],
    known: impl Iterator<Item = &'a Text>,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let known: BTreeSet<&str> = known.map(Text::as_str).collect();
    for value in asked.iter().filter(|value| !known.contains(value.as_str())) {
        if let Some(near) = nearest(value, known.iter().copied()) {
            terminal.note(&format!("did you mean {option} {}?", Escaped(near)))?;
        }
    }
    Ok(())
}

/// Notes events that may have done more than is told; says whether there are any.
pub(super) fn note_doubts(findings: &[Finding], terminal: &mut Terminal) -> std::io::Result<bool> {
    let mut any = false;
    for (code, one, many, what) in DOUBTS {
        let mut of_code = findings.iter().filter(|finding| finding.code == code);
        let Some(first) = of_code.next() else {
            continue;
        };
        any = true;
        let ids: Vec<String> = first
            .event_ids
            .iter()
            .map(|id| Escaped(id.as_str()).to_string())
            .collect();
        terminal.note(&format!(
            "{} {what}; see `trailspan show {}`",
            several(1 + of_code.count() as u64, one, many),
            ids.join(" "),
        ))?;
    }
    Ok(any)
}
