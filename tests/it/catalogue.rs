//! The catalogue against the records under `fixtures/records/`, which were written independently of it.

mod entries;
mod golden;
mod paths;
mod records;
mod refused;
mod schemas;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use trailspan::catalogue::{Catalogue, Interpretation};

/// A record under `fixtures/records/`: `<EventName>.json`, or `<EventName>.<variant>.json`.
struct Fixture {
    /// The file's name without `.json`, such as `AssociateAddress.classic`.
    name: String,
    /// The record as it is written.
    raw: String,
    /// The record as JSON.
    record: Value,
}

impl Fixture {
    fn event(&self) -> &str {
        self.name.split('.').next().unwrap()
    }

    fn variant(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, variant)| variant)
    }

    fn is_success(&self) -> bool {
        self.record["errorCode"].is_null()
    }

    fn interpret(&self, catalogue: &Catalogue) -> Interpretation {
        match catalogue.interpret(&self.raw) {
            Ok(Some(interpretation)) => interpretation,
            Ok(None) => panic!("fixtures/records/{}.json: no entry", self.name),
            Err(error) => panic!("fixtures/records/{}.json: {error}", self.name),
        }
    }
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Lists a folder's files with this extension, by name without it, in order.
fn files(folder: &str, extension: &str) -> BTreeMap<String, String> {
    let path = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().path();
    fs::read_dir(at(folder))
        .unwrap_or_else(|error| panic!("{folder}: {error}"))
        .map(path)
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let content = fs::read_to_string(&path).unwrap();
            (name, content)
        })
        .collect()
}

fn fixtures() -> Vec<Fixture> {
    files("fixtures/records", "json")
        .into_iter()
        .map(|(name, raw)| {
            let record = serde_json::from_str(&raw)
                .unwrap_or_else(|error| panic!("fixtures/records/{name}.json: {error}"));
            Fixture { name, raw, record }
        })
        .collect()
}

/// Reads lines such as `AssociateAddress flat real`, or `Event path — reason`: no empty ones.
fn lines(path: &str) -> Vec<String> {
    text(path)
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// Fails with all that is wrong, one a line.
fn assert_none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}", wrong.join("\n  "));
}
