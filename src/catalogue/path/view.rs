//! A record's parts and values, in whichever of AWS's ways they are written.

use serde_json::Value;

use super::{Key, Root};
use crate::text::Text;

/// A record's parts that paths begin with.
pub(in crate::catalogue) struct View<'a> {
    /// `requestParameters`, unwrapped.
    pub(in crate::catalogue) request: &'a Value,
    /// `responseElements`, unwrapped.
    pub(in crate::catalogue) response: &'a Value,
    /// `serviceEventDetails`.
    pub(in crate::catalogue) service: &'a Value,
    /// The record itself.
    pub(in crate::catalogue) record: &'a Value,
}

impl<'a> View<'a> {
    /// Looks at a record.
    pub(in crate::catalogue) fn new(record: &'a Value) -> Self {
        Self {
            request: unwrapped(&record["requestParameters"]),
            response: unwrapped(&record["responseElements"]),
            service: &record["serviceEventDetails"],
            record,
        }
    }

    pub(super) fn root(&self, root: Root) -> &'a Value {
        match root {
            Root::Request => self.request,
            Root::Response => self.response,
            Root::Service => self.service,
            Root::Record => self.record,
        }
    }
}

/// Takes off the wrapper of the second family: `{"<Op>Request":{…}}`, also shortened to `Req` or `Res`.
fn unwrapped(value: &Value) -> &Value {
    let Value::Object(object) = value else {
        return value;
    };
    let mut members = object.iter();
    let (Some((key, inner)), None) = (members.next(), members.next()) else {
        return value;
    };
    let wraps = ["Request", "Req", "Response", "Res"]
        .iter()
        .any(|end| key.len() > end.len() && key.ends_with(end))
        && key.starts_with(|first: char| first.is_ascii_uppercase());
    let is_body = inner.is_object() || inner.as_str() == Some("");
    if wraps && is_body { inner } else { value }
}

/// Returns an object's member, whatever the case of the key's first letter.
pub(super) fn member<'a>(value: &'a Value, step: &Key) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(&step.lower).or_else(|| object.get(&step.upper))
}

/// Returns a list's elements, in whichever way it is written.
pub(super) fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::String(text) if text.is_empty() => &[],
        Value::Array(elements) => elements,
        Value::Object(object) if object.is_empty() => &[],
        Value::Object(object) => match object.get("items").or_else(|| object.get("item")) {
            Some(inner) => elements(inner),
            None => std::slice::from_ref(value),
        },
        _ => std::slice::from_ref(value),
    }
}

/// Returns a value as text: numbers and booleans as they are written, `{"content":…}` as its content.
///
/// Absent for null, the empty string, lists and other objects.
pub(in crate::catalogue) fn scalar(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(truth) => Some(truth.to_string().into()),
        Value::Object(object) => object.get("content").and_then(scalar),
        Value::Null | Value::Array(_) => None,
    }
}
