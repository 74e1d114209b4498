//! Ends that follow from a rule with exceptions: they stand until a later record shows that there was
//! something still.

use super::findings::finding;
use super::state::{Id, Now, Number, State};
use crate::event::{MemberId, RelationId};

impl State<'_> {
    /// A record ends, or proves to be held, what has these members: where nothing is open that it could
    /// mean, and its end was only presumed, it had not ended.
    pub(super) fn take_back_presumed(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        lacking: &[MemberId],
    ) {
        if !self.presumes || !self.matching(relation, members, lacking).is_empty() {
            return;
        }
        let Some(number) = self.last_ended_like(relation, members) else {
            return;
        };
        let live = self.live(number);
        let (Some(end), Some(code)) = (&live.end, live.presumed) else {
            return;
        };
        if end.event == Some(now.fact.event)
            || live.knows_any(lacking)
            || self.is_superseded(number)
            || self.is_gone(relation, live.members.ids())
        {
            return;
        }
        let event = end.event;
        // In the very second nothing tells that the rule did not hold.
        let outlived = end.not_after < Some(now.time());
        self.reopen(number);
        let live = self.live_mut(number);
        live.presumed = None;
        live.findings
            .retain(|finding| finding.code != code.as_str());
        live.possible_ends.retain(|end| end.bound.event != event);
        if outlived {
            let survived = finding("survived", &now.fact.event_id);
            live.findings.push(survived);
        }
    }

    /// Says whether something else held what only one can hold, after this one's end.
    fn is_superseded(&self, number: Number) -> bool {
        let live = self.live(number);
        let (relation, members) = (live.relation, live.members.ids());
        let mut exclusive = self.catalogue.relation(relation).exclusive.iter();
        exclusive.any(|exclusive| {
            !self.holders(relation, exclusive, members).is_empty()
                || self
                    .last_holder(relation, exclusive, members)
                    .is_some_and(|last| last != number)
        })
    }
}
