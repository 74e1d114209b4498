//! How open intervals end: by a call, by its consequence, or by proof.
//!
//! Ends of what is not open are in `unseen`, what ends with an end in `cascade`.

use std::collections::BTreeSet;

use super::findings::finding;
use super::state::{Id, Now, Number, State};
use crate::event::{MemberId, Outcome, RelationId, Support};
use crate::interval::{Bound, BoundKind};

/// How an end is told.
#[derive(Clone, Copy)]
pub(super) struct Ending {
    pub(super) support: Support,
    pub(super) asynchronous: bool,
    /// The interval ends by the end of a resource, not by a call about the interval itself.
    pub(super) by_resource: bool,
    /// A success does not prove that there was anything to end.
    pub(super) idempotent: bool,
}

impl Ending {
    /// An end by a call about the interval itself, which takes effect at once.
    pub(super) fn of(support: Support) -> Self {
        Self {
            support,
            asynchronous: false,
            by_resource: false,
            idempotent: false,
        }
    }
}

impl State<'_> {
    /// Lists the open intervals that agree with all of `members` and have at least one of them.
    pub(super) fn matching(
        &self,
        relation: RelationId,
        members: &[Id],
        lacking: &[MemberId],
    ) -> Vec<Number> {
        let known = self.catalogue.relation(relation);
        let handles: Vec<Id> = members
            .iter()
            .filter(|(member, _)| known.handle.contains(member))
            .copied()
            .collect();
        if handles.is_empty() {
            return self.agreeing(relation, members, members, lacking);
        }
        let found = self.agreeing(relation, &handles, members, lacking);
        if !found.is_empty() {
            return found;
        }
        // The beginning may not have told the handle yet: then the other members identify it.
        let others: Vec<Id> = members
            .iter()
            .filter(|id| !handles.contains(id))
            .copied()
            .collect();
        let mut found = self.agreeing(relation, &others, members, lacking);
        found.retain(|number| !self.live(*number).knows_any(&known.handle));
        found
    }

    /// Lists the open intervals that are found by one of these keys, agree, and lack what they must.
    fn agreeing(
        &self,
        relation: RelationId,
        keys: &[Id],
        members: &[Id],
        lacking: &[MemberId],
    ) -> Vec<Number> {
        for id in self.by_selectivity(relation, keys) {
            let mut numbers = self.open_with(relation, id);
            numbers.retain(|number| {
                let live = self.live(*number);
                live.agrees(members) && !live.knows_any(lacking)
            });
            // What agrees has the member, and so was just looked at, or does not know it.
            if !numbers.is_empty() || self.all_know(relation, id.0) {
                return numbers;
            }
        }
        Vec::new()
    }

    pub(super) fn close(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        lacking: &[MemberId],
        unless_known: &[MemberId],
        ending: Ending,
    ) {
        if members.is_empty() {
            return;
        }
        let found: Vec<Number> = self
            .matching(relation, members, lacking)
            .into_iter()
            .filter(|number| {
                let live = self.live(*number);
                !unless_known
                    .iter()
                    .any(|member| live.members.get(*member).is_some())
            })
            .collect();
        self.prove_ended(now, relation, members, ending);
        if found.is_empty() {
            self.close_unseen(now, relation, members, ending);
        }
        let mut ended = self.resources(relation, &found, members);
        for number in found {
            if ending.support == Support::Observed {
                self.learn(number, members);
            }
            self.end_one(now, number, ending);
        }
        while let Some(resource) = ended.pop_first() {
            self.cascade_lifetime(now, relation, &[resource], ending);
        }
    }

    /// Lists the resources whose lifetimes end: those that are named, and those of the intervals found by
    /// what describes them.
    fn resources(&self, relation: RelationId, found: &[Number], members: &[Id]) -> BTreeSet<Id> {
        let Some(resource) = self.catalogue.relation(relation).resource else {
            return BTreeSet::new();
        };
        let of_found = found.iter().filter_map(|number| {
            let value = self.live(*number).members.get(resource)?;
            Some((resource, value))
        });
        let named = members
            .iter()
            .filter(|(member, _)| *member == resource)
            .copied();
        of_found.chain(named).collect()
    }

    /// What ends, or proves the end of, an interval also proves those that ended asynchronously.
    fn prove_ended(&mut self, now: Now<'_>, relation: RelationId, members: &[Id], ending: Ending) {
        if ending.support == Support::Uncertain || ending.support == Support::Observed {
            return;
        }
        for number in self.unproven_with(relation, members[0]) {
            let is_later = self
                .live(number)
                .end
                .as_ref()
                .is_some_and(|end| end.event != Some(now.fact.event));
            if is_later && self.live(number).agrees(members) {
                self.prove(number, now.time());
            }
        }
    }

    pub(super) fn end_one(&mut self, now: Now<'_>, number: Number, ending: Ending) {
        let held_at = self.live(number).held_at;
        let time = now.time();
        let end = match ending.support {
            Support::Uncertain => {
                let bound = now.bound(BoundKind::Uncertain, Some(time), None);
                let live = self.live_mut(number);
                live.possible_end.get_or_insert(Box::new(bound));
                if now.fact.outcome == Outcome::Uncertain {
                    live.findings
                        .push(finding("outcome-unknown", &now.fact.event_id));
                } else {
                    // What is interrupted was there until then.
                    live.held_at = Some(time);
                }
                return;
            }
            Support::Observed => now.exactly(BoundKind::Observed),
            Support::Implied if ending.asynchronous => {
                now.bound(BoundKind::Implied, Some(time), None)
            }
            Support::Implied => now.exactly(BoundKind::Implied),
            Support::Inferred => self.inferred_end(now, number, held_at),
        };
        let relation = self.live(number).relation;
        self.end(now, number, end);
        self.cascade_relation(now, relation, number, ending);
    }

    /// An inferred end lies after the last proof that the interval was open; where an earlier call may
    /// have ended it, that call is the better witness.
    fn inferred_end(
        &self,
        now: Now<'_>,
        number: Number,
        held_at: Option<jiff::Timestamp>,
    ) -> Bound {
        let live = self.live(number);
        match &live.possible_end {
            Some(possible) if possible.not_before >= held_at => Bound {
                not_before: held_at,
                not_after: Some(now.time()),
                ..(**possible).clone()
            },
            _ => now.bound(BoundKind::Inferred, held_at, Some(now.time())),
        }
    }
}
