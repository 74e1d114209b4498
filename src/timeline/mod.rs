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
mod contradict;
mod contradicted;
mod displace;
mod elsewhere;
mod end;
mod existing;
mod findings;
mod fixed;
mod held;
mod instant;
mod inverted;
mod order;
mod presumed;
mod proofs;
mod proven;
mod rejected;
mod repeat;
mod roles;
mod shared;
mod state;
#[cfg(test)]
mod tests;
mod unseen;
mod vain;

use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::event::Fact;
use crate::interval::Interval;

pub use attempts::resolve_attempts;
pub use contradicted::{contradicts, tell_contradicting};
pub use elsewhere::{Partitions, partitions};
pub(crate) use existing::perhaps_created;
pub use findings::{FindingKind, finding_kinds};
pub use instant::Instant;
pub use order::interval_order;
pub use shared::tell_shared_once;
pub use vain::{UNCHANGED, add_calls_without_effect, calls_without_effect_on, is_in_vain};

/// Folds facts into intervals, in the contract's order.
///
/// `coverage` says until when an interval without an end is known to have lasted: the last record of
/// its account and region, whatever it reports; or the last record that proves it, where that is later
/// or nothing is covered. Another thing's record of an implausible time proves nothing of it.
pub fn fold(catalogue: &Catalogue, facts: Vec<Fact>, coverage: &Coverage) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = partitions(facts)
        .into_values()
        .flat_map(|facts| fold_partition(catalogue, facts, coverage))
        .collect();
    intervals.sort_by(interval_order);
    intervals
}

/// Folds the facts of one account and region; the intervals are not yet in order.
pub fn fold_partition(
    catalogue: &Catalogue,
    mut facts: Vec<Fact>,
    coverage: &Coverage,
) -> Vec<Interval> {
    facts.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    proofs::drop_disproved(catalogue, &mut facts);
    rejected::drop_rejected(&mut facts);
    inverted::put_after_beginnings(catalogue, &mut facts);
    existing::use_what_existed(catalogue, &mut facts);
    let Some(first) = facts.first() else {
        return Vec::new();
    };
    let (account, region) = (first.account.clone(), first.region.clone());
    let mut state = state::State::new(catalogue);
    state.note_fixed(&facts);
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
    let covered = coverage.span(account.as_str(), region.as_str());
    let covered = covered.map(|span| span.last);
    state.finish(&account, &region, covered)
}
