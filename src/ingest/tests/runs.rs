//! What a run makes does not depend on how it went.

use std::sync::atomic::AtomicUsize;

use super::*;
use crate::index::Writer;

#[test]
fn interruptions_show_in_nothing_but_the_lines_of_runs() {
    let case = Case::new(7);
    let (calm, broken) = (case.index("calm"), case.index("broken"));
    let expected = case.run(&calm, None).unwrap();
    let mut interruptions = 0;
    let report = loop {
        let interrupted = AtomicBool::new(false);
        let read = AtomicUsize::new(0);
        // The second file is the last one of each run.
        let progress = |progress: Progress| {
            if progress.files_done > 0 && read.fetch_add(1, Ordering::Relaxed) == 1 {
                interrupted.store(true, Ordering::Relaxed);
            }
        };
        let options = case.options(&broken);
        match ingest(Catalogue::embedded(), &options, &progress, &interrupted) {
            Ok(report) => break report,
            Err(error) => assert_eq!(error.kind, ErrorKind::Interrupted, "{error}"),
        }
        assert!(!broken.join(manifest::MANIFEST).exists());
        interruptions += 1;
    };
    assert!(interruptions > 1, "{interruptions}");
    assert_eq!(content(&report), content(&expected));
    assert_eq!(body(&broken), body(&calm));
}

#[test]
fn a_later_run_names_the_manifest_that_it_found() {
    let case = Case::new(2);
    let index = case.index("index");
    let runs = || -> Vec<Value> {
        let manifest = fs::read_to_string(index.join(manifest::MANIFEST)).unwrap();
        let lines = manifest
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["section"] == "run").collect()
    };
    let first = case.run(&index, None).unwrap().manifest.unwrap();
    assert_eq!(runs()[0]["previous_manifest_sha256"], Value::Null);
    case.write(2, 9);
    let second = case.run(&index, None).unwrap().manifest.unwrap();
    let told = runs();
    assert_eq!(told.len(), 2);
    assert_eq!(
        told[1]["previous_manifest_sha256"],
        first.sha256.to_string()
    );
    assert_ne!(second.sha256, first.sha256);
    let manifest = fs::read(index.join(manifest::MANIFEST)).unwrap();
    assert_eq!(Sha256::of(&manifest), second.sha256);
}

#[test]
fn a_manifest_that_was_changed_is_not_laid_over() {
    let case = Case::new(2);
    let index = case.index("index");
    case.run(&index, None).unwrap();
    let path = index.join(manifest::MANIFEST);
    let manifest = fs::read_to_string(&path).unwrap();
    for (changed, why) in [
        (
            manifest.replace("000.json", "001.json"),
            "not those that were sealed",
        ),
        (
            manifest.replace("\"section\":\"end\"", "\"section\":\"ende\""),
            "unknown section",
        ),
        (manifest[..manifest.len() - 5].to_owned(), "it is cut"),
        (format!("{manifest}\n"), "something follows its end"),
        (
            manifest.lines().next().unwrap().to_owned() + "\n",
            "it has no end",
        ),
    ] {
        fs::write(&path, &changed).unwrap();
        let error = case.run(&index, None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Integrity);
        assert!(error.to_string().contains(why), "{why}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), changed);
    }
}

#[test]
fn what_another_catalogue_chose_is_read_again_file_by_file() {
    let case = Case::new(4);
    let index = case.index("index");
    let expected = case.run(&index, None).unwrap();
    // As if the records had been chosen by an older catalogue, which knew fewer events.
    let mut writer = Writer::open(&index, 1).unwrap();
    let rows: Vec<_> = writer.files().unwrap().into_values().flatten().collect();
    rows.iter()
        .for_each(|row| writer.forget(&row.source).unwrap());
    writer.commit(rows, "older").unwrap();
    drop(writer);
    // One file alone is read again, and the others are not taken for read by the new one.
    let options = Options {
        paths: vec![case.archive().join("000.json")],
        ..case.options(&index)
    };
    let interrupted = AtomicBool::new(true);
    let error = ingest(Catalogue::embedded(), &options, &|_| (), &interrupted).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Interrupted);
    let report = case.run(&index, None).unwrap();
    assert_eq!((report.files.read, report.files.unchanged), (4, 0));
    assert_eq!(content(&report), content(&expected));
}

#[test]
fn a_file_that_is_not_what_was_read_before_says_so_for_good() {
    let case = Case::new(2);
    let index = case.index("index");
    let told = |report: &Report| -> Vec<String> {
        let found = report.findings.iter();
        let found = found.filter(|finding| finding.code == "changed-since-read");
        found.map(|finding| finding.message.to_string()).collect()
    };
    let kept = || {
        let rows = Writer::open(&index, 1).unwrap().files().unwrap();
        let rows = rows.into_values().flatten();
        rows.map(|row| row.findings.len()).collect::<Vec<_>>()
    };
    assert_eq!(told(&case.run(&index, None).unwrap()), [""; 0]);
    let log = case.archive().join("001.json");
    let before = manifest::sum_of(&mut &fs::read(&log).unwrap()[..]).unwrap();
    // The same content under a new date is the same evidence.
    let content = fs::read(&log).unwrap();
    fs::remove_file(&log).unwrap();
    fs::write(&log, content).unwrap();
    assert_eq!(told(&case.run(&index, None).unwrap()), [""; 0]);
    case.write(1, 7);
    let changed = told(&case.run(&index, None).unwrap());
    assert!(
        matches!(&changed[..], [one] if one.contains(&before.to_string()) && one.contains("3 records")),
        "{changed:?}"
    );
    // What is unchanged now is still not what it was.
    case.run(&index, None).unwrap();
    assert_eq!(kept(), [0, 1]);
    case.write(1, 9);
    case.run(&index, None).unwrap();
    assert_eq!(kept(), [0, 2]);
}

#[test]
fn the_folder_of_the_index_is_no_evidence() {
    let case = Case::new(2);
    let index = case.archive().join("within");
    let expected = case.run(&index, None).unwrap();
    let again = case.run(&index, None).unwrap();
    assert_eq!((expected.files.found, again.files.found), (2, 2));
    let link = case.folder.path().join("link");
    std::os::unix::fs::symlink(&index, &link).unwrap();
    for path in [&index, &index.join("meta.json"), &link] {
        let options = Options {
            paths: vec![path.clone()],
            ..case.options(&index)
        };
        let interrupted = AtomicBool::new(false);
        let error = ingest(Catalogue::embedded(), &options, &|_| (), &interrupted).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Usage, "{error}");
    }
}
