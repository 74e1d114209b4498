//! What the timeline draws: lanes of bars over an axis on which long waits are shortened.
//!
//! Here is decided what is drawn and where; how it looks is `svg`'s, and a list stands for it in
//! Markdown.

mod choice;

use jiff::Timestamp;

use super::Dossier;
use super::contents::flat;
use super::lookouts::Numbers;
use crate::findings::Severity;
use crate::interval::{Bound, BoundKind, Interval};
use crate::render::axis::{Axis, Edge};
use crate::render::{found, time, words};
use choice::Choice;

/// A timeline.
#[derive(Debug, Default)]
pub(super) struct Picture {
    /// The lanes, those of one kind together.
    pub(super) groups: Vec<Group>,
    /// Times with their labels, from left to right; places are from 0 to 1.
    pub(super) ticks: Vec<(f64, String)>,
    /// Times of which digests prove that the archive lacks something.
    pub(super) gaps: Vec<(f64, f64)>,
    /// Findings: their numbers, and when they happened.
    pub(super) flags: Vec<Flag>,
    /// How many things of how many are drawn.
    pub(super) things: (usize, usize),
    /// How many intervals of how many are drawn.
    pub(super) intervals: (usize, usize),
    /// How many attempts of how many are drawn.
    pub(super) attempts: (usize, usize),
}

/// Lanes of one kind.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) title: String,
    pub(super) lanes: Vec<Lane>,
}

/// What was attached, and to what over time.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) label: String,
    pub(super) bars: Vec<Bar>,
    /// Calls in vain: where, and what is to be read of them.
    pub(super) marks: Vec<(f64, String)>,
}

/// An interval.
#[derive(Debug)]
pub(super) struct Bar {
    /// What it was attached to.
    pub(super) label: String,
    /// Which of the lane's holders it is, from 0.
    pub(super) holder: usize,
    pub(super) start: Edge,
    pub(super) end: Edge,
    pub(super) start_words: String,
    pub(super) end_words: String,
}

/// A finding.
#[derive(Debug)]
pub(super) struct Flag {
    pub(super) at: f64,
    pub(super) number: usize,
    pub(super) severity: Severity,
    pub(super) title: String,
}

/// How far apart two labels of the axis are at least, of the whole width.
const LABELS_APART: f64 = 0.145;

/// Draws what a report tells; `numbers` tells the numbers of findings.
pub(super) fn picture(dossier: &Dossier<'_>, numbers: &Numbers) -> Picture {
    let choice = Choice::of(dossier);
    let axis = Axis::over(times(dossier, &choice));
    let mut picture = Picture {
        ticks: axis.ticks(LABELS_APART, &jiff::tz::TimeZone::UTC),
        gaps: gaps(dossier, &axis),
        flags: flags(dossier, &axis, numbers),
        things: (choice.things.len(), choice.things_total),
        intervals: (choice.intervals_count(), choice.intervals_total),
        attempts: (choice.attempts_count(), dossier.ends.attempts.len()),
        ..Picture::default()
    };
    for thing in &choice.things {
        let mut lane = Lane {
            label: thing.id.to_owned(),
            bars: thing
                .intervals
                .iter()
                .map(|interval| bar(dossier, &axis, interval))
                .collect(),
            marks: Vec::new(),
        };
        number_holders(&mut lane);
        match picture.groups.last_mut() {
            Some(group) if group.title == thing.kind => group.lanes.push(lane),
            _ => picture.groups.push(Group {
                title: thing.kind.to_owned(),
                lanes: vec![lane],
            }),
        }
    }
    let in_vain = choice.attempts.iter().map(|(actor, events)| Lane {
        label: (*actor).to_owned(),
        bars: Vec::new(),
        marks: events
            .iter()
            .map(|event| {
                let code = event.error_code.as_ref().map_or("", |code| code.as_str());
                let when = time::show(event.time, &jiff::tz::TimeZone::UTC);
                let said = format!("{when} {} {code}", event.event_name.as_str());
                (axis.place(event.time), said)
            })
            .collect(),
    });
    let lanes: Vec<Lane> = in_vain.collect();
    if !lanes.is_empty() {
        picture.groups.push(Group {
            title: "Calls in vain".to_owned(),
            lanes,
        });
    }
    picture
}

/// Numbers the holders of a lane in order of appearance, so that a change of holder can be seen.
fn number_holders(lane: &mut Lane) {
    let mut known: Vec<String> = Vec::new();
    for bar in &mut lane.bars {
        bar.holder = match known.iter().position(|holder| *holder == bar.label) {
            Some(number) => number,
            None => {
                known.push(bar.label.clone());
                known.len() - 1
            }
        };
    }
}

/// Lists the times that the axis must have.
fn times(dossier: &Dossier<'_>, choice: &Choice<'_>) -> Vec<Timestamp> {
    let intervals = choice.things.iter().flat_map(|thing| &thing.intervals);
    let bounds = intervals.flat_map(|interval| [&interval.start, &interval.end]);
    let bounds = bounds.flat_map(|bound| [bound.not_before, bound.not_after]);
    let attempts = choice.attempts.iter().flat_map(|(_, events)| events);
    let attempts = attempts.map(|event| Some(event.time));
    bounds
        .chain(attempts)
        .chain(
            dossier
                .findings
                .found
                .iter()
                .take(NUMBERED_MAX)
                .map(|found| found.last),
        )
        .flatten()
        .collect()
}

/// So many findings, the most severe first, can have a flag.
const NUMBERED_MAX: usize = 60;

fn bar(dossier: &Dossier<'_>, axis: &Axis, interval: &Interval) -> Bar {
    let holder = words::holder(dossier.catalogue, interval);
    let said = |bound: &Bound, is_start: bool| {
        let event = words::event(dossier.timeline, bound);
        let when = match (time::bound(bound, &jiff::tz::TimeZone::UTC), bound.kind) {
            (Some(_), BoundKind::BeforeArchive) if is_start => "before the archive".to_owned(),
            (Some(parts), _) => parts.join(" "),
            (None, _) => "not in this archive".to_owned(),
        };
        match bound.kind {
            BoundKind::Open => format!("{when}, open"),
            BoundKind::BeforeArchive => when,
            _ => format!("{when}, {}", flat(&words::how_and_who_cell(bound, event))),
        }
    };
    Bar {
        label: holder.map_or("", |(_, id)| id.as_str()).to_owned(),
        holder: 0,
        start: axis.start(&interval.start),
        end: axis.end(&interval.end),
        start_words: said(&interval.start, true),
        end_words: said(&interval.end, false),
    }
}

/// So many gaps are drawn.
const GAPS_MAX: usize = 100;

fn gaps(dossier: &Dossier<'_>, axis: &Axis) -> Vec<(f64, f64)> {
    let gaps = dossier.gaps.iter().take(GAPS_MAX);
    gaps.map(|gap| (axis.place(gap.from), axis.place(gap.until)))
        .collect()
}

fn flags(dossier: &Dossier<'_>, axis: &Axis, numbers: &Numbers) -> Vec<Flag> {
    let all = dossier.findings.found.iter().take(NUMBERED_MAX);
    let flags = all.enumerate().filter_map(|(index, found)| {
        let severity = found::severity(found);
        let number = numbers.of_index(index)?;
        let at = axis.place(found.last?);
        (severity >= Severity::Medium).then(|| Flag {
            at,
            number,
            severity,
            title: found.message.to_string(),
        })
    });
    flags.collect()
}
