//! Every object satisfies its schema under `schema/`, and the schemas refuse what is broken.

use std::collections::BTreeSet;

use jsonschema::{Registry, Validator};
use serde::Serialize;
use serde_json::{Value, json};

use crate::coverage::Coverage;
use crate::findings::Rules;
use crate::interval::{Doubt, Timeline};
use crate::render::coverage::Covered;
use crate::render::explain::ExplanationObject;
use crate::render::json::{
    self, AttemptObject, Change, CoverageObject, DifferenceObject, DigestObject, EventObject,
    FoundObject, HitObject, IntervalObject, LogObject, PeriodObject, RuleObject, SummaryObject,
};
use crate::render::samples::{
    audit, catalogue, finding, findings, histogram, hostile, plan, report, timeline, verification,
    with_covered,
};
use crate::report::Report;
use crate::verification::Verification;

/// Where the schemas are taken to lie; they refer to one another by file name.
const BASE: &str = "https://example.invalid/schema/";

const SCHEMAS: [(&str, &str); 16] = [
    ("audit", include_str!("../../../schema/audit.schema.json")),
    (
        "histogram",
        include_str!("../../../schema/histogram.schema.json"),
    ),
    ("plan", include_str!("../../../schema/plan.schema.json")),
    (
        "manifest",
        include_str!("../../../schema/manifest.schema.json"),
    ),
    (
        "interval",
        include_str!("../../../schema/interval.schema.json"),
    ),
    (
        "attempt",
        include_str!("../../../schema/attempt.schema.json"),
    ),
    ("event", include_str!("../../../schema/event.schema.json")),
    (
        "difference",
        include_str!("../../../schema/difference.schema.json"),
    ),
    (
        "instant",
        include_str!("../../../schema/instant.schema.json"),
    ),
    (
        "finding",
        include_str!("../../../schema/finding.schema.json"),
    ),
    (
        "finding-explanation",
        include_str!("../../../schema/finding-explanation.schema.json"),
    ),
    ("hit", include_str!("../../../schema/hit.schema.json")),
    (
        "coverage",
        include_str!("../../../schema/coverage.schema.json"),
    ),
    ("report", include_str!("../../../schema/report.schema.json")),
    (
        "verification",
        include_str!("../../../schema/verification.schema.json"),
    ),
    (
        "explanation",
        include_str!("../../../schema/explanation.schema.json"),
    ),
];

struct Schemas(Vec<(&'static str, Validator)>);

impl Schemas {
    fn read() -> Self {
        let parsed: Vec<(&str, Value)> = SCHEMAS
            .iter()
            .map(|(name, text)| (*name, serde_json::from_str(text).unwrap()))
            .collect();
        let registry = parsed
            .iter()
            .fold(Registry::new(), |registry, (name, schema)| {
                registry
                    .add(format!("{BASE}{name}.schema.json"), schema.clone())
                    .unwrap()
            });
        let registry = registry.prepare().unwrap();
        let validator = |(name, schema): (&'static str, Value)| {
            assert!(jsonschema::meta::is_valid(&schema), "{name}");
            let made = jsonschema::options()
                .with_registry(&registry)
                .with_base_uri(format!("{BASE}{name}.schema.json"))
                .build(&schema);
            (name, made.unwrap_or_else(|error| panic!("{name}: {error}")))
        };
        Self(parsed.into_iter().map(validator).collect())
    }

    fn of(&self, name: &str) -> &Validator {
        &self.0.iter().find(|(known, _)| *known == name).unwrap().1
    }

    fn accept(&self, name: &str, object: &impl Serialize) -> Value {
        let mut text = Vec::new();
        json::line(&mut text, object).unwrap();
        let value: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(
            value,
            serde_json::to_value(object).unwrap(),
            "{name}: reads back equal"
        );
        let errors: Vec<String> = self
            .of(name)
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}: {value}");
        value
    }
}

/// Lists the objects of a verification.
fn verified(verification: &Verification) -> Vec<Value> {
    let periods = verification
        .periods
        .iter()
        .map(|row| json!(PeriodObject::new(row)));
    let digests = verification
        .digests
        .iter()
        .map(|row| json!(DigestObject::new(row)));
    let logs = verification
        .logs
        .iter()
        .map(|row| json!(LogObject::new(row)));
    let summary = json!(SummaryObject::new(&verification.summary));
    periods
        .chain(digests)
        .chain(logs)
        .chain([summary])
        .collect()
}

fn accept_timeline(schemas: &Schemas, timeline: &Timeline) {
    let catalogue = catalogue();
    for interval in &timeline.intervals {
        let object = IntervalObject::new(&catalogue, timeline, interval);
        schemas.accept("interval", &object);
        schemas.accept(
            "difference",
            &DifferenceObject::new(Change::New, &[Doubt::PerhapsEnded], object),
        );
    }
    for attempt in &timeline.attempts {
        schemas.accept("attempt", &AttemptObject::new(timeline, attempt));
    }
    for event in &timeline.events {
        schemas.accept("event", &EventObject::new(event));
        schemas.accept("hit", &HitObject::new(event));
    }
    timeline
        .findings
        .iter()
        .for_each(|finding| drop(schemas.accept("finding", finding)));
}

#[test]
fn every_object_satisfies_its_schema() {
    let schemas = Schemas::read();
    accept_timeline(&schemas, &timeline());
    accept_timeline(&schemas, &hostile());
    schemas.accept("finding", &finding());
    for timeline in [timeline(), hostile()] {
        let findings = findings(&timeline);
        for found in &findings.found {
            schemas.accept("finding", &FoundObject::new(&findings, found));
        }
    }
    for rule in Rules::embedded().iter() {
        schemas.accept("finding-explanation", &RuleObject::new(rule));
    }
    for row in audit() {
        schemas.accept("audit", &row);
    }
    for bucket in histogram().buckets {
        schemas.accept("histogram", &bucket);
    }
    for step in plan() {
        schemas.accept("plan", &step);
    }
    schemas.accept("report", &report());
    schemas.accept("report", &Report::default());
    with_covered(|covered| schemas.accept("coverage", &CoverageObject::new(covered)));
    let nothing = Covered {
        coverage: &Coverage::default(),
        gaps: &[],
        files: &[],
        unfinished: &BTreeSet::new(),
    };
    schemas.accept("coverage", &CoverageObject::new(&nothing));
    for row in verified(&verification()) {
        schemas.accept("verification", &row);
    }
    let catalogue = catalogue();
    for (name, known) in catalogue.events() {
        schemas.accept(
            "explanation",
            &ExplanationObject::new(&catalogue, name, known, None),
        );
    }
}

#[test]
fn the_schemas_refuse_what_is_broken() {
    let schemas = Schemas::read();
    let (catalogue, timeline) = (catalogue(), timeline());
    let interval = IntervalObject::new(&catalogue, &timeline, &timeline.intervals[1]);
    let interval = schemas.accept("interval", &interval);
    let attempt = schemas.accept(
        "attempt",
        &AttemptObject::new(&timeline, &timeline.attempts[1]),
    );
    let event = schemas.accept("event", &EventObject::new(&timeline.events[0]));
    let report = schemas.accept("report", &report());
    let step = schemas.accept("plan", &plan()[0]);
    let bucket = schemas.accept("histogram", &histogram().buckets[0]);
    let rows = verified(&verification());
    let (period, digest, log, summary) = (&rows[0], &rows[5], &rows[9], &rows[14]);
    for (name, object, pointer, broken) in [
        ("verification", period, "/status", json!("SIGNED")),
        ("verification", period, "/from", json!("yesterday")),
        ("verification", period, "/digests", json!(-1)),
        ("verification", digest, "/status", json!("VALID")),
        ("verification", digest, "/notes", json!(["MOVED"])),
        ("verification", digest, "/key_fingerprint", json!(7)),
        ("verification", log, "/status", json!("SIGNED")),
        ("verification", log, "/sha256", json!("AB")),
        ("verification", log, "/what", json!("file")),
        ("verification", summary, "/weight", json!("fine")),
        ("verification", summary, "/logs", json!({"FINE": 1})),
        ("interval", &interval, "/start/kind", json!("open")),
        ("interval", &interval, "/end/kind", json!("before-archive")),
        ("interval", &interval, "/end/kind", json!("exact")),
        ("interval", &interval, "/end/event", Value::Null),
        ("interval", &interval, "/start/not_before", Value::Null),
        (
            "interval",
            &interval,
            "/start/not_before",
            json!("2024-03-01 10:00:00"),
        ),
        ("interval", &interval, "/held_seconds/min", json!(-1)),
        ("interval", &interval, "/members/instance", Value::Null),
        (
            "interval",
            &interval,
            "/members/instance",
            json!(["a", "b"]),
        ),
        ("attempt", &attempt, "/members/attachment", json!(["a"])),
        ("attempt", &attempt, "/event", Value::Null),
        ("event", &event, "/actor/console", Value::Null),
        ("event", &event, "/places/0/sha256", json!("AB")),
        ("event", &event, "/time", Value::Null),
        ("histogram", &bucket, "/events", Value::Null),
        ("histogram", &bucket, "/from", json!(7)),
        ("plan", &step, "/events", Value::Null),
        ("plan", &step, "/cost", json!(7)),
        ("report", &report, "/files/read", json!(-1)),
        ("report", &report, "/findings/0/code", json!("No code")),
    ] {
        let mut object = object.clone();
        *object.pointer_mut(pointer).unwrap() = broken.clone();
        assert!(
            !schemas.of(name).is_valid(&object),
            "{name}{pointer}: {broken}"
        );
    }
}

#[test]
fn the_schemas_refuse_a_key_too_few_or_too_many() {
    let schemas = Schemas::read();
    let (catalogue, timeline) = (catalogue(), timeline());
    let interval = IntervalObject::new(&catalogue, &timeline, &timeline.intervals[1]);
    let interval = schemas.accept("interval", &interval);
    let attempt = schemas.accept(
        "attempt",
        &AttemptObject::new(&timeline, &timeline.attempts[1]),
    );
    let event = schemas.accept("event", &EventObject::new(&timeline.events[0]));
    let report = schemas.accept("report", &report());
    for (name, object, key) in [
        ("interval", interval, "held_seconds"),
        ("attempt", attempt, "dry_run"),
        ("event", event, "integrity"),
        ("report", report, "coverage"),
        (
            "verification",
            verified(&verification())[0].clone(),
            "changes",
        ),
        (
            "verification",
            verified(&verification())[5].clone(),
            "notes",
        ),
        (
            "verification",
            verified(&verification())[9].clone(),
            "source",
        ),
        (
            "verification",
            verified(&verification())[14].clone(),
            "keys",
        ),
    ] {
        let mut lacking = object.clone();
        lacking.as_object_mut().unwrap().remove(key).unwrap();
        assert!(!schemas.of(name).is_valid(&lacking), "{name} without {key}");
        let mut excessive = object;
        excessive
            .as_object_mut()
            .unwrap()
            .insert("score".to_owned(), json!(1));
        assert!(!schemas.of(name).is_valid(&excessive), "{name} with more");
    }
}

#[test]
fn an_interval_is_written_as_the_contract_shows() {
    let (catalogue, timeline) = (catalogue(), timeline());
    let written = |index: usize| {
        let mut out = Vec::new();
        let interval = &timeline.intervals[index];
        json::value(
            &mut out,
            &IntervalObject::new(&catalogue, &timeline, interval),
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    };
    let ended = written(2);
    assert!(ended.starts_with(concat!(
        r#"{"relation":"eni-attachment","account":"111122223333","region":"us-east-1","#,
        r#""members":{"network_interface":"eni-0123456789abcdef0","instance":"i-0fedcba9876543210","#,
        r#""attachment":"eni-attach-0a1b2c3d4e5f60718","device_index":1},"#,
        r#""start":{"kind":"observed","not_before":"2024-03-01T10:00:00Z","not_after":"2024-03-01T10:00:00Z","#,
        r#""tie":false,"event":{"event_id":""#
    )));
    assert!(ended.contains(r#""end":{"kind":"implied","not_before":"2024-03-02T11:00:00Z","not_after":"2024-03-02T11:00:30Z","tie":false,"event":{"#));
    assert!(ended.contains(r#""held_seconds":{"min":90000,"max":90030},"findings":[{"#));
    let open = written(6);
    assert!(open.contains(r#""end":{"kind":"open","not_before":"2024-03-31T23:59:59Z","not_after":null,"tie":false,"event":null},"held_seconds":{"min":2469599,"max":null},"findings":[]}"#));
}
