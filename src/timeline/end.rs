//! How intervals end: by a call, by its consequence, by proof, or unseen.

use std::collections::BTreeMap;

use super::findings::finding;
use super::state::{Id, Now, Number, State};
use crate::event::{MemberId, Outcome, RelationId, Support};
use crate::interval::{Bound, BoundKind};
use crate::text::Text;

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

impl State<'_> {
    /// Lists the open intervals that agree with all of `members` and have at least one of them.
    pub(super) fn matching(
        &self,
        relation: RelationId,
        members: &[Id],
        lacking: &[MemberId],
    ) -> Vec<Number> {
        let known = self.catalogue.relation(relation);
        let handles: Vec<&Id> = members
            .iter()
            .filter(|(member, _)| known.handle.contains(member))
            .collect();
        let keys = if handles.is_empty() {
            members.iter().collect()
        } else {
            handles
        };
        let found = self.by_selectivity(relation, &keys).into_iter().map(|id| {
            let mut numbers = self.open_with(relation, id);
            numbers.retain(|number| {
                let live = self.live(*number);
                live.agrees(members) && !live.knows_any(lacking)
            });
            numbers
        });
        found
            .into_iter()
            .find(|numbers| !numbers.is_empty())
            .unwrap_or_default()
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
                    .any(|member| live.members.contains_key(member))
            })
            .collect();
        self.prove_ended(now, relation, members, ending);
        if found.is_empty() {
            self.close_unseen(now, relation, members, ending);
        }
        for number in found {
            if ending.support == Support::Observed {
                self.learn(number, members);
            }
            self.end_one(now, number, ending);
        }
        if self.catalogue.relation(relation).resource.is_some() {
            self.cascade_lifetime(now, relation, members, ending);
        }
    }

    /// What ends, or proves the end of, an interval also proves those that ended asynchronously.
    fn prove_ended(&mut self, now: Now<'_>, relation: RelationId, members: &[Id], ending: Ending) {
        if ending.support == Support::Uncertain || ending.support == Support::Observed {
            return;
        }
        for number in self.unproven_with(relation, &members[0]) {
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
                live.possible_end.get_or_insert(bound);
                if now.fact.outcome == Outcome::Uncertain {
                    live.findings
                        .push(finding("outcome-unknown", &now.fact.event_id));
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
        let live = self.live(number);
        let relation = live.relation;
        let members = live.members.clone();
        self.end(now, number, end);
        self.cascade_relation(now, relation, &members, ending);
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
                not_after: Some(now.time()),
                ..possible.clone()
            },
            _ => now.bound(BoundKind::Inferred, held_at, Some(now.time())),
        }
    }

    /// An observed end of what is not open: it was unseen, or had ended before.
    fn close_unseen(&mut self, now: Now<'_>, relation: RelationId, members: &[Id], ending: Ending) {
        if ending.support != Support::Observed {
            return;
        }
        let known = self.catalogue.relation(relation);
        let key = members
            .iter()
            .find(|(member, _)| known.handle.contains(member))
            .unwrap_or(&members[0]);
        let Some(number) = self.last_ended_like(relation, members) else {
            self.end_before_archive(now, relation, members);
            return;
        };
        let Some(end) = self.live(number).end.clone() else {
            return;
        };
        let is_same = known.handle.contains(&key.0);
        let was_unproven = end.kind != BoundKind::Observed && end.not_before < Some(now.time());
        if was_unproven
            && (is_same || end.not_after.is_none())
            && known.resource.is_none()
            && !ending.idempotent
        {
            // The interval was there to be ended: AWS's consequence had not yet taken effect.
            self.replace_end(now, number, now.exactly(BoundKind::Observed));
        } else if ending.idempotent || is_same {
            let live = self.live_mut(number);
            live.findings.push(finding("no-effect", &now.fact.event_id));
        } else {
            self.end_of_unseen(now, relation, members, end.not_before.or(end.not_after));
        }
    }

    pub(super) fn end_before_archive(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
    ) {
        if let Some((created, is_itself)) = self.creation(relation, members) {
            // Created within the archive, it cannot have been attached before. What is itself the
            // attachment was never more than asked for; anything else was attached unseen.
            if !is_itself {
                self.end_of_unseen(now, relation, members, Some(created));
            }
            return;
        }
        let mut members = members.to_vec();
        self.look_up(relation, &mut members);
        let start = Bound {
            kind: BoundKind::BeforeArchive,
            not_before: None,
            not_after: Some(now.time()),
            tie: false,
            event: None,
        };
        let number = self.begin(now, relation, members, start);
        self.live_mut(number).start.tie = false;
        self.finish_unseen(now, number);
    }

    /// Returns when what is attached was created, if the archive shows it, and whether it is itself the
    /// attachment, as a peering connection is.
    fn creation(&self, relation: RelationId, members: &[Id]) -> Option<(jiff::Timestamp, bool)> {
        let known = self.catalogue.relation(relation);
        let identifies =
            |member: &MemberId| known.handle.contains(member) || known.held.contains(member);
        members
            .iter()
            .filter(|(member, _)| identifies(member))
            .find_map(|id| {
                let lifetime = self.catalogue.member(id.0).lifetime?;
                let open = self.open_with(lifetime, id).first().copied();
                let number = open.or_else(|| self.last_ended_with(lifetime, id))?;
                let start = &self.live(number).start;
                let time = start
                    .not_before
                    .filter(|_| start.kind == BoundKind::Observed)?;
                Some((time, known.handle.contains(&id.0)))
            })
    }

    fn end_of_unseen(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        since: Option<jiff::Timestamp>,
    ) {
        let start = now.bound(BoundKind::Inferred, since, Some(now.time()));
        let number = self.begin(now, relation, members.to_vec(), start);
        let live = self.live_mut(number);
        live.findings
            .push(finding("reattached-unseen", &now.fact.event_id));
        self.finish_unseen(now, number);
    }

    fn finish_unseen(&mut self, now: Now<'_>, number: Number) {
        let ending = Ending {
            support: Support::Observed,
            asynchronous: false,
            by_resource: false,
            idempotent: false,
        };
        self.end_one(now, number, ending);
    }

    /// The end of a resource ends what it takes part in, or proves that it had ended.
    fn cascade_lifetime(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        ending: Ending,
    ) {
        let catalogue = self.catalogue;
        let Some(resource) = catalogue.relation(relation).resource else {
            return;
        };
        let Some(id) = members.iter().find(|(member, _)| *member == resource) else {
            return;
        };
        for end in catalogue.ends_with_member(resource) {
            let support = match ending.support {
                Support::Uncertain => Support::Uncertain,
                Support::Inferred => Support::Inferred,
                Support::Observed | Support::Implied => end.support,
            };
            let ending = Ending {
                support,
                asynchronous: end.asynchronous
                    || (ending.asynchronous && support == Support::Implied),
                by_resource: true,
                idempotent: false,
            };
            self.close(
                now,
                end.relation,
                std::slice::from_ref(id),
                &[],
                &end.unless_known,
                ending,
            );
        }
    }

    /// The end of an interval may end others, and may delete a resource.
    fn cascade_relation(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &BTreeMap<MemberId, Text>,
        ending: Ending,
    ) {
        let catalogue = self.catalogue;
        for end in catalogue.ends_with_relation(relation) {
            let on: Option<Vec<Id>> = end
                .on
                .iter()
                .map(|member| Some((*member, members.get(member)?.clone())))
                .collect();
            if let Some(on) = on {
                let ending = Ending {
                    support: end.support,
                    by_resource: true,
                    ..ending
                };
                for number in self.matching(end.relation, &on, &[]) {
                    if self.live(number).has(&on) {
                        self.end_one(now, number, ending);
                    }
                }
            }
        }
        let deleted = catalogue.relation(relation).deletes.filter(|(_, _, when)| {
            ending.by_resource
                && members
                    .get(when)
                    .is_some_and(|when| when.as_str() == "true")
        });
        if let Some((lifetime, member, _)) = deleted
            && let Some(value) = members.get(&member)
        {
            let ending = Ending {
                by_resource: true,
                ..ending
            };
            self.close(now, lifetime, &[(member, value.clone())], &[], &[], ending);
        }
    }
}
