//! JSON lines: each is an object of its schema, in order, and holds nothing deceptive.

use jsonschema::{Registry, Validator};
use serde_json::Value;
use trailspan::export::{TableName, Target};
use trailspan::text::is_deceptive;

use super::{Exporter, HOSTILE, archives, demo, hostile};
use crate::properties::evidence::{Evidence, lines_without_places};

/// Where the schemas are taken to lie; they refer to one another by file name.
const BASE: &str = "https://example.invalid/schema/";

const REFERRED: [(&str, &str); 6] = [
    ("event", include_str!("../../../schema/event.schema.json")),
    (
        "interval",
        include_str!("../../../schema/interval.schema.json"),
    ),
    (
        "attempt",
        include_str!("../../../schema/attempt.schema.json"),
    ),
    (
        "finding",
        include_str!("../../../schema/finding.schema.json"),
    ),
    (
        "columns",
        include_str!("../../../schema/columns.schema.json"),
    ),
    (
        "statuses",
        include_str!("../../../schema/statuses.schema.json"),
    ),
];

/// Reads a schema, whose path is given from `schema/`.
fn validator(path: &str) -> Validator {
    let file = format!("{}/schema/{path}", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema), "{path}");
    let registry = REFERRED
        .iter()
        .fold(Registry::new(), |registry, (name, text)| {
            let schema: Value = serde_json::from_str(text).unwrap();
            registry
                .add(format!("{BASE}{name}.schema.json"), schema)
                .unwrap()
        });
    let registry = registry.prepare().unwrap();
    let made = jsonschema::options()
        .with_registry(&registry)
        .with_base_uri(format!("{BASE}{path}"))
        .build(&schema);
    made.unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn assert_valid(validator: &Validator, value: &Value, about: &str) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{about}: {errors:?}: {value}");
}

fn objects(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_line_satisfies_its_schema() {
    let [ecs, ocsf, lookup, event, bound] = [
        "ecs",
        "ocsf",
        "lookup-events",
        "timesketch-event",
        "timesketch-bound",
    ]
    .map(|name| validator(&format!("exports/{name}.schema.json")));
    for (name, evidence) in archives() {
        let exporter = Exporter::of(evidence);
        for (target, validator) in [
            (Target::Ecs, &ecs),
            (Target::Ocsf, &ocsf),
            (Target::LookupEvents, &lookup),
        ] {
            for object in objects(&exporter.text(target, TableName::Events).0) {
                assert_valid(validator, &object, &format!("{name} {target:?}"));
            }
        }
        for object in objects(&exporter.text(Target::Timesketch, TableName::Events).0) {
            let validator = if object["interval_id"].is_null() {
                &event
            } else {
                &bound
            };
            assert_valid(validator, &object, name);
        }
    }
}

#[test]
fn the_schemas_refuse_what_is_broken() {
    let object = |target| {
        let text = Exporter::of(demo()).text(target, TableName::Events).0;
        objects(&text).remove(0)
    };
    for (target, schema, field) in [
        (Target::Ecs, "ecs", "@timestamp"),
        (Target::Ocsf, "ocsf", "type_uid"),
        (Target::LookupEvents, "lookup-events", "EventTime"),
        (Target::Timesketch, "timesketch-event", "datetime"),
    ] {
        let validator = validator(&format!("exports/{schema}.schema.json"));
        let whole = object(target);
        assert!(validator.is_valid(&whole), "{schema}");
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(field);
        assert!(!validator.is_valid(&without), "{schema}");
        let mut more = whole.clone();
        more["unheard_of"] = Value::from(1);
        assert!(!validator.is_valid(&more), "{schema}");
        let mut other = whole;
        other[field] = Value::from(vec![1]);
        assert!(!validator.is_valid(&other), "{schema}");
    }
}

#[test]
fn mappings_and_tables_satisfy_their_schemas() {
    let read = |path: &str| -> Value {
        let file = format!("{}/schema/{path}", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    };
    let mapping = validator("exports/mapping.schema.json");
    for name in [
        "ecs",
        "ocsf",
        "lookup-events",
        "timesketch-event",
        "timesketch-bound",
    ] {
        let path = format!("exports/{name}.json");
        assert_valid(&mapping, &read(&path), &path);
    }
    assert_valid(
        &validator("tables.schema.json"),
        &read("tables.json"),
        "tables.json",
    );
}

#[test]
fn no_line_holds_what_could_deceive() {
    for (name, evidence) in archives() {
        let exporter = Exporter::of(evidence);
        for target in [
            Target::Timesketch,
            Target::Ecs,
            Target::Ocsf,
            Target::LookupEvents,
        ] {
            let (text, _) = exporter.text(target, TableName::Events);
            let found = text.chars().find(|c| *c != '\n' && is_deceptive(*c));
            assert_eq!(found, None, "{name} {target:?}");
        }
    }
}

#[test]
fn hostile_texts_come_out_as_they_went_in() {
    let exporter = Exporter::of(hostile());
    for (target, path) in [
        (Target::Ecs, "/user_agent/original"),
        (Target::Ocsf, "/http_request/user_agent"),
        (Target::Timesketch, "/user_agent"),
        (Target::LookupEvents, "/Username"),
    ] {
        let objects = objects(&exporter.text(target, TableName::Events).0);
        for text in HOSTILE {
            let has = |object: &Value| object.pointer(path).is_some_and(|found| found == text);
            assert!(objects.iter().any(has), "{target:?} {text:?}");
        }
    }
}

#[test]
fn a_timeline_is_in_order_of_time_and_names_both_ends_of_an_interval() {
    for (name, evidence) in archives() {
        let (text, _) = Exporter::of(evidence).text(Target::Timesketch, TableName::Events);
        let objects = objects(&text);
        let times: Vec<i64> = objects
            .iter()
            .map(|row| row["timestamp"].as_i64().unwrap())
            .collect();
        assert!(times.is_sorted(), "{name}");
        let starts = objects.iter().filter(|row| row["side"] == "start");
        for start in starts {
            let is_end =
                |row: &&Value| row["side"] == "end" && row["interval_id"] == start["interval_id"];
            assert!(
                objects.iter().filter(is_end).count() <= 1,
                "{name}: {start}"
            );
        }
    }
    let (text, _) = Exporter::of(demo()).text(Target::Timesketch, TableName::Events);
    let implied: Vec<Value> = objects(&text)
        .into_iter()
        .filter(|row| row["confidence"] == "implied" && row["side"] == "end")
        .collect();
    assert!(!implied.is_empty());
    for row in implied {
        let message = row["message"].as_str().unwrap();
        assert!(
            message.contains(": ended by ") && message.contains("'s "),
            "{message}"
        );
    }
}

#[test]
fn what_a_record_has_besides_is_kept_in_ocsf() {
    let (text, _) = Exporter::of(hostile()).text(Target::Ocsf, TableName::Events);
    for text_of in HOSTILE {
        let kept = objects(&text)
            .into_iter()
            .any(|event| event["unmapped"][text_of][text_of] == *text_of);
        assert!(kept, "{text_of:?}");
    }
}

#[test]
fn the_records_that_are_exported_tell_the_same_when_they_are_ingested() {
    for (name, evidence) in archives() {
        let exporter = Exporter::of(evidence);
        let expected = lines_without_places(&exporter.reader);
        for target in [Target::Raw, Target::Records, Target::LookupEvents] {
            if (name, target) == ("hostile", Target::LookupEvents) {
                continue; // of an id that two events share, it gives the second another
            }
            let (text, _) = exporter.text(target, TableName::Events);
            let again = Evidence::new();
            again.write("export.json", text.as_bytes());
            again.ingest(1);
            let found = lines_without_places(&again.reader());
            // The demo's damaged file hides from when on the archive covers its region.
            let bounds = |lines: &[String]| lines.len();
            assert_eq!(bounds(&found), bounds(&expected), "{name} {target:?}");
        }
    }
}

#[test]
fn records_are_given_back_byte_for_byte() {
    for (name, evidence) in archives() {
        let exporter = Exporter::of(evidence);
        let (document, _) = exporter.text(Target::Records, TableName::Events);
        let stored = exporter
            .reader
            .records(&trailspan::index::Which::All.into())
            .unwrap();
        let mut left = document.len() - "{\"Records\":[]}\n".len();
        let mut count = 0;
        for record in stored.iter().flat_map(|stored| &stored.records) {
            assert!(document.contains(&*record.raw), "{name}");
            left -= record.raw.len();
            count += 1;
        }
        // Nothing else stands there but commas.
        assert_eq!(left, count - 1, "{name}");
        let (lines, written) = exporter.text(Target::Raw, TableName::Events);
        let broken = stored.iter().flat_map(|stored| &stored.records);
        let broken = broken.filter(|record| record.raw.contains('\n')).count();
        assert_eq!(written.joined_records, broken as u64, "{name}");
        assert_eq!(lines.lines().count(), count, "{name}");
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let records = parse(&document);
        for (line, record) in lines.lines().zip(records["Records"].as_array().unwrap()) {
            assert_eq!(parse(line), *record, "{name}");
        }
    }
}

#[test]
fn only_what_plaso_cannot_read_is_altered_for_it_and_counted() {
    let (text, written) = Exporter::of(hostile()).text(Target::LookupEvents, TableName::Events);
    let (records, _) = Exporter::of(hostile()).text(Target::Raw, TableName::Events);
    let records = objects(&records);
    let mut altered = 0;
    for event in objects(&text) {
        let given: Value =
            serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
        if records.contains(&given) {
            continue;
        }
        let is_its = |record: &&Value| record["eventID"] == event["EventId"];
        let mut record = records.iter().find(is_its).unwrap().clone();
        let identity = record["userIdentity"].clone();
        record["userIdentity"] = match identity["arn"].is_object() {
            true => serde_json::json!({"arn": identity["arn"].to_string()}),
            false => serde_json::json!({}),
        };
        assert!(!identity.is_object() || identity["arn"].is_object());
        assert_eq!(given, record);
        altered += 1;
    }
    assert_eq!((altered, written.altered_records), (4, 4));
    assert_eq!(
        Exporter::of(demo())
            .text(Target::LookupEvents, TableName::Events)
            .1
            .altered_records,
        0
    );
}

#[test]
fn the_format_file_of_lnav_names_fields_that_there_are() {
    let format: Value = serde_json::from_slice(trailspan::export::LNAV_FORMAT).unwrap();
    let format = &format["trailspan_log"];
    let (text, _) = Exporter::of(demo()).text(Target::Timesketch, TableName::Events);
    let rows = objects(&text);
    let is_there = |name: &str| rows.iter().any(|row| !row[name].is_null());
    for name in format["value"].as_object().unwrap().keys() {
        assert!(is_there(name), "{name}");
    }
    for field in ["timestamp-field", "body-field", "opid-field", "level-field"] {
        assert!(is_there(format[field].as_str().unwrap()), "{field}");
    }
}
