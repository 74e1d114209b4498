//! Readings: what the records of one event id say, event by event.
//!
//! Not for: what follows from them together (`assemble`), or corrections of one by another (`correct`).

use std::sync::Arc;

use serde_json::Value;
use sha2::Digest as _;

use crate::catalogue::{Catalogue, Interpretation, Interpreter};
use crate::event::{Event, Transition};
use crate::record::{Record, Sha256};
use crate::text::Text;

/// How many hexadecimal digits tell events apart that share an id.
const SUM_DIGITS: usize = 8;

/// One event, read from all records that tell it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the fullest record says.
    pub(super) interpretation: Interpretation,
    /// Records of this event id differ in content.
    pub(super) conflicting: bool,
    /// What the record corrects, where it is an `addendum`.
    pub(super) correction: Option<Box<Correction>>,
    /// It is a correction that could not be applied.
    pub(super) is_unapplied: bool,
}

/// A record that gives fields of an earlier record anew (`addendum` with `UPDATED_DATA`).
#[derive(Debug, Clone)]
pub(super) struct Correction {
    pub(super) original: Text,
    pub(super) fields: Vec<String>,
    pub(super) record: Value,
}

impl Reading {
    /// Reads the records of one event id, the fullest first; empty where none is in scope or can be
    /// read.
    ///
    /// AWS gives no id twice. Records of one id that differ in name, time, account or region are
    /// events of their own, none of which may hide another: all but the first have an id that ends
    /// with `#` and the first digits of their record's sum.
    pub fn all_of(catalogue: &Catalogue, records: &[Record]) -> Vec<Self> {
        Self::all_by(&mut Interpreter::new(catalogue), records)
    }

    /// Reads the records of one event id as [`Reading::all_of`] does, after others.
    pub fn all_by(interpreter: &mut Interpreter<'_>, records: &[Record]) -> Vec<Self> {
        let (mut events, conflicting) = (events(interpreter, records), conflict(records));
        let readings = events.drain(..).map(|(raw, interpretation)| Self {
            interpretation,
            conflicting,
            correction: correction(&raw).map(Box::new),
            is_unapplied: false,
        });
        readings.collect()
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

/// Lists the events that the records of one id tell, each by its fullest record and with all places.
pub(super) fn events(
    interpreter: &mut Interpreter<'_>,
    records: &[Record],
) -> Vec<(Arc<str>, Interpretation)> {
    let mut events: Vec<(Arc<str>, Interpretation)> = Vec::new();
    for record in records {
        let Ok(Some(mut interpretation)) = interpreter.interpret(&record.raw) else {
            // Ingesting has counted it; another catalogue may have other calls.
            continue;
        };
        let known = events
            .iter_mut()
            .find(|(_, known)| is_same(&known.event, &interpretation.event));
        if let Some((_, known)) = known {
            known.event.places.extend(record.places.iter().cloned());
            continue;
        }
        let event = &mut interpretation.event;
        event.places = record.places.clone();
        event.integrity = record.integrity;
        if !events.is_empty() {
            let sum = Sha256(sha2::Sha256::digest(record.raw.as_bytes()).into()).to_string();
            event.event_id = Text::from(format!("{}#{}", event.event_id, &sum[..SUM_DIGITS]));
        }
        events.push((record.raw.clone(), interpretation));
    }
    for (_, interpretation) in &mut events {
        interpretation.event.places.sort();
        interpretation.event.places.dedup();
    }
    events
}

/// Says whether two records of one event id can tell the same event.
fn is_same(one: &Event, other: &Event) -> bool {
    let key = |event: &Event| {
        let place = (event.account.clone(), event.region.clone());
        (event.event_name.clone(), event.time, place)
    };
    key(one) == key(other)
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
