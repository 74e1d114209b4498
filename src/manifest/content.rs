//! The content digest: what two people compare.
//!
//! It is a SHA-256 over what the index holds, and depends on nothing else: not on the machine, the
//! threads, the order of files, where they lie or what they are called, nor on interruptions.
//!
//! Each record has a *leaf*, the SHA-256 of, in this order:
//!
//! - how many bytes the record has, and these bytes as delivered;
//! - how many places it was found at, and of each place, in order of these bytes: the SHA-256 of the file
//!   (32 bytes), how many bytes the path inside a bundle has and these bytes (0 for a plain file), the
//!   record's number in the file, and its offset in the content.
//!
//! Every number is written in 8 bytes, the lowest first. The digest is the SHA-256 of all leaves, 32
//! bytes each, in ascending order.

use sha2::{Digest as _, Sha256 as Hasher};

use super::lines::Content;
use crate::error::Result;
use crate::index::{Reader, Which};
use crate::record::{Place, Record, Sha256};

/// Reads everything that the index holds, and digests it.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn digest(reader: &Reader) -> Result<Content> {
    let leaves = reader.map(&Which::All.into(), |stored| {
        let leaves = stored.records.iter().map(leaf);
        leaves.collect::<Vec<_>>()
    })?;
    let events = leaves.len() as u64;
    let places = leaves.iter().flatten().map(|(_, places)| places).sum();
    let mut sums: Vec<[u8; 32]> = leaves.into_iter().flatten().map(|(sum, _)| sum).collect();
    sums.sort_unstable();
    let mut hash = Hasher::new();
    sums.iter().for_each(|sum| hash.update(sum));
    Ok(Content {
        digest: Sha256(hash.finalize().into()),
        events,
        places,
        records: sums.len() as u64,
    })
}

/// Returns the leaf of a record, and how many places it has.
fn leaf(record: &Record) -> ([u8; 32], u64) {
    let mut places: Vec<Vec<u8>> = record.places.iter().map(place).collect();
    places.sort_unstable();
    let mut hash = Hasher::new();
    hash.update((record.raw.len() as u64).to_le_bytes());
    hash.update(record.raw.as_bytes());
    hash.update((places.len() as u64).to_le_bytes());
    places.iter().for_each(|place| hash.update(place));
    (hash.finalize().into(), places.len() as u64)
}

fn place(place: &Place) -> Vec<u8> {
    let member = place.member.as_ref().map_or("", |member| member.as_str());
    let mut bytes = Vec::with_capacity(56 + member.len());
    bytes.extend(place.sha256.0);
    bytes.extend((member.len() as u64).to_le_bytes());
    bytes.extend(member.as_bytes());
    bytes.extend(place.ordinal.to_le_bytes());
    bytes.extend(place.offset.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: u8, source: &str, ordinal: u64) -> Place {
        Place {
            source: source.into(),
            member: None,
            ordinal,
            offset: 12,
            sha256: Sha256([file; 32]),
        }
    }

    fn record(places: Vec<Place>) -> Record {
        Record {
            raw: "{}".into(),
            places,
            integrity: crate::record::Integrity::default(),
        }
    }

    #[test]
    fn a_leaf_knows_the_bytes_and_the_places_and_no_path() {
        let (one, count) = leaf(&record(vec![at(1, "a", 1), at(2, "b", 1)]));
        assert_eq!(count, 2);
        assert_eq!(leaf(&record(vec![at(2, "x", 1), at(1, "y", 1)])).0, one);
        for other in [
            vec![at(1, "a", 1)],
            vec![at(1, "a", 1), at(2, "b", 2)],
            vec![at(1, "a", 1), at(3, "b", 1)],
            vec![at(1, "a", 1), at(1, "a", 1), at(2, "b", 1)],
        ] {
            assert_ne!(leaf(&record(other)).0, one);
        }
    }

    #[test]
    fn a_leaf_is_what_is_described() {
        let mut bytes = Vec::new();
        bytes.extend(2_u64.to_le_bytes());
        bytes.extend(b"{}");
        bytes.extend(1_u64.to_le_bytes());
        bytes.extend([7; 32]);
        bytes.extend(3_u64.to_le_bytes());
        bytes.extend(b"a/b");
        bytes.extend(4_u64.to_le_bytes());
        bytes.extend(12_u64.to_le_bytes());
        let mut place = at(7, "bundle.tar", 4);
        place.member = Some("a/b".into());
        let expected: [u8; 32] = Hasher::digest(&bytes).into();
        assert_eq!(leaf(&record(vec![place])), (expected, 1));
    }
}
