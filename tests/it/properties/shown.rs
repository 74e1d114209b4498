//! Every line of JSON reads back and satisfies its schema under `schema/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use jsonschema::{Registry, Validator};
use proptest::prelude::*;
use serde_json::Value;
use trailspan::catalogue::Catalogue;
use trailspan::coverage::Coverage;
use trailspan::event::Event;
use trailspan::index::{Order, Reader};
use trailspan::query::{Expression, Filter};
use trailspan::reconstruct::{self, Archive, Reading, Subject};
use trailspan::render::coverage::Covered;
use trailspan::render::{Format, json, rows};
use trailspan::timeline::Instant;

use super::cases;
use super::evidence::{Calls, Evidence, subjects};
use super::piles::piles;
use super::scenes::scenes;

const BASE: &str = "https://example.invalid/schema/";

/// The schemas, which refer to one another by file name.
fn schemas() -> &'static BTreeMap<String, Validator> {
    static SCHEMAS: OnceLock<BTreeMap<String, Validator>> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
        let names = [
            "interval",
            "attempt",
            "event",
            "difference",
            "instant",
            "finding",
            "hit",
            "coverage",
            "report",
        ];
        let parsed = names.map(|name| {
            let text = fs::read_to_string(folder.join(format!("{name}.schema.json"))).unwrap();
            (name, serde_json::from_str::<Value>(&text).unwrap())
        });
        let registry = parsed
            .iter()
            .fold(Registry::new(), |registry, (name, schema)| {
                registry
                    .add(format!("{BASE}{name}.schema.json"), schema.clone())
                    .unwrap()
            });
        let registry = registry.prepare().unwrap();
        let compiled = parsed.iter().map(|(name, schema)| {
            let validator = jsonschema::options()
                .with_registry(&registry)
                .with_base_uri(format!("{BASE}{name}.schema.json"))
                .build(schema)
                .unwrap();
            ((*name).to_owned(), validator)
        });
        compiled.collect()
    })
}

/// Checks each line against the schema that its keys ask for.
fn assert_valid(out: &[u8], kind: impl Fn(&Value) -> &'static str) {
    let text = std::str::from_utf8(out).unwrap();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = schemas()[kind(&value)]
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}: {line}");
        assert!(!line.chars().any(trailspan::text::is_deceptive), "{line}");
    }
}

fn row_kind(value: &Value) -> &'static str {
    if value.get("attempt").is_some() {
        "attempt"
    } else if value.get("relation").is_some() {
        "interval"
    } else {
        "finding"
    }
}

fn every_line_satisfies_its_schema(calls: &Calls) {
    let evidence = Evidence::new();
    evidence.write("log.json", super::evidence::log_file(&calls.0).as_bytes());
    let report = evidence.ingest(1);
    let mut out = Vec::new();
    json::line(&mut out, &report).unwrap();
    assert_valid(&out, |_| "report");

    let reader = evidence.reader();
    let catalogue = Catalogue::embedded();
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let (filter, options) = (
        Filter::default(),
        rows::Options {
            format: Format::Jsonl,
            ..Default::default()
        },
    );
    let mut out = Vec::new();
    let told = reconstruct::timeline(archive, &filter).unwrap().timeline;
    rows::extents(&mut out, &options, catalogue, &told, None).unwrap();
    let ends = reconstruct::detachments(archive, &filter, true)
        .unwrap()
        .timeline;
    rows::detachments(&mut out, &options, catalogue, &ends, true).unwrap();
    for id in subjects(&told).into_iter().step_by(5) {
        let about = reconstruct::history(archive, &Subject::parse(&id), &filter).unwrap();
        let (told, found) = (&about.timeline, &about.findings);
        rows::history(&mut out, &options, catalogue, told, found, false).unwrap();
    }
    assert_valid(&out, row_kind);

    if let (Some(first), Some(last)) = (reader.coverage().first(), reader.coverage().last()) {
        let coverage = reader.coverage();
        let at = |time| Instant { time, coverage };
        let diff = reconstruct::difference(archive, first, last, &filter).unwrap();
        let mut out = Vec::new();
        rows::differences(
            &mut out,
            &options,
            catalogue,
            &diff.answer.timeline,
            (at(first), &diff.gone),
            (at(last), &diff.new),
        )
        .unwrap();
        assert_valid(&out, |_| "difference");
        let answer = reconstruct::at(archive, first, None, &filter).unwrap();
        let (mut out, told) = (Vec::new(), &answer.timeline);
        rows::extents(&mut out, &options, catalogue, told, Some(at(first))).unwrap();
        assert_valid(&out, |_| "instant");
    }
    let wanted = reconstruct::FindingFilter::default();
    let answer = reconstruct::findings(archive, &filter, &wanted).unwrap();
    let mut out = Vec::new();
    rows::findings(&mut out, &options, &answer.findings).unwrap();
    assert_valid(&out, |_| "finding");

    let mut out = Vec::new();
    rows::hits(&mut out, &options, catalogue, &found(&reader)).unwrap();
    assert_valid(&out, |_| "hit");

    let files = reader.files().unwrap();
    let mut coverage = Coverage::default();
    files.iter().for_each(|file| coverage.merge(&file.coverage));
    let mut out = Vec::new();
    let covered = Covered {
        coverage: &coverage,
        gaps: &[],
        files: &files,
        unfinished: reader.unfinished(),
    };
    rows::coverage(&mut out, &options, &covered).unwrap();
    assert_valid(&out, |_| "coverage");
}

fn found(reader: &Reader) -> Vec<Event> {
    let hits = reader
        .search(&Expression::All, None, Order::OldestFirst)
        .unwrap();
    let readings = hits
        .records
        .iter()
        .flat_map(|stored| Reading::all_of(Catalogue::embedded(), &stored.records));
    readings.map(|reading| reading.event().clone()).collect()
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn every_line_of_json_satisfies_its_schema(
        calls in prop_oneof![scenes(40).boxed(), piles(30).boxed()],
    ) {
        every_line_satisfies_its_schema(&calls);
    }
}
