//! The addendum by which a record corrects another, and how its fields are given to that one.

use serde_json::Value;

use crate::text::Text;

/// Why an addendum gives fields anew.
pub(super) const REASON: &str = "UPDATED_DATA";

/// A record that gives fields of an earlier record anew (`addendum` with `UPDATED_DATA`).
#[derive(Debug, Clone)]
pub(super) struct Correction {
    /// The id of the event that it corrects.
    pub(super) original: Text,
    /// The fields that it gives, with dots between keys.
    pub(super) fields: Vec<String>,
    /// The record that has them.
    pub(super) record: Value,
}

impl Correction {
    /// Reads the addendum of a record; `None` where it has none, or one for another reason.
    pub(super) fn read(raw: &str) -> Option<Self> {
        if !raw.contains(REASON) {
            return None;
        }
        let record: Value = serde_json::from_str(raw).ok()?;
        let addendum = &record["addendum"];
        if addendum["reason"].as_str() != Some(REASON) {
            return None;
        }
        let fields = addendum["updatedFields"].as_str()?.split(',');
        Some(Self {
            original: Text::from(addendum["originalEventID"].as_str()?),
            fields: fields.map(|field| field.trim().to_owned()).collect(),
            record,
        })
    }
}

/// Gives a record the corrected fields; says whether there was any.
pub(super) fn apply(record: &mut Value, correction: &Correction) -> bool {
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
