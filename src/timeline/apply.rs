//! What one transition does to the state: beginnings are in `begin`, ends in `end` and `unseen`.

use std::collections::BTreeSet;

use super::end::Ending;
use super::findings::finding;
use super::state::{Id, Now, Number, State, Value};
use crate::event::{Change, Fact, MemberId, RelationId, Support, Transition};
use crate::interval::BoundKind;
use crate::members::Name;

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
            Change::Open {
                elsewhere: true, ..
            } => self.confirm_told(now, transition),
            Change::Open { .. } => {
                self.open(now, transition, members.clone());
            }
            Change::Close { .. }
                if self.proves_nothing_now(now, relation, members, transition.support) => {}
            Change::Close {
                told,
                finding: code,
                lacking,
                idempotent,
                also_unseen,
                at_once,
                ..
            } => {
                let ending = Ending {
                    asynchronous: transition.asynchronous,
                    idempotent: *idempotent,
                    also_unseen: *also_unseen,
                    at_once: *at_once,
                    presumed: code.filter(|_| transition.support == Support::Inferred),
                    ..Ending::of(transition.support)
                };
                let tells = !told.is_empty() || code.is_some();
                let found = match tells {
                    true => self.matching(relation, members, lacking),
                    false => Vec::new(),
                };
                self.close(now, relation, members, lacking, &[], ending);
                if tells {
                    self.tell(now, relation, members, found, told, *code);
                }
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
            Change::Update { of } => self.update(now, transition, of),
            Change::ProvesEnded if self.is_too_new(now, relation, members) => {}
            Change::ProvesEnded => {
                let ending = Ending {
                    under_way: transition.asynchronous,
                    ..Ending::of(Support::Inferred)
                };
                self.close(now, relation, members, &[], &[], ending);
            }
            Change::ProvesHeld => self.prove_held(now, relation, members),
        }
    }

    /// Adds what a call tells of what it has ended: of what it `found` open, else of what began unseen.
    fn tell(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        found: Vec<Number>,
        told: &[Id],
        code: Option<Name>,
    ) {
        let mut ended = found;
        if ended.is_empty() {
            ended.extend(self.last_ended_like(relation, members));
        }
        for number in ended {
            let live = self.live_mut(number);
            let end = live.end.as_ref();
            if end.is_some_and(|end| end.event == Some(now.fact.event)) {
                live.tell(told);
                let found = code.map(|code| finding(&code, &now.fact.event_id));
                live.findings.extend(found);
            }
        }
    }

    fn update(&mut self, now: Now<'_>, transition: &Transition<Value>, of: &[Id]) {
        for number in self.matching(transition.relation, of, &[]) {
            if transition.support == Support::Uncertain {
                let unknown = finding("outcome-unknown", &now.fact.event_id);
                self.live_mut(number).findings.push(unknown);
                continue;
            }
            for id in &transition.members {
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
        if before.is_empty() && transition.support != Support::Uncertain {
            let ending = Ending::of(Support::Observed);
            self.end_before_archive(now, relation, former, ending);
        }
        if transition.support == Support::Uncertain {
            // Of what would begin, the record does not name what tells it from others.
            for number in before {
                self.end_one(now, number, Ending::of(Support::Uncertain));
            }
            return;
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
        let is_certain = transition.support != Support::Uncertain;
        let mut had = BTreeSet::new();
        for number in held {
            let Some(value) = self.live(number).members.get(member) else {
                continue;
            };
            had.insert(value);
            match (wanted.contains(&value), is_certain) {
                (true, true) => self.hold(now, number),
                (true, false) => {}
                (false, true) => self.end(now, number, now.exactly(BoundKind::Observed)),
                (false, false) => self.end_one(now, number, Ending::of(Support::Uncertain)),
            }
        }
        for value in values.iter().filter(|value| !had.contains(value)) {
            let start = match (is_certain, is_known) {
                (true, true) => now.exactly(BoundKind::Observed),
                // It may have had this one already: what it had before is not in the archive.
                (true, false) => now.bound(BoundKind::Uncertain, None, Some(now.time())),
                (false, true) => now.bound(BoundKind::Uncertain, Some(now.time()), None),
                // Whether it had it before, has it now, or never: nothing tells.
                (false, false) => continue,
            };
            self.begin(now, relation, vec![owner, (member, *value)], start);
        }
    }

    /// Says whether a resource was created, and no record deleted it.
    pub(super) fn is_created(&self, owner: Id) -> bool {
        let lifetime = self.catalogue.member(owner.0).lifetime;
        lifetime.is_some_and(|lifetime| self.is_open(lifetime, owner))
    }
}
