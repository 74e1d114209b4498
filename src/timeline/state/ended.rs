//! Which interval ended last, by what is known of it.
//!
//! A question names some members, and asks for the last of the intervals that contradict none of them:
//! each of these is known and the same, or not known. Among thousands that share an instance the one
//! with this interface is found at once, since intervals are filed by what they know of the members
//! that questions of one kind name.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Id, Live, Number, Value};
use crate::event::{MemberId, RelationId};

/// Members, in order.
type Names = Box<[MemberId]>;

/// Intervals that have ended.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// The last one, by any of its members.
    last: HashMap<(RelationId, Id), Number, RandomState>,
    /// All of them in the order in which they ended.
    in_order: HashMap<RelationId, Vec<Number>, RandomState>,
    /// By the members that questions name; filed when the first of a kind is asked.
    filed: HashMap<RelationId, Vec<File>, RandomState>,
}

/// The intervals of one relation, for questions that name the same members.
#[derive(Debug)]
struct File {
    names: Names,
    /// Which of the names intervals know.
    known: Vec<Names>,
    /// By what is known, its position above, and its values: the last one, as its place in the order.
    last: HashMap<(usize, Box<[Value]>), usize, RandomState>,
}

impl Ended {
    /// Returns the interval of a relation with a member that ended last.
    pub(super) fn last_with(&self, relation: RelationId, id: Id) -> Option<Number> {
        self.last.get(&(relation, id)).copied()
    }

    /// Files an interval that has ended; only once.
    pub(super) fn add(&mut self, number: Number, live: &Live) {
        let relation = live.relation;
        for id in live.ids() {
            self.last.insert((relation, id), number);
        }
        let in_order = self.in_order.entry(relation).or_default();
        let place = in_order.len();
        in_order.push(number);
        for file in self.filed.get_mut(&relation).into_iter().flatten() {
            file.add(place, live);
        }
    }

    /// Returns the interval that ended last of those that have `key` and that none of `members`
    /// contradicts.
    pub(super) fn last_like(
        &mut self,
        relation: RelationId,
        key: Id,
        members: &[Id],
        intervals: &[Live],
    ) -> Option<Number> {
        self.last_with(relation, key)?;
        let mut members = members.to_vec();
        members.sort_unstable();
        members.dedup_by_key(|(member, _)| *member);
        let names: Names = members.iter().map(|(member, _)| *member).collect();
        let in_order = self.in_order.entry(relation).or_default();
        let files = self.filed.entry(relation).or_default();
        let position = files.iter().position(|file| file.names == names);
        let position = position.unwrap_or_else(|| {
            let mut file = File {
                names,
                known: Vec::new(),
                last: HashMap::default(),
            };
            for (place, number) in in_order.iter().enumerate() {
                file.add(place, &intervals[*number as usize]);
            }
            files.push(file);
            files.len() - 1
        });
        let place = files[position].last_like(key.0, &members)?;
        in_order.get(place).copied()
    }
}

impl File {
    fn add(&mut self, place: usize, live: &Live) {
        self.note(place, live.members.ids());
        for alias in &live.aliases {
            if !self.names.contains(&alias.0) {
                continue;
            }
            let mut ids = live.members.ids().to_vec();
            ids.retain(|(member, _)| *member != alias.0);
            ids.push(*alias);
            ids.sort_unstable();
            self.note(place, &ids);
        }
    }

    /// `ids` are in order of [`MemberId`].
    fn note(&mut self, place: usize, ids: &[Id]) {
        let (known, values) = among(&self.names, ids);
        let position = self.known.iter().position(|other| *other == known);
        let position = position.unwrap_or_else(|| {
            self.known.push(known);
            self.known.len() - 1
        });
        self.last.insert((position, values), place);
    }

    /// Returns the place of the last interval that knows `key` and contradicts nothing.
    fn last_like(&self, key: MemberId, members: &[Id]) -> Option<usize> {
        let known = self.known.iter().enumerate();
        let with_key = known.filter(|(_, names)| names.contains(&key));
        with_key
            .filter_map(|(position, names)| {
                let (_, values) = among(names, members);
                self.last.get(&(position, values)).copied()
            })
            .max()
    }
}

/// Picks some names' values, with the names that have one.
fn among(names: &[MemberId], ids: &[Id]) -> (Names, Box<[Value]>) {
    let ids = ids.iter().filter(|(member, _)| names.contains(member));
    let (known, values): (Vec<MemberId>, Vec<Value>) = ids.copied().unzip();
    (known.into(), values.into())
}
