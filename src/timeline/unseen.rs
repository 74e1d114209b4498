//! Ends of what is not open: its beginning was unseen, or it had ended before.

use jiff::Timestamp;

use super::end::Ending;
use super::findings::finding;
use super::state::{Id, Now, Number, State};
use crate::event::{MemberId, RelationId, Support};
use crate::interval::{Bound, BoundKind};

impl State<'_> {
    /// An end of what is not open: it was unseen, or had ended before.
    pub(super) fn close_unseen(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        ending: Ending,
    ) {
        if ending.support != Support::Observed {
            let is_implied = ending.also_unseen && ending.support == Support::Implied;
            if is_implied && self.last_ended_like(relation, members).is_none() {
                self.end_before_archive(now, relation, members, ending);
            }
            return;
        }
        let known = self.catalogue.relation(relation);
        let key = members
            .iter()
            .find(|(member, _)| known.handle.contains(member))
            .unwrap_or(&members[0]);
        let Some(number) = self.last_ended_like(relation, members) else {
            if let Some(number) = self.held_under(relation, members) {
                self.contradict(now, number, members);
            }
            self.end_before_archive(now, relation, members, ending);
            return;
        };
        let Some(end) = self.live(number).end.clone() else {
            return;
        };
        let is_same = known.handle.contains(&key.0);
        let was_taking_effect = end.kind != BoundKind::Observed
            && end.not_before < Some(now.time())
            && end.not_after.is_none_or(|proved| proved >= now.time());
        let is_gone = self.is_gone(relation, members);
        if was_taking_effect && !ending.idempotent {
            // The interval was there to be ended: AWS's consequence had not yet taken effect.
            self.replace_end(now, number, now.exactly(BoundKind::Observed));
        } else if is_gone && end.kind == BoundKind::Inferred {
            // What is gone is attached nowhere: this is the end that its deletion let infer.
            self.replace_end(now, number, now.exactly(BoundKind::Observed));
            let late = finding("out-of-order", &now.fact.event_id);
            self.live_mut(number).findings.push(late);
        } else if self.needed_before(now, number, members, ending) {
            self.end_needed_before(now, number, &end);
        } else if ending.idempotent || is_same || is_gone {
            let live = self.live_mut(number);
            live.findings.push(finding("no-effect", &now.fact.event_id));
        } else {
            self.end_of_unseen(now, relation, members, end.not_before.or(end.not_after));
        }
    }

    /// Says whether a resource was deleted without which there can be no such interval.
    pub(super) fn is_gone(&self, relation: RelationId, members: &[Id]) -> bool {
        let ends_with = &self.catalogue.relation(relation).ends_with;
        let mut ids = members
            .iter()
            .filter(|(member, _)| ends_with.contains(member));
        ids.any(|id| {
            let lifetime = self.catalogue.member(id.0).lifetime;
            lifetime.is_some_and(|lifetime| {
                !self.is_open(lifetime, *id) && self.last_ended_with(lifetime, *id).is_some()
            })
        })
    }

    /// An end of what was never seen to begin: before the archive, or unseen within it.
    pub(super) fn end_before_archive(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        ending: Ending,
    ) {
        let mut members = members.to_vec();
        self.look_up(relation, &mut members);
        let created = self.creation(relation, &members);
        let displaced = self.displaced_by_unseen(now, relation, &members);
        if let Some((created, true)) = created {
            self.end_of_perhaps_never(now, relation, &members, created);
            return;
        }
        let since = created.map(|(time, _)| time).max(displaced);
        let number = self.begin_unseen(now, relation, members, since);
        self.finish_unseen(now, number, ending);
    }

    /// A record proves that something is attached of which none told yet: it was so before the archive,
    /// or began unseen within it. Where it names neither what is held and what holds it, nor one of them
    /// with a handle, what ends later could not be known for the same.
    pub(super) fn hold_unseen(&mut self, now: Now<'_>, relation: RelationId, members: &[Id]) {
        if let Some(number) = self.held_under(relation, members) {
            // Its handle is held with something else.
            self.contradict(now, number, members);
            return;
        }
        let known = self.catalogue.relation(relation);
        let names = |wanted: &[MemberId]| members.iter().any(|(member, _)| wanted.contains(member));
        let is_handle = |member: &MemberId| known.handle.contains(member);
        let takes_part = known.held.iter().chain(&known.holder);
        let others: Vec<MemberId> = takes_part.copied().filter(|id| !is_handle(id)).collect();
        let is_known_again = names(&known.handle) && names(&others);
        let is_told_whole = names(&known.held) && names(&known.holder);
        if !is_known_again && !is_told_whole {
            self.sight(now, relation, members);
            return;
        }
        let created = self.creation(relation, members).map(|(time, _)| time);
        let displaced = self.displaced_by_unseen(now, relation, members);
        self.begin_unseen(now, relation, members.to_vec(), created.max(displaced));
    }

    /// Begins what is there and was not seen to begin: after `since`, else before the archive.
    fn begin_unseen(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        mut members: Vec<Id>,
        since: Option<Timestamp>,
    ) -> Number {
        let now_seen = (now.time(), now.fact.event);
        let sighting = self.first_sighting(relation, &members, since);
        let (seen, event) = sighting.unwrap_or(now_seen);
        let start = Bound {
            kind: match since {
                Some(_) => BoundKind::Inferred,
                None => BoundKind::BeforeArchive,
            },
            not_before: since,
            not_after: Some(seen),
            tie: false,
            event: since.map(|_| event),
        };
        self.complete(relation, &mut members);
        let number = self.begin(now, relation, members, start);
        let live = self.live_mut(number);
        live.held_at = Some(now.time());
        if since.is_some() {
            let unseen = finding("reattached-unseen", &now.fact.event_id);
            live.findings.push(unseen);
        } else {
            live.start.tie = false;
        }
        number
    }

    /// What is there now was attached, so whatever held an exclusive member of it had ended: ends that,
    /// and returns when the last of these was last seen to hold, or ended.
    fn displaced_by_unseen(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
    ) -> Option<Timestamp> {
        let catalogue = self.catalogue;
        let mut since = None;
        for exclusive in &catalogue.relation(relation).exclusive {
            since = since.max(self.last_held(relation, exclusive, members));
            for number in self.holders(relation, exclusive, members) {
                since = since.max(self.live(number).held_at);
                self.end_former(now, number, Ending::of(Support::Inferred));
            }
        }
        since
    }

    /// Returns when the last of the members was created, if the archive shows it, and whether that is
    /// itself the attachment, as a peering connection is.
    fn creation(&self, relation: RelationId, members: &[Id]) -> Option<(Timestamp, bool)> {
        let known = self.catalogue.relation(relation);
        let created = members.iter().filter_map(|id| {
            let lifetime = self.catalogue.member(id.0).lifetime?;
            let open = self.open_with(lifetime, *id).first().copied();
            let number = open.or_else(|| self.last_ended_with(lifetime, *id))?;
            let start = &self.live(number).start;
            let time = start.not_before?;
            let is_seen = start.kind == BoundKind::Observed;
            is_seen.then_some((time, known.handle.contains(&id.0)))
        });
        created.max()
    }

    /// Ends what was asked for within the archive, and perhaps never accepted.
    fn end_of_perhaps_never(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        created: Timestamp,
    ) {
        let start = now.bound(BoundKind::Uncertain, Some(created), Some(now.time()));
        let number = self.begin(now, relation, members.to_vec(), start);
        let live = self.live_mut(number);
        live.findings
            .push(finding("perhaps-never-accepted", &now.fact.event_id));
        self.end(now, number, now.exactly(BoundKind::Uncertain));
    }

    fn end_of_unseen(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        since: Option<Timestamp>,
    ) {
        let number = self.begin_unseen(now, relation, members.to_vec(), since);
        self.finish_unseen(now, number, Ending::of(Support::Observed));
    }

    fn finish_unseen(&mut self, now: Now<'_>, number: Number, ending: Ending) {
        let ending = Ending {
            asynchronous: ending.asynchronous && ending.support == Support::Implied,
            ..Ending::of(ending.support)
        };
        self.end_one(now, number, ending);
    }
}
