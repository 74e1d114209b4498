//! The file of settings: what wins over it, and what it may not do in silence.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{run, run_with};
use crate::transcripts::{index, root};

/// Returns the value, origin and source of a setting.
fn told(rows: &str, name: &str) -> (String, String, String) {
    let rows: Vec<Value> = rows
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    let row = rows.iter().find(|row| row["setting"] == name).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let source = match (&row["variable"], &row["line"]) {
        (Value::String(variable), _) => variable.clone(),
        (_, Value::Number(line)) => format!("line {line}"),
        _ => "-".to_owned(),
    };
    (text(&row["value"]), text(&row["origin"]), source)
}

#[test]
fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let folder = TempDir::new().unwrap();
    let file = "index = \"of-file\"\ncolor = \"always\"\ntz = \"Asia/Tokyo\"\n";
    fs::write(folder.path().join("set.toml"), file).unwrap();
    let settings = |arguments: &[&str], variables: &[(&str, &str)]| {
        let all = [&["settings", "--format", "jsonl"], arguments].concat();
        run_with(folder.path(), &all, variables).ends_with(0).stdout
    };
    let file = [("TRAILSPAN_CONFIG", "set.toml")];
    let both = [
        file[0],
        ("TRAILSPAN_INDEX", "of-environment"),
        ("NO_COLOR", "1"),
    ];
    let expected = |value: &str, origin: &str, source: &str| {
        (value.to_owned(), origin.to_owned(), source.to_owned())
    };
    let all = settings(&["--index", "of-flag", "--color", "auto"], &both);
    assert_eq!(told(&all, "index"), expected("of-flag", "flag", "-"));
    assert_eq!(told(&all, "color"), expected("auto", "flag", "-"));
    let without_flag = settings(&[], &both);
    let of_environment = expected("of-environment", "environment", "TRAILSPAN_INDEX");
    assert_eq!(told(&without_flag, "index"), of_environment);
    assert_eq!(
        told(&without_flag, "color"),
        expected("never", "environment", "NO_COLOR")
    );
    let of_file = settings(&[], &file);
    assert_eq!(
        told(&of_file, "index"),
        expected("of-file", "file", "line 1")
    );
    assert_eq!(
        told(&of_file, "color"),
        expected("always", "file", "line 2")
    );
    assert_eq!(
        told(&of_file, "tz"),
        expected("Asia/Tokyo", "file", "line 3")
    );
    let without_file = settings(&["--no-config"], &file);
    assert_eq!(
        told(&without_file, "index"),
        expected("trailspan.index", "default", "-")
    );
    assert_eq!(
        told(&without_file, "color"),
        expected("auto", "default", "-")
    );
    assert_eq!(told(&without_file, "kind"), expected("-", "default", "-"));
}

#[test]
fn the_person_s_own_file_is_found_and_need_not_be_there() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap();
    let variables = [("XDG_CONFIG_HOME", path)];
    let arguments = ["settings", "--format", "jsonl"];
    let absent = run_with(folder.path(), &arguments, &variables).ends_with(0);
    assert_eq!(told(&absent.stdout, "tz").1, "default");
    fs::create_dir(folder.path().join("trailspan")).unwrap();
    fs::write(
        folder.path().join("trailspan/config.toml"),
        "tz = \"Asia/Tokyo\"",
    )
    .unwrap();
    let found = run_with(folder.path(), &arguments, &variables).ends_with(0);
    assert_eq!(told(&found.stdout, "tz").1, "file");
    let home = folder.path().join("home/.config/trailspan");
    fs::create_dir_all(&home).unwrap();
    fs::write(home.join("config.toml"), "tz = \"Asia/Seoul\"").unwrap();
    let home = folder.path().join("home");
    let variables = [
        ("HOME", home.to_str().unwrap()),
        ("XDG_CONFIG_HOME", "relative"),
    ];
    let found = run_with(folder.path(), &arguments, &variables).ends_with(0);
    assert_eq!(told(&found.stdout, "tz").0, "Asia/Seoul");
}

#[test]
fn settings_are_what_their_schema_says() {
    let schema = fs::read(root().join("schema/settings.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for variables in [
        &[][..],
        &[("TRAILSPAN_CONFIG", "fixtures/settings/case.toml")],
    ] {
        let arguments = ["settings", "--format", "json", "--kind", "eni"];
        let rows = run_with(root(), &arguments, variables).ends_with(0).stdout;
        let rows: Vec<Value> = serde_json::from_str(&rows).unwrap();
        assert!(rows.len() > 15);
        for row in rows {
            assert!(schema.is_valid(&row), "{row}");
        }
    }
}

#[test]
fn a_filter_of_the_file_never_narrows_in_silence() {
    let folder = TempDir::new().unwrap();
    let text = "account = \"444455556666\"\nquiet = true\n";
    fs::write(folder.path().join("set.toml"), text).unwrap();
    let index = index().to_str().unwrap();
    for command in ["timeline", "detachments", "findings", "coverage", "report"] {
        let arguments = [command, "--config", "set.toml", "--index", index];
        let ran = run(folder.path(), &arguments);
        let note = "note: narrowed by set.toml: --account=444455556666\n";
        assert_eq!(ran.stderr, note, "{command}");
        let same = [
            command,
            "--account",
            "444455556666",
            "--quiet",
            "--index",
            index,
        ];
        assert_eq!(ran.stdout, run(folder.path(), &same).stdout, "{command}");
    }
    // What the line asks itself is not narrowed by the file.
    let arguments = ["timeline", "--config", "set.toml", "--index", index];
    let other = run(
        folder.path(),
        &[&arguments[..], &["--account", "111122223333"]].concat(),
    );
    assert_eq!(other.stderr, "");
    assert!(other.stdout.contains("111122223333"));
}

#[test]
fn a_format_of_the_file_is_for_the_commands_that_print_it() {
    let folder = TempDir::new().unwrap();
    let index = index().to_str().unwrap();
    let event = "43cc0290-00c5-41de-afcf-ae06dd923bdd";
    for format in ["csv", "jsonl", "markdown"] {
        fs::write(
            folder.path().join("set.toml"),
            format!("format = \"{format}\""),
        )
        .unwrap();
        for command in [
            &["timeline"][..],
            &["show", event],
            &["explain", event],
            &["export", "ecs"],
            &["report"],
            &["coverage"],
        ] {
            let arguments = ["--config", "set.toml", "--index", index];
            let ran = run(folder.path(), &[command, &arguments].concat());
            assert_eq!(ran.status, 3, "{format} {command:?}: {ran:?}");
        }
    }
}
