//! How open intervals end: by a call, by its consequence, or by proof.
//!
//! Ends of what is not open are in `unseen`, what ends with an end in `cascade`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::findings::finding;
use super::state::{Causes, Id, Now, Number, PossibleEnd, State};
use crate::event::{EventIndex, MemberId, Outcome, RelationId, Support};
use crate::interval::{Bound, BoundKind};
use crate::members::Name;

/// How an end is told.
#[derive(Clone, Copy)]
pub(super) struct Ending {
    pub(super) support: Support,
    pub(super) asynchronous: bool,
    /// The interval ends by the end of a resource, not by a call about the interval itself.
    pub(super) by_resource: bool,
    /// A success does not prove that there was anything to end.
    pub(super) idempotent: bool,
    /// Where nothing that ends was seen to begin, it began unseen.
    pub(super) also_unseen: bool,
    /// The record says that it had taken effect already.
    pub(super) at_once: bool,
    /// Of what is inferred: what it ended with was last seen to hold then.
    pub(super) since: Option<Timestamp>,
    /// The resources that it ended with.
    pub(super) causes: Causes,
    /// It follows from a rule that has exceptions: what this finding says of it.
    pub(super) presumed: Option<Name>,
    /// Of what is inferred: it had ended or was ending, so that nothing else is proved to be complete.
    pub(super) under_way: bool,
    /// A call of open outcome that asked for the same before: this one is told as what did it.
    pub(super) again: Option<EventIndex>,
}

impl Ending {
    /// An end by a call about the interval itself, which takes effect at once.
    pub(super) fn of(support: Support) -> Self {
        Self {
            support,
            asynchronous: false,
            by_resource: false,
            idempotent: false,
            also_unseen: false,
            at_once: false,
            since: None,
            causes: Causes::default(),
            presumed: None,
            under_way: false,
            again: None,
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
        if ending.support == Support::Observed {
            self.take_back_presumed(now, relation, members, lacking);
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
        let found = self.in_order(now, relation, members, found, ending);
        let proven = self.prove_ended(now, relation, members, ending);
        if found.is_empty() {
            self.close_unseen(now, relation, members, ending);
        }
        let concerned = [&found[..], &proven].concat();
        let mut ended = self.resources(relation, &concerned, members);
        for number in found {
            if ending.support == Support::Observed {
                self.learn(number, members);
            }
            self.end_one(now, number, ending);
        }
        for number in concerned {
            self.note_since(relation, number, &mut ended);
        }
        while let Some((resource, since)) = ended.pop_first() {
            let ending = Ending { since, ..ending };
            self.cascade_lifetime(now, resource, ending);
        }
    }

    /// Lists the resources whose lifetimes end: those that are named, and those of the intervals found by
    /// what describes them; none is known yet to have been seen.
    fn resources(
        &self,
        relation: RelationId,
        found: &[Number],
        members: &[Id],
    ) -> BTreeMap<Id, Option<Timestamp>> {
        let Some(resource) = self.catalogue.relation(relation).resource else {
            return BTreeMap::new();
        };
        let of_found = found.iter().filter_map(|number| {
            let value = self.live(*number).members.get(resource)?;
            Some((resource, value))
        });
        let named = members
            .iter()
            .filter(|(member, _)| *member == resource)
            .copied();
        of_found.chain(named).map(|id| (id, None)).collect()
    }

    /// Notes until when a resource was there for certain, whose lifetime has ended now.
    fn note_since(
        &self,
        relation: RelationId,
        number: Number,
        ended: &mut BTreeMap<Id, Option<Timestamp>>,
    ) {
        let live = self.live(number);
        let resource = self.catalogue.relation(relation).resource;
        let id = resource.and_then(|member| Some((member, live.members.get(member)?)));
        if let Some(since) = id.and_then(|id| ended.get_mut(&id)) {
            let end = live.end.as_ref();
            *since = end.and_then(|end| end.not_before);
        }
    }

    pub(super) fn end_one(&mut self, now: Now<'_>, number: Number, ending: Ending) {
        let held_at = self.live(number).held_at;
        let time = now.time();
        let end = match ending.support {
            Support::Uncertain => {
                let live = self.live(number);
                let relation = live.relation;
                let last = live.possible_ends.last();
                if last.is_some_and(|end| end.bound.event == Some(now.fact.event)) {
                    return;
                }
                let bound = now.bound(BoundKind::Uncertain, Some(time), None);
                self.doubt(number, bound, ending.causes);
                let live = self.live_mut(number);
                if now.fact.outcome == Outcome::Uncertain {
                    live.findings
                        .push(finding("outcome-unknown", &now.fact.event_id));
                } else {
                    // What is interrupted was there until then.
                    live.held_at = Some(time);
                }
                self.cascade_relation(now, relation, number, ending);
                return;
            }
            Support::Observed if ending.idempotent => {
                self.unless_ended_before(number, ending, now.exactly(BoundKind::Observed))
            }
            Support::Observed => now.exactly(BoundKind::Observed),
            Support::Implied if ending.asynchronous => {
                let end = now.bound(BoundKind::Implied, Some(time), None);
                self.unless_ended_before(number, ending, end)
            }
            Support::Implied => {
                self.unless_ended_before(number, ending, now.exactly(BoundKind::Implied))
            }
            Support::Inferred => self.inferred_end(now, number, held_at.max(ending.since)),
        };
        let relation = self.live(number).relation;
        if end.kind == BoundKind::Uncertain && end.not_after.is_none() {
            // Nothing proves yet that this call's effect, which takes some time, is complete.
            let bound = now.bound(BoundKind::Uncertain, Some(time), None);
            self.live_mut(number).possible_ends.push(PossibleEnd {
                bound,
                causes: ending.causes,
            });
        }
        self.end(now, number, end);
        self.live_mut(number).presumed = ending.presumed;
        self.presumes |= ending.presumed.is_some();
        let is_lifetime = self.catalogue.relation(relation).resource.is_some();
        if is_lifetime && ending.asynchronous && ending.support == Support::Observed {
            self.await_proof(number);
        }
        self.cascade_relation(now, relation, number, ending);
    }

    /// What a call ends that works either way may have been ended before by one of open outcome: then
    /// the end lies between the two. What would have ended with the very thing that the call ends now had
    /// not, for that was there still.
    fn unless_ended_before(&self, number: Number, ending: Ending, end: Bound) -> Bound {
        let live = self.live(number);
        let ends_now = ending.causes.ids().next();
        let mut possible = live.possible_ends.iter().filter(|possible| {
            let is_disproved = possible.causes.ids().any(|cause| Some(cause) == ends_now);
            let is_again = ending.again.is_some() && possible.bound.event == ending.again;
            possible.bound.not_before >= live.held_at && !is_disproved && !is_again
        });
        match possible.next() {
            Some(possible) => Bound {
                not_after: end.not_after,
                ..possible.bound.clone()
            },
            None => end,
        }
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
        match live.possible_ends.first() {
            Some(possible) if possible.bound.not_before >= held_at => Bound {
                not_before: held_at,
                not_after: Some(now.time()),
                ..possible.bound.clone()
            },
            _ => now.bound(BoundKind::Inferred, held_at, Some(now.time())),
        }
    }
}
