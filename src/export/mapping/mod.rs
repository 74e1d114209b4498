//! From an event, or one end of an interval, to the object that another tool reads, by data.
//!
//! A mapping under `schema/exports/` lists fields: where each goes, where its value is, and how it is
//! written there. Paths yes, conditions no: what needs a condition is made beforehand (`input`).

mod convert;
mod input;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Source, Step, Written};
use crate::render::json;
use convert::Conversion;

pub(super) use input::{bound, event, time};

/// How objects of one kind are made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "about")]
    _about: String,
    fields: Vec<Field>,
}

/// One field of an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    /// Where it goes: names between dots.
    to: String,
    /// Where its value is: the first of these paths that leads to one.
    #[serde(default)]
    from: Vec<String>,
    /// How the value is written.
    #[serde(default, rename = "as")]
    conversion: Conversion,
    /// What is written for each value; what is not listed is written as `default`.
    #[serde(default)]
    map: BTreeMap<String, Value>,
    /// What is written where there is no value.
    #[serde(default)]
    default: Option<Value>,
    /// The path of a list: `fields` are made of each of its items, and added to the list at `to`.
    #[serde(default)]
    each: Option<String>,
    /// The fields of the items.
    #[serde(default)]
    fields: Vec<Field>,
    /// What of this object no path leads to.
    #[serde(default)]
    rest_of: Option<String>,
    /// A longer value, in characters of its JSON, is left out.
    #[serde(default)]
    characters_max: Option<usize>,
}

/// Reads an embedded mapping once.
macro_rules! embedded {
    ($(#[$doc:meta] $name:ident, $file:literal;)*) => {$(
        #[$doc]
        pub fn $name() -> &'static Self {
            static MAPPING: OnceLock<Mapping> = OnceLock::new();
            MAPPING.get_or_init(|| {
                serde_json::from_str(include_str!(concat!("../../../schema/exports/", $file)))
                    .expect("the embedded mappings are checked by a test")
            })
        }
    )*};
}

impl Mapping {
    embedded! {
        /// Returns the mapping from events to the Elastic Common Schema.
        ecs, "ecs.json";
        /// Returns the mapping from events to OCSF's API Activity.
        ocsf, "ocsf.json";
        /// Returns the mapping from events to what `lookup-events` gives.
        lookup_events, "lookup-events.json";
        /// Returns the mapping from events to rows of a Timesketch timeline.
        timesketch_event, "timesketch-event.json";
        /// Returns the mapping from ends of intervals to rows of a Timesketch timeline.
        timesketch_bound, "timesketch-bound.json";
    }

    /// Makes an object.
    pub(super) fn apply(&self, input: &Value) -> Value {
        let mut made = Map::new();
        for field in &self.fields {
            let value = match &field.rest_of {
                Some(path) => self.rest(input, path),
                None => field.value(input),
            };
            if let Some(value) = value {
                put(&mut made, &field.to, value);
            }
        }
        Value::Object(made)
    }

    /// Returns what of the object at `path` no field takes.
    fn rest(&self, input: &Value, path: &str) -> Option<Value> {
        let mut rest = at(input, path)?.clone();
        let prefix = format!("{path}.");
        let fields = self.fields.iter();
        let taken = fields.flat_map(|field| field.from.iter().chain(&field.each));
        for taken in taken.filter_map(|taken| taken.strip_prefix(&prefix)) {
            remove(&mut rest, taken);
        }
        let is_there = rest.as_object().is_some_and(|rest| !rest.is_empty());
        is_there.then_some(rest)
    }
}

impl Field {
    fn value(&self, input: &Value) -> Option<Value> {
        if let Some(path) = &self.each {
            let items = at(input, path).and_then(Value::as_array);
            let items = items.into_iter().flatten();
            let items: Vec<Value> = items.filter_map(|item| self.item(item)).collect();
            let made = (!items.is_empty()).then_some(Value::Array(items));
            return made.or_else(|| self.default.clone());
        }
        let mut found = self.from.iter().filter_map(|path| {
            let value = self.conversion.apply(at(input, path)?)?;
            if self.map.is_empty() {
                return Some(value);
            }
            let word = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            self.map.get(&word).cloned()
        });
        let value = found.next().or_else(|| self.default.clone())?;
        match self.characters_max {
            Some(most) if value.to_string().chars().count() > most => None,
            _ => Some(value),
        }
    }

    fn item(&self, item: &Value) -> Option<Value> {
        let mut made = Map::new();
        let mut is_known = false;
        for field in &self.fields {
            if let Some(value) = field.value(item) {
                is_known |= !field.from.is_empty();
                put(&mut made, &field.to, value);
            }
        }
        is_known.then_some(Value::Object(made))
    }
}

/// Follows names between dots; nothing where they lead to null or to an empty text.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut steps = path.split('.').filter(|step| !step.is_empty());
    let found = steps.try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get(step),
        _ => None,
    })?;
    let is_empty = found.is_null() || found.as_str() == Some("");
    (!is_empty).then_some(found)
}

/// Puts a value where it goes; a list is added to the one that is there.
fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((step, rest)) = path.split_once('.') else {
        match (object.get_mut(path), value) {
            (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
            (_, value) => {
                object.insert(path.to_owned(), value);
            }
        }
        return;
    };
    let inner = object
        .entry(step)
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

/// Removes what a path leads to, and objects that are empty then.
fn remove(value: &mut Value, path: &str) {
    let Value::Object(fields) = value else {
        return;
    };
    let Some((step, rest)) = path.split_once('.') else {
        fields.remove(path);
        return;
    };
    if let Some(inner) = fields.get_mut(step) {
        remove(inner, rest);
        if inner.as_object().is_some_and(Map::is_empty) {
            fields.remove(step);
        }
    }
}

/// Writes every event as one object a line.
pub(super) fn write(source: &Source<'_>, mapping: &Mapping, out: &mut dyn Write) -> Step<Written> {
    let mut written = Written::of(source);
    let catalogue = source.archive.catalogue;
    written.left_out = source.each_event(
        |told| {
            let input = event(catalogue, &told);
            let is_altered = input["readable"] != input["raw"];
            (line(&mapping.apply(&input)), is_altered)
        },
        |(line, is_altered)| {
            written.count("events");
            written.altered_records += u64::from(is_altered);
            Ok(out.write_all(&line?)?)
        },
    )?;
    Ok(written)
}

/// Writes an object on a line of its own.
pub(super) fn line(object: &Value) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    json::line(&mut line, object)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mapping(fields: Value) -> Mapping {
        serde_json::from_value(json!({"about": "", "fields": fields})).unwrap()
    }

    #[test]
    fn a_field_takes_the_first_value_that_there_is() {
        let mapping = mapping(json!([
            {"to": "a.b", "from": ["none", "empty", "x.y"]},
            {"to": "a.c", "from": ["none"], "default": 7},
            {"to": "a.d", "from": ["none"]},
        ]));
        let made = mapping.apply(&json!({"x": {"y": "z"}, "empty": "", "none": null}));
        assert_eq!(made, json!({"a": {"b": "z", "c": 7}}));
    }

    #[test]
    fn words_are_mapped_and_others_get_the_default() {
        let mapping = mapping(json!([
            {"to": "one", "from": ["k"], "map": {"create": 1}, "default": 99},
            {"to": "two", "from": ["l"], "map": {"create": 1}, "default": 99},
        ]));
        let made = mapping.apply(&json!({"k": "create", "l": "else"}));
        assert_eq!(made, json!({"one": 1, "two": 99}));
    }

    #[test]
    fn lists_of_several_sources_are_one_list() {
        let mapping = mapping(json!([
            {"to": "r", "each": "a", "fields": [{"to": "uid", "from": ["id"]}, {"to": "t", "default": "A"}]},
            {"to": "r", "each": "b", "fields": [{"to": "uid", "from": ["id"]}]},
        ]));
        let made = mapping.apply(&json!({"a": [{"id": "1"}, {"other": 1}], "b": [{"id": "2"}]}));
        assert_eq!(made, json!({"r": [{"uid": "1", "t": "A"}, {"uid": "2"}]}));
    }

    #[test]
    fn what_no_field_takes_is_the_rest() {
        let mapping = mapping(json!([
            {"to": "a", "from": ["record.x.y"]},
            {"to": "rest", "rest_of": "record"},
        ]));
        let made = mapping.apply(&json!({"record": {"x": {"y": 1}, "z": {"y": 1}}}));
        assert_eq!(made, json!({"a": 1, "rest": {"z": {"y": 1}}}));
        let made = mapping.apply(&json!({"record": {"x": {"y": 1}}}));
        assert_eq!(made, json!({"a": 1}));
    }

    #[test]
    fn what_is_too_long_is_left_out() {
        let mapping = mapping(json!([{"to": "a", "from": ["x"], "characters_max": 4}]));
        assert_eq!(mapping.apply(&json!({"x": "ab"})), json!({"a": "ab"}));
        assert_eq!(mapping.apply(&json!({"x": "abc"})), json!({}));
    }

    #[test]
    fn the_embedded_mappings_can_be_read() {
        for mapping in [
            Mapping::ecs(),
            Mapping::ocsf(),
            Mapping::lookup_events(),
            Mapping::timesketch_event(),
            Mapping::timesketch_bound(),
        ] {
            assert!(!mapping.fields.is_empty());
        }
    }
}
