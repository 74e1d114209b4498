//! From records to a timeline: interpreted, put together event by event, folded.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::Value;

use crate::catalogue::{Catalogue, Interpretation};
use crate::coverage::Coverage;
use crate::event::{Event, EventIndex, Fact, Outcome};
use crate::interval::{Attempt, Finding, Timeline};
use crate::record::{Place, Record};
use crate::text::Text;
use crate::timeline::{self, finding_kinds};

/// One event, read from all records that carry its id.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the fullest record says.
    interpretation: Interpretation,
    /// The records differ in content.
    conflicting: bool,
    /// The event that this record corrects, and the fields that it gives anew (`addendum`).
    corrects: Option<(Text, Vec<String>)>,
    /// The record, where a correction may be laid over it.
    raw: Option<std::sync::Arc<str>>,
}

impl Reading {
    /// Reads the records of one event id; `None` where none is in scope or can be read.
    ///
    /// The first record counts as the fullest.
    pub fn of(catalogue: &Catalogue, records: &[Record]) -> Option<Self> {
        let mut interpretations = records
            .iter()
            .filter_map(|record| Some((record, catalogue.interpret(&record.raw).ok()??)));
        let (fullest, mut interpretation) = interpretations.next()?;
        let mut places: Vec<Place> = records
            .iter()
            .flat_map(|record| record.places.iter().cloned())
            .collect();
        places.sort();
        places.dedup();
        interpretation.event.places = places;
        let correction = correction(&fullest.raw);
        Some(Self {
            interpretation,
            conflicting: conflict(records),
            raw: Some(fullest.raw.clone()),
            corrects: correction,
        })
    }

    /// Returns the event.
    pub fn event(&self) -> &Event {
        &self.interpretation.event
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
fn correction(raw: &str) -> Option<(Text, Vec<String>)> {
    if !raw.contains("UPDATED_DATA") {
        return None;
    }
    let record: Value = serde_json::from_str(raw).ok()?;
    let addendum = &record["addendum"];
    let original = addendum["originalEventID"].as_str()?;
    let fields = addendum["updatedFields"].as_str()?;
    let is_update = addendum["reason"].as_str() == Some("UPDATED_DATA");
    let fields = fields
        .split(',')
        .map(|field| field.trim().to_owned())
        .collect();
    is_update.then(|| (Text::from(original), fields))
}

/// Puts readings together into a timeline: every interval, every attempt, in order.
pub fn assemble(catalogue: &Catalogue, readings: Vec<Reading>, coverage: &Coverage) -> Timeline {
    let mut readings = corrected(catalogue, readings);
    readings.sort_by(|a, b| {
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
    let mut intervals: Vec<_> = timeline::partitions(facts)
        .into_par_iter()
        .flat_map_iter(|(_, facts)| timeline::fold_partition(catalogue, facts, coverage))
        .collect();
    intervals.par_sort_by(timeline::interval_order);
    timeline.intervals = intervals;
    timeline::resolve_attempts(
        catalogue,
        &timeline.events,
        &timeline.intervals,
        &mut timeline.attempts,
    );
    timeline.findings.sort();
    timeline
}

/// Lays corrections over the records that they correct; a correction without its original stays an
/// event of its own.
fn corrected(catalogue: &Catalogue, readings: Vec<Reading>) -> Vec<Reading> {
    if readings.iter().all(|reading| reading.corrects.is_none()) {
        return readings;
    }
    let mut by_id: BTreeMap<Text, Reading> = BTreeMap::new();
    let mut corrections = Vec::new();
    for reading in readings {
        if reading.corrects.is_some() {
            corrections.push(reading);
        } else {
            by_id.insert(reading.event().event_id.clone(), reading);
        }
    }
    corrections.sort_by(|a, b| {
        let key = |reading: &Reading| (reading.event().time, reading.event().event_id.clone());
        key(a).cmp(&key(b))
    });
    for correction in corrections {
        let original = correction
            .corrects
            .as_ref()
            .and_then(|(id, _)| by_id.get_mut(id));
        match original.map(|original| lay_over(catalogue, original, &correction)) {
            Some(true) => {}
            Some(false) | None => {
                by_id.insert(correction.event().event_id.clone(), correction);
            }
        }
    }
    by_id.into_values().collect()
}

/// Gives the corrected fields to the original; says whether that made a readable record.
fn lay_over(catalogue: &Catalogue, original: &mut Reading, correction: &Reading) -> bool {
    let (Some(old), Some(new), Some((_, fields))) =
        (&original.raw, &correction.raw, &correction.corrects)
    else {
        return false;
    };
    let parsed = (
        serde_json::from_str::<Value>(old),
        serde_json::from_str::<Value>(new),
    );
    let (Ok(mut record), Ok(update)) = parsed else {
        return false;
    };
    for field in fields {
        let pointer = format!("/{}", field.replace('.', "/"));
        if let (Some(to), Some(from)) = (record.pointer_mut(&pointer), update.pointer(&pointer)) {
            *to = from.clone();
        }
    }
    let Ok(Some(mut interpretation)) = catalogue.interpret(&record.to_string()) else {
        return false;
    };
    let mut places = original.event().places.clone();
    places.extend(correction.event().places.iter().cloned());
    places.sort();
    interpretation.event.places = places;
    original.interpretation = interpretation;
    true
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
