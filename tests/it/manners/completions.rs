//! What the shells are offered, and bash itself with it.

// What was skipped is told to whoever runs it.
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{run, run_with};
use crate::shell::terminal::Session;
use crate::transcripts::{index, root};

/// The folder that the program lies in.
fn bin() -> &'static str {
    let program = Path::new(env!("CARGO_BIN_EXE_trailspan"));
    program.parent().unwrap().to_str().unwrap()
}

/// Returns what a line may go on with, and nothing else is told.
fn offered(folder: &Path, line: &str, index: Option<&Path>) -> Vec<String> {
    let line = format!("--line={line}");
    let word = line.rsplit([' ', '\'', '(']).next().unwrap();
    let word = format!("--word={}", word.strip_prefix("--line=").unwrap_or(word));
    let variable = index.map(|index| ("TRAILSPAN_INDEX", index.to_str().unwrap()));
    let variables: Vec<(&str, &str)> = variable.into_iter().collect();
    let ran = run_with(folder, &["completions", "bash", &line, &word], &variables).ends_with(0);
    assert_eq!(ran.stderr, "", "{line}");
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_is_offered_what_a_line_can_go_on_with() {
    for (line, expected) in [
        ("trailspan hist", &["words", "history"][..]),
        ("./trailspan hist", &["words", "history"]),
        ("trailspan --format json cover", &["words", "coverage"]),
        ("trailspan --format js", &["words", "json", "jsonl"]),
        (
            "trailspan timeline --format=m",
            &["words", "--format=markdown"],
        ),
        ("trailspan timeline --histo", &["words"]),
        ("trailspan search --histo", &["words", "--histogram"]),
        (
            "trailspan timeline --kind eni,classic-link-dns-e",
            &["words", "eni,classic-link-dns-enablement"],
        ),
        (
            "trailspan timeline --account 4444",
            &["words", "444455556666"],
        ),
        ("trailspan timeline --region eu-w", &["words", "eu-west-1"]),
        (
            "trailspan timeline --event DetachNetw",
            &["words", "DetachNetworkInterface"],
        ),
        (
            "trailspan findings --finding interface-h",
            &["words", "interface-hop"],
        ),
        ("trailspan explain interface-h", &["words", "interface-hop"]),
        ("trailspan search regi", &["words", "region:"]),
        ("trailspan search '(kind:eip OR regi", &["words", "region:"]),
        (
            "trailspan search 'kind:eip -is:cons",
            &["words", "-is:console"],
        ),
        (
            "trailspan search region:eu-west-1,us-e",
            &["words", "region:eu-west-1,us-east-1"],
        ),
        (
            "trailspan history eni-06b8565",
            &["words", "eni-06b856575c2e9e529"],
        ),
        (
            "trailspan at 2024-03-14 eni-06b8565",
            &["words", "eni-06b856575c2e9e529"],
        ),
        ("trailspan at eni-06b8565", &["words"]),
        (
            "trailspan show 43cc0290-",
            &["words", "43cc0290-00c5-41de-afcf-ae06dd923bdd"],
        ),
        ("trailspan export sqli", &["words", "sqlite"]),
        ("trailspan export sqlite --output ca", &["files"]),
        ("trailspan ingest ev", &["files"]),
        ("trailspan --index ca", &["files"]),
        ("trailspan completions fi", &["words", "fish"]),
        ("trailspan help exit", &["words", "exit-codes"]),
        ("trailspan man hist", &["words", "history"]),
        ("trailspan nothing eni-", &["words"]),
        ("trailspan history 203.0.113.10 x", &["words"]),
    ] {
        assert_eq!(offered(root(), line, Some(index())), expected, "{line}");
    }
    let actors = offered(root(), "trailspan timeline --actor j.lind", Some(index()));
    assert!(actors.contains(&"j.lindqvist".to_owned()), "{actors:?}");
}

#[test]
fn the_index_that_the_line_names_is_looked_into() {
    let folder = TempDir::new().unwrap();
    let index = index().to_str().unwrap();
    for line in [
        format!("trailspan --index {index} history eni-06b8565"),
        format!("trailspan history --index='{index}' eni-06b8565"),
    ] {
        let found = offered(folder.path(), &line, None);
        assert_eq!(found, ["words", "eni-06b856575c2e9e529"], "{line}");
    }
}

#[test]
fn the_index_of_the_file_of_settings_is_looked_into_and_a_mistake_in_it_is_not_told_here() {
    let folder = TempDir::new().unwrap();
    let path = index().to_str().unwrap();
    fs::write(folder.path().join("set.toml"), format!("index = '{path}'")).unwrap();
    fs::write(folder.path().join("bad.toml"), "index = \n").unwrap();
    let line = "trailspan --config set.toml history eni-06b8565";
    let found = offered(folder.path(), line, None);
    assert_eq!(found, ["words", "eni-06b856575c2e9e529"]);
    for line in [
        "trailspan --config set.toml --no-config history eni-06b8565",
        "trailspan --config bad.toml history eni-06b8565",
    ] {
        assert_eq!(offered(folder.path(), line, None), ["words"], "{line}");
    }
}

#[test]
fn without_an_index_or_with_a_damaged_one_no_id_is_offered_and_nothing_else_is_told() {
    let folder = TempDir::new().unwrap();
    let damaged = folder.path().join("damaged.index");
    fs::create_dir(&damaged).unwrap();
    fs::write(damaged.join("meta.json"), "{\"segments\":[{}]}").unwrap();
    let cut = folder.path().join("cut.index");
    fs::create_dir(&cut).unwrap();
    for entry in fs::read_dir(index()).unwrap() {
        let path = entry.unwrap().path();
        let content = fs::read(&path).unwrap();
        let half = &content[..content.len() / 2];
        fs::write(cut.join(path.file_name().unwrap()), half).unwrap();
    }
    for index in [None, Some(&damaged), Some(&cut)] {
        for line in ["history eni-0", "timeline --account 4", "search eni-0"] {
            let line = format!("trailspan {line}");
            let found = offered(folder.path(), &line, index.map(|index| index.as_path()));
            assert_eq!(found, ["words"], "{line}");
        }
        let found = offered(folder.path(), "trailspan hist", index.map(|i| i.as_path()));
        assert_eq!(found, ["words", "history"]);
    }
}

/// Ids that do something where they are shown or typed; each begins with `eni-0evil`.
const HOSTILE: [&str; 12] = [
    "eni-0evil1;touch owned",
    "eni-0evil2;touch${IFS}owned",
    "eni-0evil3$(touch owned)",
    "eni-0evil4`touch owned`",
    "eni-0evil5|sh",
    "eni-0evil6\u{1b}[2J",
    "eni-0evil7\u{202e}abc",
    "eni-0evil8\nwords",
    "eni-0evil9&",
    "eni-0evila*",
    "eni-0evilb>owned",
    "eni-0evilc\"'\\",
];

#[test]
fn no_hostile_id_is_offered() {
    let folder = TempDir::new().unwrap();
    let record = root().join("fixtures/records/AttachNetworkInterface.json");
    let record: Value = serde_json::from_slice(&fs::read(record).unwrap()).unwrap();
    let ids = HOSTILE
        .iter()
        .chain(&["eni-0evilplain", "--output=eni-0evil"]);
    let records: Vec<Value> = ids
        .enumerate()
        .map(|(number, id)| {
            let mut record = record.clone();
            record["eventID"] = json!(format!("0000000{number:x}-0000-4000-8000-000000000000"));
            record["requestParameters"]["networkInterfaceId"] = json!(id);
            record["userIdentity"]["userName"] = json!(id);
            record["awsRegion"] = json!(format!("us-{id}"));
            record
        })
        .collect();
    fs::create_dir(folder.path().join("archive")).unwrap();
    let log = json!({ "Records": records }).to_string();
    fs::write(folder.path().join("archive/log.json"), log).unwrap();
    run(folder.path(), &["ingest", "archive"]);
    let asked = [
        "history",
        "timeline --actor",
        "search",
        "search -",
        "search actor:",
        "explain",
    ];
    for command in asked {
        let gap = if command.ends_with(['-', ':']) {
            ""
        } else {
            " "
        };
        let line = format!("trailspan {command}{gap}eni-0evil");
        let found = offered(folder.path(), &line, None);
        assert_eq!(found.len(), 2, "{line}: {found:?}");
        assert!(found[1].ends_with("eni-0evilplain"), "{line}: {found:?}");
    }
    let found = offered(folder.path(), "trailspan timeline --region us-", None);
    assert_eq!(
        found,
        ["words", "us---output=eni-0evil", "us-eni-0evilplain"]
    );
    let found = offered(folder.path(), "trailspan history -- --out", None);
    assert_eq!(found, ["words"]);
}

#[test]
fn bash_completes_a_line() {
    let folder = TempDir::new().unwrap();
    if Command::new("setsid").arg("--version").output().is_err() {
        println!("skipped: setsid is not here, which gives bash its terminal");
        return;
    }
    let mut bash = Command::new("setsid");
    bash.args(["--ctty", "--wait", "bash", "--norc", "--noprofile", "-i"])
        .env(
            "PATH",
            format!("{}:{}", bin(), std::env::var("PATH").unwrap()),
        )
        .env("PS1", "ready> ")
        .env("HOME", folder.path())
        .env_remove("INPUTRC");
    let mut session = Session::of(bash, 160, 50);
    session.sees("ready> ");
    session.types("source <(trailspan completions bash)\r");
    session.sees("\n");
    session.sees("ready> ");
    for (typed, completed) in [
        ("trailspan histor\t", "trailspan history "),
        ("trailspan history eni-06b8565\t", "eni-06b856575c2e9e529 "),
        ("trailspan timeline --format=mark\t", "--format=markdown "),
        (
            "trailspan timeline --kind eni,classic-link-dns-e\t",
            "eni,classic-link-dns-enablement ",
        ),
        ("trailspan search regi\t", "region:"),
        ("trailspan search region:eu-w\t", "region:eu-west-1 "),
        (
            "trailspan search 'kind:eip region:eu-w\t",
            "region:eu-west-1",
        ),
        (
            "trailspan search actor:arn:aws:iam::111122223333:role/payments-b\t",
            "role/payments-build ",
        ),
        ("cd . && X=1 trailspan cover\t", "trailspan coverage "),
        ("trailspan ingest fixtures/arch\t", "fixtures/archives/"),
    ] {
        session.types(typed);
        session.sees(completed);
        session.types("\u{15}");
    }
    session.types("exit\r");
    session.ends();
}

#[test]
fn the_scripts_are_scripts_of_their_shells() {
    for (shell, check) in [
        ("bash", &["bash", "-n"][..]),
        ("zsh", &["zsh", "-n"]),
        ("fish", &["fish", "--no-execute"]),
    ] {
        let folder = TempDir::new().unwrap();
        let script = run(folder.path(), &["completions", shell]).ends_with(0);
        let file = folder.path().join("script");
        fs::write(&file, script.stdout).unwrap();
        match Command::new(check[0]).args(&check[1..]).arg(&file).output() {
            Ok(output) => assert!(output.status.success(), "{shell}: {output:?}"),
            Err(error) => println!("skipped: {shell}: {error}"),
        }
    }
    let folder = TempDir::new().unwrap();
    let script = run(folder.path(), &["completions", "powershell"]).ends_with(0);
    assert!(script.stdout.contains("Register-ArgumentCompleter -Native"));
}
