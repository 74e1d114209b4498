//! Readings: what the records of one event say, and what corrects them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::catalogue::{Catalogue, Interpretation, Interpreter};
use crate::event::Event;
use crate::record::{Place, Record};
use crate::text::Text;

/// One event, read from all records that carry its id.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the fullest record says.
    pub(super) interpretation: Interpretation,
    /// The records differ in content.
    pub(super) conflicting: bool,
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
        Self::by(&mut Interpreter::new(catalogue), records)
    }

    /// Reads the records of one event id as [`Reading::of`] does, after others.
    pub fn by(interpreter: &mut Interpreter<'_>, records: &[Record]) -> Option<Self> {
        let mut readable = records
            .iter()
            .filter_map(|record| Some((record, interpreter.interpret(&record.raw).ok()??)));
        let (fullest, mut interpretation) = readable.next()?;
        interpretation.event.places = places(records);
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

    /// Returns the id of the event that this one corrects, where it is a correction.
    pub fn corrects(&self) -> Option<&Text> {
        self.correction
            .as_ref()
            .map(|correction| &correction.original)
    }
}

/// Lists the places of all records, in order.
fn places(records: &[Record]) -> Vec<Place> {
    if let [record] = records
        && let [_] = record.places[..]
    {
        return record.places.clone();
    }
    let places = records.iter().flat_map(|record| &record.places);
    let mut places: Vec<Place> = places.cloned().collect();
    places.sort();
    places.dedup();
    places
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
    memchr::memmem::find(raw.as_bytes(), b"UPDATED_DATA")?;
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
