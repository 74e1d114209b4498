//! What a record proves to have ended before: what was ending already, and what it is possible without.

use jiff::Timestamp;

use super::end::Ending;
use super::state::{Id, Now, Number, State};
use crate::event::{RelationId, Support};

impl State<'_> {
    /// Leaves out what was seen to hold in the very second of a proof that names nothing by which the two
    /// could be put in order: nothing tells which came first.
    pub(super) fn in_order(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        found: Vec<Number>,
        ending: Ending,
    ) -> Vec<Number> {
        let is_proof = ending.support == Support::Inferred && !ending.by_resource;
        if !is_proof || found.is_empty() || self.puts_in_order(relation, members) {
            return found;
        }
        let mut before = found;
        before.retain(|number| self.live(*number).held_at < Some(now.time()));
        if let (true, [first, ..]) = (before.is_empty(), members) {
            self.unordered.insert((relation, *first), now.time());
        }
        before
    }

    /// Says whether a proof in this second found only what was seen in it: so will any other.
    pub(super) fn proves_nothing_now(
        &self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        support: Support,
    ) -> bool {
        let first = members.first().filter(|_| support == Support::Inferred);
        let since = first.and_then(|id| self.unordered.get(&(relation, *id)));
        since == Some(&now.time())
    }

    /// Says whether facts of one second that name these members are put in order.
    fn puts_in_order(&self, relation: RelationId, members: &[Id]) -> bool {
        let known = self.catalogue.relation(relation);
        let lists = [&known.handle, &known.held, &known.holder, &known.follow];
        let mut named = members.iter();
        named.any(|(member, _)| lists.into_iter().any(|list| list.contains(member)))
    }

    /// What ends, or proves the end of, an interval also proves those that ended asynchronously; returns
    /// these.
    pub(super) fn prove_ended(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        ending: Ending,
    ) -> Vec<Number> {
        let proves = matches!(ending.support, Support::Implied | Support::Inferred);
        if !proves || ending.under_way {
            return Vec::new();
        }
        let mut unproven = self.unproven_with(relation, members[0]);
        unproven.retain(|number| {
            let live = self.live(*number);
            let end = live.end.as_ref();
            end.is_some_and(|end| end.event != Some(now.fact.event)) && live.agrees(members)
        });
        for number in &unproven {
            self.prove_with(*number, now.time());
        }
        unproven
    }

    /// Notes that a record proves an end that took effect after its call, and so those that the same
    /// call made with it.
    pub(super) fn prove_with(&mut self, number: Number, time: Timestamp) {
        self.prove(number, time);
        let catalogue = self.catalogue;
        let live = self.live(number);
        let (relation, members) = (live.relation, live.members.clone());
        let event = live.end.as_ref().and_then(|end| end.event);
        for end in catalogue.ends_with_relation(relation) {
            let on = end.on.iter();
            let on: Option<Vec<Id>> = on
                .map(|member| Some((*member, members.get(*member)?)))
                .collect();
            let Some(on) = on else {
                continue;
            };
            for number in self.unproven_with(end.relation, on[0]) {
                let live = self.live(number);
                let is_same = live.end.as_ref().is_some_and(|end| end.event == event);
                if is_same && live.has(&on) {
                    self.prove_with(number, time);
                }
            }
        }
    }
}
