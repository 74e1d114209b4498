//! What a call may have created or only used: an interface that a launch template names is no more in the
//! request of the launch than one which the launch makes.
//!
//! An earlier record of it shows that it was there.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use jiff::Timestamp;

use super::inverted::CLOCKS_DIFFER_MAX;
use crate::catalogue::Catalogue;
use crate::event::{Change, Fact, MemberId, Support, Transition};
use crate::text::Text;

/// When a record first showed each thing that was perhaps created later; none of what is gone again.
type Shown = HashMap<(MemberId, Text), Option<Timestamp>, RandomState>;

/// Lets a call use what it would otherwise create, where an earlier record shows that it was there.
///
/// `facts` are in order of time. What clocks may have put before its creation shows nothing.
pub(super) fn use_what_existed(catalogue: &Catalogue, facts: &mut [Fact]) {
    let candidates = facts.iter().flat_map(|fact| &fact.transitions);
    let mut shown: Shown = candidates
        .filter_map(|transition| Some((perhaps_created(catalogue, transition)?.clone(), None)))
        .collect();
    if shown.is_empty() {
        return;
    }
    for fact in facts {
        for transition in &mut fact.transitions {
            let Some(id) = perhaps_created(catalogue, transition).cloned() else {
                note(catalogue, &mut shown, fact.time, transition);
                continue;
            };
            let before = shown.get(&id).copied().flatten();
            if before.is_some_and(|before| fact.time.duration_since(before) > CLOCKS_DIFFER_MAX) {
                transition.change = Change::ProvesHeld;
                transition.members = vec![id];
            }
        }
    }
}

/// Returns what a transition creates, unless it was there.
pub(crate) fn perhaps_created<'t>(
    catalogue: &Catalogue,
    transition: &'t Transition,
) -> Option<&'t (MemberId, Text)> {
    match transition.change {
        Change::Open { existing: true, .. } if transition.support != Support::Uncertain => {
            let resource = catalogue.relation(transition.relation).resource?;
            let mut members = transition.members.iter();
            members.find(|(member, _)| *member == resource)
        }
        _ => None,
    }
}

fn note(catalogue: &Catalogue, shown: &mut Shown, time: Timestamp, transition: &Transition) {
    if transition.support == Support::Uncertain
        || transition.is_elsewhere()
        || transition.change == Change::ProvesEnded
    {
        return;
    }
    for id in transition.named() {
        let Some(first) = shown.get_mut(id) else {
            continue;
        };
        let is_gone = catalogue.relation(transition.relation).resource == Some(id.0)
            && matches!(transition.change, Change::Close { .. });
        *first = match is_gone {
            true => None,
            false => first.or(Some(time)),
        };
    }
}
