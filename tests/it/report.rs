//! The report that is filed: the same bytes for the same archive, and a file of its own.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::binary::run;

/// The demo archive, as it is named from the root of the repository.
const DEMO: &str = "fixtures/archives/demo";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// An index of the demo.
fn indexed(folder: &Path, threads: &str) -> PathBuf {
    let index = folder.join(format!("{threads}.index"));
    let path = index.to_str().unwrap();
    run(
        root(),
        &["ingest", DEMO, "--index", path, "--threads", threads, "-q"],
    )
    .ends_with(3);
    index
}

fn report(index: &Path, format: &str) -> String {
    let path = index.to_str().unwrap();
    let ran = run(
        root(),
        &["report", "--index", path, "--format", format, "-q"],
    );
    ran.ends_with(3).stdout
}

/// Takes out the sum of the manifest, which tells when a run was.
fn without_manifest(index: &Path, report: &str) -> String {
    let path = index.to_str().unwrap();
    let check = run(root(), &["check", "--index", path]).ends_with(3).stdout;
    let sum = check.split("manifest sha256 ").nth(1).unwrap().trim();
    assert_eq!(
        report.matches(sum).count(),
        1,
        "the report names the manifest"
    );
    report.replace(sum, "MANIFEST")
}

#[test]
fn a_report_is_the_same_whoever_makes_it_and_however_often() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (indexed(folder.path(), "1"), indexed(folder.path(), "4"));
    for format in ["html", "markdown"] {
        let first = report(&one, format);
        assert_eq!(first, report(&one, format));
        let (first, second) = (
            without_manifest(&one, &first),
            without_manifest(&other, &report(&other, format)),
        );
        assert_eq!(first, second, "{format}");
        assert!(!first.contains(folder.path().to_str().unwrap()));
        // What was kept beside the index shows in no report.
        let kept = one.join("timeline.kept");
        let bytes = fs::read(&kept).unwrap();
        fs::remove_file(&kept).unwrap();
        assert_eq!(
            without_manifest(&one, &report(&one, format)),
            first,
            "{format}"
        );
        fs::write(&kept, bytes).unwrap();
    }
}

#[test]
fn a_report_tells_the_case_of_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let index = indexed(folder.path(), "2");
    let text = report(&index, "markdown");
    for said in [
        "## Scope and coverage",
        "1 file was read in part, 2 files could not be read, 1 record could not be read",
        "203.0.113.10 was taken from eni-052a643b41f939708 to eni-063c4204dc37770b5",
        "### high Network interface taken to a stranger interface-hop",
        "implied by AssociateAddress",
        "### DisassociateAddress",
        "## Damaged and missing input",
        "43cc0290-00c5-41de-afcf-ae06dd923bdd",
    ] {
        assert!(text.contains(said), "{said}");
    }
    let order = [
        "## Scope",
        "## Headline",
        "## Timeline",
        "## Detachments",
        "## Findings",
        "## Evidence",
    ];
    let places = order.map(|heading| text.find(heading).unwrap());
    assert!(places.is_sorted());
}

#[test]
fn a_report_of_a_period_says_what_was_asked_and_how_many_rows_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let index = indexed(folder.path(), "2");
    let path = index.to_str().unwrap();
    let asked = [
        "--since",
        "2024-03-14",
        "--until",
        "2024-03-15",
        "--limit",
        "3",
    ];
    let arguments = [
        &["report", "--index", path, "--format", "markdown"][..],
        &asked,
    ]
    .concat();
    let text = run(root(), &arguments).ends_with(3).stdout;
    assert!(
        text.contains("`--since 2024-03-14T00:00:00Z`, `--until 2024-03-15T00:00:00Z`"),
        "{text}"
    );
    assert!(text.contains("Shown are the first 3 of "), "{text}");
    assert!(!text.contains("2019-05-13"));
}

#[test]
fn a_report_is_written_into_a_new_file_only() {
    let folder = tempfile::tempdir().unwrap();
    let index = indexed(folder.path(), "2");
    let file = folder.path().join("report.html");
    let arguments = [
        "report",
        "--index",
        index.to_str().unwrap(),
        "--output",
        file.to_str().unwrap(),
    ];
    let ran = run(root(), &arguments).ends_with(3);
    assert_eq!(ran.stdout, "");
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("<!doctype html>") && written.ends_with("</html>\n"));
    let again = run(root(), &arguments).ends_with(2);
    assert!(
        again.stderr.contains("cannot be made") && again.stderr.contains("hint: name a new file")
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), written);
}

#[test]
fn findings_of_an_index_without_holes_end_with_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.json");
    let record = |name: &str| -> Value {
        let path = root().join(format!("fixtures/records/{name}.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    fs::write(
        &log,
        serde_json::json!({"Records": [record("StartLogging")]}).to_string(),
    )
    .unwrap();
    run(folder.path(), &["ingest", "log.json", "-q"]).ends_with(0);
    let none = run(folder.path(), &["findings"]).ends_with(1);
    assert!(
        none.stdout.is_empty() && none.stderr.contains("1 event was looked at"),
        "{none:?}"
    );
    run(folder.path(), &["report"]).ends_with(1);
}
