//! How intervals begin: a new one, one that is known already, or one that takes another's place.

use jiff::Timestamp;

use super::end::Ending;
use super::findings::finding;
use super::state::{Id, Live, Now, Number, State, Value};
use crate::catalogue::Exclusive;
use crate::event::{Change, Lookup, MemberId, RelationId, Support, Transition};
use crate::interval::{Bound, BoundKind};

impl State<'_> {
    pub(super) fn open(
        &mut self,
        now: Now<'_>,
        transition: &Transition<Value>,
        mut members: Vec<Id>,
    ) -> Number {
        let relation = transition.relation;
        self.look_up(relation, &mut members);
        if let Some(number) = self.same_interval(relation, &members) {
            if self.confirm(now, number, transition, &members) {
                self.displace(now, transition, &members, Some(number));
            }
            return number;
        }
        if let Some(number) = self.displace(now, transition, &members, None) {
            return number;
        }
        let start = start(now, transition);
        self.begin(now, relation, members, start)
    }

    /// Looks up members that the record does not name.
    pub(super) fn look_up(&self, relation: RelationId, members: &mut Vec<Id>) {
        for learn in &self.catalogue.relation(relation).learn {
            let is_told = members.iter().any(|(member, _)| *member == learn.member);
            let by = members.iter().find(|(member, _)| *member == learn.by);
            if let Some(by) = by.filter(|_| !is_told)
                && let Some(value) = self.looked_up(learn, *by)
            {
                members.push((learn.member, value));
            }
        }
    }

    /// Finds a member in the one open interval that another leads to.
    pub(super) fn looked_up(&self, lookup: &Lookup, by: Id) -> Option<Value> {
        let mut found = self.open_with(lookup.from, by);
        found.retain(|number| {
            let known = &self.live(*number).members;
            lookup.prefer.iter().all(|(member, wanted)| {
                let value = known.get(*member);
                value.is_none_or(|value| self.text(value) == wanted)
            })
        });
        match found[..] {
            [number] => self.live(number).members.get(lookup.member),
            _ => None,
        }
    }

    /// Finds the open interval that these members name: by handle, else all members alike.
    fn same_interval(&self, relation: RelationId, members: &[Id]) -> Option<Number> {
        let known = self.catalogue.relation(relation);
        let of = |wanted: &[MemberId]| -> Vec<Id> {
            let ids = members.iter();
            ids.filter(|(member, _)| wanted.contains(member))
                .copied()
                .collect()
        };
        let handles = of(&known.handle);
        for id in &handles {
            if let Some(number) = self.open_with(relation, *id).first() {
                return Some(*number);
            }
        }
        let mut others = [of(&known.held), of(&known.holder)].concat();
        others.retain(|id| !handles.contains(id));
        let fewest = self.by_selectivity(relation, &others).into_iter().next()?;
        self.open_with(relation, fewest).into_iter().find(|number| {
            let live = self.live(*number);
            let is_unconfirmed = live.start.kind == BoundKind::Uncertain;
            let repeats = known.exclusive.is_empty() && handles.is_empty();
            (is_unconfirmed || repeats) && live.agrees(members)
        })
    }

    /// Takes a further record of the beginning of an open interval; says whether it has begun for
    /// certain only now.
    fn confirm(
        &mut self,
        now: Now<'_>,
        number: Number,
        transition: &Transition<Value>,
        members: &[Id],
    ) -> bool {
        self.learn(number, members);
        if transition.support == Support::Uncertain {
            return false;
        }
        self.hold(now, number);
        let live = self.live_mut(number);
        let is_unconfirmed = live.start.kind == BoundKind::Uncertain;
        if is_unconfirmed {
            live.start = start(now, transition);
        }
        is_unconfirmed
    }

    /// Ends what holds an exclusive member, unless it is the interval `begun`; returns the interval that
    /// merely is repeated.
    fn displace(
        &mut self,
        now: Now<'_>,
        transition: &Transition<Value>,
        members: &[Id],
        begun: Option<Number>,
    ) -> Option<Number> {
        let relation = transition.relation;
        let catalogue = self.catalogue;
        let known = catalogue.relation(relation);
        let is_certain = transition.support != Support::Uncertain;
        for exclusive in &known.exclusive {
            let Some(ids) = exclusive_ids(exclusive, members) else {
                continue;
            };
            if is_certain {
                self.prove_displaced(now, relation, &ids);
            }
            let former_ends = match transition.change {
                Change::Open {
                    former_ends: Some(support),
                } => support,
                _ => exclusive.former_ends,
            };
            let may_repeat = former_ends != Support::Inferred || known.told_again;
            for number in self.holders(relation, exclusive, members) {
                if begun == Some(number) {
                    continue;
                }
                if begun.is_none() && may_repeat && self.is_repetition(relation, number, members) {
                    if is_certain {
                        self.repeat(now, number, members);
                    }
                    return Some(number);
                }
                if is_certain {
                    self.end_former(now, number, former_ends);
                }
            }
        }
        None
    }

    /// A beginning proves that what had the exclusive members, and was ending, has ended.
    fn prove_displaced(&mut self, now: Now<'_>, relation: RelationId, ids: &[Id]) {
        for number in self.unproven_with(relation, ids[0]) {
            if self.live(number).has(ids) {
                self.prove_with(number, now.time());
            }
        }
    }

    /// Lists the open intervals that have the exclusive members.
    pub(super) fn holders(
        &self,
        relation: RelationId,
        exclusive: &Exclusive,
        members: &[Id],
    ) -> Vec<Number> {
        let Some(ids) = exclusive_ids(exclusive, members) else {
            return Vec::new();
        };
        let Some(fewest) = self.by_selectivity(relation, &ids).into_iter().next() else {
            return Vec::new();
        };
        let mut numbers = self.open_with(relation, fewest);
        numbers.retain(|number| holds(self.live(*number), exclusive, members));
        numbers
    }

    /// Returns when what had the exclusive members last is known to have ended.
    pub(super) fn last_held(
        &self,
        relation: RelationId,
        exclusive: &Exclusive,
        members: &[Id],
    ) -> Option<Timestamp> {
        let ids = exclusive_ids(exclusive, members)?;
        let number = self.last_ended_with(relation, *ids.first()?)?;
        let live = self.live(number);
        let end = live.end.as_ref()?;
        holds(live, exclusive, members)
            .then_some(end.not_before)
            .flatten()
    }

    /// Says whether the same is told of an open interval once more: nothing that both know differs but
    /// the handle, and they share what is held and what holds it.
    fn is_repetition(&self, relation: RelationId, number: Number, members: &[Id]) -> bool {
        let known = self.catalogue.relation(relation);
        let live = self.live(number);
        let others: Vec<Id> = members
            .iter()
            .filter(|(member, _)| !known.handle.contains(member))
            .copied()
            .collect();
        let shares = |wanted: &[MemberId]| {
            let mut ids = others.iter();
            ids.any(|id| wanted.contains(&id.0) && live.members.has(*id))
        };
        live.agrees(&others) && shares(&known.held) && shares(&known.holder)
    }

    fn repeat(&mut self, now: Now<'_>, number: Number, members: &[Id]) {
        let relation = self.live(number).relation;
        let is_told_again = self.catalogue.relation(relation).told_again;
        let handles = &self.catalogue.relation(relation).handle;
        let handles: Vec<Id> = members
            .iter()
            .filter(|(member, _)| handles.contains(member))
            .copied()
            .collect();
        self.learn(number, members);
        for id in handles {
            self.alias(number, id);
        }
        self.hold(now, number);
        if !is_told_again {
            let live = self.live_mut(number);
            live.findings.push(finding("repeated", &now.fact.event_id));
        }
    }

    pub(super) fn end_former(&mut self, now: Now<'_>, number: Number, support: Support) {
        let ending = Ending::of(support);
        if support == Support::Inferred {
            let live = self.live_mut(number);
            live.findings
                .push(finding("missing-detach", &now.fact.event_id));
        }
        self.end_one(now, number, ending);
    }
}

fn start(now: Now<'_>, transition: &Transition<Value>) -> Bound {
    let time = Some(now.time());
    match transition.support {
        Support::Observed => now.exactly(BoundKind::Observed),
        Support::Implied if transition.asynchronous => now.bound(BoundKind::Implied, time, None),
        Support::Implied => now.exactly(BoundKind::Implied),
        Support::Inferred => now.bound(BoundKind::Inferred, None, time),
        Support::Uncertain => now.bound(BoundKind::Uncertain, time, None),
    }
}

/// Returns the exclusive members, where all are named.
fn exclusive_ids(exclusive: &Exclusive, members: &[Id]) -> Option<Vec<Id>> {
    let find = |wanted: &MemberId| members.iter().find(|(member, _)| member == wanted).copied();
    exclusive.members.iter().map(find).collect()
}

/// Says whether an interval holds what another is to hold now.
fn holds(live: &Live, exclusive: &Exclusive, members: &[Id]) -> bool {
    let named = |wanted: &MemberId| {
        members
            .iter()
            .find(|(member, _)| member == wanted)
            .map(|(_, value)| *value)
    };
    exclusive
        .members
        .iter()
        .all(|member| live.members.get(*member) == named(member))
        && exclusive
            .same
            .iter()
            .all(|member| live.members.get(*member) == named(member))
}
