//! Tables of single calls: what a search found, and attempts.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::grid::{self, Plan, Row, Written};
use super::intervals::{place, source_ip};
use super::{time, words};
use crate::catalogue::Catalogue;
use crate::event::{Event, Outcome};
use crate::interval::Timeline;
use crate::members::Members;
use crate::text::Text;

/// On a terminal, a row lists this many ids and says how many more there are.
const IDS_SHOWN_MAX: usize = 6;

/// Where a row says what became of the call.
const OUTCOME: usize = 6;

pub(super) const CALLS: Plan = Plan {
    fields: &[
        "TIME",
        "EVENT",
        "ACTOR",
        "SOURCE IP",
        "ACCOUNT/REGION",
        "IDS",
        "OUTCOME",
        "EVENT ID",
    ],
    layouts: &[
        "TIME | EVENT | ACTOR | SOURCE IP | ACCOUNT/REGION | IDS | OUTCOME | EVENT ID",
        "TIME | EVENT | ACTOR | SOURCE IP | ACCOUNT/REGION | IDS | OUTCOME",
        "TIME | EVENT | ACTOR | SOURCE IP | IDS | OUTCOME",
        "TIME+SOURCE IP | EVENT+OUTCOME | ACTOR+ACCOUNT/REGION | IDS",
        "TIME+ACTOR+SOURCE IP | EVENT+OUTCOME | IDS+ACCOUNT/REGION",
        "TIME+ACTOR+SOURCE IP | EVENT+OUTCOME+IDS",
    ],
};

/// Writes one row for each event that a search found; says what was written.
///
/// `TIME EVENT ACTOR SOURCE IP ACCOUNT/REGION IDS OUTCOME`.
///
/// # Errors
///
/// What the writer says.
pub fn write_hits(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    events: &[Event],
) -> io::Result<Written> {
    let naming = naming_members(catalogue);
    let rows = events
        .iter()
        .map(|event| call_row(style, &naming, event, &event.mentions));
    grid::write_nameable(out, style, &CALLS, rows)
}

/// Writes one row for each attempt, in order of time; says what was written.
///
/// # Errors
///
/// What the writer says.
pub fn write_attempts(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    timeline: &Timeline,
) -> io::Result<Written> {
    let naming = naming_members(catalogue);
    let rows = timeline.attempts.iter().filter_map(|attempt| {
        let event = attempt.call(timeline.event(attempt.event)?);
        let mut row = call_row(style, &naming, &event, &attempt.members);
        if event.outcome == Outcome::Succeeded {
            row[OUTCOME] = Cell::fixed("no effect").tone(Tone::Faint);
        }
        Some(row)
    });
    grid::write_nameable(out, style, &CALLS, rows)
}

fn call_row(
    style: &Style,
    naming: &BTreeSet<&str>,
    event: &Event,
    members: &Members<Vec<Text>>,
) -> Row {
    vec![
        Cell::fixed(time::show(event.time, &style.zone)),
        Cell::fixed(&event.event_name),
        words::actor_cell(Some(&event.actor)),
        source_ip(event),
        place(&event.account, &event.region),
        ids(style, naming, members),
        outcome(event),
        Cell::fixed(&event.event_id),
    ]
}

/// Says what became of a call: its error code where it has one.
pub(super) fn outcome(event: &Event) -> Cell {
    let code = event.error_code.as_ref();
    match (event.outcome, code) {
        (Outcome::Succeeded, None) => Cell::fixed("succeeded"),
        (Outcome::Succeeded, Some(code)) => Cell::fixed("succeeded:").and_fixed(code),
        (Outcome::Failed, Some(code)) => Cell::fixed("failed:").and_fixed(code).tone(Tone::Bad),
        (Outcome::Failed, None) => Cell::fixed("failed").tone(Tone::Bad),
        (Outcome::DryRun, _) => Cell::fixed("dry run").tone(Tone::Faint),
        (Outcome::Uncertain, Some(code)) => Cell::fixed("uncertain:")
            .and_fixed(code)
            .tone(Tone::Doubtful),
        (Outcome::Uncertain, None) => Cell::fixed("uncertain").tone(Tone::Doubtful),
    }
}

fn ids(style: &Style, naming: &BTreeSet<&str>, members: &Members<Vec<Text>>) -> Cell {
    let named = members
        .iter()
        .filter(|(name, _)| naming.contains(name.as_str()));
    let values: Vec<&Text> = named.flat_map(|(_, values)| values).collect();
    let shown = style
        .width
        .map_or(values.len(), |_| IDS_SHOWN_MAX.min(values.len()));
    let cell = values[..shown]
        .iter()
        .fold(Cell::default(), |cell, id| cell.and_fixed(id));
    match values.len() - shown {
        0 if values.is_empty() => Cell::fixed("-"),
        0 => cell,
        more => cell.and(Cell::fixed(format!("and {more} more")).tone(Tone::Faint)),
    }
}

/// Finds the first value of a call that names something.
pub(super) fn first_named<'m>(
    naming: &BTreeSet<&str>,
    members: &'m Members<Vec<Text>>,
) -> Option<&'m Text> {
    let mut named = members
        .iter()
        .filter(|(name, _)| naming.contains(name.as_str()));
    named.find_map(|(_, values)| values.first())
}

/// Lists the members whose values name something: those with a prefix, and those that relations hang on.
pub(super) fn naming_members(catalogue: &Catalogue) -> BTreeSet<&str> {
    let members = catalogue.relations().flat_map(|(_, relation)| {
        let named = relation
            .held
            .iter()
            .chain(&relation.holder)
            .chain(&relation.handle);
        let prefixed = relation
            .members
            .iter()
            .filter(|member| catalogue.member(**member).prefix.is_some());
        named.chain(prefixed)
    });
    members
        .map(|member| catalogue.member(*member).name.as_str())
        .collect()
}
