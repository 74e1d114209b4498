//! What is no catalogue is refused, with a message that says where and what.

use std::fs;

use trailspan::catalogue::Catalogue;

use super::{assert_none, at, files};

const FOLDER: &str = "fixtures/invalid-catalogues";

#[test]
fn every_invalid_catalogue_is_refused_with_its_message() {
    let messages = files(FOLDER, "txt");
    let mut wrong = Vec::new();
    for (name, content) in files(FOLDER, "json") {
        let file = format!("{name}.json");
        let told = match Catalogue::read([(file.as_str(), content.as_str())]) {
            Ok(_) => "accepted\n".to_owned(),
            Err(error) => format!("{error}\n"),
        };
        if crate::goldens::is_update() {
            fs::write(at(FOLDER).join(format!("{name}.txt")), &told).unwrap();
        } else if messages.get(&name) != Some(&told) || !told.starts_with(&file) {
            wrong.push(told.trim_end().to_owned());
        }
    }
    assert_none("another message than reviewed", &wrong);
}

#[test]
fn every_message_belongs_to_a_catalogue() {
    let catalogues = files(FOLDER, "json");
    let wrong: Vec<String> = files(FOLDER, "txt")
        .into_keys()
        .filter(|name| !catalogues.contains_key(name))
        .collect();
    assert_none("no such case", &wrong);
}

#[test]
fn what_two_files_declare_is_refused_in_the_second() {
    for (one, other, message) in [
        (
            r#"{"resource": "a", "members": {"m": {"title": "m"}}}"#,
            r#"{"resource": "b", "members": {"m": {"title": "m"}}}"#,
            "b.json: m: this member is declared twice",
        ),
        (
            r#"{"resource": "a", "events": {"E": {"shape": {"family": "flat", "evidence": "real"}, "meaning": "E.", "reference": "x"}}}"#,
            r#"{"resource": "b", "events": {"E": {"shape": {"family": "flat", "evidence": "real"}, "meaning": "E.", "reference": "x"}}}"#,
            "b.json: E: this event is declared twice",
        ),
    ] {
        let refused = Catalogue::read([("a.json", one), ("b.json", other)]).unwrap_err();
        assert_eq!(refused.to_string(), message);
    }
}
