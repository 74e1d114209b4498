//! The state of one account and region while its facts are folded: what is open, what has ended.
//!
//! Not for: the order of facts (`order`), what one transition does (`apply`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::event::{Fact, MemberId, RelationId};
use crate::interval::{Bound, BoundKind, Finding, Interval};
use crate::text::Text;

/// A member with its value.
pub(super) type Id = (MemberId, Text);

/// An interval's number in the state.
pub(super) type Number = u32;

/// Everything that is known so far.
pub(super) struct State<'c> {
    pub(super) catalogue: &'c Catalogue,
    pub(super) intervals: Vec<Live>,
    /// Intervals that are open, by any of their members.
    open: HashMap<RelationId, HashMap<Id, Numbers>>,
    /// The interval that ended last, by any of its members.
    ended: HashMap<RelationId, HashMap<Id, Number>>,
    /// The interval with the same member that had ended before that one, where there is any.
    ended_before: HashMap<(Number, Id), Number>,
    /// Intervals whose end took effect some time after the call, and no record has proved it yet.
    unproven: HashMap<RelationId, HashMap<Id, Numbers>>,
}

/// An interval while it is told.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) relation: RelationId,
    pub(super) members: BTreeMap<MemberId, Text>,
    /// Further handles of the same interval, such as a second association id.
    pub(super) aliases: Vec<Id>,
    pub(super) start: Bound,
    pub(super) end: Option<Bound>,
    /// An end whose record leaves the outcome open; counts where no other is found.
    pub(super) possible_end: Option<Bound>,
    /// The last time at which a record proves it open.
    pub(super) held_at: Option<Timestamp>,
    pub(super) findings: Vec<Finding>,
}

impl Live {
    /// Lists everything that the interval is found by.
    fn ids(&self) -> impl Iterator<Item = Id> {
        let members = self
            .members
            .iter()
            .map(|(member, value)| (*member, value.clone()));
        members.chain(self.aliases.iter().cloned())
    }

    /// Says whether no member that both know differs.
    pub(super) fn agrees(&self, members: &[Id]) -> bool {
        members.iter().all(|id| {
            self.members.get(&id.0).is_none_or(|known| *known == id.1) || self.aliases.contains(id)
        })
    }

    /// Says whether the interval has all of these members.
    pub(super) fn has(&self, members: &[Id]) -> bool {
        members
            .iter()
            .all(|(member, value)| self.members.get(member) == Some(value))
    }

    /// Says whether the interval knows any of these members.
    pub(super) fn knows_any(&self, members: &[MemberId]) -> bool {
        members
            .iter()
            .any(|member| self.members.contains_key(member))
    }
}

/// Mostly one number, sometimes many.
#[derive(Debug)]
enum Numbers {
    One(Number),
    Many(BTreeSet<Number>),
}

/// The fact that is being applied.
#[derive(Clone, Copy)]
pub(super) struct Now<'f> {
    pub(super) fact: &'f Fact,
    pub(super) ties: &'f BTreeSet<Id>,
}

impl Now<'_> {
    /// Returns the time of the fact.
    pub(super) fn time(&self) -> Timestamp {
        self.fact.time
    }

    /// Makes a bound that rests on the fact.
    pub(super) fn bound(
        &self,
        kind: BoundKind,
        not_before: Option<Timestamp>,
        not_after: Option<Timestamp>,
    ) -> Bound {
        Bound {
            kind,
            not_before,
            not_after,
            tie: false,
            event: Some(self.fact.event),
        }
    }

    /// Makes a bound at the very time of the fact.
    pub(super) fn exactly(&self, kind: BoundKind) -> Bound {
        self.bound(kind, Some(self.time()), Some(self.time()))
    }
}

impl<'c> State<'c> {
    /// Knows nothing yet.
    pub(super) fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            catalogue,
            intervals: Vec::new(),
            open: HashMap::new(),
            ended: HashMap::new(),
            ended_before: HashMap::new(),
            unproven: HashMap::new(),
        }
    }

    /// Says whether an interval of the relation with this member is open.
    pub(super) fn is_open(&self, relation: RelationId, id: &Id) -> bool {
        self.open
            .get(&relation)
            .is_some_and(|by_id| by_id.contains_key(id))
    }

    /// Lists the open intervals of a relation that have a member, oldest first.
    pub(super) fn open_with(&self, relation: RelationId, id: &Id) -> Vec<Number> {
        listed(&self.open, relation, id)
    }

    /// Lists the ids by which the fewest open intervals are found, fewest first.
    pub(super) fn by_selectivity<'i>(&self, relation: RelationId, ids: &[&'i Id]) -> Vec<&'i Id> {
        let count = |id: &Id| match self.open.get(&relation).and_then(|by_id| by_id.get(id)) {
            None => 0,
            Some(Numbers::One(_)) => 1,
            Some(Numbers::Many(numbers)) => numbers.len(),
        };
        let mut sorted = ids.to_vec();
        sorted.sort_by_key(|id| count(id));
        sorted
    }

    /// Lists the ended intervals of a relation with a member whose end is not yet proved.
    pub(super) fn unproven_with(&self, relation: RelationId, id: &Id) -> Vec<Number> {
        listed(&self.unproven, relation, id)
    }

    /// Returns the interval of a relation with a member that ended last.
    pub(super) fn last_ended_with(&self, relation: RelationId, id: &Id) -> Option<Number> {
        self.ended.get(&relation)?.get(id).copied()
    }

    /// Returns the interval of a relation that ended last of those that no member given contradicts.
    pub(super) fn last_ended_like(&self, relation: RelationId, members: &[Id]) -> Option<Number> {
        let known = self.catalogue.relation(relation);
        let any_of = |wanted: &[MemberId]| members.iter().find(|(id, _)| wanted.contains(id));
        let key = any_of(&known.handle)
            .or_else(|| any_of(&known.follow))
            .or(members.first())?;
        let mut ended = self.last_ended_with(relation, key);
        while let Some(number) = ended.filter(|number| !self.live(*number).agrees(members)) {
            ended = self.ended_before.get(&(number, key.clone())).copied();
        }
        ended
    }

    /// Lists the members of the open intervals that a handle among `named` stands for.
    pub(super) fn members_by_handle(&self, relation: RelationId, named: &[Id]) -> Vec<Id> {
        let handles = &self.catalogue.relation(relation).handle;
        let mut members = Vec::new();
        for id in named.iter().filter(|(member, _)| handles.contains(member)) {
            for number in self.open_with(relation, id) {
                let live = self.live(number);
                members.extend(
                    live.members
                        .iter()
                        .map(|(member, value)| (*member, value.clone())),
                );
            }
        }
        members
    }

    pub(super) fn live(&self, number: Number) -> &Live {
        &self.intervals[number as usize]
    }

    pub(super) fn live_mut(&mut self, number: Number) -> &mut Live {
        &mut self.intervals[number as usize]
    }

    /// Lets an interval begin.
    pub(super) fn begin(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: Vec<Id>,
        start: Bound,
    ) -> Number {
        let number = self.intervals.len() as Number;
        let members: BTreeMap<MemberId, Text> = members.into_iter().collect();
        for (member, value) in &members {
            insert(&mut self.open, relation, (*member, value.clone()), number);
        }
        let start = tied(now, &members, start);
        self.intervals.push(Live {
            relation,
            members,
            aliases: Vec::new(),
            held_at: start.not_after.or(start.not_before),
            start,
            end: None,
            possible_end: None,
            findings: Vec::new(),
        });
        number
    }

    /// Lets an open interval learn members; what is known stays.
    pub(super) fn learn(&mut self, number: Number, members: &[Id]) {
        for (member, value) in members {
            if !self.live(number).members.contains_key(member) {
                self.set_member(number, *member, value.clone());
            }
        }
    }

    /// Lets an open interval be found by another name too, such as a second association id.
    pub(super) fn alias(&mut self, number: Number, id: Id) {
        let live = self.live_mut(number);
        if live.members.get(&id.0) == Some(&id.1) || live.aliases.contains(&id) {
            return;
        }
        live.aliases.push(id.clone());
        let relation = live.relation;
        insert(&mut self.open, relation, id, number);
    }

    /// Sets a member of an open interval.
    pub(super) fn set_member(&mut self, number: Number, member: MemberId, value: Text) {
        let relation = self.live(number).relation;
        let former = self.live_mut(number).members.insert(member, value.clone());
        if let Some(former) = former {
            remove(&mut self.open, relation, &(member, former), number);
        }
        insert(&mut self.open, relation, (member, value), number);
    }

    /// Lets an open interval end.
    pub(super) fn end(&mut self, now: Now<'_>, number: Number, end: Bound) {
        let live = self.live(number);
        let relation = live.relation;
        let ids: Vec<Id> = live.ids().collect();
        let end = tied(now, &live.members, end);
        let is_unproven = end.not_after.is_none();
        let is_again = live.end.is_some();
        for id in ids {
            remove(&mut self.open, relation, &id, number);
            if is_unproven {
                insert(&mut self.unproven, relation, id.clone(), number);
            }
            if is_again {
                continue;
            }
            let ended = self.ended.entry(relation).or_default();
            let before = ended.insert(id.clone(), number);
            // Each interval is noted once for each id, so that going back comes to an end.
            if let Some(before) = before.filter(|before| *before != number) {
                self.ended_before.insert((number, id), before);
            }
        }
        self.live_mut(number).end = Some(end);
    }

    /// Puts another end in the place of one that was not proved.
    pub(super) fn replace_end(&mut self, now: Now<'_>, number: Number, end: Bound) {
        self.forget_unproven(number);
        let end = tied(now, &self.live(number).members, end);
        self.live_mut(number).end = Some(end);
    }

    /// Notes that a record proves an end that took effect after its call.
    pub(super) fn prove(&mut self, number: Number, time: Timestamp) {
        self.forget_unproven(number);
        if let Some(end) = &mut self.live_mut(number).end {
            end.not_after.get_or_insert(time);
        }
    }

    fn forget_unproven(&mut self, number: Number) {
        let live = &self.intervals[number as usize];
        for (member, value) in &live.members {
            remove(
                &mut self.unproven,
                live.relation,
                &(*member, value.clone()),
                number,
            );
        }
    }

    /// Tells all intervals; what is still open lasts until `covered` at least.
    pub(super) fn finish(self, account: &Text, region: &Text, covered: Timestamp) -> Vec<Interval> {
        let catalogue = self.catalogue;
        let told = self.intervals.into_iter().map(|live| Interval {
            relation: catalogue.relation(live.relation).name.clone(),
            resource: catalogue
                .relation(live.relation)
                .resource
                .map(|member| catalogue.member(member).name.clone()),
            account: account.clone(),
            region: region.clone(),
            members: live
                .members
                .into_iter()
                .map(|(member, value)| (catalogue.member(member).name.clone(), value))
                .collect(),
            start: live.start,
            end: live.end.or(live.possible_end).unwrap_or(Bound {
                kind: BoundKind::Open,
                not_before: Some(covered),
                not_after: None,
                tie: false,
                event: None,
            }),
            findings: live.findings,
        });
        told.collect()
    }
}

/// Marks a bound as a tie where the fact shares its second with another on one of the members.
fn tied(now: Now<'_>, members: &BTreeMap<MemberId, Text>, mut bound: Bound) -> Bound {
    bound.tie = now
        .ties
        .iter()
        .any(|(member, value)| members.get(member) == Some(value));
    bound
}

fn listed(
    index: &HashMap<RelationId, HashMap<Id, Numbers>>,
    relation: RelationId,
    id: &Id,
) -> Vec<Number> {
    match index.get(&relation).and_then(|by_id| by_id.get(id)) {
        None => Vec::new(),
        Some(Numbers::One(number)) => vec![*number],
        Some(Numbers::Many(numbers)) => numbers.iter().copied().collect(),
    }
}

fn insert(
    index: &mut HashMap<RelationId, HashMap<Id, Numbers>>,
    relation: RelationId,
    id: Id,
    number: Number,
) {
    use std::collections::hash_map::Entry;
    match index.entry(relation).or_default().entry(id) {
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

fn remove(
    index: &mut HashMap<RelationId, HashMap<Id, Numbers>>,
    relation: RelationId,
    id: &Id,
    number: Number,
) {
    let Some(by_id) = index.get_mut(&relation) else {
        return;
    };
    let is_gone = match by_id.get_mut(id) {
        None => false,
        Some(Numbers::One(other)) => *other == number,
        Some(Numbers::Many(numbers)) => {
            numbers.remove(&number);
            numbers.is_empty()
        }
    };
    if is_gone {
        by_id.remove(id);
    }
}
