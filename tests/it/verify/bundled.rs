//! Logs and digests that lie in bundles are verified like files on disk.

use std::fs;

use serde_json::{Value, json};

use super::program::{case, run, text};
use super::world::{World, at, four_hours, fully_verified, gzip};

/// Puts the objects of a bucket into a tar archive.
fn tar(world: &World) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, content) in &world.objects {
        let (prefix, name) = key.rsplit_once('/').unwrap();
        let mut block = vec![0; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        block[156] = b'0';
        block[257..265].copy_from_slice(b"ustar\x0000");
        block[345..345 + prefix.len()].copy_from_slice(prefix.as_bytes());
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        bytes.extend(block);
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// Puts the objects of a bucket into a zip archive, as they are.
fn zip(world: &World) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (key, content) in &world.objects {
        let offset = bytes.len() as u32;
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let size = content.len() as u32;
        let mut common: Vec<u8> = [20_u16, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
        common.extend([crc.sum(), size, size].map(u32::to_le_bytes).concat());
        common.extend((key.len() as u32).to_le_bytes());
        let listed = [&[0; 10][..], &offset.to_le_bytes(), key.as_bytes()].concat();
        bytes.extend([b"PK\x03\x04", &common[..], key.as_bytes(), content].concat());
        list.extend([b"PK\x01\x02\x14\0", &common[..], &listed].concat());
    }
    let (start, count) = (bytes.len() as u32, world.objects.len() as u16);
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend((list.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// A way to put a bucket into one file: its name, and how.
type Packing = (&'static str, fn(&World) -> Vec<u8>);

const PACKINGS: [Packing; 3] = [
    ("dump.tar", tar),
    ("dump.tgz", |world| gzip(&tar(world))),
    ("dump.zip", zip),
];

/// A bucket that holds nothing but all objects of another, in one file.
fn packed(world: &World, (name, pack): Packing) -> World {
    let mut packed = world.clone();
    packed.objects = [(name.to_owned(), pack(world))].into();
    packed
}

#[test]
fn p16_what_lies_in_a_bundle_is_verified_like_files_on_disk() {
    let (world, trail) = four_hours();
    let mut touched = world.clone();
    touched.edit(&trail.log_key(0, 5), |log| {
        log["Records"][0]["x"] = json!(1)
    });
    assert!(touched.objects.remove(&trail.log_key(2, 10)).is_some());
    touched.objects.remove(&trail.digest_key(2));
    let newest = trail.digest_key(3);
    for world in [world, touched] {
        let expected = fully_verified(&world, &newest);
        for packing in PACKINGS {
            let (name, _) = packing;
            let found = fully_verified(&packed(&world, packing), &newest);
            let statuses = |verification: &trailspan::verification::Verification| {
                let logs = verification.logs.iter();
                let digests = verification.digests.iter();
                (
                    logs.map(|row| (row.object.clone(), row.status, row.content_sha256))
                        .collect::<Vec<_>>(),
                    digests
                        .map(|row| (row.object.clone(), row.status))
                        .collect::<Vec<_>>(),
                    verification.gaps.clone(),
                    verification.summary.weight,
                )
            };
            assert_eq!(statuses(&found), statuses(&expected), "{name}");
            for row in found.logs.iter().filter_map(|row| row.source.as_ref()) {
                assert!(row.as_str().contains(&format!("{name}!/AWSLogs/")), "{row}");
            }
        }
    }
}

#[test]
fn what_is_said_of_a_file_in_a_bundle_marks_its_records_and_no_others() {
    let (mut world, trail) = four_hours();
    let changed = trail.log_key(2, 10);
    world.edit(&changed, |log| log["Records"][0]["userAgent"] = json!("x"));
    for packing in PACKINGS {
        let case = case(&packed(&world, packing), &trail.digest_key(3));
        case.file("newest.json", &world.head(&trail.digest_key(3)));
        let folder = case.folder.path();
        let ingested = run(folder, "ingest archive --index an.index");
        assert_eq!(ingested.status.code(), Some(0), "{ingested:?}");
        let line = "verify archive --keys keys.json --digest-metadata newest.json --index an.index";
        let verified = run(folder, line);
        assert_eq!(verified.status.code(), Some(4), "{verified:?}");
        let found = run(
            folder,
            "search event:AttachInternetGateway --index an.index --format jsonl",
        );
        assert_eq!(text(&found.stdout).lines().count(), 5, "{found:?}");
        let told = text(&found.stdout).lines().map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            (row["time"].clone(), row["integrity"].clone())
        });
        for (time, integrity) in told {
            let is_changed = time == json!(at(2, 10).to_string());
            let expected = if is_changed { "hash-mismatch" } else { "valid" };
            assert_eq!(integrity, expected, "{}: {time}", packing.0);
        }
        fs::remove_dir_all(folder.join("an.index")).unwrap();
    }
}
