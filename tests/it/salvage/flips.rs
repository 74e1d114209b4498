//! Every bit flipped, every length cut: nothing panics, nothing hangs, no record is wrong unsaid.
//!
//! A sample is tried with all tests; `cargo test --release --test it flips -- --ignored` tries all.
//!
//! What "wrong unsaid" can mean: the gzip layer has a sum, so a file that reads as whole gave exactly
//! the records that went in. The JSON layer has none: a flip there may change a record into another
//! valid one, which only its digest can tell; but it costs and changes no other record, unless the file
//! says that it lost something.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A sample tries every so manyth case; the number shares no factor with the eight bits of a byte.
const STRIDE: usize = 37;

/// One changed copy: a flipped bit, or a cut.
#[derive(Debug, Clone, Copy)]
enum Change {
    Flip(usize),
    Cut(usize),
}

fn changed(bytes: &[u8], change: Change) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match change {
        Change::Flip(bit) => bytes[bit / 8] ^= 1 << (bit % 8),
        Change::Cut(length) => bytes.truncate(length),
    }
    bytes
}

/// Reads changed copies of a file, each `stride`th, on all processors, and hands each to `check`.
fn try_all(bytes: &[u8], stride: usize, check: &(dyn Fn(Change, &Salvaged) + Sync)) -> usize {
    let flips = (0..bytes.len() * 8).step_by(stride).map(Change::Flip);
    let cuts = (0..bytes.len())
        .step_by(stride.div_ceil(8))
        .map(Change::Cut);
    let changes: Vec<Change> = flips.chain(cuts).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let folder = tempfile::tempdir().unwrap();
        let path = put(folder.path(), "x", b"");
        let mut file = candidate(&path);
        let mut reader = Reader::new();
        while let Some(change) = changes.get(next.fetch_add(1, Ordering::Relaxed)) {
            std::fs::write(&path, changed(bytes, *change)).unwrap();
            file.size_bytes = std::fs::metadata(&path).unwrap().len();
            let salvaged = read_with(&mut reader, &file, &Limits::default());
            salvaged.assert_accounted(&format!("{change:?}"));
            check(*change, &salvaged);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(work);
        }
    });
    changes.len()
}

fn raws(salvaged: &Salvaged) -> Vec<&str> {
    salvaged
        .taken
        .iter()
        .map(|taken| taken.raw.as_str())
        .collect()
}

/// A gzip file of about 4 KB, and what is in it: records that hardly resemble one another.
fn packed() -> (Vec<u8>, Vec<String>) {
    let mut seed = 1_u64;
    let mut digits = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{seed:016x}")
    };
    let originals: Vec<String> = (0..40)
        .map(|number| {
            let filler: String = (0..10).map(|_| digits()).collect();
            record(number).replacen('{', &format!("{{\"requestID\":\"{filler}\","), 1)
        })
        .collect();
    let content = format!("{{\"Records\":[{}]}}", originals.join(","));
    (gzip(content.as_bytes()), originals)
}

fn check_packed(originals: &[String], change: Change, salvaged: &Salvaged) {
    let raws = raws(salvaged);
    let is_whole = matches!(salvaged.row.outcome, FileOutcome::Read);
    match change {
        Change::Cut(_) => {
            assert_eq!(raws, originals[..raws.len()], "{change:?}");
            assert!(!is_whole, "{change:?}");
        }
        Change::Flip(_) if is_whole => assert_eq!(raws, originals, "{change:?}"),
        Change::Flip(_) => {}
    }
}

/// A plain log of about 4 KB.
fn plain() -> (Vec<u8>, Vec<String>) {
    let numbers = 0..12;
    (
        log(numbers.clone()).into_bytes(),
        numbers.map(record).collect(),
    )
}

fn check_plain(content: &str, originals: &[String], change: Change, salvaged: &Salvaged) {
    let raws = raws(salvaged);
    let row = &salvaged.row;
    let is_whole = matches!(row.outcome, FileOutcome::Read);
    let bit = match change {
        Change::Cut(_) => {
            assert_eq!(raws, originals[..raws.len()], "{change:?}");
            assert!(!is_whole, "{change:?}");
            return;
        }
        Change::Flip(bit) => bit,
    };
    for original in originals {
        let start = content.find(original.as_str()).unwrap();
        let is_touched = (start..start + original.len()).contains(&(bit / 8));
        let is_there = raws.contains(&original.as_str());
        let says_so = !is_whole || row.records.malformed > 0;
        assert!(is_touched || is_there || says_so, "{change:?}: {original}");
        // Inside of a record, a flip costs that record only.
        let is_inside = originals.iter().any(|one| {
            let start = content.find(one.as_str()).unwrap();
            (start + 1..start + one.len()).contains(&(bit / 8))
        });
        assert!(
            !is_inside || is_touched || is_there,
            "{change:?}: {original}, {row:?}"
        );
    }
    let altered = raws
        .iter()
        .filter(|raw| !originals.iter().any(|one| one == **raw));
    assert!(altered.count() <= 1, "{change:?}");
}

/// The bundles and compressions that have sums of their own, with the member that has none.
fn bundles() -> Vec<(PathBuf, Option<&'static str>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/bundles");
    let named = [
        ("gnu.tar.gz", None),
        ("gnu.tar.zst", None),
        ("gnu.tar.bz2", None),
        ("gnu.tar.xz", None),
        ("info.zip", None),
        ("descriptors.zip", None),
        ("stored.zip", None),
        ("bzip2.zip", None),
        ("zip64.zip", None),
        ("nested.zip", None),
        ("gnu.tar", Some("logs/plain.json")),
        ("pax.tar", Some("logs/plain.json")),
    ];
    named
        .map(|(name, member)| (folder.join(name), member))
        .to_vec()
}

fn check_bundle(
    name: &Path,
    originals: &[Taken],
    unsummed: Option<&str>,
    change: Change,
    salvaged: &Salvaged,
) {
    let is_whole = |row: &FileEntry| matches!(row.outcome, FileOutcome::Read);
    if !salvaged.rows().all(is_whole) {
        return;
    }
    for original in originals {
        let is_there = salvaged.taken.iter().any(|taken| taken.raw == original.raw);
        let has_sum = original.member.as_deref() != unsummed || unsummed.is_none();
        assert!(
            is_there || !has_sum,
            "{}: {change:?}: {:?}",
            name.display(),
            salvaged.row
        );
    }
}

fn try_layers(stride: usize) -> usize {
    let (bytes, originals) = packed();
    assert!((3_500..4_800).contains(&bytes.len()), "{}", bytes.len());
    let mut tried = try_all(&bytes, stride, &|change, salvaged| {
        check_packed(&originals, change, salvaged);
    });
    let (bytes, originals) = plain();
    assert!((3_500..4_800).contains(&bytes.len()), "{}", bytes.len());
    let content = String::from_utf8(bytes.clone()).unwrap();
    tried += try_all(&bytes, stride, &|change, salvaged| {
        check_plain(&content, &originals, change, salvaged);
    });
    tried
}

fn try_bundles(stride: usize) -> usize {
    let tried = bundles().into_iter().map(|(path, unsummed)| {
        let bytes = std::fs::read(&path).unwrap();
        let originals = read(&candidate(&path), &Limits::default()).taken;
        assert_eq!(originals.len(), 7);
        try_all(&bytes, stride, &|change, salvaged| {
            check_bundle(&path, &originals, unsummed, change, salvaged);
        })
    });
    tried.sum()
}

#[test]
fn a_flipped_bit_or_a_cut_makes_no_record_wrong_unsaid() {
    assert!(try_layers(STRIDE) > 1_500);
}

#[test]
fn a_flipped_bit_or_a_cut_in_a_bundle_loses_no_member_unsaid() {
    assert!(try_bundles(STRIDE * 5) > 1_500);
}

#[test]
#[ignore = "takes minutes: cargo test --release --test it flips -- --ignored"]
#[allow(clippy::print_stderr)]
fn all_flips_and_cuts_of_both_layers() {
    eprintln!("{} changed copies were read", try_layers(1));
}

#[test]
#[ignore = "takes minutes: cargo test --release --test it flips -- --ignored"]
#[allow(clippy::print_stderr)]
fn all_flips_and_cuts_of_bundles() {
    eprintln!("{} changed copies were read", try_bundles(1));
}
