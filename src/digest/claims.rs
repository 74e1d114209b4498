//! Claims: which file stands for which entry of a digest.
//!
//! A file belongs to the entry of its name, whatever it holds: else a changed file would pass for one
//! that nobody lists. A file of no listed name belongs to the entry of its content.

use std::collections::BTreeMap;

use super::logs::{Listed, LogFile};
use super::names::stem;
use super::paths::{name, shared_parts};
use crate::record::Sha256;

/// Which files stand for which entries.
pub(super) struct Claims {
    /// For each entry, the files: those that lie most like it first.
    pub(super) by_listed: Vec<Vec<usize>>,
    /// The files that stand for none.
    pub(super) unclaimed: Vec<usize>,
}

/// The entries, by their name and by their sum.
struct Entries<'l, 'c> {
    listed: &'l [Listed<'c>],
    by_name: BTreeMap<&'l str, Vec<usize>>,
    by_sum: BTreeMap<Sha256, Vec<usize>>,
}

impl Claims {
    /// Lets every file claim one entry at most.
    pub(super) fn new(listed: &[Listed<'_>], files: &[LogFile]) -> Self {
        let mut entries = Entries {
            listed,
            by_name: BTreeMap::new(),
            by_sum: BTreeMap::new(),
        };
        for (index, entry) in listed.iter().enumerate() {
            let named = name(entry.log.key.object.as_str());
            entries.by_name.entry(named).or_default().push(index);
            entries
                .by_sum
                .entry(entry.log.sha256)
                .or_default()
                .push(index);
        }
        let mut claims = Self {
            by_listed: vec![Vec::new(); listed.len()],
            unclaimed: Vec::new(),
        };
        for (index, file) in files.iter().enumerate() {
            match entries.claimed(file) {
                Some(entry) => claims.by_listed[entry].push(index),
                None => claims.unclaimed.push(index),
            }
        }
        for (entry, claimants) in listed.iter().zip(&mut claims.by_listed) {
            let object = entry.log.key.object.as_str();
            claimants.sort_by_key(|file| {
                let source = &files[*file].content.source;
                let alike = shared_parts(source.as_str(), object);
                (std::cmp::Reverse(alike), source.clone())
            });
        }
        claims
    }
}

impl Entries<'_, '_> {
    fn claimed(&self, file: &LogFile) -> Option<usize> {
        let source = file.content.source.as_str();
        let is_same = |entry: &usize| self.is_same(*entry, file);
        let by_name = self.by_name.get(name(source));
        if let Some(entries) = by_name {
            let best = entries.iter().filter(|entry| is_same(entry));
            return best
                .max_by_key(|entry| self.shared(**entry, source))
                .or_else(|| {
                    entries
                        .iter()
                        .max_by_key(|entry| self.shared(**entry, source))
                })
                .copied();
        }
        let sums = [
            file.content.content_sha256,
            file.content.first_member.map(|(sha256, _)| sha256),
        ];
        let mut by_sum = sums
            .into_iter()
            .flatten()
            .filter_map(|sum| self.by_sum.get(&sum));
        if let Some(entries) = by_sum.next() {
            return entries.first().copied();
        }
        // The second download of a file has ` (1)` in its name.
        let original = stem(source)?;
        let entries = self.by_name.get(format!("{original}.json").as_str())?;
        entries.first().copied()
    }

    fn is_same(&self, entry: usize, file: &LogFile) -> bool {
        let sum = self.listed[entry].log.sha256;
        let first = file.content.first_member.map(|(sha256, _)| sha256);
        file.content.content_sha256 == Some(sum) || first == Some(sum)
    }

    fn shared(&self, entry: usize, source: &str) -> usize {
        shared_parts(source, self.listed[entry].log.key.object.as_str())
    }
}
