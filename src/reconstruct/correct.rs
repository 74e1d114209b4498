//! Corrections: records that give fields of an earlier record anew.
//!
//! CloudTrail delivers such a record with an
//! [`addendum`](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html)
//! whose reason is `UPDATED_DATA`. One that cannot be applied stays an event of its own, and says so.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reading::{Correction, Reading, events};
use crate::catalogue::{Catalogue, Interpreter};
use crate::event::Event;
use crate::record::Record;
use crate::text::Text;

/// Lays corrections over the readings that they correct; `original` finds the records of an event id.
pub fn corrected<'r>(
    catalogue: &Catalogue,
    readings: Vec<Reading>,
    original: impl Fn(&Text) -> Option<&'r [Record]>,
) -> Vec<Reading> {
    if readings.iter().all(|reading| reading.correction.is_none()) {
        return readings;
    }
    let (mut corrections, others): (Vec<Reading>, Vec<Reading>) = readings
        .into_iter()
        .partition(|reading| reading.correction.is_some());
    let mut pile = Pile {
        catalogue,
        by_id: others
            .into_iter()
            .map(|reading| (reading.event().event_id.clone(), reading))
            .collect(),
        corrected: BTreeMap::new(),
    };
    corrections
        .sort_by_cached_key(|reading| (reading.event().time, reading.event().event_id.clone()));
    for mut correction in corrections {
        let records = correction.corrects().and_then(&original);
        if pile
            .lay_over(records.unwrap_or_default(), &correction)
            .is_none()
        {
            correction.is_unapplied = true;
            let id = correction.event().event_id.clone();
            pile.by_id.insert(id, correction);
        }
    }
    pile.by_id.into_values().collect()
}

/// The readings, and those records that were corrected already.
struct Pile<'c> {
    catalogue: &'c Catalogue,
    by_id: BTreeMap<Text, Reading>,
    corrected: BTreeMap<Text, Value>,
}

impl Pile<'_> {
    /// Gives the corrected fields to the original, where it is of the same account and region and the
    /// outcome is a readable record.
    fn lay_over(&mut self, records: &[Record], by: &Reading) -> Option<()> {
        let correction = by.correction.as_ref()?;
        let is_it = |event: &Event| {
            let place = |event: &Event| (event.account.clone(), event.region.clone());
            place(event) == place(by.event())
        };
        let (raw, found) = events(&mut Interpreter::new(self.catalogue), records)
            .into_iter()
            .find(|(_, found)| is_it(&found.event))?;
        let id = found.event.event_id;
        let reading = self.by_id.get_mut(&id)?;
        let mut record = match self.corrected.get(&id) {
            Some(record) => record.clone(),
            None => serde_json::from_str(&raw).ok()?,
        };
        if !apply(&mut record, correction) {
            return None;
        }
        let mut interpretation = self.catalogue.interpret(&record.to_string()).ok()??;
        let event = &mut interpretation.event;
        event.event_id = id.clone();
        event.places = [&reading.event().places[..], &by.event().places[..]].concat();
        event.places.sort();
        event.places.dedup();
        // What rests on two records is worth as much as the weaker one.
        event.integrity = reading.event().integrity.max(by.event().integrity);
        reading.interpretation = interpretation;
        self.corrected.insert(id, record);
        Some(())
    }
}

/// Gives a record the corrected fields; says whether there was any.
fn apply(record: &mut Value, correction: &Correction) -> bool {
    let mut any = false;
    for field in &correction.fields {
        let mut steps = field.split('.');
        let value = steps.try_fold(&correction.record, |at, key| at.get(key));
        if let Some(value) = value {
            any |= set(record, field, value);
        }
    }
    any
}

/// Sets a field, making the objects that lead to it; says whether that was possible.
fn set(record: &mut Value, field: &str, value: &Value) -> bool {
    let mut at = record;
    for key in field.split('.') {
        if at.is_null() {
            *at = Value::Object(serde_json::Map::new());
        }
        let Some(object) = at.as_object_mut() else {
            return false;
        };
        at = object.entry(key).or_insert(Value::Null);
    }
    *at = value.clone();
    true
}
