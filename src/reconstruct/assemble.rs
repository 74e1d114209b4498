//! From records to a timeline: interpreted, put together event by event, folded.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use crate::catalogue::{Catalogue, Interpretation};
use crate::coverage::Coverage;
use crate::event::{Event, EventIndex, Fact, Outcome, Transition};
use crate::interval::{Attempt, Finding, Interval, Timeline};
use crate::record::Record;
use crate::text::Text;
use crate::timeline::{self, finding_kinds};

/// One event, read from all records that carry its id.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the fullest record says.
    interpretation: Interpretation,
    /// The records differ in content.
    conflicting: bool,
    /// What the record corrects, where it is an `addendum`.
    correction: Option<Box<Correction>>,
}

/// A record that gives fields of an earlier record anew (`addendum` with `UPDATED_DATA`).
#[derive(Debug, Clone)]
struct Correction {
    original: Text,
    fields: Vec<String>,
    record: Value,
}

impl Reading {
    /// Reads the records of one event id, the fullest first; `None` where none is in scope or can be
    /// read.
    pub fn of(catalogue: &Catalogue, records: &[Record]) -> Option<Self> {
        let mut readable = records
            .iter()
            .filter_map(|record| Some((record, catalogue.interpret(&record.raw).ok()??)));
        let (fullest, mut interpretation) = readable.next()?;
        let places = records
            .iter()
            .flat_map(|record| record.places.iter().cloned());
        interpretation.event.places = places.collect();
        interpretation.event.places.sort();
        interpretation.event.places.dedup();
        Some(Self {
            interpretation,
            conflicting: conflict(records),
            correction: correction(&fullest.raw).map(Box::new),
        })
    }

    /// Returns the event.
    pub fn event(&self) -> &Event {
        &self.interpretation.event
    }

    /// Returns what the event changes.
    pub(super) fn transitions(&self) -> &[Transition] {
        &self.interpretation.transitions
    }

    /// Returns the id of the event that this one corrects, where it is a correction.
    pub fn corrects(&self) -> Option<&Text> {
        self.correction
            .as_ref()
            .map(|correction| &correction.original)
    }
}

/// Says whether records of one event id differ in more than how they are printed.
fn conflict(records: &[Record]) -> bool {
    let [first, others @ ..] = records else {
        return false;
    };
    let value = |record: &Record| serde_json::from_str::<Value>(&record.raw).ok();
    let known = others
        .iter()
        .any(|other| other.raw != first.raw)
        .then(|| value(first));
    known.is_some_and(|known| others.iter().any(|other| value(other) != known))
}

/// Reads an `addendum` that gives fields of an earlier record anew.
fn correction(raw: &str) -> Option<Correction> {
    if !raw.contains("UPDATED_DATA") {
        return None;
    }
    let record: Value = serde_json::from_str(raw).ok()?;
    let addendum = &record["addendum"];
    if addendum["reason"].as_str() != Some("UPDATED_DATA") {
        return None;
    }
    let fields = addendum["updatedFields"].as_str()?.split(',');
    Some(Correction {
        original: Text::from(addendum["originalEventID"].as_str()?),
        fields: fields.map(|field| field.trim().to_owned()).collect(),
        record,
    })
}

/// Puts readings together into a timeline: every interval, every attempt, in order.
pub fn assemble(
    catalogue: &Catalogue,
    mut readings: Vec<Reading>,
    coverage: &Coverage,
) -> Timeline {
    readings.par_sort_by(|a, b| {
        let key = |reading: &Reading| (reading.event().time, reading.event().event_id.clone());
        key(a).cmp(&key(b))
    });
    let mut timeline = Timeline::default();
    let mut facts = Vec::new();
    for (index, reading) in (0..).map(EventIndex).zip(readings) {
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
        if !transitions.is_empty() {
            facts.push(Fact {
                event: index,
                time: event.time,
                account: event.account.clone(),
                region: event.region.clone(),
                event_id: event.event_id.clone(),
                outcome: event.outcome,
                transitions,
            });
        }
        timeline.events.push(event);
    }
    timeline.intervals = folded(catalogue, facts, coverage);
    timeline::resolve_attempts(
        catalogue,
        &timeline.events,
        &timeline.intervals,
        &mut timeline.attempts,
    );
    timeline.findings.sort();
    timeline
}

/// Folds each account and region by itself, several at once.
fn folded(catalogue: &Catalogue, facts: Vec<Fact>, coverage: &Coverage) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = timeline::partitions(facts)
        .into_par_iter()
        .flat_map_iter(|(_, facts)| timeline::fold_partition(catalogue, facts, coverage))
        .collect();
    intervals.par_sort_by(timeline::interval_order);
    intervals
}

/// Lays corrections over the records that they correct, whose text `original` finds by event id; a
/// correction without its original stays an event of its own.
pub fn corrected(
    catalogue: &Catalogue,
    readings: Vec<Reading>,
    original: impl Fn(&Text) -> Option<Arc<str>>,
) -> Vec<Reading> {
    if readings.iter().all(|reading| reading.correction.is_none()) {
        return readings;
    }
    let (mut corrections, others): (Vec<Reading>, Vec<Reading>) = readings
        .into_iter()
        .partition(|reading| reading.correction.is_some());
    let mut by_id: BTreeMap<Text, Reading> = others
        .into_iter()
        .map(|reading| (reading.event().event_id.clone(), reading))
        .collect();
    corrections
        .sort_by_cached_key(|reading| (reading.event().time, reading.event().event_id.clone()));
    for correction in corrections {
        let laid_over = correction.corrects().and_then(|id| {
            let reading = by_id.get_mut(id)?;
            lay_over(catalogue, reading, &original(id)?, &correction)
        });
        if laid_over.is_none() {
            by_id.insert(correction.event().event_id.clone(), correction);
        }
    }
    by_id.into_values().collect()
}

/// Gives the corrected fields to the original, where that makes a readable record.
fn lay_over(catalogue: &Catalogue, reading: &mut Reading, raw: &str, by: &Reading) -> Option<()> {
    let correction = by.correction.as_ref()?;
    let mut record: Value = serde_json::from_str(raw).ok()?;
    for field in &correction.fields {
        let pointer = format!("/{}", field.replace('.', "/"));
        if let Some(value) = correction.record.pointer(&pointer)
            && let Some(slot) = record.pointer_mut(&pointer)
        {
            *slot = value.clone();
        }
    }
    let mut interpretation = catalogue.interpret(&record.to_string()).ok()??;
    interpretation.event.places = [&reading.event().places[..], &by.event().places[..]].concat();
    interpretation.event.places.sort();
    reading.interpretation = interpretation;
    Some(())
}

fn findings(reading: &Reading) -> Vec<Finding> {
    let event = reading.event();
    let make = |code: &str| Finding {
        code: code.to_owned(),
        message: Text::from(
            finding_kinds()
                .get(code)
                .map_or(code, |kind| kind.message.as_str()),
        ),
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
    if reading.interpretation.response_missing {
        findings.push(make("response-missing"));
    }
    findings
}
