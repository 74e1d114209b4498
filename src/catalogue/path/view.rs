//! A record's parts and values, in whichever of AWS's ways they are written.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use serde_json::Value;

use super::{Key, Root};
use crate::catalogue::interpret::Texts;
use crate::text::Text;

/// A record's parts that paths begin with, as they are written.
pub(in crate::catalogue) struct Parts {
    /// `requestParameters`.
    pub(in crate::catalogue) request: Value,
    /// `responseElements`.
    pub(in crate::catalogue) response: Value,
    /// `serviceEventDetails`.
    pub(in crate::catalogue) service: Value,
    /// An object of those fields that the call's paths ask for by name.
    pub(in crate::catalogue) record: Value,
}

/// A look at a record's parts, by which values are read.
pub(in crate::catalogue) struct View<'a> {
    request: &'a Value,
    response: &'a Value,
    service: &'a Value,
    record: &'a Value,
    texts: RefCell<&'a mut Texts>,
    is_cut: Cell<bool>,
}

impl<'a> View<'a> {
    /// Looks at a record's parts.
    pub(in crate::catalogue) fn new(parts: &'a Parts, texts: &'a mut Texts) -> Self {
        Self {
            request: unwrapped(&parts.request),
            response: unwrapped(&parts.response),
            service: &parts.service,
            record: &parts.record,
            texts: RefCell::new(texts),
            is_cut: Cell::new(false),
        }
    }

    /// Says whether the record has no response, or says that it was left out.
    pub(in crate::catalogue) fn lacks_response(&self) -> bool {
        self.response.is_null() || !self.response["omitted"].is_null()
    }

    /// Says whether a value of the response is false.
    pub(in crate::catalogue) fn denies(&self, name: &str) -> bool {
        let value = self.response.get(name).and_then(scalar);
        value.is_some_and(|value| value == "false")
    }

    /// Returns a value as text, as [`scalar`] reads it.
    pub(super) fn text(&self, value: &Value) -> Option<Text> {
        Some(self.kept(&scalar(value)?))
    }

    /// Returns text that may be repeated by other records.
    pub(in crate::catalogue) fn kept(&self, text: &str) -> Text {
        self.texts.borrow_mut().text(text)
    }

    /// Says whether a limit cut what was read until now.
    pub(in crate::catalogue) fn is_cut(&self) -> bool {
        self.is_cut.get()
    }

    /// Takes as many as a limit allows, and notes whether there were more.
    pub(super) fn limited<'i, T>(
        &'i self,
        count_max: usize,
        items: impl Iterator<Item = T> + 'i,
    ) -> impl Iterator<Item = T> + 'i {
        let mut left = count_max;
        items.take_while(move |_| {
            if left == 0 {
                self.is_cut.set(true);
                return false;
            }
            left -= 1;
            true
        })
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
pub(in crate::catalogue) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(truth) => Some(truth.to_string().into()),
        Value::Object(object) => object.get("content").and_then(scalar),
        Value::Null | Value::Array(_) => None,
    }
}
