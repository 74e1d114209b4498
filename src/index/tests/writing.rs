//! What is written is there afterwards, whatever the order, the threads, and the number of runs.

use std::thread;

use tempfile::tempdir;

use super::*;

/// Three files: copies in several of them, and an event of which two records differ.
fn archive() -> Vec<Found> {
    let fuller = detach(3, 3).replace(
        "\"responseElements\":null",
        "\"responseElements\":{\"_return\":true}",
    );
    vec![
        found(&detach(1, 1), "a/one.json.gz", 1),
        found(&detach(2, 2), "a/one.json.gz", 2),
        found(&detach(3, 3), "a/one.json.gz", 3),
        found(&detach(2, 2), "b/two.json.gz", 1),
        found(&fuller, "b/two.json.gz", 2),
        found(&detach(4, 4), "b/two.json.gz", 3),
        found(&detach(2, 2), "c/three.json.gz", 7),
        found(&detach(4, 4), "c/three.json.gz", 8),
    ]
}

fn expected() -> String {
    let dir = tempdir().unwrap();
    ingest(dir.path(), &archive());
    answers(dir.path())
}

#[test]
fn each_occurrence_is_told_apart() {
    let dir = tempdir().unwrap();
    use Added::{Conflict, Copy, New};
    let first = [New, New, New, Copy, Conflict, New, Copy, Copy];
    assert_eq!(ingest(dir.path(), &archive()), first);
    let other = tempdir().unwrap();
    let (one, rest) = (&archive()[..3], &archive()[3..]);
    assert_eq!(ingest(other.path(), one), [New, New, New]);
    assert_eq!(
        ingest(other.path(), rest),
        [Copy, Conflict, New, Copy, Copy]
    );
}

#[test]
fn an_event_has_all_its_places_in_order_and_the_fullest_record_comes_first() {
    let dir = tempdir().unwrap();
    ingest(dir.path(), &archive());
    let reader = Reader::open(dir.path()).unwrap();
    let records = reader.records(&Which::All.into()).unwrap();
    let shown: Vec<_> = records
        .iter()
        .map(|stored| {
            let places = stored.records[0].places.iter();
            let places: Vec<_> = places
                .map(|place| (place.source.as_str(), place.ordinal))
                .collect();
            (&stored.event_id.as_str()[..8], places, stored.records.len())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("00000001", vec![("a/one.json.gz", 1)], 1),
            (
                "00000002",
                vec![
                    ("a/one.json.gz", 2),
                    ("b/two.json.gz", 1),
                    ("c/three.json.gz", 7)
                ],
                1
            ),
            ("00000003", vec![("b/two.json.gz", 2)], 2),
            (
                "00000004",
                vec![("b/two.json.gz", 3), ("c/three.json.gz", 8)],
                1
            ),
        ]
    );
    assert_eq!(records[2].records[1].raw.as_ref(), detach(3, 3));
    assert_eq!(records[2].records[1].places, [archive()[2].place.clone()]);
    assert_eq!(reader.events_count().unwrap(), 4);
    assert_eq!(reader.totals().records.seen, 8);
}

#[test]
fn the_order_of_records_shows_in_no_answer() {
    let expected = expected();
    for rotation in 0..8 {
        for reverse in [false, true] {
            let mut archive = archive();
            archive.rotate_left(rotation);
            if reverse {
                archive.reverse();
            }
            let dir = tempdir().unwrap();
            ingest(dir.path(), &archive);
            assert_eq!(answers(dir.path()), expected, "{rotation} {reverse}");
        }
    }
}

#[test]
fn the_number_of_runs_and_commits_shows_in_no_answer() {
    let expected = expected();
    let dir = tempdir().unwrap();
    for file in ["c/three.json.gz", "a/one.json.gz", "b/two.json.gz"] {
        let archive = archive();
        let part: Vec<_> = archive
            .into_iter()
            .filter(|found| found.place.source.as_str() == file)
            .collect();
        ingest(dir.path(), &part);
    }
    assert_eq!(answers(dir.path()), expected, "three runs");

    let dir = tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), 1).unwrap();
    for file in ["b/two.json.gz", "c/three.json.gz", "a/one.json.gz"] {
        let archive = archive();
        let part: Vec<_> = archive
            .into_iter()
            .filter(|found| found.place.source.as_str() == file)
            .collect();
        part.iter().for_each(|found| {
            add(&writer, found);
        });
        writer.commit(rows(&part), "catalogue").unwrap();
    }
    assert_eq!(answers(dir.path()), expected, "three commits of one run");
}

#[test]
fn threads_show_in_no_answer_and_one_of_them_finds_an_event_new() {
    let expected = expected();
    for _ in 0..5 {
        let dir = tempdir().unwrap();
        let archive = archive();
        let mut writer = Writer::open(dir.path(), 2).unwrap();
        let added: Vec<Added> = thread::scope(|scope| {
            let writer = &writer;
            let running: Vec<_> = archive
                .iter()
                .map(|found| scope.spawn(move || add(writer, found)))
                .collect();
            running
                .into_iter()
                .map(|running| running.join().unwrap())
                .collect()
        });
        let count = |what| added.iter().filter(|added| **added == what).count();
        assert_eq!(
            [Added::New, Added::Conflict, Added::Copy].map(count),
            [4, 1, 3]
        );
        writer.commit(rows(&archive), "catalogue").unwrap();
        assert_eq!(answers(dir.path()), expected);
    }
}

#[test]
fn a_run_that_is_not_committed_leaves_the_former_state() {
    let dir = tempdir().unwrap();
    ingest(dir.path(), &archive()[..3]);
    let before = answers(dir.path());
    let writer = Writer::open(dir.path(), 1).unwrap();
    writer.forget(&"a/one.json.gz".into()).unwrap();
    archive()[3..].iter().for_each(|found| {
        add(&writer, found);
    });
    assert_eq!(answers(dir.path()), before, "while the run goes on");
    drop(writer);
    assert_eq!(answers(dir.path()), before);
    ingest(dir.path(), &archive()[3..]);
    assert_eq!(answers(dir.path()), expected());
}

#[test]
fn the_ledger_reads_back_as_it_was_written() {
    let dir = tempdir().unwrap();
    ingest(dir.path(), &archive());
    let writer = Writer::open(dir.path(), 1).unwrap();
    let files = writer.files().unwrap();
    assert_eq!(
        files.into_values().flatten().collect::<Vec<_>>(),
        rows(&archive())
    );
    assert_eq!(writer.catalogue(), "catalogue");
}

/// What the index would hold had it only ever seen these.
fn fresh(all: &[Found]) -> String {
    let dir = tempdir().unwrap();
    ingest(dir.path(), all);
    answers(dir.path())
}

#[test]
fn a_changed_file_takes_along_only_what_was_found_nowhere_else() {
    let dir = tempdir().unwrap();
    ingest(dir.path(), &archive());
    // Of its three records one stays as it was, one is gone, one is new.
    let changed = vec![
        found(&detach(3, 3), "a/one.json.gz", 1),
        found(&detach(9, 9), "a/one.json.gz", 2),
    ];
    let mut writer = Writer::open(dir.path(), 2).unwrap();
    writer.forget(&"a/one.json.gz".into()).unwrap();
    let added: Vec<_> = changed.iter().map(|found| add(&writer, found)).collect();
    assert_eq!(added, [Added::Copy, Added::New]);
    writer.commit(rows(&changed), "catalogue").unwrap();
    let all: Vec<_> = archive()[3..].iter().cloned().chain(changed).collect();
    assert_eq!(answers(dir.path()), fresh(&all));
}

#[test]
fn a_file_that_is_gone_leaves_what_others_hold() {
    let archive = archive();
    for (gone, left) in [
        ("a/one.json.gz", &archive[3..]),
        ("c/three.json.gz", &archive[..6]),
    ] {
        let dir = tempdir().unwrap();
        ingest(dir.path(), &archive);
        let mut writer = Writer::open(dir.path(), 2).unwrap();
        writer.forget(&gone.into()).unwrap();
        writer.commit(Vec::new(), "catalogue").unwrap();
        assert_eq!(answers(dir.path()), fresh(left), "{gone}");
    }
}

#[test]
fn a_record_lives_on_if_this_run_finds_it_elsewhere() {
    let dir = tempdir().unwrap();
    ingest(dir.path(), &[found(&detach(1, 1), "a", 1)]);
    for forget_first in [true, false] {
        let (from, to) = if forget_first { ("a", "b") } else { ("b", "a") };
        let moved = [found(&detach(1, 1), to, 5)];
        let mut writer = Writer::open(dir.path(), 2).unwrap();
        if forget_first {
            writer.forget(&from.into()).unwrap();
        }
        assert_eq!(add(&writer, &moved[0]), Added::Copy);
        if !forget_first {
            writer.forget(&from.into()).unwrap();
        }
        writer.commit(rows(&moved), "catalogue").unwrap();
        assert_eq!(answers(dir.path()), fresh(&moved));
    }
}

#[test]
fn what_the_ledger_does_not_tell_is_not_committed() {
    let dir = tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), 1).unwrap();
    let records = [found(&detach(1, 1), "a", 1)];
    add(&writer, &records[0]);
    for (files, told) in [
        (vec![], "a: a file was read that has no row in the ledger"),
        (
            vec![row("a", 1), row("a", 2)],
            "a: a file has two rows in the ledger",
        ),
    ] {
        assert_eq!(
            writer.commit(files, "catalogue").unwrap_err().to_string(),
            told
        );
    }
    let late = writer.forget(&"a".into()).unwrap_err();
    assert_eq!(
        late.to_string(),
        "a: a file was to be forgotten after it was read"
    );
    writer.commit(rows(&records), "catalogue").unwrap();
    assert_eq!(answers(dir.path()), fresh(&records));
}

#[test]
fn many_segments_are_merged_and_nothing_is_lost() {
    let dir = tempdir().unwrap();
    let all: Vec<_> = (0..40)
        .map(|number| found(&detach(number, number), &format!("file-{number:02}"), 1))
        .collect();
    all.iter().for_each(|found| {
        ingest(dir.path(), std::slice::from_ref(found));
    });
    assert_eq!(answers(dir.path()), fresh(&all));
    let segments = std::fs::read_dir(dir.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".store")
    });
    assert!(segments.count() <= 32);
}
