//! Log and digest files whose container was touched, and files that were moved or copied.

use serde_json::json;
use trailspan::record::Integrity;
use trailspan::verification::{DigestStatus, LogRow, LogStatus, Note, Verification, Weight};

use super::world::{Trail, World, four_hours, fully_verified, gunzip, gzip, verified};
use super::{digests, logs, weight};

/// Two hours of one trail, the log of the first being what is touched.
fn two_hours() -> (World, Trail, String) {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    trail.hour(&mut world, 0, &[10]);
    trail.hour(&mut world, 1, &[10]);
    let log = trail.log_key(0, 10);
    (world, trail, log)
}

fn found_with(touch: impl FnOnce(&mut World, &str)) -> Verification {
    let (mut world, trail, log) = two_hours();
    touch(&mut world, &log);
    fully_verified(&world, &trail.digest_key(1))
}

/// Returns the rows of all but the untouched log.
fn touched(found: &Verification) -> Vec<&LogRow> {
    let name = "20240301T1110Z";
    let is_other = |row: &&LogRow| {
        let named = row.source.as_ref().or(row.object.as_ref()).unwrap();
        !named.as_str().contains(name)
    };
    found.logs.iter().filter(is_other).collect()
}

fn forged() -> Vec<u8> {
    let (_, trail, _) = two_hours();
    json!({"Records": [trail.record(7, 7)]})
        .to_string()
        .into_bytes()
}

#[test]
fn p16_what_is_done_to_a_log_is_told_by_its_status() {
    use LogStatus as Is;
    type Touch = fn(&mut Vec<u8>);
    let table: [(&str, Is, Weight, Touch); 13] = [
        ("nothing", Is::Valid, Weight::Good, |_| ()),
        ("compressed anew", Is::Valid, Weight::Good, |bytes| {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            std::io::Write::write_all(&mut encoder, &gunzip(bytes)).unwrap();
            *bytes = encoder.finish().unwrap();
        }),
        ("a record changed", Is::HashMismatch, Weight::Bad, |bytes| {
            let text = String::from_utf8(gunzip(bytes)).unwrap();
            *bytes = gzip(text.replace("198.51.100.7", "198.51.100.8").as_bytes());
        }),
        ("printed anew", Is::HashMismatch, Weight::Bad, |bytes| {
            let value: serde_json::Value = serde_json::from_slice(&gunzip(bytes)).unwrap();
            *bytes = gzip(serde_json::to_string_pretty(&value).unwrap().as_bytes());
        }),
        (
            "the last byte missing",
            Is::ValidContainerDamaged,
            Weight::Open,
            |bytes| {
                bytes.pop();
            },
        ),
        (
            "the trailer missing",
            Is::ValidContainerDamaged,
            Weight::Open,
            |bytes| {
                bytes.truncate(bytes.len() - 8);
            },
        ),
        (
            "the checksum wrong",
            Is::ValidContainerDamaged,
            Weight::Open,
            |bytes| {
                let at = bytes.len() - 6;
                bytes[at] ^= 1;
            },
        ),
        (
            "zeros behind it",
            Is::ValidContainerDamaged,
            Weight::Open,
            |bytes| {
                bytes.extend([0; 512]);
            },
        ),
        ("cut in the middle", Is::Unreadable, Weight::Bad, |bytes| {
            bytes.truncate(bytes.len() / 2);
        }),
        (
            "a member behind it",
            Is::TrailingData,
            Weight::Bad,
            |bytes| {
                bytes.extend(gzip(&forged()));
            },
        ),
        (
            "an empty member behind it",
            Is::TrailingData,
            Weight::Bad,
            |bytes| {
                bytes.extend(gzip(b""));
            },
        ),
        ("bytes behind it", Is::TrailingData, Weight::Bad, |bytes| {
            bytes.extend(b"{}")
        }),
        (
            "two members of the same content",
            Is::TrailingData,
            Weight::Bad,
            |bytes| {
                let content = gunzip(bytes);
                let (one, other) = content.split_at(content.len() / 2);
                *bytes = [gzip(one), gzip(other)].concat();
            },
        ),
    ];
    for (what, status, expected, touch) in table {
        let found = found_with(|world, log| touch(world.objects.get_mut(log).unwrap()));
        let rows = touched(&found);
        assert_eq!(rows.len(), 1, "{what}");
        assert_eq!(rows[0].status, status, "{what}: {:?}", rows[0]);
        assert_eq!(weight(&found), expected, "{what}");
        assert_eq!(rows[0].notes, [], "{what}");
    }
}

#[test]
fn p16_what_stands_behind_the_listed_content_is_measured() {
    let found = found_with(|world, log| {
        let bytes = world.objects.get_mut(log).unwrap();
        bytes.extend(gzip(&forged()));
    });
    let (world, _, log) = two_hours();
    let listed = gunzip(&world.objects[&log]).len() as u64;
    let row = touched(&found)[0];
    assert_eq!(row.listed_bytes, Some(listed));
    assert_eq!(
        row.integrity,
        Integrity::Valid,
        "of what stands within the listed content"
    );
    let said = row.reason.as_ref().unwrap().as_str();
    let more = forged().len();
    assert_eq!(
        said,
        format!("{more} bytes of content follow the {listed} that the digest lists")
    );
}

#[test]
fn p16_a_log_is_found_wherever_it_lies() {
    // Unpacked, as a second download, and moved.
    for (name, is_relocated) in [
        ("plain", false),
        ("copy", true),
        ("elsewhere/AWSLogs", false),
        ("flat", true),
    ] {
        let found = found_with(|world, log| {
            let bytes = world.objects.remove(log).unwrap();
            let file = log.rsplit('/').next().unwrap();
            match name {
                "plain" => world.objects.insert(log.replace(".gz", ""), gunzip(&bytes)),
                "copy" => world
                    .objects
                    .insert(log.replace(".json", " (1).json"), bytes),
                "flat" => world.objects.insert(format!("flat/{file}"), bytes),
                _ => world.objects.insert(format!("elsewhere/{log}"), bytes),
            };
        });
        let row = touched(&found)[0];
        assert_eq!(
            (row.status, weight(&found)),
            (LogStatus::Valid, Weight::Good),
            "{name}"
        );
        assert_eq!(row.notes.contains(&Note::Relocated), is_relocated, "{name}");
    }
    // Under a name that says nothing.
    let found = found_with(|world, log| {
        let bytes = world.objects.remove(log).unwrap();
        world.objects.insert("evidence-0017.bin".to_owned(), bytes);
    });
    assert_eq!(touched(&found)[0].status, LogStatus::Valid);
}

#[test]
fn p16_copies_are_told_apart_from_changed_copies() {
    let found = found_with(|world, log| {
        let bytes = world.objects[log].clone();
        world.objects.insert(format!("second/{log}"), bytes.clone());
        world
            .objects
            .insert(format!("third/{log}"), gzip(&forged()));
        world.objects.insert("fourth.json.gz".to_owned(), bytes);
    });
    let mut statuses: Vec<LogStatus> = touched(&found).iter().map(|row| row.status).collect();
    statuses.sort();
    let copy = LogStatus::DuplicateCopy;
    assert_eq!(
        statuses,
        [LogStatus::Valid, copy, copy, LogStatus::HashMismatch]
    );
    let copies = found.logs.iter().filter(|row| row.status == copy);
    assert!(
        copies
            .into_iter()
            .all(|row| row.integrity == Integrity::Valid)
    );
    assert_eq!(weight(&found), Weight::Bad);
}

#[test]
fn p16_one_log_under_the_name_of_another_is_not_it() {
    let (mut world, trail) = four_hours();
    let (one, other) = (trail.log_key(0, 5), trail.log_key(0, 20));
    let content = world.objects[&one].clone();
    world.objects.insert(other, content);
    let found = fully_verified(&world, &trail.digest_key(3));
    let mut statuses = logs(&found);
    statuses.sort();
    let mut expected = [LogStatus::Valid; 5];
    expected[4] = LogStatus::HashMismatch;
    assert_eq!(statuses, expected);
}

#[test]
fn p16_a_log_that_is_not_here_is_missing() {
    let found = found_with(|world, log| drop(world.objects.remove(log)));
    let row = touched(&found)[0];
    assert_eq!(row.status, LogStatus::Missing);
    assert_eq!(
        (row.account.as_str(), row.trail.as_str()),
        ("111122223333", "main")
    );
    assert_eq!(weight(&found), Weight::Bad);
}

#[test]
fn p16_a_digest_is_what_its_first_member_says_and_more_is_noted() {
    let (world, trail, _) = two_hours();
    let touched = |touch: fn(&mut Vec<u8>)| {
        let mut world = world.clone();
        touch(world.objects.get_mut(&trail.digest_key(0)).unwrap());
        let found = fully_verified(&world, &trail.digest_key(1));
        assert_eq!(digests(&found), [DigestStatus::Signed; 2]);
        (found.digests[0].notes.clone(), weight(&found))
    };
    let trailing = (vec![Note::TrailingData], Weight::Bad);
    assert_eq!(touched(|bytes| bytes.extend(gzip(b"{}"))), trailing);
    assert_eq!(touched(|bytes| bytes.extend(b"more")), trailing);
    let damaged = (vec![Note::ContainerDamaged], Weight::Open);
    assert_eq!(touched(|bytes| bytes.extend([0; 9])), damaged);
    assert_eq!(touched(|bytes| bytes.truncate(bytes.len() - 1)), damaged);
}

#[test]
fn p16_a_digest_that_was_moved_or_copied_is_noted() {
    let (mut world, trail) = four_hours();
    let object = trail.digest_key(1);
    let bytes = world.objects.remove(&object).unwrap();
    world
        .objects
        .insert("moved/x.json.gz".to_owned(), bytes.clone());
    let found = verified(&world);
    assert_eq!(digests(&found)[1], DigestStatus::Signed);
    assert_eq!(found.digests[1].notes, [Note::Relocated]);
    world.objects.insert(object, bytes);
    let found = verified(&world);
    assert_eq!(found.digests.len(), 5);
    let notes: Vec<&[Note]> = found.digests.iter().map(|row| &row.notes[..]).collect();
    assert!(
        notes.contains(&&[Note::Relocated, Note::DuplicateCopy][..]),
        "{notes:?}"
    );
    assert!(
        digests(&found)[..4]
            .iter()
            .all(|status| *status == DigestStatus::Signed)
    );
}
