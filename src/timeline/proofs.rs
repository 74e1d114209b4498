//! What refusals are said to prove, and do not.
//!
//! AWS answers "not found" for some time after it has made a thing. Such a refusal proves nothing of
//! what has just begun, nor where a later call about the same thing succeeds: ids are never used again.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use jiff::{SignedDuration, Timestamp};

use super::findings::finding;
use super::state::{Id, Now, State};
use crate::catalogue::Catalogue;
use crate::event::{Change, Fact, MemberId, Outcome, RelationId};
use crate::interval::BoundKind;
use crate::text::Text;

/// How long after its creation a thing may still be reported as not found.
const UNSEEN_MAX: SignedDuration = SignedDuration::from_mins(5);

/// How long after it began an attachment or association may still be reported as not there.
const UNATTACHED_MAX: SignedDuration = SignedDuration::from_mins(1);

/// When calls about things that refusals name succeeded last.
type Succeeded = HashMap<(MemberId, Text), Timestamp, RandomState>;

/// Drops what refusals are said to prove where later records say otherwise.
///
/// `facts` are in order of time.
pub(super) fn drop_disproved(catalogue: &Catalogue, facts: &mut [Fact]) {
    let mut named = named_by_refusals(facts);
    if named.is_empty() {
        return;
    }
    let succeeded = facts.iter();
    for fact in succeeded.filter(|fact| fact.outcome == Outcome::Succeeded) {
        for id in fact.transitions.iter().flat_map(|one| &one.members) {
            if let Some(last) = named.get_mut(id) {
                *last = fact.time;
            }
        }
    }
    let failed = facts.iter_mut();
    for fact in failed.filter(|fact| fact.outcome == Outcome::Failed) {
        let time = fact.time;
        fact.transitions.retain(|transition| {
            let known = catalogue.relation(transition.relation);
            let is_disproved = |id: &(MemberId, Text)| {
                known.handle.contains(&id.0) && named.get(id).is_some_and(|last| *last > time)
            };
            transition.change != Change::ProvesEnded || !transition.members.iter().any(is_disproved)
        });
    }
}

fn named_by_refusals(facts: &[Fact]) -> Succeeded {
    let failed = facts.iter().filter(|fact| fact.outcome == Outcome::Failed);
    let proofs = failed
        .flat_map(|fact| &fact.transitions)
        .filter(|transition| transition.change == Change::ProvesEnded);
    proofs
        .flat_map(|proof| &proof.members)
        .map(|id| (id.clone(), Timestamp::MIN))
        .collect()
}

impl State<'_> {
    /// Says whether a refusal finds missing what has only just begun; that is told where it is no
    /// lifetime.
    pub(super) fn is_too_new(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
    ) -> bool {
        if now.fact.outcome != Outcome::Failed {
            return false;
        }
        let is_lifetime = self.catalogue.relation(relation).resource.is_some();
        let unseen_max = if is_lifetime {
            UNSEEN_MAX
        } else {
            UNATTACHED_MAX
        };
        let mut found = self.matching(relation, members, &[]);
        found.retain(|number| {
            let live = self.live(*number);
            let begun = live
                .start
                .not_before
                .filter(|_| matches!(live.start.kind, BoundKind::Observed | BoundKind::Implied));
            let is_new = |begun| now.time().duration_since(begun) < unseen_max;
            live.possible_ends.is_empty() && begun.is_some_and(is_new)
        });
        for number in &found {
            if !is_lifetime {
                let unseen = finding("not-found-while-new", &now.fact.event_id);
                self.live_mut(*number).findings.push(unseen);
            }
        }
        !found.is_empty()
    }
}
