//! Tables of intervals: their ends, their whole extent, and how two instants differ.

use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::change::Change;
use super::grid::{self, Plan, Row, Written};
use super::time::{self, Held};
use super::words;
use crate::catalogue::Catalogue;
use crate::event::Event;
use crate::interval::{Bound, BoundKind, Doubt, Interval, Timeline};
use crate::text::Text;
use crate::timeline::Instant;

pub(super) const ENDS: Plan = Plan {
    fields: &[
        "WHEN",
        "WHAT",
        "FROM",
        "SINCE",
        "HELD",
        "BY",
        "HOW",
        "SOURCE IP",
        "KIND",
        "WHERE",
        "EVENT ID",
    ],
    layouts: &[
        "WHEN | KIND | WHAT | FROM | SINCE | HELD | BY | HOW | SOURCE IP | WHERE | EVENT ID",
        "WHEN | KIND | WHAT | FROM | SINCE | HELD | BY | HOW | SOURCE IP | WHERE",
        "WHEN | WHAT | FROM | SINCE | HELD | BY | HOW | SOURCE IP",
        "WHEN | WHAT | FROM | SINCE | HELD | BY | HOW",
        "WHEN+KIND | WHAT+FROM | SINCE+HELD | BY+HOW | SOURCE IP+WHERE",
        "WHEN+KIND | WHAT+FROM | SINCE+HELD | BY+HOW",
        "WHEN+SINCE+HELD | WHAT+FROM+KIND | BY+HOW+SOURCE IP",
        "WHEN+SINCE+HELD+SOURCE IP | WHAT+FROM+BY+HOW",
    ],
};

pub(super) const EXTENTS: Plan = Plan {
    fields: &[
        "START", "END", "HELD", "WHAT", "TO", "BEGAN", "ENDED", "KIND", "WHERE",
    ],
    layouts: &[
        "START | END | HELD | KIND | WHAT | TO | BEGAN | ENDED | WHERE",
        "START | END | HELD | WHAT | TO | BEGAN | ENDED",
        "START+END | WHAT+TO | BEGAN+ENDED | HELD+WHERE",
        "START+END+HELD | WHAT+TO+WHERE | BEGAN+ENDED+KIND",
        "START+END+HELD+KIND | WHAT+TO+BEGAN+ENDED",
    ],
};

pub(super) const DIFFERENCES: Plan = Plan {
    fields: &[
        "CHANGE", "START", "END", "HELD", "WHAT", "TO", "BEGAN", "ENDED", "KIND", "WHERE",
    ],
    layouts: &[
        "CHANGE | START | END | HELD | KIND | WHAT | TO | BEGAN | ENDED | WHERE",
        "CHANGE | START | END | HELD | WHAT | TO | BEGAN | ENDED",
        "CHANGE+KIND | START+END | WHAT+TO | BEGAN+ENDED | HELD+WHERE",
        "CHANGE+KIND | START+END | WHAT+TO | BEGAN+ENDED",
        "START+END+HELD | WHAT+TO+WHERE | CHANGE+BEGAN+ENDED",
        "START+END+HELD+CHANGE | WHAT+TO+BEGAN+ENDED",
    ],
};

/// Writes one row for each interval, its end first; says what was written.
///
/// `WHEN WHAT FROM SINCE HELD BY HOW` and, where there is room, more. The actor in `BY` made the call
/// in `HOW`, which for an implied end is not a call that detaches. Of an inferred end nobody is known to
/// have made it: `HOW` says by whose call it is known.
///
/// # Errors
///
/// What the writer says.
pub fn write_ends(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    timeline: &Timeline,
) -> io::Result<Written> {
    let rows = timeline
        .intervals
        .iter()
        .map(|interval| end_row(style, catalogue, timeline, interval));
    grid::write_nameable(out, style, &ENDS, rows)
}

fn end_row(style: &Style, catalogue: &Catalogue, timeline: &Timeline, interval: &Interval) -> Row {
    let event = words::event(timeline, &interval.end);
    let rests_on = event.filter(|_| interval.end.kind != BoundKind::Open);
    let acted = event.filter(|_| interval.end.kind.is_doing());
    vec![
        end_time(style, &interval.end),
        words::held_cell(catalogue, interval),
        words::holder_cell(catalogue, interval),
        start_time(style, &interval.start),
        Cell::fixed(Held::of(interval).show()),
        match (acted, rests_on) {
            (Some(event), _) => words::actor_cell(Some(&event.actor)),
            (None, Some(_)) => Cell::fixed(words::ABSENT).tone(Tone::Faint),
            (None, None) => Cell::default(),
        },
        words::how_cell(&interval.end, event),
        acted.map_or_else(Cell::default, source_ip),
        words::kind_cell(catalogue, interval),
        place(&interval.account, &interval.region),
        rests_on.map_or_else(Cell::default, |event| Cell::fixed(&event.event_id)),
    ]
}

/// Writes one row for each interval, ended or not, in order of their starts; says what was written.
///
/// Asked `at` an instant, it marks what only may have held then: `perhaps ended`.
///
/// # Errors
///
/// What the writer says.
pub fn write_extents(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    timeline: &Timeline,
    at: Option<Instant<'_>>,
) -> io::Result<Written> {
    let rows = timeline.intervals.iter().map(|interval| {
        let doubt = at.and_then(|instant| instant.doubt(interval));
        extent_row(style, catalogue, timeline, interval, doubt.as_slice())
    });
    grid::write_nameable(out, style, &EXTENTS, rows)
}

fn extent_row(
    style: &Style,
    catalogue: &Catalogue,
    timeline: &Timeline,
    interval: &Interval,
    doubts: &[Doubt],
) -> Row {
    let how = |bound: &Bound| words::how_and_who_cell(bound, words::event(timeline, bound));
    let marked = |cell: Cell, is_of_start: bool| {
        let of_start = [Doubt::PerhapsNotBegun, Doubt::PerhapsBegunBefore];
        let doubts = doubts.iter();
        let doubts = doubts.filter(|doubt| of_start.contains(doubt) == is_of_start);
        let words: Vec<&str> = doubts.map(|doubt| doubt.words()).collect();
        cell.and(Cell::prose(words.join(", ")).tone(Tone::Doubtful))
    };
    vec![
        marked(start_time(style, &interval.start), true),
        marked(end_time(style, &interval.end), false),
        Cell::fixed(Held::of(interval).show()),
        words::held_cell(catalogue, interval),
        words::holder_cell(catalogue, interval),
        how(&interval.start),
        how(&interval.end),
        words::kind_cell(catalogue, interval),
        place(&interval.account, &interval.region),
    ]
}

/// Writes what was attached at one of two instants only, what is gone first; says what was written.
///
/// `timeline` has the events that the intervals point to. What only may have held at its instant is
/// marked, and so is what is gone if no record shows that it had ended by then.
///
/// # Errors
///
/// What the writer says.
pub fn write_differences(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    timeline: &Timeline,
    (first, gone): (Instant<'_>, &[Interval]),
    (second, new): (Instant<'_>, &[Interval]),
) -> io::Result<Written> {
    let row = |change: Change, interval, doubts: &[Doubt]| {
        let mut row = extent_row(style, catalogue, timeline, interval, doubts);
        row.insert(0, Cell::fixed(change.word()));
        row
    };
    let gone = gone.iter().map(|interval| {
        let doubts = first.doubts_gone_by(&second, interval);
        row(Change::Gone, interval, &doubts)
    });
    let new = new.iter().map(|interval| {
        let doubts = second.doubts_new_since(&first, interval);
        row(Change::New, interval, &doubts)
    });
    grid::write_nameable(out, style, &DIFFERENCES, gone.chain(new))
}

/// Shows a start: `≤` where it lies before the archive.
pub(super) fn start_time(style: &Style, bound: &Bound) -> Cell {
    bound_time(style, bound).unwrap_or_else(|| Cell::prose(words::ABSENT).tone(Tone::Faint))
}

/// Shows an end; an end that nothing tells is not in this archive.
pub(super) fn end_time(style: &Style, bound: &Bound) -> Cell {
    let time = bound_time(style, bound).filter(|_| bound.kind != BoundKind::Open);
    time.unwrap_or_else(|| Cell::fixed(words::ABSENT).tone(Tone::Faint))
}

fn bound_time(style: &Style, bound: &Bound) -> Option<Cell> {
    let parts = time::bound(bound, &style.zone)?;
    let cell = parts
        .into_iter()
        .fold(Cell::default(), |cell, part| cell.and_fixed(part));
    Some(cell.tone(words::tone(bound.kind)))
}

/// Shows where a call came from.
pub(super) fn source_ip(event: &Event) -> Cell {
    match &event.source_ip {
        Some(address) => Cell::fixed(address),
        None => Cell::fixed(words::UNKNOWN),
    }
}

/// Shows account and region.
pub(super) fn place(account: &Text, region: &Text) -> Cell {
    let known = |text: &Text| {
        if text.is_empty() {
            words::UNKNOWN.to_owned()
        } else {
            text.to_string()
        }
    };
    Cell::fixed(format!("{}/{}", known(account), known(region)))
}
