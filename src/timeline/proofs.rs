//! Refusals that later records disprove.
//!
//! AWS answers "not found" for some seconds after it has created a thing. Such a refusal proves nothing
//! if a later call about the same thing succeeds: ids are never used again.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::catalogue::Catalogue;
use crate::event::{Change, Fact, MemberId, Outcome};
use crate::text::Text;

/// A thing, as a member with its value.
type Id = (MemberId, Text);

/// How long after its creation a thing may still be reported as not found.
const CONSISTENCY: SignedDuration = SignedDuration::from_mins(5);

/// Drops what refusals are said to prove where later records say otherwise, or where the thing had
/// just been created.
///
/// `facts` are in order of time.
pub(super) fn drop_disproved(catalogue: &Catalogue, facts: &mut [Fact]) {
    let mut named: BTreeMap<Id, (Option<Timestamp>, Option<Timestamp>)> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.outcome == Outcome::Failed) {
        for transition in &fact.transitions {
            if transition.change == Change::ProvesEnded {
                named.extend(
                    transition
                        .members
                        .iter()
                        .map(|id| (id.clone(), (None, None))),
                );
            }
        }
    }
    if named.is_empty() {
        return;
    }
    for fact in facts
        .iter()
        .filter(|fact| fact.outcome == Outcome::Succeeded)
    {
        for transition in &fact.transitions {
            let is_creation = matches!(transition.change, Change::Open { .. })
                && catalogue.relation(transition.relation).resource.is_some();
            for id in &transition.members {
                if let Some((created, last)) = named.get_mut(id) {
                    *last = Some(fact.time);
                    if is_creation && catalogue.relation(transition.relation).resource == Some(id.0)
                    {
                        created.get_or_insert(fact.time);
                    }
                }
            }
        }
    }
    for fact in facts
        .iter_mut()
        .filter(|fact| fact.outcome == Outcome::Failed)
    {
        let time = fact.time;
        fact.transitions.retain(|transition| {
            let known = catalogue.relation(transition.relation);
            let is_disproved = |id: &Id| {
                let (created, last) = named.get(id).copied().unwrap_or_default();
                let identifies = known.handle.contains(&id.0);
                let is_new = created.is_some_and(|created| {
                    created <= time && time.duration_since(created) < CONSISTENCY
                });
                identifies && (is_new || last.is_some_and(|last| last > time))
            };
            transition.change != Change::ProvesEnded || !transition.members.iter().any(is_disproved)
        });
    }
}
