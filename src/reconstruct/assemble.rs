//! From readings to a timeline: put together event by event, folded.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::correct::corrected;
use super::reading::Reading;
use crate::catalogue::{Catalogue, Interpretation, Interpreter};
use crate::coverage::Coverage;
use crate::event::{EventIndex, Fact, Outcome};
use crate::interval::{Attempt, Finding, Interval, Timeline};
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
    let facts = (0..).map(EventIndex).zip(readings);
    let facts = facts.filter_map(|(index, reading)| add(&mut timeline, index, reading));
    let partitions = timeline::partitions(facts);
    timeline.intervals = folded(catalogue, partitions, coverage);
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
fn add(timeline: &mut Timeline, index: EventIndex, reading: Reading) -> Option<Fact> {
    timeline.findings.extend(findings(&reading));
    let Interpretation {
        event, transitions, ..
    } = reading.interpretation;
    if event.outcome != Outcome::Succeeded {
        let members = event.mentions.clone();
        timeline.attempts.push(Attempt {
            event: index,
            members,
        });
    }
    let fact = (!transitions.is_empty()).then(|| Fact {
        event: index,
        time: event.time,
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

/// Lists what the records of an event leave in doubt.
pub(super) fn findings(reading: &Reading) -> Vec<Finding> {
    let event = reading.event();
    let make = |code: &str| Finding {
        code: code.to_owned(),
        message: finding_kinds()
            .get(code)
            .map_or_else(|| Text::from(code), |kind| kind.message.clone()),
        event_ids: vec![event.event_id.clone()],
        sources: event
            .places
            .iter()
            .map(|place| place.source.clone())
            .collect(),
    };
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
    findings
}
