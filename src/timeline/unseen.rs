//! Ends of what is not open: its beginning was unseen, or it had ended before.

use super::end::Ending;
use super::findings::finding;
use super::state::{Id, Now, Number, State};
use crate::event::{MemberId, RelationId, Support};
use crate::interval::{Bound, BoundKind};

impl State<'_> {
    /// An observed end of what is not open: it was unseen, or had ended before.
    pub(super) fn close_unseen(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        ending: Ending,
    ) {
        if ending.support != Support::Observed {
            return;
        }
        let known = self.catalogue.relation(relation);
        let key = members
            .iter()
            .find(|(member, _)| known.handle.contains(member))
            .unwrap_or(&members[0]);
        let ended = self
            .last_ended_with(relation, *key)
            .filter(|number| self.live(*number).agrees(members));
        let Some(number) = ended else {
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
                let open = self.open_with(lifetime, *id).first().copied();
                let number = open.or_else(|| self.last_ended_with(lifetime, *id))?;
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
        let ending = Ending::of(Support::Observed);
        self.end_one(now, number, ending);
    }
}
