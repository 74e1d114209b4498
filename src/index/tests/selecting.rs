//! Records come by key, in order, and each event once.

use std::collections::BTreeSet;

use tempfile::tempdir;

use super::super::{Order, Selection};
use super::searching::{index, letters, words};
use super::*;
use crate::query::{Expression, Term};

#[test]
fn records_are_selected_by_key_and_narrowed() {
    let (_dir, reader) = index();
    let set = |values: &[&str]| {
        values
            .iter()
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>()
    };
    for (which, expected) in [
        (Which::All, "ba"),
        (
            Which::Mentions(set(&["ENI-attach-0000000A", "nothing"])),
            "a",
        ),
        (
            // In order of the event ids, and capitals come first.
            Which::Mentions(set(&["198.51.100.9", "eni-attach-0000000a"])),
            "ba",
        ),
        (Which::Mentions(set(&[])), ""),
        (Which::Actors(set(&["ALICE"])), "a"),
        (
            Which::EventIds(set(&["0000000B-BBBB-4bbb-8bbb-bbbbbbbbbbbb"])),
            "b",
        ),
        (
            Which::EventIds(set(&["0000000b-bbbb-4bbb-8bbb-bbbbbbbbbbbb"])),
            "",
        ),
    ] {
        let selection = Selection::from(which);
        assert_eq!(
            letters(&reader.records(&selection).unwrap()),
            expected,
            "{selection:?}"
        );
    }
    let mut narrowed = Selection::from(Which::All);
    narrowed.regions = set(&["eu-west-1", "us-west-2"]);
    assert_eq!(letters(&reader.records(&narrowed).unwrap()), "b");
    narrowed.accounts = set(&["111122223333"]);
    assert_eq!(letters(&reader.records(&narrowed).unwrap()), "");
}

#[test]
fn an_event_is_read_by_its_id_and_ids_are_suggested() {
    let (_dir, reader) = index();
    let stored = reader
        .by_event_id("0000000A-AAAA-4AAA-8AAA-AAAAAAAAAAAA")
        .unwrap()
        .unwrap();
    assert_eq!(stored.records[0].raw.as_ref(), detach(0xa, 1));
    assert_eq!(stored.records[0].places.len(), 2);
    assert_eq!(reader.by_event_id("0000000c").unwrap(), None);
    assert_eq!(
        reader.suggest_ids("ENI-", 9).unwrap(),
        ["eni-attach-0000000a"]
    );
    assert_eq!(
        reader.suggest_ids("arn:aws:iam::", 1).unwrap(),
        ["arn:aws:iam::111122223333:user/alice"]
    );
    assert_eq!(reader.suggest_ids("vpc-", 9).unwrap(), [""; 0]);
}

#[test]
fn hits_come_by_time_then_event_id_up_to_the_limit() {
    let dir = tempdir().unwrap();
    // The first eight bytes of all ids are alike, and several events have the same time.
    let id = |number: u32| format!("{:08x}-{number:04x}-4aaa-8aaa-aaaaaaaaaaaa", 1);
    let record = |number: u32, minute| {
        detach(1, minute).replace(
            &format!("{:08x}-aaaa-4aaa-8aaa-aaaaaaaaaaaa", 1),
            &id(number),
        )
    };
    let minutes = [5, 3, 3, 3, 9, 1];
    let all: Vec<_> = (0..)
        .zip(minutes)
        .map(|(number, minute)| found(&record(number, minute), "a", u64::from(number) + 1))
        .collect();
    let mut shuffled = all.clone();
    shuffled.rotate_left(2);
    shuffled.swap(0, 1);
    ingest(dir.path(), &shuffled);
    let reader = Reader::open(dir.path()).unwrap();
    let numbers = |limit, order| -> Vec<char> {
        let hits = reader.search(&Expression::All, limit, order).unwrap();
        assert_eq!(hits.total, 6);
        let ids = hits.records.iter().map(|stored| stored.event_id.clone());
        ids.map(|id| id.as_str().chars().nth(12).unwrap()).collect()
    };
    let oldest = ['5', '1', '2', '3', '0', '4'];
    for limit in 0..8 {
        let expected = &oldest[..limit.min(6)];
        assert_eq!(numbers(Some(limit), Order::OldestFirst), expected);
        let newest: Vec<_> = oldest.iter().rev().take(limit).copied().collect();
        assert_eq!(numbers(Some(limit), Order::NewestFirst), newest);
    }
    assert_eq!(numbers(None, Order::OldestFirst), oldest);
}

#[test]
fn an_event_of_several_records_is_one_hit_whichever_of_them_matches() {
    let dir = tempdir().unwrap();
    let one = detach(1, 1);
    let other = detach(1, 8).replace(
        "\"responseElements\":null",
        "\"responseElements\":{\"_return\":true}",
    );
    ingest(
        dir.path(),
        &[found(&one, "a", 1), found(&detach(2, 5), "a", 2)],
    );
    ingest(dir.path(), &[found(&other, "b", 1)]);
    let reader = Reader::open(dir.path()).unwrap();
    // The fuller record stands for the event, and it says 10:08.
    let hits = reader
        .search(&Expression::All, None, Order::OldestFirst)
        .unwrap();
    assert_eq!(
        (hits.total, hits.records[0].event_id.as_str()),
        (2, event(&detach(2, 5)).event_id.as_str())
    );
    assert_eq!(hits.records[1].records[0].raw.as_ref(), other);
    let early = Expression::Term(Term::Time(
        None,
        Some("2024-03-01T10:02:00Z".parse().unwrap()),
    ));
    let hits = reader.search(&early, Some(9), Order::NewestFirst).unwrap();
    assert_eq!((hits.total, hits.records[0].records.len()), (1, 2));
}

#[test]
fn a_record_that_is_no_json_is_found_by_its_words_and_mentions() {
    let dir = tempdir().unwrap();
    let mut broken = found(&detach(1, 1), "a", 1);
    broken.raw = broken
        .raw
        .replace("Alice\",\"type", "Al\\ud800ice\",\"kind");
    broken.raw.push('!');
    broken
        .event
        .mentions
        .insert("instance", vec!["i-0Lost".into()]);
    ingest(dir.path(), std::slice::from_ref(&broken));
    let reader = Reader::open(dir.path()).unwrap();
    for term in [
        words("detach network interface"),
        Term::Value("i-0lost".into()),
    ] {
        let hits = reader
            .search(&Expression::Term(term), None, Order::OldestFirst)
            .unwrap();
        assert_eq!(hits.records[0].records[0].raw.as_ref(), broken.raw);
    }
}
