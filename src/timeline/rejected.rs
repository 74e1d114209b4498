//! What was asked for and rejected: it never began.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use jiff::Timestamp;

use crate::event::{Change, Fact, MemberId, RelationId, Support, Transition};
use crate::text::Text;

/// What identifies intervals, and when they were rejected last.
type Rejected = HashMap<(RelationId, MemberId, Text), Timestamp, RandomState>;

/// Drops the uncertain beginnings of what was rejected later, and the rejections: they end nothing.
pub(super) fn drop_rejected(facts: &mut [Fact]) {
    let mut rejected = Rejected::default();
    let mut is_any = false;
    for fact in facts.iter() {
        for transition in fact.transitions.iter().filter(|one| is_rejection(one)) {
            is_any = true;
            if transition.support == Support::Uncertain {
                continue;
            }
            for (member, value) in &transition.members {
                let last = rejected.entry((transition.relation, *member, value.clone()));
                let last = last.or_insert(fact.time);
                *last = fact.time.max(*last);
            }
        }
    }
    if !is_any {
        return;
    }
    for fact in facts {
        let time = fact.time;
        let never_began = |transition: &Transition| {
            let is_perhaps = matches!(transition.change, Change::Open { .. })
                && transition.support == Support::Uncertain;
            let mut members = transition.members.iter();
            is_perhaps
                && members.any(|(member, value)| {
                    let last = rejected.get(&(transition.relation, *member, value.clone()));
                    last.is_some_and(|last| *last >= time)
                })
        };
        fact.transitions
            .retain(|transition| !is_rejection(transition) && !never_began(transition));
    }
}

fn is_rejection(transition: &Transition) -> bool {
    matches!(
        transition.change,
        Change::Close {
            never_began: true,
            ..
        }
    )
}
