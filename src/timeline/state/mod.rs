//! The state of one account and region while its facts are folded: what is open, what has ended.
//!
//! `live` is one interval, `index` and `ended` how intervals are found, `ending` how they end, `values`
//! the texts by number. Not for: the order of facts (`order`), what one transition does (`apply`).

mod ended;
mod ending;
mod index;
mod live;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
use jiff::Timestamp;

use super::contradict::Contradictions;
use super::displace::Doubts;
use crate::catalogue::Catalogue;
use crate::event::{EventIndex, Fact, MemberId, RelationId};
use crate::interval::{Bound, BoundKind, Interval};
use crate::text::Text;

use ended::Ended;
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
    /// Intervals that have ended.
    ended: Ended,
    /// Intervals whose end took effect some time after the call, and no record has proved it yet.
    unproven: Index,
    /// Intervals that may have ended with a resource.
    pub(super) doubted: HashMap<Id, Vec<Number>, RandomState>,
    /// Holders of what is exclusive that calls of open outcome have put in doubt.
    pub(super) doubts: Doubts,
    /// When all that a proof by a member found had been seen in that very second.
    pub(super) unordered: HashMap<(RelationId, Id), Timestamp, RandomState>,
    /// Some end was only presumed.
    pub(super) presumes: bool,
    /// When a record first showed that something held of which none told the beginning.
    pub(super) sighted: BTreeMap<(RelationId, Vec<Id>), (Timestamp, EventIndex)>,
    /// What never changes of a thing; none where it is told in several ways.
    pub(super) fixed: HashMap<(Id, MemberId), Option<Value>, RandomState>,
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
            ended: Ended::default(),
            unproven: Index::default(),
            doubted: HashMap::default(),
            doubts: Doubts::default(),
            unordered: HashMap::default(),
            presumes: false,
            sighted: BTreeMap::new(),
            fixed: HashMap::default(),
        }
    }

    /// Numbers the texts of a fact.
    pub(super) fn numbered(&mut self, fact: Fact) -> Fact<Value> {
        fact.map(|text| self.values.number(text))
    }

    /// Returns the number of a text.
    pub(super) fn number(&mut self, text: Text) -> Value {
        self.values.number(text)
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

    /// Lists the open intervals of a relation that have a member, of those not below a number.
    pub(super) fn open_from(&self, relation: RelationId, id: Id, from: Number) -> Vec<Number> {
        self.open.listed_from(relation, id, from)
    }

    /// Counts the open intervals of a relation that have a member.
    pub(super) fn count_open(&self, relation: RelationId, id: Id) -> usize {
        self.open.count(relation, id)
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
        self.ended.last_with(relation, id)
    }

    /// Returns the interval of a relation that ended last of those that no member given contradicts.
    pub(super) fn last_ended_like(
        &mut self,
        relation: RelationId,
        members: &[Id],
    ) -> Option<Number> {
        let known = self.catalogue.relation(relation);
        let any_of = |wanted: &[MemberId]| members.iter().find(|(id, _)| wanted.contains(id));
        let key = any_of(&known.handle)
            .or_else(|| any_of(&known.follow))
            .or(members.first())?;
        let intervals = &self.intervals;
        self.ended.last_like(relation, *key, members, intervals)
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
            presumed: None,
            possible_ends: Vec::new(),
            findings: Vec::new(),
            contradictions: Contradictions::default(),
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
        self.doubt_again(number);
    }

    /// Tells all intervals; what is still open lasts until `covered` at least, and as long as a record
    /// proves it.
    pub(super) fn finish(
        self,
        account: &Text,
        region: &Text,
        covered: Option<Timestamp>,
    ) -> Vec<Interval> {
        let (catalogue, values) = (self.catalogue, &self.values);
        let told = self.intervals.into_iter().map(|live| Interval {
            doubted_until: live.doubted_until(),
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
                    not_before: covered.max(live.held_at),
                    not_after: None,
                    tie: false,
                    event: None,
                }),
            findings: {
                let contradictions = live.contradictions;
                let text = |value| values.text(value);
                let told = contradictions.told(catalogue, live.relation, text);
                live.findings.into_iter().chain(told).collect()
            },
        });
        let mut told: Vec<Interval> = told.collect();
        // They stand where the larger states stood that they are made from.
        told.shrink_to_fit();
        told
    }
}
