//! What the program says when it cannot answer or finds nothing, and on which stream.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use trailspan::catalogue::Catalogue;

use crate::binary::{Ran, finish, run, run_with};
use crate::wrappings::{five_records, log_file};

/// Every command.
const COMMANDS: [&str; 12] = [
    "ingest",
    "detachments",
    "timeline",
    "history",
    "at",
    "diff",
    "search",
    "show",
    "explain",
    "findings",
    "coverage",
    "report",
];

/// A folder with an archive without holes, and an index of it by the name that is looked for.
fn case() -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut records = five_records();
    records[3]["userIdentity"]["userName"] = json!("=HYPERLINK(\"http://x\")");
    fs::write(folder.path().join("log.json"), log_file(&records)).unwrap();
    ok(folder.path(), &["ingest", "log.json"]);
    folder
}

fn ok(folder: &Path, arguments: &[&str]) -> Ran {
    run(folder, arguments).clean().ends_with(0)
}

/// Every kind by its short form, as the hint lists them.
fn kinds() -> String {
    let relations = Catalogue::embedded().relations();
    let kinds: BTreeSet<&str> = relations.map(|(_, known)| known.short.as_str()).collect();
    kinds.into_iter().collect::<Vec<_>>().join(", ")
}

/// Asserts what is refused, word for word, and that nothing is printed as data.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], expected: &str) {
    let ran = run(folder, arguments).clean().ends_with(2);
    assert_eq!(ran.stdout, "", "{arguments:?}");
    let told = ran.stderr.replace(&folder.display().to_string(), "DIR");
    let told = told.replace(&kinds(), "KINDS");
    assert_eq!(told.trim_end(), expected, "{arguments:?}");
}

#[test]
fn what_cannot_be_understood_is_shown_with_its_place_and_a_hint() {
    let folder = case();
    let refused = |arguments: &[&str], expected: &str| refused(folder.path(), arguments, expected);
    refused(
        &["search", "alice (network"],
        "error: the query cannot be read\n\
         alice (network\n      ^\n\
         this parenthesis is not closed\n\
         hint: \"…\" finds what is between literally; `trailspan search --help` has examples",
    );
    refused(
        &["search", "evnt:DetachNetworkInterface"],
        "error: the query cannot be read\n\
         evnt:DetachNetworkInterface\n^^^^\n\
         there is no field `evnt` among event, id, account, region, actor, ip, error, agent, kind, file, \
         time, since, until, is\n\
         hint: did you mean `event:`?",
    );
    let time = "is not a time\nhint: did you mean `2024-03-01`, `2024-03-01T10:00` or `2024-03-01T10:00:00Z`?";
    refused(
        &["timeline", "--since", "soon"],
        &format!("error: --since: `soon` {time}"),
    );
    refused(
        &["search", "x", "--until", "soon"],
        &format!("error: --until: `soon` {time}"),
    );
    refused(&["at", "soon"], &format!("error: TIME: `soon` {time}"));
    refused(
        &["diff", "soon", "2024"],
        &format!("error: T1: `soon` {time}"),
    );
    refused(
        &["diff", "2024", "soon"],
        &format!("error: T2: `soon` {time}"),
    );
    refused(
        &["diff", "2024-03-02", "2024-03-01"],
        "error: T1: 2024-03-02T00:00:00Z is after T2, 2024-03-01T00:00:00Z\n\
         hint: give the earlier instant first",
    );
    refused(
        &["timeline", "--since", "2024-03-02", "--until", "2024-03-01"],
        "error: --since and --until: no time lies from 2024-03-02T00:00:00Z on and before 2024-03-01T00:00:00Z\n\
         hint: --until is exclusive: the whole of a day ends before the next day",
    );
    for (command, option) in [("at", "--since"), ("at", "--until"), ("diff", "--since")] {
        let times: &[&str] = if command == "at" {
            &["2024"]
        } else {
            &["2024", "2025"]
        };
        refused(
            &[&[command], times, &[option, "2024-03-01"]].concat(),
            &format!(
                "error: {option}: `{command}` asks about instants, not about a period\n\
                 hint: `trailspan timeline --since TIME --until TIME` tells what held in a period"
            ),
        );
    }
    refused(
        &["detachments", "--kind", "enii"],
        "error: --kind enii: no such relation\nhint: did you mean eni?",
    );
    refused(
        &["detachments", "--kind", "zzzzzzzz"],
        "error: --kind zzzzzzzz: no such relation\nhint: the kinds are KINDS",
    );
    for accounts in ["12", "11112222333x", "111122223333,12"] {
        let wrong = accounts.rsplit(',').next().unwrap();
        refused(
            &["timeline", "--account", accounts],
            &format!(
                "error: --account {wrong}: no account id\n\
                 hint: an account id has 12 digits, such as 111122223333"
            ),
        );
    }
    refused(
        &["timeline", "--event", "DetachNetworkInterfce"],
        "error: --event DetachNetworkInterfce: no such call in the catalogue\nhint: did you mean DetachNetworkInterface?",
    );
    refused(
        &["timeline", "--source-ip", "10.0.0/8"],
        "error: --source-ip 10.0.0/8: neither an address nor a network\n\
         hint: write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32",
    );
    refused(
        &["timeline", "--tz", "Europe/Berlim"],
        "error: --tz: there is no time zone `Europe/Berlim`\nhint: did you mean `Europe/Berlin`?",
    );
    refused(
        &["timeline", "--tz", "Mars"],
        "error: --tz: there is no time zone `Mars`\nhint: did you mean `UTC`, `+01:00` or `Europe/Berlin`?",
    );
    refused(
        &["explain", "DetachNetworkInterfac"],
        "error: DetachNetworkInterfac: no call of the catalogue, and no event of this archive\n\
         hint: did you mean DetachNetworkInterface?",
    );
    refused(
        &["history", "\u{1b}[31m", "--kind", "\u{1b}[2J"],
        "error: --kind \\u{1b}[2J: no such relation\nhint: the kinds are KINDS",
    );
}

#[test]
fn an_index_that_cannot_be_used_is_told_with_what_to_do() {
    let folder = case();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let refused = |arguments: &[&str], expected: &str| refused(folder.path(), arguments, expected);
    let anew = "trailspan --index NEW_DIR ingest PATH…";
    for command in [
        &["timeline"][..],
        &["search", "x"],
        &["show", "x"],
        &["coverage"],
        &["findings"],
        &["report"],
        &["history", "x"],
    ] {
        refused(
            &[command, &["--index", &at("none")]].concat(),
            "error: DIR/none: there is no index here\nhint: make one: trailspan --index DIR/none ingest PATH…",
        );
    }
    fs::create_dir(at("photos")).unwrap();
    fs::write(at("photos/1.jpg"), "x").unwrap();
    let another = "hint: name a new folder, or that of an index, with --index";
    for arguments in [
        &["timeline", "--index"][..],
        &["ingest", "log.json", "--index"],
    ] {
        refused(
            &[arguments, &[&at("photos")]].concat(),
            &format!(
                "error: DIR/photos: this folder holds something else than an index\n{another}"
            ),
        );
        refused(
            &[arguments, &[&at("log.json")]].concat(),
            &format!("error: DIR/log.json: this is a file, an index is a folder\n{another}"),
        );
    }
    refused(
        &["ingest", "log.json", "--index", &at("log.json/below")],
        &format!("error: DIR/log.json/below: this is a file, an index is a folder\n{another}"),
    );

    let meta = at("trailspan.index/meta.json");
    let whole = fs::read_to_string(&meta).unwrap();
    fs::write(
        &meta,
        whole.replace("\\\"format\\\":3,", "\\\"format\\\":7,"),
    )
    .unwrap();
    for arguments in [&["timeline"][..], &["ingest", "log.json"]] {
        refused(
            arguments,
            &format!(
                "error: trailspan.index: the index has format 7, this program reads format 3\n\
                 hint: build it anew from the archive: {anew}"
            ),
        );
    }
    fs::write(&meta, &whole[..whole.len() / 2]).unwrap();
    let ran = run(folder.path(), &["timeline"]).clean().ends_with(2);
    assert!(
        ran.stderr
            .starts_with("error: trailspan.index: the index is damaged: meta.json: "),
        "{ran:?}"
    );
    assert!(
        ran.stderr.ends_with(&format!(
            "\nhint: build a new one from the archive: {anew}; `trailspan --index trailspan.index \
             check` says which of its files are damaged\n"
        )),
        "{ran:?}"
    );
    fs::write(&meta, &whole).unwrap();
    ok(folder.path(), &["timeline"]);
}

#[test]
fn an_index_whose_files_are_cut_or_lost_is_told_as_damaged() {
    for (kind, harm) in [
        ("store", "cut"),
        ("fast", "cut"),
        ("idx", "cut"),
        ("term", "lost"),
        ("pos", "lost"),
    ] {
        let folder = case();
        for entry in fs::read_dir(folder.path().join("trailspan.index")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == kind) {
                match harm {
                    "cut" => fs::write(&path, &fs::read(&path).unwrap()[..20]).unwrap(),
                    _ => fs::remove_file(&path).unwrap(),
                }
            }
        }
        for arguments in [
            &["timeline"][..],
            &["search", "alice"],
            &["ingest", "log.json"],
        ] {
            let ran = run(folder.path(), arguments).clean().ends_with(2);
            assert!(
                ran.stderr
                    .starts_with("error: trailspan.index: the index is damaged: "),
                "{kind} {harm} {arguments:?}: {ran:?}"
            );
            assert!(
                ran.stderr
                    .contains("\nhint: build a new one from the archive: "),
                "{ran:?}"
            );
        }
    }
}

#[test]
fn a_path_that_does_not_exist_is_told_and_makes_no_index() {
    let folder = TempDir::new().unwrap();
    refused(
        folder.path(),
        &["ingest", "missing"],
        "error: missing: cannot be reached: No such file or directory (os error 2)\n\
         hint: give the path of an existing file or folder; quote it if it holds spaces",
    );
    assert!(!folder.path().join("trailspan.index").exists());
}

#[test]
fn nothing_found_is_said_on_standard_error_and_by_the_status() {
    let folder = case();
    for arguments in [
        &["timeline", "--kind", "vgw"][..],
        &["detachments", "--account", "999988887777"],
        &["history", "eni-0ffffffffffffffff"],
        &["at", "2024-03-01T10:03:00Z", "i-0ffffffffffffffff"],
        &["diff", "2024-03-01T10:03:00Z", "2024-03-01T10:03:00Z"],
        &["search", "eni-0ffffffffffffffff"],
    ] {
        for (format, expected) in [("table", ""), ("json", "[]\n"), ("jsonl", "")] {
            let ran = run(folder.path(), &[arguments, &["--format", format]].concat())
                .clean()
                .ends_with(1);
            assert_eq!(ran.stdout, expected, "{arguments:?} {format}");
            assert!(
                ran.stderr.contains("note: not in this archive"),
                "{arguments:?}: {ran:?}"
            );
            let quiet = run(
                folder.path(),
                &[arguments, &["--format", format, "-q"]].concat(),
            );
            assert_eq!(
                (quiet.status, &*quiet.stdout, &*quiet.stderr),
                (1, expected, ""),
                "{arguments:?}"
            );
        }
        let csv = run(folder.path(), &[arguments, &["--format", "csv"]].concat())
            .clean()
            .ends_with(1);
        assert_eq!(
            csv.stdout.lines().count(),
            1,
            "{arguments:?}: a header only: {csv:?}"
        );
    }
    let similar = "did you mean 0002a88a-aaaa-4bbb-8ccc-000000000001?";
    let search = "`trailspan search` finds events by anything that is in them";
    for (arguments, hint) in [
        (["show", "0002a88a"], similar),
        (["show", "0002a88a-ffff"], search),
        (["explain", "0002a88a-aaaa"], similar),
        (["explain", "0002a88a-ffff"], search),
    ] {
        let ran = run(folder.path(), &arguments).clean().ends_with(1);
        let told = format!(
            "note: {}: not in this archive: no event has this id\nnote: {hint}\n",
            arguments[1]
        );
        assert_eq!((&*ran.stdout, &*ran.stderr), ("", &*told), "{arguments:?}");
    }
}

#[test]
fn a_search_for_a_name_that_no_record_can_have_says_so() {
    let folder = case();
    for (query, told) in [
        (
            "event:DetachNetworkInterfase",
            "note: event:detachnetworkinterfase: no such call in the catalogue; \
             did you mean DetachNetworkInterface?\n",
        ),
        (
            "alice -(kind:enii OR event:zzzzzzzz)",
            "note: kind:enii: no such relation; did you mean eni?\n\
             note: event:zzzzzzzz: no such call in the catalogue; `trailspan explain` lists the calls\n",
        ),
        ("event:Detach* kind:ENI event:detachNetworkInterface", ""),
    ] {
        let ran = run(folder.path(), &["search", query]).clean();
        let told_of_names: String = ran
            .stderr
            .split_inclusive('\n')
            .filter(|line| line.contains("no such"))
            .collect();
        assert_eq!(told_of_names, told, "{query}");
    }
}

#[test]
fn an_actor_is_found_by_the_same_part_in_records_and_in_rows() {
    let folder = case();
    for (part, is_found) in [
        ("ALICE", true),
        ("lic", true),
        ("user/ali", true),
        ("mallory", false),
    ] {
        for arguments in [
            &["search", &format!("actor:{part}")][..],
            &["search", "*", "--actor", part],
            &["timeline", "--actor", part],
        ] {
            let ran = run(folder.path(), arguments).clean();
            assert_eq!(ran.status, i32::from(!is_found), "{arguments:?}: {ran:?}");
        }
    }
}

#[test]
fn every_command_has_help_with_examples() {
    let folder = TempDir::new().unwrap();
    for command in COMMANDS {
        for arguments in [&[command, "--help"][..], &["help", command]] {
            let ran = ok(folder.path(), arguments);
            assert!(
                ran.stdout.contains("Example"),
                "{arguments:?}: {}",
                ran.stdout
            );
            assert!(
                ran.stdout.contains(&format!("  trailspan {command}")),
                "{arguments:?}: {}",
                ran.stdout
            );
            assert_eq!(ran.stderr, "");
        }
    }
    let ran = ok(folder.path(), &["--help"]);
    for command in COMMANDS {
        assert!(
            ran.stdout.contains(&format!("\n  {command} ")),
            "{command}: {}",
            ran.stdout
        );
    }
    assert!(ran.stdout.contains("Exit status:"));
    ok(folder.path(), &["--version"]);
}

#[test]
fn usage_errors_have_status_2_and_say_where_to_read_on() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &[][..],
        &["detachment"],
        &["timeline", "--format", "xml"],
        &["timeline", "--limit", "few"],
        &["ingest"],
        &["at"],
        &["diff", "2024"],
        &["search"],
        &["timeline", "-q", "-v"],
    ] {
        let ran = run(folder.path(), arguments).clean().ends_with(2);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert!(
            ran.stderr.contains("--help") || ran.stderr.contains("Usage"),
            "{arguments:?}: {ran:?}"
        );
    }
}

#[test]
fn data_is_on_standard_output_and_notes_are_not() {
    let folder = case();
    let ran = ok(
        folder.path(),
        &["timeline", "--limit", "1", "--format", "jsonl"],
    );
    let row: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(row["relation"], json!("eni-attachment"));
    assert_eq!(ran.stderr, "note: 1 of 2 rows; see --limit\n");
    let quiet = ok(
        folder.path(),
        &["timeline", "--limit", "1", "--format", "jsonl", "--quiet"],
    );
    assert_eq!((quiet.stdout, quiet.stderr), (ran.stdout, String::new()));
    let report = ok(folder.path(), &["ingest", "log.json", "--format", "json"]);
    assert_eq!(report.json()["files"]["unchanged"], json!(1));
    assert_eq!(report.stderr, "", "no progress where nobody looks");
}

#[test]
fn colours_are_for_terminals_or_for_those_who_ask() {
    let folder = case();
    let painted = |arguments: &[&str], variables: &[(&str, &str)]| {
        let ran = run_with(
            folder.path(),
            &[&["timeline"], arguments].concat(),
            variables,
        );
        assert_eq!(ran.status, 0);
        ran.stdout.contains('\u{1b}')
    };
    assert!(!painted(&[], &[]));
    assert!(!painted(&["--color", "never"], &[]));
    assert!(painted(&["--color", "always"], &[]));
    assert!(
        painted(&["--color", "always"], &[("NO_COLOR", "1")]),
        "an option is asked for last"
    );
    assert!(!painted(&["--color", "auto"], &[("NO_COLOR", "1")]));
    assert!(!painted(&["--color", "always", "--format", "json"], &[]));
    assert!(!painted(&["--color", "always", "--format", "csv"], &[]));
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let folder = case();
    let program = env!("CARGO_BIN_EXE_trailspan");
    for arguments in [
        "timeline",
        "explain",
        "search '*' --format jsonl",
        "coverage",
        "findings",
        "report",
        "--help",
    ] {
        let script =
            format!("{{ \"$0\" {arguments}; echo \"$?\" >status; }} | head -c 1 >head; sync");
        let ran = Command::new("bash")
            .args(["-c", &script, program])
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(ran.stderr).unwrap(), "", "{arguments}");
        let status = fs::read_to_string(folder.path().join("status")).unwrap();
        assert_eq!(status.trim(), "0", "{arguments}");
    }
    // Nobody reads what is told beside the answer: the status stays.
    for (arguments, status) in [
        ("timeline --kind vgw", "1"),
        ("timeline --kind x", "2"),
        ("search '('", "2"),
    ] {
        let script = format!(
            "{{ sleep 0.2; \"$0\" {arguments}; echo \"$?\" >status; }} 2>&1 | true; sleep 1"
        );
        let folder = folder.path();
        let ran = Command::new("bash")
            .args(["-c", &script, program])
            .current_dir(folder)
            .status();
        assert!(ran.unwrap().success());
        let found = fs::read_to_string(folder.join("status")).unwrap();
        assert_eq!(found.trim(), status, "{arguments}");
    }
    // The reader has gone before the first byte.
    let mut child = Command::new(program)
        .args(["explain", "--format", "jsonl"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = child.wait_with_output().unwrap();
    assert_eq!((ran.status.code(), ran.stderr), (Some(0), Vec::new()));
}

#[test]
fn no_spreadsheet_runs_what_a_log_says() {
    let folder = case();
    let ran = ok(folder.path(), &["timeline", "--format", "csv"]);
    assert!(ran.stdout.contains("'=HYPERLINK"), "{}", ran.stdout);
    for line in ran.stdout.lines() {
        assert!(
            !line.starts_with('=') && !line.contains(",=") && !line.contains(",\"="),
            "{line}"
        );
    }
    assert_eq!(
        ran.stderr,
        "note: 1 cell begins with ' so that no spreadsheet runs it as a formula\n"
    );
    let quiet = ok(folder.path(), &["timeline", "--format", "csv", "-q"]);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn the_index_is_named_by_option_else_by_environment_else_by_default() {
    let folder = case();
    fs::rename(
        folder.path().join("trailspan.index"),
        folder.path().join("other"),
    )
    .unwrap();
    run(folder.path(), &["timeline"]).ends_with(2);
    let by_variable = run_with(
        folder.path(),
        &["timeline"],
        &[("TRAILSPAN_INDEX", "other")],
    );
    by_variable.ends_with(0);
    let both = run_with(
        folder.path(),
        &["timeline", "--index", "other"],
        &[("TRAILSPAN_INDEX", "none")],
    );
    both.ends_with(0);
}

#[cfg(unix)]
#[test]
fn a_stream_that_is_closed_or_cannot_be_written_ends_no_command_in_a_panic() {
    let folder = case();
    let program = env!("CARGO_BIN_EXE_trailspan");
    for line in [
        "detachments",
        "coverage",
        "ingest log.json",
        "ingest",
        "explain",
        "verify log.json",
        "check log.json",
        "history nothing",
        "search '('",
        "--help",
        "nonsense",
    ] {
        for streams in [
            "2>&-",
            ">&-",
            ">&- 2>&-",
            "<&- >&- 2>&-",
            "2>/dev/full",
            ">/dev/full",
            ">/dev/full 2>/dev/full",
            "2>&1 | true",
            "2>/dev/null | true",
        ] {
            // Of a pipe, what counts is the program before it.
            let script = format!("{{ '{program}' {line}; echo $? >&9; }} 9>status {streams}");
            let mut shell = Command::new("sh");
            shell.args(["-c", &script]).current_dir(folder.path());
            let ran = finish(shell);
            let status = fs::read_to_string(folder.path().join("status")).unwrap();
            let status: i32 = status.trim().parse().unwrap();
            assert!(
                (0..=4).contains(&status),
                "{line} {streams}: {status} {ran:?}"
            );
        }
    }
}
