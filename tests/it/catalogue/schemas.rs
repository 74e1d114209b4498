//! The data under `schema/` satisfies its own schemas, which refuse what is broken.
//!
//! What the program writes is held against its schemas where it is written (`render`).

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{assert_none, files, text};

/// Data files and how the change of one value breaks them: a JSON pointer, and what is put there.
fn broken() -> [(&'static str, &'static str, Value); 64] {
    let effect = "/events/AttachNetworkInterface/effects/0";
    let at = |rest: &str| -> &'static str { format!("{effect}/{rest}").leak() };
    const ENI: &str = "catalogue/network-interface";
    const ATTACH: &str = "/events/AttachNetworkInterface";
    let in_entry = |rest: &str| -> &'static str { format!("{ATTACH}/{rest}").leak() };
    [
        (ENI, "/resource", json!("Network Interface")),
        (ENI, "/colour", json!("red")),
        (ENI, "/members/attachment/title", Value::Null),
        (ENI, "/members/attachment/prefix", json!("eni-attach")),
        (ENI, "/members/Attachment", json!({"title": "attachment"})),
        (ENI, "/members/attachment/lifetime", json!({"ends": []})),
        (ENI, "/relations/eni-attachment/short", json!("ENI")),
        (ENI, "/relations/eni-attachment/held", json!([])),
        (ENI, "/relations/eni-attachment/aside", json!("yes")),
        (ENI, "/relations/eni-attachment/ends_by", json!({})),
        (ENI, "/relations/eni-attachment/words", json!({})),
        (
            ENI,
            "/relations/eni-attachment/exclusive/0/members",
            json!([]),
        ),
        (
            ENI,
            "/relations/eni-attachment/ends_with/instance/support",
            json!("sure"),
        ),
        (ENI, "/relations/lifetime", json!({})),
        (ENI, "/events/attachNetworkInterface", json!({})),
        (ENI, in_entry("meaning"), json!("")),
        (ENI, in_entry("why"), json!("One sentence.")),
        (ENI, in_entry("shape/family"), json!("nested")),
        (ENI, in_entry("members/instance"), json!("instanceId")),
        (
            ENI,
            in_entry("members/instance"),
            json!("request.InstanceId"),
        ),
        (ENI, in_entry("members/instance"), json!([])),
        (ENI, in_entry("reference"), json!("API_Attach.html")),
        (ENI, in_entry("attack"), json!(["1578"])),
        (ENI, in_entry("act/0/purpose"), json!("attack")),
        (ENI, in_entry("act/0/command"), json!("rm -rf ~")),
        (ENI, in_entry("proofs/0/error"), json!("Client.InUse")),
        (ENI, at("effect"), json!("attach")),
        (ENI, at("relation"), json!("eni attachment")),
        (ENI, at("members"), json!([])),
        (ENI, at("need"), json!(["instance"])),
        (ENI, at("support"), json!("certain")),
        (ENI, at("except"), json!(["instance"])),
        ("findings", "/findings/Missing", json!({})),
        ("findings", "/findings/repeated/message", json!("again")),
        (
            "findings/moves",
            "/findings/interface-hop/severity",
            json!("grave"),
        ),
        (
            "findings/moves",
            "/findings/interface-hop/meaning",
            json!("no sentence"),
        ),
        (
            "findings/moves",
            "/findings/interface-hop/attack",
            json!(["1578"]),
        ),
        ("findings/moves", "/findings/interface-hop/ask", json!([])),
        (
            "findings/moves",
            "/findings/interface-hop/pattern/match",
            json!("guess"),
        ),
        (
            "findings/moves",
            "/findings/interface-hop/pattern/within",
            json!("soon"),
        ),
        (
            "findings/moves",
            "/findings/interface-hop/pattern/and_any",
            json!(["at-night"]),
        ),
        (
            "findings/traces",
            "/findings/burst-of-ends/pattern/of",
            json!({"relation": []}),
        ),
        ("findings/automation", "/automation/programs", json!([])),
        ("fields", "/fields/0/asks", json!({"field": "colour"})),
        ("fields", "/fields/0/example", json!("event")),
        ("index", "/fields/0/type", json!("date")),
        ("index", "/fields/0/options/indexing/tokenizer", json!("en")),
        ("columns", "/interval/0/path", json!("a..b")),
        ("columns", "/hit/0/width", json!(3)),
        ("tables", "/types/time", json!(["Time"])),
        ("tables", "/tables/events/rows", json!("call")),
        ("tables", "/tables/events/key", json!([])),
        ("tables", "/tables/events/last/0/path", json!("a..b")),
        (
            "tables",
            "/tables/events/references",
            json!({"file_id": "files"}),
        ),
        ("tables", "/views/0/sql", json!("DELETE FROM events")),
        ("values", "/number", json!(["Device Index"])),
        ("outcomes", "/dry_run", json!([])),
        ("outcomes", "/prefixes", json!(["Client"])),
        ("statuses", "/log/VALID/weight", json!("fine")),
        ("statuses", "/log/VALID/integrity", json!("sound")),
        ("statuses", "/digest/SIGNED/meaning", json!("signed")),
        ("statuses", "/period/GAP/colour", json!("red")),
        ("statuses", "/trail_changes/trail", json!("name")),
        ("statuses", "/trail_changes/event_names", json!([])),
    ]
}

/// Returns the data files by name, such as `findings`, `catalogue/vpc` and `findings/moves`.
fn data() -> BTreeMap<String, Value> {
    let plain = files("schema", "json")
        .into_iter()
        .filter(|(name, _)| !name.ends_with(".schema"));
    let catalogue = files("schema/catalogue", "json")
        .into_iter()
        .map(|(name, content)| (format!("catalogue/{name}"), content));
    let findings = files("schema/findings", "json")
        .into_iter()
        .map(|(name, content)| (format!("findings/{name}"), content));
    plain
        .chain(catalogue)
        .chain(findings)
        .map(|(name, content)| {
            let value = serde_json::from_str(&content)
                .unwrap_or_else(|error| panic!("schema/{name}.json: {error}"));
            (name, value)
        })
        .collect()
}

/// Returns the schema that a data file names.
fn schema_of(name: &str, value: &Value) -> Validator {
    let named = value["$schema"]
        .as_str()
        .unwrap_or_else(|| panic!("schema/{name}.json: no $schema"));
    let folder = if name.contains('/') { "../" } else { "" };
    let file = named
        .strip_prefix(folder)
        .unwrap_or_else(|| panic!("schema/{name}.json: {named}"));
    let schema: Value = serde_json::from_str(&text(&format!("schema/{file}"))).unwrap();
    assert!(jsonschema::meta::is_valid(&schema), "schema/{file}");
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("schema/{file}: {error}"))
}

#[test]
fn every_data_file_satisfies_the_schema_that_it_names() {
    let mut wrong = Vec::new();
    for (name, value) in data() {
        let schema = schema_of(&name, &value);
        wrong.extend(
            schema
                .iter_errors(&value)
                .map(|error| format!("schema/{name}.json: {}: {error}", error.instance_path())),
        );
    }
    assert_none("against its schema", &wrong);
}

#[test]
fn schemas_refuse_what_is_broken() {
    let data = data();
    let mut wrong = Vec::new();
    for (name, pointer, value) in broken() {
        let mut changed = data[name].clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = changed
            .pointer_mut(parent)
            .unwrap_or_else(|| panic!("{name}: {pointer}"));
        parent[key] = value;
        if schema_of(name, &changed).is_valid(&changed) {
            wrong.push(format!("schema/{name}.json: {pointer}"));
        }
    }
    assert_none("accepted", &wrong);
}

#[test]
fn the_schema_refuses_what_the_loader_refuses_for_its_form() {
    // What needs a look at other entries, or at keys that JSON parsers drop, only the loader can see.
    let forms = ["unknown-key", "missing", "wrong", "path"];
    let catalogue = schema_of("catalogue/vpc", &data()["catalogue/vpc"]);
    let wrong: Vec<String> = files("fixtures/invalid-catalogues", "json")
        .into_iter()
        .filter(|(name, _)| forms.iter().any(|form| name.starts_with(form)))
        .filter(|(_, content)| catalogue.is_valid(&serde_json::from_str(content).unwrap()))
        .map(|(name, _)| name)
        .collect();
    assert_none("accepted by schema/catalogue.schema.json", &wrong);
}

#[test]
fn every_key_of_a_schema_is_described() {
    fn undescribed(schema: &Value, at: &str, found: &mut Vec<String>) {
        let Some(object) = schema.as_object() else {
            return;
        };
        for (name, property) in object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let at = format!("{at}/{name}");
            let is_told = ["description", "$ref", "const"]
                .iter()
                .any(|key| property.get(key).is_some());
            if !is_told && property["type"] != "boolean" {
                found.push(at.clone());
            }
            undescribed(property, &at, found);
        }
        for (key, value) in object {
            match value {
                Value::Object(_) if key != "properties" => undescribed(value, at, found),
                Value::Array(elements) => {
                    for element in elements {
                        undescribed(element, at, found);
                    }
                }
                _ => {}
            }
        }
        if object.contains_key("properties")
            && object.get("additionalProperties") != Some(&json!(false))
        {
            found.push(format!("{at}: further keys are allowed"));
        }
    }
    let mut wrong = Vec::new();
    undescribed(
        &serde_json::from_str(&text("schema/catalogue.schema.json")).unwrap(),
        "",
        &mut wrong,
    );
    assert_none("schema/catalogue.schema.json", &wrong);
}
