//! The sums of the files of an index: `checksums.json`, by which every file is known again.
//!
//! The library sums its files and verifies nothing, and `meta.json`, which names them, has no sum at all.
//! So the SHA-256 of each file is taken while it is written, and kept with that of `meta.json`. The
//! sums of the next state are written before its `meta.json` takes effect, beside those of the present
//! state: whichever of them a crash leaves behind, its sums are there.

use std::collections::BTreeMap;
use std::fs::Metadata;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Digest as _;

use crate::record::Sha256;

/// The file that names the parts of an index and carries its stamp.
pub(super) const META: &str = "meta.json";

/// The file of the sums, in the folder of an index.
pub const SEAL: &str = "checksums.json";

/// What `checksums.json` holds.
///
/// `{"program":"trailspan","states":[{"meta":{"size_bytes":…,"sha256":"…"},"files":{"….idx":{…}}}],"beside":{"manifest.jsonl":{…}}}`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seal {
    /// By which the file is known as ours.
    pub program: String,
    /// The present state, and before a commit the next.
    pub states: Vec<State>,
    /// The files beside the index, by name; the state that they tell of is their own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub beside: BTreeMap<String, Sum>,
}

/// One committed state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// `meta.json`.
    pub meta: Sum,
    /// The files that it names, by name.
    pub files: BTreeMap<String, Sum>,
}

/// What a file is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sum {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The SHA-256 of what was meant to be written.
    pub sha256: Sha256,
    /// The file as the system knew it when it was written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trace: Option<Trace>,
}

/// The file as the system knows it: any change of its bytes through the file system changes this, and
/// a copy has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trace {
    /// The number of the file on its file system.
    pub inode: u64,
    /// When it was last written to, in nanoseconds since 1970-01-01T00:00Z.
    pub modified_ns: i64,
    /// When anything about it last changed, likewise.
    pub changed_ns: i64,
}

impl Trace {
    /// Reads it off a file; `None` where the system tells no such thing.
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = |seconds: i64, rest: i64| {
            seconds
                .checked_mul(1_000_000_000)
                .and_then(|whole| whole.checked_add(rest))
        };
        Some(Self {
            inode: metadata.ino(),
            modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec())?,
            changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec())?,
        })
    }

    /// Reads it off a file; `None` where the system tells no such thing.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

impl Sum {
    /// Sums bytes that are at hand.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            size_bytes: bytes.len() as u64,
            sha256: Sha256(sha2::Sha256::digest(bytes).into()),
            trace: None,
        }
    }

    /// Says whether these are the bytes that were summed.
    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        let other = Self::of(bytes);
        (self.size_bytes, self.sha256) == (other.size_bytes, other.sha256)
    }
}

impl Seal {
    /// Returns the state whose `meta.json` this is.
    pub(super) fn state_of(&self, meta: &[u8]) -> Option<&State> {
        self.states.iter().find(|state| state.meta.fits(meta))
    }
}

/// Lists how the names begin, and end, of the files that a `meta.json` names.
///
/// # Errors
///
/// Where it is not what the library writes.
pub(super) fn named(meta: &[u8]) -> serde_json::Result<Vec<Named>> {
    #[derive(Deserialize)]
    struct Meta {
        segments: Vec<Segment>,
    }
    #[derive(Deserialize)]
    struct Segment {
        segment_id: String,
        #[serde(default)]
        deletes: Value,
    }
    let meta: Meta = serde_json::from_slice(meta)?;
    Ok(meta
        .segments
        .into_iter()
        .map(|segment| Named {
            stem: segment.segment_id.replace('-', ""),
            deletes: segment.deletes["opstamp"].as_u64(),
        })
        .collect())
}

/// One part of an index, as `meta.json` names it.
pub(super) struct Named {
    stem: String,
    deletes: Option<u64>,
}

impl Named {
    /// Says whether a file belongs to the part, in the state that `meta.json` tells of.
    pub(super) fn has(&self, name: &str) -> bool {
        let Some(rest) = name
            .strip_prefix(self.stem.as_str())
            .and_then(|rest| rest.strip_prefix('.'))
        else {
            return false;
        };
        match rest.strip_suffix(".del") {
            Some(opstamp) => self.deletes.is_some_and(|own| own.to_string() == opstamp),
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_names_the_files_of_its_parts_and_the_deletions_of_its_own() {
        let meta = br#"{"segments":[
            {"segment_id":"9a0d4b1e-0000-4000-8000-000000000001","max_doc":3,"deletes":null},
            {"segment_id":"9a0d4b1e-0000-4000-8000-000000000002","max_doc":3,
             "deletes":{"num_deleted_docs":1,"opstamp":17}}]}"#;
        let parts = named(meta).unwrap();
        for (name, expected) in [
            ("9a0d4b1e000040008000000000000001.idx", true),
            ("9a0d4b1e000040008000000000000001.17.del", false),
            ("9a0d4b1e000040008000000000000002.17.del", true),
            ("9a0d4b1e000040008000000000000002.16.del", false),
            ("9a0d4b1e000040008000000000000003.idx", false),
            ("meta.json", false),
        ] {
            let is_named = parts.iter().any(|part| part.has(name));
            assert_eq!(is_named, expected, "{name}");
        }
    }
}
