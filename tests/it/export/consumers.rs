//! What the tools that exports are for read from them: rows are counted at both ends.
//!
//! They are no part of this project: one that is absent is said to be skipped. `TRAILSPAN_CONSUMERS`
//! names a folder to which they were installed (`pip install --target DIR duckdb pyarrow openpyxl
//! datasette jsonschema ocsf-json-schema plaso python-dateutil`); lnav and LibreOffice (`soffice`) are
//! asked where they are installed.

// What was skipped, and what was counted, is told to whoever runs it.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use trailspan::export::{TableName, Target};

use super::{Exporter, archives};

/// Asks the tools about the exports in a folder; absent where there is no Python.
fn ask(folder: &Path) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/export/ask_consumers.py");
    let mut command = Command::new("python3");
    if let Some(installed) = std::env::var_os("TRAILSPAN_CONSUMERS") {
        command.env("PYTHONPATH", installed);
    }
    let output = command
        .arg(script)
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let problems = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problems}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Writes every format into a folder; returns how many rows of each table there are.
fn export_all(exporter: &Exporter, folder: &Path) -> BTreeMap<&'static str, u64> {
    let mut rows = BTreeMap::new();
    for table in TableName::ALL {
        for (target, ending) in [(Target::Parquet, "parquet"), (Target::Csv, "csv")] {
            let path = folder.join(format!("{}.{ending}", table.name()));
            rows.extend(exporter.file(target, table, &path).rows);
        }
    }
    for (target, name) in [
        (Target::Sqlite, "case.db"),
        (Target::Xlsx, "case.xlsx"),
        (Target::Ocsf, "ocsf.jsonl"),
        (Target::LookupEvents, "lookup-events.jsonl"),
        (Target::LnavFormat, "trailspan.json"),
    ] {
        exporter.file(target, TableName::Events, &folder.join(name));
    }
    let timeline = exporter.file(
        Target::Timesketch,
        TableName::Events,
        &folder.join("timesketch.jsonl"),
    );
    rows.insert("timeline", timeline.total());
    rows
}

#[test]
fn other_tools_read_every_row() {
    for (name, evidence) in archives() {
        let folder = tempfile::tempdir().unwrap();
        let rows = export_all(&Exporter::of(evidence), folder.path());
        let Some(told) = ask(folder.path()) else {
            println!("skipped: no Python here");
            return;
        };
        let tables = || TableName::ALL.map(|table| (table.name(), rows[table.name()]));
        for (tool, answer) in told.as_object().unwrap() {
            if let Some(why) = answer["absent"].as_str() {
                println!("skipped: {tool}: {why}; see TRAILSPAN_CONSUMERS");
                continue;
            }
            println!("{name}: {tool} {}: {}", answer["version"], answer["counts"]);
            let counts = &answer["counts"];
            match tool.as_str() {
                "duckdb" | "pyarrow" | "openpyxl" | "libreoffice" | "sqlite3" | "datasette" => {
                    for (table, rows) in tables() {
                        assert_eq!(counts[table], rows, "{name} {tool} {table}");
                    }
                }
                "ocsf" | "plaso" => assert_eq!(counts["events"], rows["events"], "{name} {tool}"),
                _ => assert_eq!(counts["rows"], rows["timeline"], "{name} {tool}"),
            }
            for (key, expected) in [
                ("errors", json!([])),
                ("formulas", json!(0)),
                ("integrity", json!("ok")),
                ("searches", json!(true)),
                ("links", json!(true)),
                ("kinds", json!(["aws:cloudtrail:entry"])),
                ("time", json!("timestamp[us, tz=UTC]")),
                ("csv", json!(rows["events"])),
            ] {
                if let Some(found) = counts.get(key) {
                    assert_eq!(*found, expected, "{name} {tool} {key}");
                }
            }
            let types = match tool.as_str() {
                "duckdb" => json!(["TIMESTAMP WITH TIME ZONE", "VARCHAR", "JSON"]),
                "openpyxl" => json!(["d", "b", "n", "s"]),
                "libreoffice" => json!(["date", "boolean", "float", "string"]),
                _ => continue,
            };
            assert_eq!(counts["types"], types, "{name} {tool}");
        }
    }
}

#[test]
fn lnav_reads_every_row_of_a_timeline_and_joins_the_ends_of_intervals() {
    for (name, evidence) in archives() {
        let folder = tempfile::tempdir().unwrap();
        let rows = export_all(&Exporter::of(evidence), folder.path());
        let lnav = |arguments: &[&str]| {
            let mut command = Command::new("lnav");
            command
                .args(arguments)
                .current_dir(folder.path())
                .env("HOME", folder.path());
            command.stdin(Stdio::null()).output()
        };
        let Ok(installed) = lnav(&["-i", "trailspan.json"]) else {
            println!("skipped: no lnav here");
            return;
        };
        assert!(installed.status.success(), "{installed:?}");
        let asked = ";SELECT count(*) AS rows, count(DISTINCT log_opid) AS ids FROM trailspan_log";
        let told = lnav(&[
            "-n",
            "-c",
            asked,
            "-c",
            ":write-json-to -",
            "timesketch.jsonl",
        ])
        .unwrap();
        let told: Value = serde_json::from_slice(&told.stdout)
            .unwrap_or_else(|error| panic!("{error}: {told:?}"));
        println!("{name}: lnav: {told}");
        assert_eq!(told[0]["rows"], rows["timeline"], "{name}");
        assert_eq!(told[0]["ids"], rows["intervals"], "{name}");
    }
}
