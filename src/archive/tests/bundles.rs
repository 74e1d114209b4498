//! Bundles: the same records come out of each, and what is odd about one is told.

use super::packing::{Entry, tar, tar_header, zip, zip_with};
use super::*;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/archives/bundles");

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(FIXTURES).join(name)).unwrap()
}

fn labels(outcome: &Outcome) -> Vec<&str> {
    let labels = outcome.members.iter().flat_map(|row| &row.member);
    labels.map(|label| label.as_str()).collect()
}

fn row<'o>(outcome: &'o Outcome, label: &str) -> &'o FileEntry {
    let mut rows = outcome.members.iter();
    rows.find(|row| row.member.as_ref().unwrap().as_str() == label)
        .unwrap_or_else(|| panic!("{label} of {:?}", labels(outcome)))
}

fn said(entry: &FileEntry) -> String {
    outcome_text(&entry.outcome)
}

/// A log file as AWS delivers it, with one record.
fn log(number: usize) -> Vec<u8> {
    gzip(log_file(&[record(number)]).as_bytes())
}

#[test]
fn the_same_records_come_out_of_every_bundle() {
    let files = [
        "logs/2024/0.json.gz",
        "logs/2024/1.json.gz",
        "logs/2024/2.json.gz",
        "logs/plain.json",
    ];
    for name in [
        "gnu.tar",
        "v7.tar",
        "pax.tar",
        "gnu.tar.gz",
        "gnu.tar.zst",
        "gnu.tar.bz2",
        "gnu.tar.xz",
        "info.zip",
        "stored.zip",
        "descriptors.zip",
        "bzip2.zip",
        "zip64.zip",
    ] {
        let outcome = read_named("x", &fixture(name), &Limits::default());
        let mut found = labels(&outcome);
        found.sort_unstable();
        assert_eq!(found, files, "{name}");
        let mut ids_found = outcome.ids();
        ids_found.sort_unstable();
        assert_eq!(ids_found, ids(7), "{name}");
        assert_eq!(outcome.outcome(), "read", "{name}");
        assert_eq!(outcome.codes(), [""; 0], "{name}");
        let bundle = outcome.entry.bundle.unwrap();
        assert_eq!(bundle.members, 4, "{name}");
        for entry in &outcome.members {
            assert_eq!(said(entry), "read", "{name}");
            assert_eq!(entry.findings, [], "{name}");
        }
        let plain = row(&outcome, "logs/plain.json");
        assert_eq!(plain.sha256, plain.content_sha256);
        assert_eq!(plain.size_bytes, plain.content_bytes);
        let packed = row(&outcome, "logs/2024/0.json.gz");
        assert_eq!((packed.gzip_members, packed.size_bytes), (1, 268), "{name}");
        let taken = outcome
            .taken
            .iter()
            .find(|taken| taken.event_id.as_deref() == Some("id-1"));
        let taken = taken.unwrap();
        assert_eq!(taken.member.as_deref(), Some("logs/2024/0.json.gz"));
        assert_eq!(taken.ordinal, 2);
    }
}

#[test]
fn bundles_within_bundles_are_read_and_their_members_named() {
    let outcome = read(&fixture("nested.zip"));
    assert_eq!(
        labels(&outcome),
        [
            "a.tar.gz",
            "a.tar.gz!/logs/2024/0.json.gz",
            "a.tar.gz!/logs/2024/1.json.gz",
            "b.zip",
            "b.zip!/logs/2024/2.json.gz",
            "b.zip!/logs/plain.json"
        ]
    );
    assert_eq!(outcome.ids(), ids(7));
    assert_eq!(outcome.entry.bundle.unwrap().members, 6);
    assert_eq!(row(&outcome, "a.tar.gz").bundle.unwrap().members, 2);
    assert!(outcome.members.iter().all(|row| said(row) == "read"));
}

#[test]
fn a_member_has_the_sums_of_what_the_bundle_gives_out() {
    let content = log_file(&records(1));
    let packed = gzip(content.as_bytes());
    let alone = read(&packed).entry;
    for bundle in [
        tar(&[Entry::file("a.json.gz", &packed)]),
        zip(&[Entry::file("a.json.gz", &packed)]),
        gzip(&tar(&[Entry::file("a.json.gz", &packed)])),
    ] {
        let outcome = read(&bundle);
        let member = row(&outcome, "a.json.gz");
        assert_eq!(member.sha256, alone.sha256);
        assert_eq!(member.content_sha256, alone.content_sha256);
        assert_eq!(member.size_bytes, packed.len() as u64);
        assert_eq!(outcome.entry.size_bytes, bundle.len() as u64);
        assert_ne!(outcome.entry.sha256, alone.sha256);
        assert_eq!(outcome.entry.records, Default::default());
    }
}

#[test]
fn what_is_compressed_is_read_once_twice_or_three_times() {
    let content = log_file(&records(3)).into_bytes();
    let once = gzip(&content);
    for (packed, members) in [
        (gzip(&once), 1),
        (gzip(&gzip(&once)), 1),
        (super::packing::bzip2(&once), 1),
        (super::packing::xz(&content), 0),
        (super::packing::zstd(&content), 0),
        (
            [
                super::packing::zstd(&content[..99]),
                super::packing::zstd(&content[99..]),
            ]
            .concat(),
            0,
        ),
        (
            [
                super::packing::bzip2(&content[..99]),
                super::packing::bzip2(&content[99..]),
            ]
            .concat(),
            0,
        ),
        (
            [
                super::packing::xz(&content[..99]),
                super::packing::xz(&content[99..]),
            ]
            .concat(),
            0,
        ),
    ] {
        let outcome = read_named("x", &packed, &Limits::default());
        assert_eq!(
            (outcome.outcome().as_str(), outcome.ids()),
            ("read", ids(3))
        );
        assert_eq!(outcome.codes(), [""; 0]);
        assert_eq!(outcome.members, []);
        assert_eq!(outcome.entry.gzip_members, members);
        assert_eq!(outcome.entry.size_bytes, packed.len() as u64);
        let plain = read(&content).entry;
        assert_eq!(outcome.entry.content_sha256, plain.content_sha256);
        assert_ne!(outcome.entry.sha256, plain.sha256);
    }
}

#[test]
fn what_is_no_file_of_a_bundle_is_told_and_not_followed() {
    let bundle = tar(&[
        Entry::of(b'5', "logs/", b""),
        Entry::of(b'2', "logs/link", b""),
        Entry::of(b'1', "logs/hard", b""),
        Entry::of(b'3', "dev/null", b""),
        Entry::of(b'6', "fifo", b""),
        Entry::of(b'S', "sparse", b"x"),
        Entry::of(b'M', "rest", b"x"),
        Entry::file("._log.json.gz", b"\0\x05\x16\x07"),
        Entry::file("empty.json", b""),
        Entry::of(b'V', "label", b""),
        Entry::file("logs/a.json.gz", &log(0)),
        Entry::of(b'7', "logs/b.json.gz", &log(1)),
        Entry::of(b'Z', "logs/c.json.gz", &log(2)),
    ]);
    let outcome = read(&bundle);
    let outcomes: Vec<(&str, String)> = outcome
        .members
        .iter()
        .map(|row| (row.member.as_ref().unwrap().as_str(), said(row)))
        .collect();
    let expected = [
        (
            "logs/link",
            "skipped: a symbolic link, which is not followed",
        ),
        ("logs/hard", "skipped: a hard link to another member"),
        ("dev/null", "skipped: a device"),
        ("fifo", "skipped: a FIFO"),
        (
            "sparse",
            "failed: a sparse file of tar, which this version cannot read",
        ),
        (
            "rest",
            "failed: it began on another volume of the tar archive, which is not here",
        ),
        ("._log.json.gz", "skipped: a resource fork written by macOS"),
        (
            "empty.json",
            "failed: empty file: a placeholder, or nothing of it was copied",
        ),
        ("logs/a.json.gz", "read"),
        ("logs/b.json.gz", "read"),
        ("logs/c.json.gz", "read"),
    ];
    assert_eq!(
        outcomes,
        expected.map(|(name, text)| (name, text.to_owned()))
    );
    assert_eq!(
        (outcome.outcome().as_str(), outcome.ids()),
        ("read", ids(3))
    );
    assert_eq!(outcome.codes(), [""; 0]);
}

#[test]
fn members_of_one_name_are_all_read_and_told() {
    let bundle = tar(&[Entry::file("a", &log(0)), Entry::file("a", &log(1))]);
    let outcome = read(&bundle);
    assert_eq!(labels(&outcome), ["a", "a#2"]);
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(2), vec!["repeated-member"])
    );
}

#[test]
fn a_size_that_is_told_twice_is_a_finding() {
    let content = log(0);
    let pax = |size: usize| {
        let record = format!("{} size={size}\n", 9 + size.to_string().len());
        Entry::of(b'x', "pax", record.as_bytes())
    };
    // By POSIX the extended header counts: with it, the header's size is too small here.
    let mut told = Entry::file("a", &content);
    told.size = Some(100);
    let bundle = tar(&[pax(content.len()), told, Entry::file("b", &log(1))]);
    let outcome = read(&bundle);
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(2), vec!["size-conflict"])
    );
    let alike = tar(&[pax(content.len()), Entry::file("a", &content)]);
    assert_eq!(read(&alike).codes(), [""; 0]);
    // A folder has no content: where its header gives it one, programs differ in what they skip.
    let mut folder = Entry::of(b'5', "d/", b"");
    folder.size = Some(1024);
    let outcome = read(&tar(&[folder, Entry::file("a", &content)]));
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(1), vec!["size-conflict"])
    );
}

#[test]
fn members_behind_the_end_of_a_tar_are_read_and_told() {
    let (one, other) = (
        tar(&[Entry::file("a", &log(0))]),
        tar(&[Entry::file("b", &log(1))]),
    );
    let outcome = read(&[one.clone(), other].concat());
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(2), vec!["members-after-end"])
    );
    assert_eq!(outcome.outcome(), "read");
    let outcome = read(&[&one[..], b"hidden"].concat());
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(1), vec!["trailing-bytes"])
    );
    let reason = "partial: 6 bytes behind its end were not read: 1 member read";
    assert_eq!(outcome.outcome(), reason);
    let outcome = read(&[&one[..], &[0; 7000]].concat());
    assert_eq!((outcome.ids(), outcome.codes()), (ids(1), vec![]));
}

#[test]
fn a_damaged_tar_gives_every_member_whose_header_is_whole() {
    let members: Vec<Vec<u8>> = (0..5).map(log).collect();
    let names = ["a", "b", "c", "d", "e"];
    let entries: Vec<Entry> = names
        .iter()
        .zip(&members)
        .map(|(name, content)| Entry::file(name, content))
        .collect();
    let whole = tar(&entries);
    let mut damaged = whole.clone();
    let second = 512 + members[0].len().next_multiple_of(512);
    damaged[second + 3] ^= 1;
    let outcome = read(&damaged);
    assert_eq!(outcome.ids(), ["id-0", "id-2", "id-3", "id-4"]);
    let text = outcome.outcome();
    let expected =
        format!("partial: no header of tar stands where one should, at byte {second} of");
    assert!(text.starts_with(&expected), "{text}");
    let cut = read(&whole[..second + 512 + 20]);
    assert_eq!(cut.ids(), ["id-0"]);
    assert!(
        cut.outcome().contains("ends within a member"),
        "{}",
        cut.outcome()
    );
    assert!(
        said(row(&cut, "b")).contains("what it lies in ends there"),
        "{}",
        said(row(&cut, "b"))
    );
    let unmarked = read(&whole[..whole.len() - 1024]);
    assert_eq!(unmarked.ids(), ids(5));
    assert!(
        unmarked.outcome().contains("without the mark of its end"),
        "{}",
        unmarked.outcome()
    );
}

#[test]
fn a_zip_that_is_cut_short_gives_the_members_before() {
    let bundle = zip(&[Entry::file("a", &log(0)), Entry::file("b", &log(1))]);
    let list = bundle
        .windows(4)
        .position(|mark| mark == b"PK\x01\x02")
        .unwrap();
    let outcome = read(&bundle[..list]);
    assert_eq!(outcome.ids(), ids(2));
    assert!(
        outcome.outcome().contains("ends without its list"),
        "{}",
        outcome.outcome()
    );
    let outcome = read(&bundle[..list - 10]);
    assert_eq!(outcome.ids().first().map(String::as_str), Some("id-0"));
    assert!(
        outcome.outcome().starts_with("partial"),
        "{}",
        outcome.outcome()
    );
    assert!(
        said(row(&outcome, "b")).starts_with("partial"),
        "{}",
        said(row(&outcome, "b"))
    );
}

#[test]
fn a_member_that_is_cut_says_so_once() {
    let mut told = 0;
    for name in ["info.zip", "stored.zip", "bzip2.zip"] {
        let whole = fixture(name);
        for length in (0..whole.len()).step_by(29) {
            let outcome = read_named(name, &whole[..length], &Limits::default());
            for member in labels(&outcome) {
                let said = said(row(&outcome, member));
                let times = said.matches("cannot be read on").count();
                assert!(times <= 1, "{name}, {length} bytes: {said}");
                told += times;
            }
        }
    }
    assert!(told > 0);
}

#[test]
fn a_list_that_differs_from_the_members_is_a_finding() {
    let entries = [Entry::file("a", &log(0)), Entry::file("b", &log(1))];
    for (name, change, expected, codes) in [
        (
            "as it should be",
            &|_: &mut Vec<Vec<u8>>| {},
            "read",
            vec![],
        ),
        (
            "a member is left out",
            &|list: &mut Vec<Vec<u8>>| {
                list.remove(0);
            },
            "read",
            vec!["directory-differs"],
        ),
        (
            "a name differs",
            &|list: &mut Vec<Vec<u8>>| list[0][46] = b'c',
            "read",
            vec!["directory-differs"],
        ),
        (
            "a member is listed that is not there",
            &|list: &mut Vec<Vec<u8>>| list[1][42] ^= 1,
            "partial: members that its list names do not stand",
            vec!["directory-differs"],
        ),
    ]
        as [(&str, &dyn Fn(&mut Vec<Vec<u8>>), &str, Vec<&str>); 4]
    {
        let outcome = read(&zip_with(&entries, change));
        assert_eq!(outcome.ids(), ids(2), "{name}");
        assert_eq!(outcome.codes(), codes, "{name}");
        assert!(
            outcome.outcome().starts_with(expected),
            "{name}: {}",
            outcome.outcome()
        );
    }
}

#[test]
fn a_zip_tells_of_content_that_is_not_what_it_says() {
    let mut bundle = zip(&[Entry::file("a", log_file(&records(1)).as_bytes())]);
    bundle[14] ^= 1;
    let outcome = read(&bundle);
    assert_eq!(outcome.ids(), ids(1));
    let member = row(&outcome, "a");
    assert!(
        said(member).contains("does not match the content"),
        "{}",
        said(member)
    );
    assert_eq!(member.findings[0].code, "checksum-mismatch");
    assert_eq!(member.findings[0].sources[0].as_str(), "log.json.gz: a");
}

#[test]
fn what_a_zip_keeps_in_another_way_fails_with_the_reason() {
    for (name, reason) in [
        (
            "encrypted.zip",
            "failed: encrypted: it cannot be read without its password",
        ),
        (
            "lzma.zip",
            "failed: compressed by zip's method 14, which this version cannot read",
        ),
    ] {
        let outcome = read(&fixture(name));
        assert_eq!(outcome.members.len(), 4, "{name}");
        assert_eq!(outcome.outcome(), "read", "{name}");
        for member in &outcome.members {
            assert_eq!(said(member), reason, "{name}");
        }
    }
}

#[test]
fn names_of_members_are_labels_and_nothing_else() {
    let names: [&[u8]; 5] = [
        b"../../etc/passwd",
        b"/abs",
        b"caf\xe9",
        b"a\nb\x1b[2J",
        b"x!/y",
    ];
    let entries: Vec<Entry> = names
        .iter()
        .map(|name| Entry::named(name, &log(0)))
        .collect();
    let expected = [
        "../../etc/passwd",
        "/abs",
        "caf%E9",
        "a\nb\u{1b}[2J",
        "x!/y",
    ];
    for bundle in [tar(&entries), zip(&entries)] {
        let outcome = read(&bundle);
        assert_eq!(labels(&outcome), expected);
        assert!(outcome.members.iter().all(|row| said(row) == "read"));
    }
    let long = read(&fixture("long-names.tar"));
    assert_eq!(
        labels(&long)[3],
        format!("{}/café/3.json.gz", "x".repeat(150))
    );
}

#[test]
fn a_copy_that_a_browser_numbered_is_read_like_any_file() {
    let bundle = tar(&[
        Entry::file("x.json.gz", &log(0)),
        Entry::file("x (1).json.gz", &log(0)),
    ]);
    let outcome = read(&bundle);
    assert_eq!(outcome.ids(), ["id-0", "id-0"]);
    let [one, other] = &outcome.members[..] else {
        panic!()
    };
    assert_eq!(one.content_sha256, other.content_sha256);
}

#[test]
fn limits_of_bundles_are_told() {
    let log = log(0);
    let entries: Vec<Entry> = (0..5).map(|_| Entry::file("a", &log)).collect();
    let bundle = tar(&entries);
    let limits = Limits {
        members_max: 3,
        ..Limits::default()
    };
    let outcome = read_named("x", &bundle, &limits);
    assert_eq!(outcome.members.len(), 3);
    assert!(
        outcome
            .outcome()
            .starts_with("partial: more than 3 members"),
        "{}",
        outcome.outcome()
    );
    assert!(outcome.codes().contains(&"limit-exceeded"));
    assert!(outcome.entry.sha256.is_some());

    let mut deep = gzip(&log);
    for _ in 0..9 {
        deep = gzip(&deep);
    }
    let outcome = read(&deep);
    assert_eq!(
        outcome.outcome(),
        "failed: bundles and compressions lie more than 8 deep"
    );
    assert_eq!(outcome.codes(), ["limit-exceeded"]);
    let mut deep = tar(&[Entry::file("a", &log)]);
    for _ in 0..9 {
        deep = tar(&[Entry::file("t", &deep)]);
    }
    let outcome = read(&deep);
    assert_eq!((outcome.members.len(), outcome.ids()), (8, vec![]));
    assert!(said(outcome.members.last().unwrap()).contains("more than 8 deep"));
}

#[test]
fn what_unpacks_to_too_much_is_cut_and_told() {
    let zeros = vec![b' '; 3_000_000];
    let limits = Limits {
        decoded_bytes_max: 100_000,
        ratio_max: 10,
        ..Limits::default()
    };
    let good = Entry::file("good.json.gz", &log(0)).clone();
    let bombs = [
        gzip(&tar(&[
            good.clone(),
            Entry::file("bomb", &zeros),
            good.clone(),
        ])),
        tar(&[
            good.clone(),
            Entry::file("bomb", &gzip(&zeros)),
            good.clone(),
        ]),
        zip(&[good.clone(), Entry::file("bomb", &zeros), good.clone()]),
    ];
    for bomb in bombs {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, bomb).unwrap();
        // How far reading looks ahead of a limit is a matter of chunks.
        let outcome = read_file(&path, 4096, &limits);
        assert_eq!(outcome.ids()[0], "id-0");
        let rows: Vec<String> = outcome.members.iter().map(said).collect();
        let told = outcome.outcome() + &rows.concat();
        assert!(told.contains("more than 100000 bytes"), "{told}");
        let findings = outcome.members.iter().chain([&outcome.entry]);
        let codes: Vec<&str> = findings
            .flat_map(|row| &row.findings)
            .map(|finding| finding.code.as_str())
            .collect();
        assert!(codes.contains(&"limit-exceeded"), "{codes:?}");
    }
}

#[test]
fn a_header_that_is_no_header_is_no_tar() {
    let mut header = tar_header(&Entry::file("a", b"x"));
    header[257..265].fill(0);
    header[0] ^= 1;
    assert_eq!(read(&header).members, []);
}
