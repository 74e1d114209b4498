//! Readings: what the records of one event id say, event by event.
//!
//! Not for: what follows from them together (`assemble`), or corrections of one by another (`correct`).

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use sha2::Digest as _;

use super::addendum::Correction;
use crate::catalogue::{Catalogue, Interpretation, Interpreter};
use crate::event::{Event, Transition};
use crate::record::{Record, Sha256};
use crate::text::Text;

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
    /// `sharedEventID`, where the action was delivered to several accounts.
    pub(super) shared: Option<Text>,
}

impl Reading {
    /// Reads the records of one event id, the fullest first; empty where none is in scope or can be
    /// read.
    ///
    /// AWS gives no id twice. Records of one id that differ in name, time, account or region are
    /// events of their own, none of which may hide another: all but the first have an id that ends
    /// with `#` and their record's SHA-256.
    pub fn all_of(catalogue: &Catalogue, records: &[Record]) -> Vec<Self> {
        Self::all_by(&mut Interpreter::new(catalogue), records)
    }

    /// Reads the records of one event id as [`Reading::all_of`] does, after others.
    pub fn all_by(interpreter: &mut Interpreter<'_>, records: &[Record]) -> Vec<Self> {
        let (mut events, conflicting) = (events(interpreter, records), conflict(records));
        let readings = events.drain(..).map(|(raw, interpretation)| Self {
            interpretation,
            conflicting,
            correction: Correction::read(&raw).map(Box::new),
            is_unapplied: false,
            shared: shared(&raw),
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
    let mut positions: HashMap<Told, usize> = HashMap::new();
    for record in records {
        let Ok(Some(mut interpretation)) = interpreter.interpret(&record.raw) else {
            // Ingesting has counted it; another catalogue may have other calls.
            continue;
        };
        // Nearly all ids have one record, which nothing need be told apart from.
        if records.len() > 1 {
            let told = told(&interpretation.event);
            if let Some(known) = positions.get(&told) {
                let (_, known) = &mut events[*known];
                known.event.places.extend(record.places.iter().cloned());
                continue;
            }
            positions.insert(told, events.len());
        }
        let event = &mut interpretation.event;
        event.places = record.places.clone();
        event.integrity = record.integrity;
        if !events.is_empty() {
            // The whole sum: whoever writes records can find two whose sums begin alike, and so hide one.
            let sum = Sha256(sha2::Sha256::digest(record.raw.as_bytes()).into());
            event.event_id = Text::from(format!("{}#{sum}", event.event_id));
        }
        events.push((record.raw.clone(), interpretation));
    }
    for (_, interpretation) in &mut events {
        interpretation.event.places.sort();
        interpretation.event.places.dedup();
    }
    events
}

/// What two records of one event id have in common if they tell the same event.
type Told = (Text, Timestamp, Text, Text);

fn told(event: &Event) -> Told {
    let (account, region) = (event.account.clone(), event.region.clone());
    (event.event_name.clone(), event.time, account, region)
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

/// Reads the id that the copies of an action have in common which several accounts were told of.
fn shared(raw: &str) -> Option<Text> {
    if !raw.contains("sharedEventID") {
        return None;
    }
    let record: Value = serde_json::from_str(raw).ok()?;
    let id = record["sharedEventID"].as_str()?;
    (!id.is_empty()).then(|| Text::from(id))
}
