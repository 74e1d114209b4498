//! The order of facts within one second, and of intervals in an answer.
//!
//! CloudTrail's clock has whole seconds, and dependent calls often share one. Inside a second, what
//! creates a thing comes before what uses it, what ends an attachment before what needs it ended, and
//! what ends a holding that lasts before what begins the next (`roles`). Where nothing decides, the causal rank
//! and then the event id do, and the bounds are marked as ties.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};

use super::brief::{Brief, brief};
use super::roles::{Role, USES_MAX, comes_before, contend, named, roles};
use super::state::{Id, State, Value};
use crate::catalogue::Catalogue;
use crate::event::{Change, Fact, Outcome, RelationId, Support, Transition};
use crate::interval::Interval;

/// Seconds with more facts than this are ordered by rank and event id only: nobody could check more.
const FACTS_MAX: usize = 10_000;

/// The contract's order: start, end, relation, account, region, members; then whatever else could
/// differ, so that equal intervals are the same.
pub fn interval_order(a: &Interval, b: &Interval) -> Ordering {
    let start = |interval: &Interval| interval.start.not_before.or(interval.start.not_after);
    let end = |interval: &Interval| interval.end.not_before.or(interval.end.not_after);
    start(a)
        .cmp(&start(b))
        .then_with(|| end(a).cmp(&end(b)))
        .then_with(|| a.relation.cmp(&b.relation))
        .then_with(|| a.account.cmp(&b.account))
        .then_with(|| a.region.cmp(&b.region))
        .then_with(|| a.members.cmp(&b.members))
        .then_with(|| a.start.kind.cmp(&b.start.kind))
        .then_with(|| a.end.kind.cmp(&b.end.kind))
        .then_with(|| a.end.not_after.cmp(&b.end.not_after))
        .then_with(|| a.resource.cmp(&b.resource))
        .then_with(|| a.start.event.cmp(&b.start.event))
        .then_with(|| a.end.event.cmp(&b.end.event))
        .then_with(|| a.start.not_after.cmp(&b.start.not_after))
        .then_with(|| (a.start.tie, a.end.tie).cmp(&(b.start.tie, b.end.tie)))
        .then_with(|| a.findings.cmp(&b.findings))
}

/// With more roles than this in one second nothing is decided that others do not decide: ten thousand deletions of what a hundred
/// thousand things hang on.
const ROLES_MAX: usize = 200_000;

/// Puts the facts of one second in order: positions in `group`, and the ids whose order among each
/// other nothing tells.
pub(super) fn within_second(
    catalogue: &Catalogue,
    state: &State<'_>,
    group: &[Fact<Value>],
) -> Vec<(usize, BTreeSet<Id>)> {
    if let [_] = group {
        return vec![(0, BTreeSet::new())];
    }
    let mut graph = Graph {
        after: vec![BTreeSet::new(); group.len()],
        ties: vec![BTreeSet::new(); group.len()],
    };
    if group.len() <= FACTS_MAX {
        graph.connect(catalogue, state, group);
    } else {
        graph.tie_all(catalogue, group);
    }
    let ranks: Vec<u8> = group.iter().map(|fact| rank(catalogue, fact)).collect();
    let order = graph.sorted(|index| (ranks[index], &group[index].event_id));
    order
        .into_iter()
        .map(|index| (index, std::mem::take(&mut graph.ties[index])))
        .collect()
}

/// What must come before what, and what nothing decides.
struct Graph {
    after: Vec<BTreeSet<usize>>,
    ties: Vec<BTreeSet<Id>>,
}

impl Graph {
    fn connect(&mut self, catalogue: &Catalogue, state: &State<'_>, group: &[Fact<Value>]) {
        let mut uses: Vec<(Id, usize, Role)> = Vec::new();
        for (index, fact) in group.iter().enumerate() {
            let left = ROLES_MAX.saturating_sub(uses.len());
            let roles = roles(catalogue, state, fact, left).into_iter();
            uses.extend(roles.map(|(id, role)| (id, index, role)));
        }
        if uses.len() >= ROLES_MAX {
            self.tie_all(catalogue, group);
        }
        uses.sort_unstable();
        uses.dedup();
        let brief = brief(catalogue, state, group);
        for (first, second) in &brief.before {
            self.after[*first].insert(*second);
        }
        for (index, id) in &brief.ties {
            self.ties[*index].insert(*id);
        }
        for of_one in uses.chunk_by(|a, b| a.0 == b.0) {
            if of_one.len() > USES_MAX {
                for (id, index, _) in of_one {
                    self.ties[*index].insert(*id);
                }
            } else if of_one.len() > 1 {
                self.connect_uses(catalogue, state, of_one, &brief);
            }
        }
    }

    /// Notes that nothing tells in which order several facts change one thing.
    fn tie_all(&mut self, catalogue: &Catalogue, group: &[Fact<Value>]) {
        let mut changes: Vec<((RelationId, Id), usize)> = Vec::new();
        for (index, fact) in group.iter().enumerate() {
            for transition in &fact.transitions {
                let relation = transition.relation;
                let known = catalogue.relation(relation);
                let decides = |id: &&Id| known.follow.contains(&id.0);
                let named = named(transition).iter().filter(decides);
                changes.extend(named.map(|id| ((relation, *id), index)));
            }
        }
        changes.sort_unstable();
        changes.dedup();
        for of_one in changes.chunk_by(|a, b| a.0 == b.0) {
            if of_one.len() > 1 {
                for ((_, id), index) in of_one {
                    self.ties[*index].insert(*id);
                }
            }
        }
    }

    fn connect_uses(
        &mut self,
        catalogue: &Catalogue,
        state: &State<'_>,
        uses: &[(Id, usize, Role)],
        brief: &Brief,
    ) {
        let is_decided = |first, second| {
            brief.before.contains(&(first, second)) || brief.before.contains(&(second, first))
        };
        for (id, first, role) in uses {
            // Two routes to one destination, or two gateways of one subnet, are no rivals for it.
            let decides =
                |relation: RelationId| catalogue.relation(relation).follow.contains(&id.0);
            for (_, second, other) in uses {
                if first == second || is_decided(*first, *second) {
                    continue;
                }
                let comes_before = |role, other| comes_before(state, *id, role, other, decides);
                if comes_before(*role, *other) {
                    self.after[*first].insert(*second);
                } else if !comes_before(*other, *role) && contend(*role, *other, decides) {
                    self.ties[*first].insert(*id);
                }
            }
        }
    }

    /// Sorts topologically; what is free goes by `key`, and so does the least of a circle.
    fn sorted<K: Ord>(&self, key: impl Fn(usize) -> K) -> Vec<usize> {
        let count = self.after.len();
        if self.after.iter().all(BTreeSet::is_empty) {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by_key(|index| key(*index));
            return order;
        }
        let mut waiting_for = vec![0_usize; count];
        for next in self.after.iter().flatten() {
            waiting_for[*next] += 1;
        }
        let mut free: BinaryHeap<Reverse<(K, usize)>> = (0..count)
            .filter(|index| waiting_for[*index] == 0)
            .map(|index| Reverse((key(index), index)))
            .collect();
        let mut bound: BTreeSet<(K, usize)> = (0..count)
            .filter(|index| waiting_for[*index] > 0)
            .map(|index| (key(index), index))
            .collect();
        let mut order = Vec::with_capacity(count);
        let mut done = vec![false; count];
        while order.len() < count {
            let index = match free.pop() {
                Some(Reverse((_, index))) => index,
                None => match bound.pop_first() {
                    Some((_, index)) => index,
                    None => break,
                },
            };
            if std::mem::replace(&mut done[index], true) {
                continue;
            }
            order.push(index);
            for next in &self.after[index] {
                waiting_for[*next] = waiting_for[*next].saturating_sub(1);
                if waiting_for[*next] == 0 && !done[*next] {
                    bound.remove(&(key(*next), *next));
                    free.push(Reverse((key(*next), *next)));
                }
            }
        }
        order
    }
}

/// The usual order of things, where nothing else decides: that of the resource which a call ends, else
/// of the first thing that it does.
fn rank(catalogue: &Catalogue, fact: &Fact<Value>) -> u8 {
    let rank = |transition: &Transition<Value>| {
        let is_lifetime = catalogue.relation(transition.relation).resource.is_some();
        match (&transition.change, is_lifetime) {
            (Change::Open { .. }, true) => 0,
            (Change::ProvesHeld, _) => 1,
            (Change::Open { .. }, false) => 2,
            (Change::Update { .. } | Change::Assign { .. } | Change::Replace { .. }, _) => 3,
            (Change::Close { .. }, false) if transition.support == Support::Observed => 4,
            (Change::Close { .. }, false) => 5,
            (Change::Close { .. }, true) if transition.asynchronous => 6,
            (Change::Close { .. }, true) => 7,
            (Change::ProvesEnded, _) => 8,
        }
    };
    let needs = |transition: &&Transition<Value>| {
        transition.change == Change::ProvesHeld && fact.outcome == Outcome::Succeeded
    };
    let proves = |transition: &Transition<Value>| {
        let is_end = matches!(transition.change, Change::Close { .. });
        is_end && transition.support == Support::Inferred
    };
    let ranks = || fact.transitions.iter().filter(|one| !needs(one)).map(rank);
    let creates = ranks().any(|rank| rank == 0);
    let deletes = ranks().find(|rank| matches!(rank, 6 | 7));
    deletes
        .filter(|_| !creates)
        // What it is possible without had ended before.
        .or_else(|| (!creates && fact.transitions.iter().any(proves)).then_some(8))
        .or_else(|| ranks().min())
        .unwrap_or(3)
}
