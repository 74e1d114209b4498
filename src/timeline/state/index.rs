//! Intervals by relation and member: which are open, and which have ended.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::{Id, Number};
use crate::event::{MemberId, RelationId};

/// Intervals by relation and any of their members.
#[derive(Debug, Default)]
pub(super) struct Index(HashMap<(RelationId, Id), Numbers, RandomState>);

/// How many intervals of each relation there are, and how many of them know each member.
#[derive(Debug, Default)]
pub(super) struct Counts {
    intervals: HashMap<RelationId, u32, RandomState>,
    knowing: HashMap<(RelationId, MemberId), u32, RandomState>,
}

impl Counts {
    /// Says whether every interval of a relation knows a member.
    pub(super) fn all_know(&self, relation: RelationId, member: MemberId) -> bool {
        self.intervals.get(&relation) == self.knowing.get(&(relation, member))
    }

    /// Counts an interval that begins with these members.
    pub(super) fn begin(&mut self, relation: RelationId, members: &[Id]) {
        *self.intervals.entry(relation).or_default() += 1;
        members
            .iter()
            .for_each(|(member, _)| self.learn(relation, *member));
    }

    /// Counts a member that an interval did not know.
    pub(super) fn learn(&mut self, relation: RelationId, member: MemberId) {
        *self.knowing.entry((relation, member)).or_default() += 1;
    }

    /// Counts an interval with these members no longer.
    pub(super) fn end(&mut self, relation: RelationId, members: &[Id]) {
        let knowing = members.iter().map(|(member, _)| (relation, *member));
        for key in knowing {
            if let Some(count) = self.knowing.get_mut(&key) {
                *count -= 1;
            }
        }
        if let Some(count) = self.intervals.get_mut(&relation) {
            *count -= 1;
        }
    }
}

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

    /// Returns the oldest interval of a relation that has a member.
    pub(super) fn first(&self, relation: RelationId, id: Id) -> Option<Number> {
        match self.get(relation, id)? {
            Numbers::One(number) => Some(*number),
            Numbers::Many(numbers) => numbers.first().copied(),
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

    /// Lists the intervals of a relation that have a member and whose numbers are not below `from`.
    pub(super) fn listed_from(&self, relation: RelationId, id: Id, from: Number) -> Vec<Number> {
        match self.get(relation, id) {
            None => Vec::new(),
            Some(Numbers::One(number)) => vec![*number; usize::from(*number >= from)],
            Some(Numbers::Many(numbers)) => numbers.range(from..).copied().collect(),
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
