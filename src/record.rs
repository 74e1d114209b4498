//! A record: one element of `Records`, as AWS delivered it, and the place where it was found.
//!
//! Not for: what a record means (`catalogue`), or how it is cut out of a file (`archive`).

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::text::Text;

/// One record of an archive, verbatim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The JSON text as delivered: not re-printed, not re-ordered, numbers untouched.
    pub raw: Arc<str>,
    /// Every place where this very event was found, in order of [`Place`]; never empty.
    pub places: Vec<Place>,
    /// What `verify` said of these bytes: the best of what it said at their places, since one signed
    /// copy proves them.
    pub integrity: Integrity,
}

/// What `verify` said of the file that holds a record, the best first; `schema/statuses.json`.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Integrity {
    /// Its content is what a digest lists that AWS signed.
    Valid,
    /// The same, in a damaged or padded container.
    ValidContainerDamaged,
    /// Its content is what a digest lists which is not proven to be signed.
    Consistent,
    /// No digest lists it.
    Unreferenced,
    /// No digest was checked for it.
    #[default]
    NotChecked,
    /// A digest lists it, and it could not be read to its end.
    Unreadable,
    /// The record stands behind the content that a digest lists.
    TrailingData,
    /// Its content is not what a digest lists under its name.
    HashMismatch,
}

impl Integrity {
    /// Says whether a digest lists the file, and the record is not in what it lists.
    pub fn is_contradicted(self) -> bool {
        matches!(self, Self::HashMismatch | Self::TrailingData)
    }

    /// Returns its name, such as `valid`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidContainerDamaged => "valid-container-damaged",
            Self::Consistent => "consistent",
            Self::Unreferenced => "unreferenced",
            Self::NotChecked => "not-checked",
            Self::Unreadable => "unreadable",
            Self::TrailingData => "trailing-data",
            Self::HashMismatch => "hash-mismatch",
        }
    }
}

/// Where a record was found.
///
/// `{"source":"AWSLogs/…/1111_CloudTrail_….json.gz","ordinal":3,"offset":4711,"sha256":"9f86…"}`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The path of the file as it was reached from the path given to `ingest`; bytes that are not
    /// UTF-8 are written as `%FF`, and a `%` that could be read as such a byte or as `%25` is `%25`.
    pub source: Text,
    /// The path inside a bundle such as a tar file; absent for plain files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<Text>,
    /// The record's number in the file, from 1, in reading order.
    pub ordinal: u64,
    /// Where the record (or the string that holds it) begins, in bytes of the inflated content.
    pub offset: u64,
    /// The SHA-256 of the file as it lies on disk.
    pub sha256: Sha256,
}

impl Place {
    /// Returns the sum by which what holds the record is known: see [`holder_sum`].
    pub fn holder_sum(&self) -> Sha256 {
        holder_sum(self.sha256, self.member.as_ref())
    }
}

/// Returns the sum by which a file is known: its own, or that of the file on disk with the path inside it
/// where it lies in a bundle.
pub fn holder_sum(sha256: Sha256, member: Option<&Text>) -> Sha256 {
    match member {
        None => sha256,
        Some(member) => Sha256::of(format!("{sha256}\0{}", member.as_str()).as_bytes()),
    }
}

/// A SHA-256 sum, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(
    /// The 32 bytes of the sum.
    pub [u8; 32],
);

impl Sha256 {
    /// Sums bytes that are at hand.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Sha256 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom("a SHA-256 sum has 64 hexadecimal digits");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut sum = [0_u8; 32];
        for (index, byte) in sum.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_reads_back_as_it_was_shown() {
        let sum = Sha256(std::array::from_fn(|index| index as u8 * 7));
        let json = serde_json::to_string(&sum).expect("a string");
        assert_eq!(serde_json::from_str::<Sha256>(&json).expect("a sum"), sum);
        assert!(serde_json::from_str::<Sha256>("\"12é4\"").is_err());
    }
}
