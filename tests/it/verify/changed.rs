//! Whatever is changed, removed or added is found, and nothing changed passes for proven.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use trailspan::verification::{DigestStatus, LogStatus, Verification, Weight};

use super::world::{Case, Trail, World, at, four_hours, fully_verified, gunzip, key, verified};
use super::{digests, logs, weight};

/// Lists the pointers to every value of a document, objects and arrays included.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                found.push(format!("{at}/{name}"));
                pointers(field, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                found.push(format!("{at}/{index}"));
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Lists the ways to change a value; the last one removes it.
fn changes(value: &Value) -> Vec<Option<Value>> {
    let mut changed = vec![
        Some(json!(7)),
        Some(json!({"a": []})),
        Some(Value::Null),
        None,
    ];
    if let Some(text) = value.as_str() {
        let last = text.chars().next_back().unwrap();
        let other = if last == '0' { '1' } else { '0' };
        let kept = &text[..text.len() - last.len_utf8()];
        changed.extend(
            [
                format!("{kept}{other}"),
                kept.to_owned(),
                format!("{text}\u{1b}[2J"),
            ]
            .map(|text| Some(json!(text))),
        );
    }
    if value.is_null() {
        changed.push(Some(json!("2024-03-01T00:00:00Z")));
    }
    changed.retain(|change| change.as_ref() != Some(value));
    changed
}

fn change(document: &mut Value, pointer: &str, change: Option<Value>) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (document.pointer_mut(parent).unwrap(), change) {
        (Value::Object(fields), Some(value)) => {
            fields.insert(name.to_owned(), value);
        }
        (Value::Object(fields), None) => {
            fields.remove(name);
        }
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        (Value::Array(items), None) => {
            items.remove(name.parse().unwrap());
        }
        _ => panic!("{pointer}"),
    }
}

/// Says what passes for proven although the digest `object` was changed.
fn wrongly_proven(found: &Verification, object: &str) -> Vec<String> {
    let name = object.rsplit('/').next().unwrap();
    let is_it = |source: &trailspan::text::Text| source.as_str().ends_with(name);
    let digests = found
        .digests
        .iter()
        .filter(|row| row.source.as_ref().is_some_and(is_it) && row.status == DigestStatus::Signed);
    let logs = found
        .logs
        .iter()
        .filter(|row| row.digest.as_ref().is_some_and(is_it) && row.status == LogStatus::Valid);
    let digests = digests.map(|row| format!("{row:?}"));
    digests.chain(logs.map(|row| format!("{row:?}"))).collect()
}

#[test]
fn p16_no_field_of_any_digest_can_be_changed_unseen() {
    let (world, trail) = four_hours();
    let newest = trail.digest_key(3);
    let mut tried = 0;
    for hour in 0..4 {
        let object = trail.digest_key(hour);
        let document: Value = serde_json::from_slice(&gunzip(&world.objects[&object])).unwrap();
        let mut found = Vec::new();
        pointers(&document, "", &mut found);
        for (index, pointer) in found.iter().enumerate() {
            // Every field of every digest is changed, each time in other ways.
            let mut ways = changes(document.pointer(pointer).unwrap());
            let first = (index + usize::try_from(hour).unwrap()) % ways.len();
            ways.rotate_left(first);
            for (number, value) in ways.into_iter().take(2).enumerate() {
                let mut changed = world.clone();
                changed.edit(&object, |document| change(document, pointer, value.clone()));
                let what = format!("{object} {pointer} {value:?}");
                let with_all = fully_verified(&changed, &newest);
                let wrong = wrongly_proven(&with_all, &object);
                assert_eq!(wrong, Vec::<String>::new(), "{what}");
                // The fingerprint of another key is no evidence by itself, if no digest follows.
                let is_newest_key = hour == 3 && pointer.ends_with("Fingerprint");
                let least = if is_newest_key {
                    Weight::Open
                } else {
                    Weight::Bad
                };
                assert!(weight(&with_all) >= least, "{what}: {:?}", with_all.digests);
                // Without keys the hash in the next digest tells, if one follows.
                if hour < 3 && number == 0 {
                    let without = Case::new(&changed).verify();
                    assert_eq!(weight(&without), Weight::Bad, "without keys: {what}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn p16_a_digest_that_was_printed_anew_is_not_signed() {
    let (mut world, trail) = four_hours();
    let object = trail.digest_key(1);
    let document: Value = serde_json::from_slice(&gunzip(&world.objects[&object])).unwrap();
    world.put(
        &object,
        serde_json::to_string_pretty(&document).unwrap().as_bytes(),
    );
    let found = fully_verified(&world, &trail.digest_key(3));
    assert_eq!(digests(&found)[1], DigestStatus::BadSignature);
    assert_eq!(
        digests(&found)
            .iter()
            .filter(|status| **status == DigestStatus::Signed)
            .count(),
        3
    );
    assert_eq!(weight(&found), Weight::Bad);
}

#[test]
fn p16_a_changed_digest_does_not_cost_the_one_before_it() {
    let (world, trail) = four_hours();
    // What the second digest lists was changed; what it holds of the first one was not.
    let mut listed = world.clone();
    listed.edit(&trail.digest_key(2), |digest| {
        digest["logFiles"] = json!([])
    });
    let expected = [
        DigestStatus::Signed,
        DigestStatus::Signed,
        DigestStatus::BadSignature,
        DigestStatus::Signed,
    ];
    assert_eq!(
        digests(&fully_verified(&listed, &trail.digest_key(3))),
        expected
    );
    // The signature that it holds was changed: the one before is neither signed nor refuted.
    let mut carried = world.clone();
    let other = "0".repeat(512);
    carried.edit(&trail.digest_key(2), |digest| {
        digest["previousDigestSignature"] = json!(other)
    });
    let mut expected = expected;
    expected[1] = DigestStatus::UnsignedTail;
    assert_eq!(
        digests(&fully_verified(&carried, &trail.digest_key(3))),
        expected
    );
    // The hash that the newest one holds was changed, and nothing tells its own signature.
    let mut hash = world;
    let other = "0".repeat(64);
    hash.edit(&trail.digest_key(3), |digest| {
        digest["previousDigestHashValue"] = json!(other)
    });
    let expected = [
        DigestStatus::Signed,
        DigestStatus::Signed,
        DigestStatus::Signed,
        DigestStatus::PreviousHashMismatch,
    ];
    assert_eq!(digests(&verified(&hash)), expected);
}

#[test]
fn p16_a_log_that_a_changed_digest_lists_is_not_valid() {
    let (mut world, trail) = four_hours();
    let log = trail.log_key(2, 10);
    world.edit(&log, |log| {
        log["Records"][0]["sourceIPAddress"] = json!("203.0.113.99")
    });
    let sum = super::world::sha256(&gunzip(&world.objects[&log]));
    world.edit(&trail.digest_key(2), |digest| {
        digest["logFiles"][0]["hashValue"] = json!(sum)
    });
    let found = fully_verified(&world, &trail.digest_key(3));
    let row = found
        .logs
        .iter()
        .find(|row| row.object.as_ref().is_some_and(|key| key.as_str() == log));
    let row = row.unwrap();
    assert_eq!(row.status, LogStatus::Consistent);
    assert!(
        row.reason
            .as_ref()
            .unwrap()
            .as_str()
            .contains("not what AWS signed")
    );
    assert_eq!(weight(&found), Weight::Bad);
}

#[test]
fn p16_of_two_digests_that_claim_one_object_the_signed_one_counts() {
    let (mut world, trail) = four_hours();
    let object = trail.digest_key(2);
    let mut forged: Value = serde_json::from_slice(&gunzip(&world.objects[&object])).unwrap();
    forged["logFiles"] = json!([]);
    world.put(&format!("copy/{object}"), forged.to_string().as_bytes());
    let found = verified(&world);
    let mut statuses = digests(&found);
    statuses.sort();
    let expected = [
        DigestStatus::Signed,
        DigestStatus::Signed,
        DigestStatus::Signed,
        DigestStatus::UnsignedTail,
        DigestStatus::Ambiguous,
    ];
    assert_eq!(statuses, expected);
    assert_eq!(logs(&found)[2], LogStatus::Valid);
    assert_eq!(weight(&found), Weight::Bad);
    // Without keys the hash in the next digest tells which one it is.
    let without = Case::new(&world).verify();
    let of_object = without
        .digests
        .iter()
        .filter(|row| row.until == Some(at(3, 0)));
    let of_object: Vec<DigestStatus> = of_object.map(|row| row.status).collect();
    assert!(
        of_object.contains(&DigestStatus::KeyNotSupplied),
        "{of_object:?}"
    );
    assert!(
        of_object.contains(&DigestStatus::Ambiguous),
        "{of_object:?}"
    );
}

/// Something that a hand may do to a bucket.
#[derive(Debug, Clone)]
enum Act {
    Remove(usize),
    Flip(usize, usize),
    Append(usize, Vec<u8>),
    Rename(usize, usize),
    Copy(usize, usize),
}

fn act() -> impl Strategy<Value = Act> {
    let object = 0..9_usize;
    prop_oneof![
        object.clone().prop_map(Act::Remove),
        (object.clone(), any::<usize>()).prop_map(|(object, at)| Act::Flip(object, at)),
        (object.clone(), prop::collection::vec(1..=255_u8, 1..40))
            .prop_map(|(object, bytes)| Act::Append(object, bytes)),
        (object.clone(), object.clone()).prop_map(|(one, other)| Act::Rename(one, other)),
        (object.clone(), object).prop_map(|(one, other)| Act::Copy(one, other)),
    ]
}

fn apply(world: &mut World, keys: &[String], act: &Act) {
    match act {
        Act::Remove(object) => drop(world.objects.remove(&keys[*object])),
        Act::Flip(object, at) => {
            if let Some(bytes) = world.objects.get_mut(&keys[*object]) {
                // The first ten bytes, the header, say nothing of the content.
                let at = 10 + at % (bytes.len() - 10);
                bytes[at] ^= 1;
            }
        }
        Act::Append(object, more) => {
            if let Some(bytes) = world.objects.get_mut(&keys[*object]) {
                bytes.extend(more);
            }
        }
        Act::Rename(from, to) => {
            if let Some(bytes) = world.objects.remove(&keys[*from]) {
                world.objects.insert(keys[*to].clone(), bytes);
            }
        }
        Act::Copy(from, to) => {
            if let Some(bytes) = world.objects.get(&keys[*from]) {
                world.objects.insert(keys[*to].clone(), bytes.clone());
            }
        }
    }
}

/// Says whether an object is the digest of an hour, or one of its logs.
fn is_of_hour(key: &str, trail: &Trail, hour: i64) -> bool {
    let minutes = (0..60).map(|minute| trail.log_key(hour, minute));
    key == trail.digest_key(hour) || minutes.into_iter().any(|log| log == key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn p16_a_bucket_that_was_touched_is_never_called_whole(acts in prop::collection::vec(act(), 1..4)) {
        let (world, trail) = four_hours();
        let keys: Vec<String> = world.objects.keys().cloned().collect();
        let mut touched = world.clone();
        for act in &acts {
            apply(&mut touched, &keys, act);
        }
        let found = fully_verified(&touched, &trail.digest_key(3));
        if weight(&found) == Weight::Good {
            // Then all of the time that is called covered is here, if under other names, and no more.
            let covered = found.periods.iter().find_map(|row| row.from).unwrap();
            let first = (0..4).find(|hour| at(*hour, 0) >= covered).unwrap();
            let is_of_time = |key: &&String| (first..4).any(|hour| is_of_hour(key, &trail, hour));
            let contents = |world: &World| -> BTreeSet<Vec<u8>> {
                world.objects.values().map(|bytes| gunzip(bytes)).collect()
            };
            let here = contents(&touched);
            for key in keys.iter().filter(is_of_time) {
                prop_assert!(here.contains(&gunzip(&world.objects[key])), "{}: {:?}", key, acts);
            }
            prop_assert!(here.is_subset(&contents(&world)), "{:?}", acts);
        }
        // What is called valid has a content that was signed.
        for row in found.logs.iter().filter(|row| row.status == LogStatus::Valid) {
            let object = row.object.as_ref().unwrap().as_str();
            let signed = super::world::sha256(&gunzip(&world.objects[object]));
            prop_assert_eq!(row.content_sha256.unwrap().to_string(), signed);
        }
    }
}

#[test]
fn p16_what_is_not_in_order_is_told_alike() {
    let (world, trail) = four_hours();
    let case = Case::new(&world).with_keys(&[key(0).listed()]);
    let mut case = case.with_metadata("newest", &world.head(&trail.digest_key(3)));
    let first = case.verify();
    case.options.threads = 4;
    assert_eq!(case.verify(), first);
    // Given one by one, in any order, the files have other sources and the same statuses.
    let archive = case.options.paths[0].clone();
    case.options.paths = world
        .objects
        .keys()
        .rev()
        .map(|key| archive.join(key))
        .collect();
    let one_by_one = case.verify();
    assert_eq!(digests(&one_by_one), digests(&first));
    assert_eq!(logs(&one_by_one), logs(&first));
}
