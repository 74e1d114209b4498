//! The manifest, seen from outside.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jsonschema::{Registry, Validator};
use serde_json::Value;

use super::check::Case;

fn lines_of(case: &Case) -> Vec<Value> {
    let manifest = fs::read_to_string(case.path("index/manifest.jsonl")).unwrap();
    let lines = manifest
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn schemas() -> Validator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(folder.join(format!("{name}.schema.json"))).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let base = "https://example.invalid/schema/";
    let registry = ["event", "finding"]
        .iter()
        .fold(Registry::new(), |registry, name| {
            registry
                .add(format!("{base}{name}.schema.json"), read(name))
                .unwrap()
        });
    let registry = registry.prepare().unwrap();
    jsonschema::options()
        .with_registry(&registry)
        .with_base_uri(format!("{base}manifest.schema.json"))
        .build(&read("manifest"))
        .unwrap()
}

#[test]
fn every_line_of_the_manifest_satisfies_its_schema_and_has_its_keys_in_order() {
    let case = Case::new();
    let schema = schemas();
    let manifest = fs::read_to_string(case.path("index/manifest.jsonl")).unwrap();
    let mut sections: BTreeMap<String, usize> = BTreeMap::new();
    for line in manifest.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = schema
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}: {line}");
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        let mut sorted = keys.clone();
        sorted.sort();
        assert_eq!(keys, sorted);
        // A map of serde_json is sorted, so the line is what it would write.
        assert_eq!(value.to_string(), line);
        *sections
            .entry(value["section"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    assert_eq!(sections["file"] + sections["skipped"], 72);
    for section in ["run", "tool", "options", "totals", "content", "end"] {
        assert_eq!(sections[section], 1, "{section}");
    }
    assert_eq!(sections["malformed"], 1);
}

#[test]
fn two_runs_differ_only_in_what_is_said_to_differ() {
    let stable = |case: &Case| -> Vec<Value> {
        let lines = lines_of(case).into_iter();
        let lines = lines
            .filter(|line| !["run", "output", "end"].contains(&line["section"].as_str().unwrap()));
        lines
            .map(|mut line| {
                // The copies of the archive have times of their own.
                line.as_object_mut().unwrap().remove("modified");
                line
            })
            .collect()
    };
    assert_eq!(stable(&Case::new()), stable(&Case::new()));
}

#[test]
fn the_manifest_names_the_program_that_ran() {
    let case = Case::new();
    let lines = lines_of(&case);
    let tool = lines.iter().find(|line| line["section"] == "tool").unwrap();
    let program = fs::read(env!("CARGO_BIN_EXE_trailspan")).unwrap();
    let sum = trailspan::record::Sha256::of(&program).to_string();
    assert_eq!(tool["binary_sha256"], sum);
    assert_eq!(tool["crates"]["tantivy"], "0.27.0");
    assert!(tool["rustc"].as_str().unwrap().starts_with("rustc "));
    let run = case.run(&[
        "ingest",
        "archive",
        "--operator",
        "A. Turing",
        "--case",
        "42",
        "--format",
        "json",
    ]);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let manifest = fs::read(case.path("index/manifest.jsonl")).unwrap();
    let sum = trailspan::record::Sha256::of(&manifest).to_string();
    assert_eq!(report["manifest"]["sha256"], sum);
    let lines = lines_of(&case);
    let run = lines.iter().rfind(|line| line["section"] == "run").unwrap();
    assert_eq!(
        (&run["operator"], &run["case"]),
        (&"A. Turing".into(), &"42".into())
    );
    assert!(run.get("host").is_none());
}
