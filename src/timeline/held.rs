//! What records prove to have held: by a refusal, or by a success that needs it.
//!
//! A proof withdraws the ends that earlier calls of open outcome may have made, here and in all that
//! would have ended with it. Where no record told the beginning, it is the first sighting of what may
//! end later.

use jiff::Timestamp;

use super::begin::AWAITING;
use super::findings::finding;
use super::state::{Causes, Id, Now, Number, PossibleEnd, State, Value};
use crate::event::{Change, EventIndex, Outcome, RelationId, Support, Transition};
use crate::interval::{Bound, BoundKind};

impl State<'_> {
    /// A record proves that an interval with these members was open.
    pub(super) fn prove_held(&mut self, now: Now<'_>, relation: RelationId, members: &[Id]) {
        let resource = self.catalogue.relation(relation).resource;
        for id in members.iter().filter(|id| resource == Some(id.0)) {
            self.withdraw(now, *id);
        }
        if self.is_crowded(relation, members) {
            // One of many was held, and nothing tells which.
            return;
        }
        self.take_back_presumed(now, relation, members, &[]);
        let found = self.matching(relation, members, &[]);
        let handles = &self.catalogue.relation(relation).handle;
        let is_named = members.iter().any(|(member, _)| handles.contains(member));
        for number in &found {
            if is_named {
                self.learn(*number, members);
            }
            self.hold(now, *number);
        }
        if !found.is_empty() {
            return;
        }
        let Some(number) = self.last_ended_like(relation, members) else {
            self.hold_unseen(now, relation, members);
            return;
        };
        self.sight(now, relation, members);
        let live = self.live_mut(number);
        let Some(end) = &mut live.end else {
            return;
        };
        match end.kind {
            // It was still held: the end took effect later.
            BoundKind::Implied | BoundKind::Inferred if end.not_after.is_none() => {}
            // What is being deleted may be used for some seconds more.
            _ if now.fact.outcome == Outcome::Succeeded => {}
            _ => live
                .findings
                .push(finding("still-held", &now.fact.event_id)),
        }
    }

    /// A call that succeeded proves that the resources which it names existed.
    pub(super) fn prove_used(&mut self, now: Now<'_>, transition: &Transition<Value>) {
        let is_proof = matches!(transition.change, Change::ProvesEnded | Change::ProvesHeld);
        if now.fact.outcome != Outcome::Succeeded
            || transition.support == Support::Uncertain
            || is_proof
            || transition.is_elsewhere()
        {
            return;
        }
        let own = self.catalogue.relation(transition.relation).resource;
        for id in transition.named() {
            if own != Some(id.0) {
                self.prove_exists(now, *id);
            }
        }
    }

    fn prove_exists(&mut self, now: Now<'_>, id: Id) {
        let Some(lifetime) = self.catalogue.member(id.0).lifetime else {
            return;
        };
        if let Some(number) = self.first_open(lifetime, id) {
            self.hold(now, number);
        } else if self.last_ended_with(lifetime, id).is_none() {
            self.sight(now, lifetime, &[id]);
        }
        self.withdraw(now, id);
    }

    /// Notes that a record proves an interval to be open, so that what may have ended it had not.
    pub(super) fn hold(&mut self, now: Now<'_>, number: Number) {
        let live = self.live_mut(number);
        live.held_at = Some(now.time());
        if live.start.kind == BoundKind::Uncertain && live.start.not_after.is_none() {
            // A call of open outcome was to begin it: it has begun by now.
            live.start.not_after = Some(now.time());
            live.findings.retain(|finding| finding.code != AWAITING);
        }
        let relation = live.relation;
        let withdrawn = std::mem::take(&mut live.possible_ends);
        if !withdrawn.is_empty() {
            let survived = finding("survived", &now.fact.event_id);
            live.findings.push(survived);
            self.doubt_again(number);
            let events: Vec<_> = withdrawn.iter().map(|end| end.bound.event).collect();
            self.withdraw_with(now, number, &events);
        }
        if self.catalogue.relation(relation).resource.is_none() {
            for id in self.outlasted_by(number) {
                self.prove_exists(now, id);
            }
        }
    }

    /// Lists the resources that exist as long as an interval is open.
    fn outlasted_by(&self, number: Number) -> Vec<Id> {
        let catalogue = self.catalogue;
        let live = self.live(number);
        let known = catalogue.relation(live.relation);
        let ids = live.members.ids().iter();
        let exists = |id: &&Id| {
            let mut ends = catalogue.ends_with_member(id.0).iter();
            known.ends_with.contains(&id.0)
                && known.follow.contains(&id.0)
                && ends.any(|end| {
                    end.relation == live.relation
                        && !end.asynchronous
                        && !live.knows_any(&end.unless_known)
                })
        };
        ids.filter(exists).copied().collect()
    }

    /// Notes an end of an open interval whose record leaves the outcome open.
    pub(super) fn doubt(&mut self, number: Number, bound: Bound, causes: Causes) {
        for id in causes.ids() {
            self.doubted.entry(id).or_default().push(number);
        }
        let end = PossibleEnd { bound, causes };
        self.live_mut(number).possible_ends.push(end);
    }

    /// A resource existed: what would have ended with it did not.
    fn withdraw(&mut self, now: Now<'_>, id: Id) {
        if self.doubted.is_empty() {
            return;
        }
        for number in self.doubted.remove(&id).unwrap_or_default() {
            self.drop_possible(now, number, |end| end.causes.ids().any(|cause| cause == id));
        }
    }

    /// What the same calls would have ended together with an interval did not end.
    fn withdraw_with(&mut self, now: Now<'_>, number: Number, events: &[Option<EventIndex>]) {
        let catalogue = self.catalogue;
        let live = self.live(number);
        let members = live.members.clone();
        for end in catalogue.ends_with_relation(live.relation) {
            let on = end.on.iter();
            let on: Option<Vec<Id>> = on
                .map(|member| Some((*member, members.get(*member)?)))
                .collect();
            for number in on.map_or(Vec::new(), |on| self.matching(end.relation, &on, &[])) {
                if self.drop_possible(now, number, |end| events.contains(&end.bound.event)) {
                    self.withdraw_with(now, number, events);
                }
            }
        }
    }

    /// Drops possible ends of an open interval; says whether there was any to drop.
    fn drop_possible(
        &mut self,
        now: Now<'_>,
        number: Number,
        is_disproved: impl Fn(&PossibleEnd) -> bool,
    ) -> bool {
        let live = self.live_mut(number);
        let before = live.possible_ends.len();
        live.possible_ends.retain(|end| !is_disproved(end));
        let any = live.possible_ends.len() < before;
        if any && live.end.is_none() {
            let survived = finding("survived", &now.fact.event_id);
            live.findings.push(survived);
            self.doubt_again(number);
        }
        any
    }

    /// Notes that something was seen to hold of which no record told the beginning.
    pub(super) fn sight(&mut self, now: Now<'_>, relation: RelationId, members: &[Id]) {
        let last = self.last_ended_like(relation, members);
        let last = last.and_then(|number| self.live(number).end.as_ref());
        let ended = last.and_then(|end| end.not_before.or(end.not_after));
        let mut members = members.to_vec();
        members.sort_unstable();
        let sighting = (now.time(), now.fact.event);
        let first = self.sighted.entry((relation, members)).or_insert(sighting);
        if Some(first.0) <= ended {
            *first = sighting;
        }
    }

    /// Returns when a record first showed, after `since`, that an interval held which has these members.
    pub(super) fn first_sighting(
        &self,
        relation: RelationId,
        members: &[Id],
        since: Option<Timestamp>,
    ) -> Option<(Timestamp, EventIndex)> {
        if self.sighted.is_empty() {
            return None;
        }
        let follow = &self.catalogue.relation(relation).follow;
        let mut all = members.to_vec();
        all.sort_unstable();
        // Records name one or two of them, or all.
        let mut wanted: Vec<Vec<Id>> = vec![all.clone()];
        for (index, id) in all.iter().enumerate() {
            wanted.push(vec![*id]);
            wanted.extend(all[index + 1..].iter().map(|other| vec![*id, *other]));
        }
        let sightings = wanted
            .into_iter()
            .filter(|ids| ids.iter().any(|id| follow.contains(&id.0)))
            .filter_map(|ids| self.sighted.get(&(relation, ids)).copied());
        sightings.filter(|(time, _)| Some(*time) > since).min()
    }
}
