//! Every path of every entry finds something in a record of that event.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trailspan::catalogue::Catalogue;
use trailspan::catalogue::entry::Paths;

use super::{Fixture, assert_none, fixtures, lines};

/// Says whether a path finds a value: told apart from the program's own reader, and in its own way.
fn finds(record: &Value, path: &str) -> bool {
    let (path, prefix) = path.split_once(':').unwrap_or((path, ""));
    let mut keys = path.split('.');
    let root = match keys.next().unwrap() {
        "request" => body(&record["requestParameters"]),
        "response" => body(&record["responseElements"]),
        "service" => &record["serviceEventDetails"],
        "record" => record,
        root => panic!("{path}: {root}"),
    };
    let mut found = vec![root];
    for key in keys {
        let (name, is_list) = match key.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (key, false),
        };
        let upper = name[..1].to_uppercase() + &name[1..];
        found = found
            .into_iter()
            .filter_map(|value| value.get(name).or_else(|| value.get(&upper)))
            .collect();
        if is_list {
            found = found.into_iter().flat_map(elements).collect();
        }
    }
    let is_meant = |value: &Value| match prefix.strip_prefix('!') {
        Some(other) => !value.as_str().unwrap().starts_with(other),
        None => prefix.is_empty() || value.as_str().unwrap().starts_with(prefix),
    };
    let mut values = found.into_iter().filter(|value| is_value(value));
    values.any(is_meant)
}

fn body(value: &Value) -> &Value {
    match value.as_object().map(|object| object.iter().next()) {
        Some(Some((key, inner)))
            if value.as_object().unwrap().len() == 1
                && (key.contains("Re") && key.starts_with(char::is_uppercase)) =>
        {
            inner
        }
        _ => value,
    }
}

fn elements(value: &Value) -> Vec<&Value> {
    if let Some(inner) = value.get("items").or_else(|| value.get("item")) {
        return elements(inner);
    }
    match value {
        Value::Array(elements) => elements.iter().collect(),
        Value::Null => Vec::new(),
        other => vec![other],
    }
}

fn is_value(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Object(object) => object.contains_key("content"),
        Value::Null | Value::Array(_) => false,
    }
}

fn alternatives<'a>(
    values: impl Iterator<Item = (&'a String, &'a Paths)>,
) -> impl Iterator<Item = &'a String> {
    values
        .flat_map(|(_, paths)| paths.alternatives())
        .filter(|path| !path.starts_with('='))
}

#[test]
fn every_path_finds_something_in_some_record() {
    let fixtures = fixtures();
    let mut records: BTreeMap<&str, Vec<&Fixture>> = BTreeMap::new();
    for fixture in &fixtures {
        records.entry(fixture.event()).or_default().push(fixture);
    }
    let mut unseen = BTreeSet::new();
    for (name, event) in Catalogue::embedded().events() {
        let entry = &event.entry;
        for path in alternatives(entry.members.iter().chain(&entry.details)) {
            let is_found = records
                .get(name)
                .is_some_and(|records| records.iter().any(|fixture| finds(&fixture.record, path)));
            if !is_found {
                unseen.insert(format!("{name} {path}"));
            }
        }
    }
    let mut allowed = BTreeSet::new();
    for line in lines("fixtures/unseen-paths.txt") {
        let (path, reason) = line.split_once(" — ").unwrap_or((&line, ""));
        assert!(!reason.is_empty(), "fixtures/unseen-paths.txt: {line}");
        allowed.insert(path.to_owned());
    }
    let wrong: Vec<String> = unseen.difference(&allowed).cloned().collect();
    assert_none("found in no record", &wrong);
    let idle: Vec<String> = allowed.difference(&unseen).cloned().collect();
    assert_none("in fixtures/unseen-paths.txt without need", &idle);
}
