//! What one transition does to the state: beginnings are in `begin`, ends in `end` and `unseen`.

use std::collections::BTreeSet;

use super::end::Ending;
use super::state::{Id, Now, State, Value};
use crate::event::{Change, Fact, MemberId, RelationId, Support, Transition};
use crate::interval::BoundKind;

impl State<'_> {
    /// Applies a fact.
    pub(super) fn apply(&mut self, fact: &Fact<Value>, ties: &BTreeSet<Id>) {
        let now = Now { fact, ties };
        for transition in &fact.transitions {
            self.apply_transition(now, transition);
        }
    }

    fn apply_transition(&mut self, now: Now<'_>, transition: &Transition<Value>) {
        let relation = transition.relation;
        let members = &transition.members;
        self.prove_used(now, transition);
        match &transition.change {
            Change::Open { .. } => {
                self.open(now, transition, members.clone());
            }
            Change::Close {
                lacking,
                idempotent,
                at_once,
                ..
            } => {
                let ending = Ending {
                    asynchronous: transition.asynchronous,
                    idempotent: *idempotent,
                    at_once: *at_once,
                    ..Ending::of(transition.support)
                };
                self.close(now, relation, members, lacking, &[], ending);
            }
            Change::Replace { former, inherited } => {
                self.replace(now, transition, former, inherited);
            }
            Change::Assign {
                owner,
                through,
                member,
                values,
            } => {
                let found = match through {
                    None => Some(*owner),
                    Some(lookup) => self.looked_up(lookup, *owner).map(|id| (lookup.member, id)),
                };
                if let Some(owner) = found {
                    self.assign(now, transition, owner, *member, values);
                }
            }
            Change::Update { of } => self.update(now, relation, of, members),
            Change::ProvesEnded => {
                let ending = Ending::of(Support::Inferred);
                self.close(now, relation, members, &[], &[], ending);
            }
            Change::ProvesHeld => self.prove_held(now, relation, members),
        }
    }

    fn update(&mut self, now: Now<'_>, relation: RelationId, of: &[Id], members: &[Id]) {
        for number in self.matching(relation, of, &[]) {
            for id in members {
                self.set_member(number, *id);
            }
            self.hold(now, number);
        }
    }

    fn replace(
        &mut self,
        now: Now<'_>,
        transition: &Transition<Value>,
        former: &[Id],
        inherited: &[MemberId],
    ) {
        let relation = transition.relation;
        let mut members = transition.members.clone();
        let before = self.matching(relation, former, &[]);
        if before.is_empty() {
            self.end_before_archive(now, relation, former);
        }
        for number in before {
            let known = self.live(number).members.clone();
            for member in inherited {
                let is_told = members.iter().any(|(told, _)| told == member);
                if let Some(value) = known.get(*member).filter(|_| !is_told) {
                    members.push((*member, value));
                }
            }
            self.end(now, number, now.exactly(BoundKind::Observed));
        }
        self.open(now, transition, members);
    }

    fn assign(
        &mut self,
        now: Now<'_>,
        transition: &Transition<Value>,
        owner: Id,
        member: MemberId,
        values: &[Value],
    ) {
        let relation = transition.relation;
        let held = self.open_with(relation, owner);
        let is_known = !held.is_empty() || self.is_created(owner);
        let wanted: BTreeSet<Value> = values.iter().copied().collect();
        let mut had = BTreeSet::new();
        for number in held {
            if let Some(value) = self.live(number).members.get(member) {
                had.insert(value);
                if !wanted.contains(&value) {
                    self.end(now, number, now.exactly(BoundKind::Observed));
                }
            }
        }
        for value in values {
            if !had.contains(value) {
                let start = if is_known {
                    now.exactly(BoundKind::Observed)
                } else {
                    // It may have had this one already: what it had before is not in the archive.
                    now.bound(BoundKind::Uncertain, None, Some(now.time()))
                };
                self.begin(now, relation, vec![owner, (member, *value)], start);
            }
        }
    }

    fn is_created(&self, owner: Id) -> bool {
        let lifetime = self.catalogue.member(owner.0).lifetime;
        lifetime.is_some_and(|lifetime| self.is_open(lifetime, owner))
    }
}
