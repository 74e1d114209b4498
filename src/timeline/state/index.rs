//! Intervals by relation and member: which are open, and which have ended.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::{Id, Number};
use crate::event::RelationId;

/// Intervals by relation and any of their members.
#[derive(Debug, Default)]
pub(super) struct Index(HashMap<(RelationId, Id), Numbers, RandomState>);

/// Mostly one number, sometimes many.
#[derive(Debug)]
enum Numbers {
    One(Number),
    Many(BTreeSet<Number>),
}

impl Index {
    /// Says whether any interval of the relation has this member.
    pub(super) fn contains(&self, relation: RelationId, id: Id) -> bool {
        self.get(relation, id).is_some()
    }

    /// Counts the intervals of a relation that have a member.
    pub(super) fn count(&self, relation: RelationId, id: Id) -> usize {
        match self.get(relation, id) {
            None => 0,
            Some(Numbers::One(_)) => 1,
            Some(Numbers::Many(numbers)) => numbers.len(),
        }
    }

    /// Lists the intervals of a relation that have a member, oldest first.
    pub(super) fn listed(&self, relation: RelationId, id: Id) -> Vec<Number> {
        match self.get(relation, id) {
            None => Vec::new(),
            Some(Numbers::One(number)) => vec![*number],
            Some(Numbers::Many(numbers)) => numbers.iter().copied().collect(),
        }
    }

    fn get(&self, relation: RelationId, id: Id) -> Option<&Numbers> {
        self.0.get(&(relation, id))
    }

    /// Lets an interval be found by a member.
    pub(super) fn insert(&mut self, relation: RelationId, id: Id, number: Number) {
        use std::collections::hash_map::Entry;
        match self.0.entry((relation, id)) {
            Entry::Vacant(entry) => {
                entry.insert(Numbers::One(number));
            }
            Entry::Occupied(mut entry) => match entry.get_mut() {
                Numbers::One(other) if *other == number => {}
                Numbers::One(other) => {
                    let both = BTreeSet::from([*other, number]);
                    entry.insert(Numbers::Many(both));
                }
                Numbers::Many(numbers) => {
                    numbers.insert(number);
                }
            },
        }
    }

    /// Lets an interval be found by a member no longer.
    pub(super) fn remove(&mut self, relation: RelationId, id: Id, number: Number) {
        let is_gone = match self.0.get_mut(&(relation, id)) {
            None => false,
            Some(Numbers::One(other)) => *other == number,
            Some(Numbers::Many(numbers)) => {
                numbers.remove(&number);
                numbers.is_empty()
            }
        };
        if is_gone {
            self.0.remove(&(relation, id));
        }
    }
}
