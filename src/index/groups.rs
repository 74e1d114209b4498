//! The event ids that several contents were found of.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::{DocAddress, Term};

use super::boundary::Inner;
use super::snapshot::Snapshot;

/// What is read together: all event documents of one event id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    /// The only one.
    Single(DocAddress),
    /// Several, in order of their address.
    Group(Vec<DocAddress>),
}

/// The event documents that share their event id with another one, each with all of its group.
#[derive(Debug, Default)]
pub(super) struct Groups(BTreeMap<DocAddress, Vec<DocAddress>>);

impl Groups {
    /// Finds the groups: each event document but the first of an event id was marked as it came in.
    pub(super) fn find(snapshot: &Snapshot) -> Inner<Self> {
        let mut groups = BTreeMap::new();
        for reader in snapshot.searcher.segment_readers() {
            let index = reader.inverted_index(snapshot.fields.conflict)?;
            let mut ids = index.terms().stream()?;
            while ids.advance() {
                let Ok(id) = std::str::from_utf8(ids.key()) else {
                    continue; // the terms are written from text only
                };
                let id = Term::from_field_text(snapshot.fields.event_id, id);
                let mut group = snapshot.having(&id)?;
                group.sort_unstable();
                if group.len() > 1 {
                    groups.extend(group.iter().map(|address| (*address, group.clone())));
                }
            }
        }
        Ok(Self(groups))
    }

    /// Lists what is to be read for these documents, each event id once.
    pub(super) fn units(&self, found: Vec<DocAddress>) -> Vec<Unit> {
        if self.0.is_empty() {
            return found.into_iter().map(Unit::Single).collect();
        }
        let mut groups = BTreeSet::new();
        let mut units = Vec::with_capacity(found.len());
        for address in found {
            match self.0.get(&address) {
                None => units.push(Unit::Single(address)),
                Some(group) if groups.insert(group[0]) => units.push(Unit::Group(group.clone())),
                Some(_) => (), // came with its group
            }
        }
        units
    }

    /// Counts the event ids of these documents.
    pub(super) fn count(&self, found: &[DocAddress]) -> u64 {
        if self.0.is_empty() {
            return found.len() as u64;
        }
        let first = |address| self.0.get(address).map_or(*address, |group| group[0]);
        let ids: BTreeSet<DocAddress> = found.iter().map(first).collect();
        ids.len() as u64
    }

    /// Says how many documents are there beyond one for each event id.
    pub(super) fn surplus(&self) -> u64 {
        let firsts = self
            .0
            .iter()
            .filter(|(address, group)| **address == group[0]);
        self.0.len() as u64 - firsts.count() as u64
    }
}
