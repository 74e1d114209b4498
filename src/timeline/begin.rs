//! How intervals begin: a new one, or one that is known already.
//!
//! What it takes the place of is in `displace`.

use super::displace::Begun;
use super::findings::finding;
use super::state::{Id, Now, Number, State, Value};
use crate::event::{Lookup, MemberId, Outcome, RelationId, Support, Transition};
use crate::interval::{Bound, BoundKind};

/// The finding on what was asked for, and another has to agree to.
pub(super) const AWAITING: &str = "awaiting-acceptance";

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
            let start = &self.live(number).start;
            let asked = start.event.filter(|_| start.kind == BoundKind::Uncertain);
            let begins = self.confirm(now, number, transition, &members);
            if begins || transition.support == Support::Uncertain {
                let begun = Begun { number, asked };
                self.displace(now, transition, &members, Some(begun));
            }
            return number;
        }
        if let Some(number) = self.repetition(relation, transition, &members) {
            if transition.support != Support::Uncertain {
                self.repeat(now, number, &members);
            }
            return number;
        }
        self.displace(now, transition, &members, None);
        let start = start(now, transition);
        let named = members.clone();
        let number = self.begin(now, relation, members, start);
        self.note_ended_before(now, number, &named);
        if transition.support == Support::Uncertain && now.fact.outcome == Outcome::Succeeded {
            let live = self.live_mut(number);
            live.findings.push(finding(AWAITING, &now.fact.event_id));
        }
        number
    }

    /// Looks up members that the record does not name.
    pub(super) fn look_up(&self, relation: RelationId, members: &mut Vec<Id>) {
        self.complete(relation, members);
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
        let known = self.catalogue.relation(self.live(number).relation);
        let is_told = known.resource.is_none() && transition.support != Support::Uncertain;
        // What was looked up is no record's word.
        let is_other = is_told && self.contradict(now, number, &transition.members);
        if !is_other {
            self.learn(number, members);
        }
        if transition.support == Support::Uncertain {
            return false;
        }
        self.hold(now, number);
        // What has a handle is made under it once: told under it by another call, it was asked for again.
        let is_named = members.iter().any(|(id, _)| known.handle.contains(id));
        let may_repeat = known.resource.is_none() && !known.told_again && is_named && !is_other;
        let live = self.live_mut(number);
        let is_unconfirmed = live.start.kind == BoundKind::Uncertain;
        if is_unconfirmed {
            live.start = start(now, transition);
            live.findings.retain(|finding| finding.code != AWAITING);
        } else if may_repeat
            && transition.support == Support::Observed
            && live.start.kind == BoundKind::Observed
            && live.start.event != Some(now.fact.event)
        {
            live.findings.push(finding("repeated", &now.fact.event_id));
        }
        is_unconfirmed
    }

    /// Another account tells the beginning of what was asked for here: whether it began is known now.
    pub(super) fn confirm_told(&mut self, now: Now<'_>, transition: &Transition<Value>) {
        let (relation, members) = (transition.relation, &transition.members);
        match self.same_interval(relation, members) {
            Some(number) if self.live(number).start.kind == BoundKind::Uncertain => {
                self.confirm(now, number, transition, members);
            }
            None if self.is_asked_for(relation, members) => {
                self.open(now, transition, members.clone());
            }
            _ => {}
        }
    }

    /// Says whether what may begin was asked for here: its handle was created, and is there still.
    fn is_asked_for(&self, relation: RelationId, members: &[Id]) -> bool {
        let handles = &self.catalogue.relation(relation).handle;
        let mut named = members.iter().filter(|id| handles.contains(&id.0));
        named.any(|id| self.is_created(*id))
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
