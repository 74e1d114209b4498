//! From readings to a timeline: put together event by event, folded.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::correct::corrected;
use super::reading::Reading;
use crate::catalogue::{Catalogue, Interpretation, Interpreter};
use crate::coverage::Coverage;
use crate::event::{Event, EventIndex, Fact, Outcome};
use crate::interval::{Attempt, Finding, Interval, Part, Timeline};
use crate::record::Record;
use crate::text::Text;
use crate::timeline::{self, Partitions, finding_kinds};

/// Puts readings together into a timeline: every interval, every attempt, in order.
pub fn assemble(
    catalogue: &Catalogue,
    mut readings: Vec<Reading>,
    coverage: &Coverage,
) -> Timeline {
    // Unstable sorts need no second list of a million; nothing is left undecided.
    readings.par_sort_unstable_by(|a, b| {
        let (a, b) = (a.event(), b.event());
        (a.time, &a.event_id).cmp(&(b.time, &b.event_id))
    });
    let mut timeline = Timeline::default();
    timeline.events.reserve_exact(readings.len());
    let mut marks = Marks::default();
    let facts = (0..).map(EventIndex).zip(readings);
    let facts = facts.filter_map(|(index, reading)| {
        let findings = findings(&reading);
        marks.note(index, &reading, &findings);
        add(&mut timeline, index, reading, findings)
    });
    let partitions = timeline::partitions(facts);
    timeline.intervals = folded(catalogue, partitions, coverage);
    timeline::add_calls_without_effect(catalogue, &mut timeline, &marks.findings);
    if timeline::tell_contradicting(catalogue, &mut timeline) {
        timeline
            .intervals
            .par_sort_unstable_by(timeline::interval_order);
    }
    marks.apply(&mut timeline);
    timeline::resolve_attempts(
        catalogue,
        &timeline.events,
        &timeline.intervals,
        &mut timeline.attempts,
    );
    timeline.findings.sort();
    timeline
}

/// Folds records without an index: the direct scan that every answer from the index must equal.
pub fn direct(catalogue: &Catalogue, events: &[Vec<Record>], coverage: &Coverage) -> Timeline {
    let mut interpreter = Interpreter::new(catalogue);
    let read = |records: &Vec<Record>| Reading::all_by(&mut interpreter, records);
    let all: Vec<Vec<Reading>> = events.iter().map(read).collect();
    let ids: BTreeMap<Text, usize> = (0..)
        .zip(&all)
        .filter_map(|(index, readings)| Some((readings.first()?.event().event_id.clone(), index)))
        .collect();
    let records = |id: &Text| ids.get(id).map(|index| &events[*index][..]);
    let readings = all.into_iter().flatten().collect();
    assemble(catalogue, corrected(catalogue, readings, records), coverage)
}

/// Adds a reading's event to the timeline; returns what there is to fold of it.
fn add(
    timeline: &mut Timeline,
    index: EventIndex,
    reading: Reading,
    findings: Vec<Finding>,
) -> Option<Fact> {
    timeline.findings.extend(findings.iter().cloned());
    let Interpretation {
        event,
        transitions,
        undone,
        ..
    } = reading.interpretation;
    let undone = undone.into_iter().map(|(part, members)| Attempt {
        event: index,
        part,
        members,
        findings: findings.clone(),
    });
    timeline.attempts.extend(undone);
    if event.outcome != Outcome::Succeeded {
        let members = event.mentions.clone();
        timeline.attempts.push(Attempt {
            event: index,
            part: Part::Whole,
            members,
            findings,
        });
    }
    let fact = (!transitions.is_empty()).then(|| Fact {
        event: index,
        time: event.time,
        told: event.time,
        account: event.account.clone(),
        region: event.region.clone(),
        event_id: event.event_id.clone(),
        outcome: event.outcome,
        transitions,
    });
    timeline.events.push(event);
    fact
}

/// Folds each account and region by itself, several at once.
fn folded(catalogue: &Catalogue, partitions: Partitions, coverage: &Coverage) -> Vec<Interval> {
    let folded: Vec<Vec<Interval>> = partitions
        .into_par_iter()
        .map(|(_, facts)| timeline::fold_partition(catalogue, facts, coverage))
        .collect();
    let mut folded = folded.into_iter();
    let mut intervals = folded.next().unwrap_or_default();
    folded.for_each(|more| intervals.extend(more));
    intervals.par_sort_unstable_by(timeline::interval_order);
    intervals
}

/// What intervals must be told of the events that they rest on.
#[derive(Default)]
struct Marks {
    /// What is found of events.
    findings: BTreeMap<EventIndex, Vec<Finding>>,
    /// The `sharedEventID` of events.
    shared: BTreeMap<EventIndex, Text>,
}

impl Marks {
    fn note(&mut self, index: EventIndex, reading: &Reading, findings: &[Finding]) {
        if !findings.is_empty() {
            self.findings.insert(index, findings.to_vec());
        }
        if let Some(shared) = &reading.shared {
            self.shared.insert(index, shared.clone());
        }
    }

    fn apply(&self, timeline: &mut Timeline) {
        if self.findings.is_empty() && self.shared.is_empty() {
            return;
        }
        let (events, intervals) = (&timeline.events, &mut timeline.intervals);
        for interval in &mut *intervals {
            let rests_on = [interval.start.event, interval.end.event];
            let rests_on: BTreeSet<EventIndex> = rests_on.into_iter().flatten().collect();
            let found = rests_on.iter().filter_map(|index| self.findings.get(index));
            interval.findings.extend(found.flatten().cloned());
        }
        timeline::tell_shared_once(intervals, events, &self.shared);
        intervals.par_sort_unstable_by(timeline::interval_order);
    }
}

/// Makes a finding that rests on one event.
fn finding(code: &str, event: &Event) -> Finding {
    let places = event.places.iter();
    let sources: BTreeSet<Text> = places.map(|place| place.source.clone()).collect();
    Finding {
        code: code.to_owned(),
        message: finding_kinds()
            .get(code)
            .map_or_else(|| Text::from(code), |kind| kind.message.clone()),
        event_ids: vec![event.event_id.clone()],
        sources: sources.into_iter().collect(),
    }
}

/// Lists what the records of an event leave in doubt.
pub(super) fn findings(reading: &Reading) -> Vec<Finding> {
    let make = |code: &str| finding(code, reading.event());
    let mut findings = Vec::new();
    if reading.conflicting {
        findings.push(make("conflicting-duplicate"));
    }
    if reading.is_unapplied {
        findings.push(make("correction-not-applied"));
    }
    if reading.interpretation.response_missing {
        findings.push(make("response-missing"));
    }
    if reading.interpretation.rows_cut {
        findings.push(make("rows-cut"));
    }
    findings
}
