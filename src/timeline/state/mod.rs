//! The state of one account and region while its facts are folded: what is open, what has ended.
//!
//! `live` is one interval, `index` how intervals are found, `values` the texts by number. Not for: the order of facts (`order`), what
//! one transition does (`apply`).

mod index;
mod live;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::event::{EventIndex, Fact, MemberId, RelationId};
use crate::interval::{Bound, BoundKind, Interval};
use crate::text::Text;

use index::{Counts, Index};
pub(super) use live::{Causes, Live, Now, PossibleEnd};
pub(super) use values::{Id, Known, Value};

use values::Values;

/// An interval's number in the state.
pub(super) type Number = u32;

/// Everything that is known so far.
pub(super) struct State<'c> {
    pub(super) catalogue: &'c Catalogue,
    pub(super) intervals: Vec<Live>,
    values: Values,
    /// Intervals that are open, by any of their members.
    open: Index,
    /// What the open intervals know.
    counts: Counts,
    /// The interval that ended last, by any of its members.
    ended: HashMap<(RelationId, Id), Number, RandomState>,
    /// The interval with the same member that had ended before that one, where there is any.
    ended_before: HashMap<(Number, Id), Number, RandomState>,
    /// Intervals whose end took effect some time after the call, and no record has proved it yet.
    unproven: Index,
    /// Intervals that may have ended with a resource.
    pub(super) doubted: HashMap<Id, Vec<Number>, RandomState>,
    /// When a record first showed that something held of which none told the beginning.
    pub(super) sighted: BTreeMap<(RelationId, Vec<Id>), (Timestamp, EventIndex)>,
}

impl<'c> State<'c> {
    /// Knows nothing yet.
    pub(super) fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            catalogue,
            intervals: Vec::new(),
            values: Values::default(),
            open: Index::default(),
            counts: Counts::default(),
            ended: HashMap::default(),
            ended_before: HashMap::default(),
            unproven: Index::default(),
            doubted: HashMap::default(),
            sighted: BTreeMap::new(),
        }
    }

    /// Numbers the texts of a fact.
    pub(super) fn numbered(&mut self, fact: Fact) -> Fact<Value> {
        fact.map(|text| self.values.number(text))
    }

    /// Returns the text of a value.
    pub(super) fn text(&self, value: Value) -> &Text {
        self.values.text(value)
    }

    /// Says whether an interval of the relation with this member is open.
    pub(super) fn is_open(&self, relation: RelationId, id: Id) -> bool {
        self.open.contains(relation, id)
    }

    /// Says whether several open intervals have the only member that is named.
    pub(super) fn is_crowded(&self, relation: RelationId, members: &[Id]) -> bool {
        matches!(members, [id] if self.open.count(relation, *id) > 1)
    }

    /// Says whether every open interval of a relation knows a member.
    pub(super) fn all_know(&self, relation: RelationId, member: MemberId) -> bool {
        self.counts.all_know(relation, member)
    }

    /// Returns the oldest open interval of a relation that has a member.
    pub(super) fn first_open(&self, relation: RelationId, id: Id) -> Option<Number> {
        self.open.first(relation, id)
    }

    /// Lists the open intervals of a relation that have a member, oldest first.
    pub(super) fn open_with(&self, relation: RelationId, id: Id) -> Vec<Number> {
        self.open.listed(relation, id)
    }

    /// Lists the ids by which the fewest open intervals are found, fewest first.
    pub(super) fn by_selectivity(&self, relation: RelationId, ids: &[Id]) -> Vec<Id> {
        let mut sorted = ids.to_vec();
        sorted.sort_by_key(|id| self.open.count(relation, *id));
        sorted
    }

    /// Lists the ended intervals of a relation with a member whose end is not yet proved.
    pub(super) fn unproven_with(&self, relation: RelationId, id: Id) -> Vec<Number> {
        self.unproven.listed(relation, id)
    }

    /// Returns the interval of a relation with a member that ended last.
    pub(super) fn last_ended_with(&self, relation: RelationId, id: Id) -> Option<Number> {
        self.ended.get(&(relation, id)).copied()
    }

    /// Returns the interval of a relation that ended last of those that no member given contradicts.
    pub(super) fn last_ended_like(&self, relation: RelationId, members: &[Id]) -> Option<Number> {
        let known = self.catalogue.relation(relation);
        let any_of = |wanted: &[MemberId]| members.iter().find(|(id, _)| wanted.contains(id));
        let key = any_of(&known.handle)
            .or_else(|| any_of(&known.follow))
            .or(members.first())?;
        let mut ended = self.last_ended_with(relation, *key);
        while let Some(number) = ended.filter(|number| !self.live(*number).agrees(members)) {
            ended = self.ended_before.get(&(number, *key)).copied();
        }
        ended
    }

    /// Lists the members of the open intervals that a handle among `named` stands for.
    pub(super) fn members_by_handle(&self, relation: RelationId, named: &[Id]) -> Vec<Id> {
        let handles = &self.catalogue.relation(relation).handle;
        let mut members = Vec::new();
        for id in named.iter().filter(|(member, _)| handles.contains(member)) {
            for number in self.open_with(relation, *id) {
                let live = self.live(number);
                members.extend(live.members.ids());
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
        let members: Known = members.into_iter().collect();
        for id in members.ids() {
            self.open.insert(relation, *id, number);
        }
        self.counts.begin(relation, members.ids());
        let start = now.tied(&members, start);
        self.intervals.push(Live {
            relation,
            members,
            aliases: BTreeSet::new(),
            held_at: start.not_after.or(start.not_before),
            start,
            end: None,
            possible_ends: Vec::new(),
            findings: Vec::new(),
        });
        number
    }

    /// Lets an open interval learn members; what is known stays.
    pub(super) fn learn(&mut self, number: Number, members: &[Id]) {
        for id in members {
            if self.live(number).members.get(id.0).is_none() {
                self.set_member(number, *id);
            }
        }
    }

    /// Lets an open interval be found by another name too, such as a second association id.
    pub(super) fn alias(&mut self, number: Number, id: Id) {
        let live = self.live_mut(number);
        if !live.members.has(id) && live.aliases.insert(id) {
            let relation = live.relation;
            self.open.insert(relation, id, number);
        }
    }

    /// Sets a member of an open interval.
    pub(super) fn set_member(&mut self, number: Number, id: Id) {
        let live = self.live_mut(number);
        let relation = live.relation;
        let is_open = live.end.is_none();
        match live.members.insert(id) {
            Some(former) => self.open.remove(relation, (id.0, former), number),
            None if is_open => self.counts.learn(relation, id.0),
            None => {}
        }
        self.open.insert(relation, id, number);
    }

    /// Lets an open interval end.
    pub(super) fn end(&mut self, now: Now<'_>, number: Number, end: Bound) {
        let live = &self.intervals[number as usize];
        let relation = live.relation;
        let ids: Vec<Id> = live.ids().collect();
        // What one end led to may be ended by the same call once more: it counts once.
        let is_again = live.end.is_some();
        if !is_again {
            self.counts.end(relation, live.members.ids());
        }
        let end = now.tied(&live.members, end);
        let is_unproven = end.not_after.is_none();
        for id in ids {
            self.open.remove(relation, id, number);
            if is_unproven {
                self.unproven.insert(relation, id, number);
            }
            if is_again {
                continue;
            }
            // Each interval is noted once for each id, so that going back comes to an end.
            let before = self.ended.insert((relation, id), number);
            if let Some(before) = before.filter(|before| *before != number) {
                self.ended_before.insert((number, id), before);
            }
        }
        self.live_mut(number).end = Some(end);
    }

    /// Lets a record prove that the deletion of a resource, which takes some time, is complete.
    pub(super) fn await_proof(&mut self, number: Number) {
        let live = &self.intervals[number as usize];
        let relation = live.relation;
        let known = self.catalogue.relation(relation);
        for id in live.members.ids() {
            if known.resource == Some(id.0) || known.ends_with.contains(&id.0) {
                self.unproven.insert(relation, *id, number);
            }
        }
    }

    /// Puts another end in the place of one that was not proved.
    pub(super) fn replace_end(&mut self, now: Now<'_>, number: Number, end: Bound) {
        self.forget_unproven(number);
        let end = now.tied(&self.live(number).members, end);
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
        for id in live.ids() {
            self.unproven.remove(live.relation, id, number);
        }
    }

    /// Tells all intervals; what is still open lasts until `covered` at least.
    pub(super) fn finish(self, account: &Text, region: &Text, covered: Timestamp) -> Vec<Interval> {
        let (catalogue, values) = (self.catalogue, self.values);
        let told = self.intervals.into_iter().map(|live| Interval {
            relation: catalogue.relation(live.relation).name,
            resource: catalogue
                .relation(live.relation)
                .resource
                .map(|member| catalogue.member(member).name),
            account: account.clone(),
            region: region.clone(),
            members: live
                .members
                .ids()
                .iter()
                .map(|(member, value)| {
                    (catalogue.member(*member).name, values.text(*value).clone())
                })
                .collect(),
            start: live.start,
            end: live
                .end
                .or(live.possible_ends.into_iter().next().map(|end| end.bound))
                .unwrap_or(Bound {
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
