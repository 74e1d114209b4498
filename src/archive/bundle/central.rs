//! The list at the end of a zip archive, held against the members that were met.
//!
//! Most programs believe the list, some the headers before the members: where they differ, one sees
//! what the other does not.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::zip_header::Header;

/// What was met at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Met {
    /// Of the name, method, sum and sizes.
    said: [u8; 16],
    is_listed: bool,
}

/// The members that were met, by where they begin: some 80 bytes each.
#[derive(Debug, Default)]
pub(super) struct Register {
    met: BTreeMap<u64, Met>,
    listed: u64,
    differing: u64,
    unmet: u64,
}

impl Register {
    /// Takes a member that was met, with the sum and sizes that it proved to have or claims.
    pub(super) fn meet(&mut self, offset: u64, header: &Header) {
        let met = Met {
            said: said(header),
            is_listed: false,
        };
        self.met.insert(offset, met);
    }

    /// Takes an entry of the list.
    pub(super) fn list(&mut self, entry: &Header) {
        self.listed += 1;
        match self.met.get_mut(&entry.offset) {
            None => self.unmet += 1,
            Some(met) => {
                let differs = met.said != said(entry) || met.is_listed;
                self.differing += u64::from(differs);
                met.is_listed = true;
            }
        }
    }

    /// Says whether members are listed that were not met.
    pub(super) fn unmet(&self) -> u64 {
        self.unmet
    }

    /// Tells every kind of difference, in words.
    pub(super) fn differences(&self, listed_by_end: Option<u64>) -> Vec<String> {
        let unlisted = self.met.values().filter(|met| !met.is_listed).count() as u64;
        let miscounted = listed_by_end.is_some_and(|count| count != self.listed);
        [
            (
                self.differing,
                "differ in name, size or sum from what its list says of them",
            ),
            (
                unlisted,
                "are left out of its list, so that most programs do not show them",
            ),
            (self.unmet, "are listed and were not met"),
            (
                u64::from(miscounted) * self.listed,
                "are listed, and its end gives another number",
            ),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} of the members {what}"))
        .collect()
    }
}

/// Sums what both headers must say alike.
fn said(header: &Header) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(&header.name);
    hash.update(header.method.to_le_bytes());
    hash.update(header.crc.to_le_bytes());
    hash.update(header.packed_bytes.to_le_bytes());
    hash.update(header.bytes.to_le_bytes());
    let mut said = [0; 16];
    said.copy_from_slice(&hash.finalize()[..16]);
    said
}
