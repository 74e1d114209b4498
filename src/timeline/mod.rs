//! From facts to intervals: when what was attached to what, and how both ends are known.
//!
//! Pure: facts in, intervals out; the same facts in any order give the same intervals. One account and
//! region is a world of its own. Not for: which records are looked at (`reconstruct`).
//!
//! The facts of one second are ordered by what needs what (`order`); then each transition is applied to
//! the state (`state`), which knows nothing of single calls: what ends with what, what is exclusive and
//! what is looked up is data of the catalogue.

mod apply;
mod attempts;
mod begin;
mod brief;
mod cascade;
mod end;
mod findings;
mod held;
mod order;
mod proofs;
mod state;
#[cfg(test)]
mod tests;
mod unseen;

use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::event::{Change, Fact, Transition};
use crate::interval::Interval;
use crate::text::Text;

pub use attempts::resolve_attempts;
pub use findings::{FindingKind, finding_kinds};
pub use order::interval_order;

/// Folds facts into intervals, in the contract's order.
///
/// `coverage` says until when an interval without an end is known to have lasted: the last record of
/// its account and region, whatever it reports.
pub fn fold(catalogue: &Catalogue, facts: Vec<Fact>, coverage: &Coverage) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = partitions(facts)
        .into_values()
        .flat_map(|facts| fold_partition(catalogue, facts, coverage))
        .collect();
    intervals.sort_by(interval_order);
    intervals
}

/// Facts by account and region.
pub type Partitions = BTreeMap<(Text, Text), Vec<Fact>>;

/// Parts facts by account and region, each of which is folded by itself.
///
/// What a fact ends elsewhere goes to all other accounts and regions.
pub fn partitions(facts: impl IntoIterator<Item = Fact>) -> Partitions {
    let mut partitions = Partitions::new();
    let mut elsewhere = Vec::new();
    for mut fact in facts {
        if fact.transitions.iter().any(ends_elsewhere) {
            let (others, own) = fact.transitions.into_iter().partition(ends_elsewhere);
            fact.transitions = own;
            elsewhere.push(Fact {
                transitions: others,
                ..fact.clone()
            });
        }
        let key = (fact.account.clone(), fact.region.clone());
        partitions.entry(key).or_default().push(fact);
    }
    for fact in elsewhere {
        for ((account, region), facts) in &mut partitions {
            if (account, region) != (&fact.account, &fact.region) {
                facts.push(Fact {
                    account: account.clone(),
                    region: region.clone(),
                    ..fact.clone()
                });
            }
        }
    }
    partitions
}

fn ends_elsewhere(transition: &Transition) -> bool {
    matches!(
        transition.change,
        Change::Close {
            elsewhere: true,
            ..
        }
    )
}

/// Folds the facts of one account and region; the intervals are not yet in order.
pub fn fold_partition(
    catalogue: &Catalogue,
    mut facts: Vec<Fact>,
    coverage: &Coverage,
) -> Vec<Interval> {
    facts.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    proofs::drop_disproved(catalogue, &mut facts);
    // What ends here by a call in another account does not show that this one was still recorded.
    let is_own = |fact: &&Fact| !fact.transitions.iter().any(ends_elsewhere);
    let Some((account, region, last)) = facts
        .iter()
        .rfind(is_own)
        .or(facts.last())
        .map(|fact| (fact.account.clone(), fact.region.clone(), fact.time))
    else {
        return Vec::new();
    };
    let mut state = state::State::new(catalogue);
    let mut facts = facts.into_iter().peekable();
    while let Some(first) = facts.next() {
        let time = first.time;
        let mut group = vec![state.numbered(first)];
        while let Some(fact) = facts.next_if(|fact| fact.time == time) {
            group.push(state.numbered(fact));
        }
        for (index, ties) in order::within_second(catalogue, &state, &group) {
            state.apply(&group[index], &ties);
        }
    }
    let covered = coverage
        .span(account.as_str(), region.as_str())
        .map_or(last, |span| span.last.max(last));
    state.finish(&account, &region, covered)
}
