//! What is told again while it lasts: no new beginning, perhaps under another handle.

use super::displace::{former_ends, holds};
use super::findings::finding;
use super::state::{Id, Now, Number, State, Value};
use crate::catalogue::Exclusive;
use crate::event::{MemberId, RelationId, Support, Transition};

impl State<'_> {
    /// Finds the open interval of which the same is told once more, where that is no new beginning.
    pub(super) fn repetition(
        &self,
        relation: RelationId,
        transition: &Transition<Value>,
        members: &[Id],
    ) -> Option<Number> {
        let known = self.catalogue.relation(relation);
        let may_repeat = |exclusive: &&Exclusive| {
            known.told_again || former_ends(transition, exclusive) != Support::Inferred
        };
        let mut exclusive = known.exclusive.iter().filter(may_repeat).peekable();
        exclusive.peek()?;
        let among = |wanted: &[MemberId]| -> Vec<Id> {
            let is_wanted =
                |(member, _): &&Id| wanted.contains(member) && !known.handle.contains(member);
            members.iter().filter(is_wanted).copied().collect()
        };
        // It shares both: what fewer intervals have finds it.
        let sides = [among(&known.held), among(&known.holder)];
        let count =
            |ids: &Vec<Id>| -> usize { ids.iter().map(|id| self.count_open(relation, *id)).sum() };
        let fewer = sides.iter().min_by_key(|ids| count(ids))?;
        let mut found: Vec<Number> = fewer
            .iter()
            .flat_map(|id| self.open_with(relation, *id))
            .filter(|number| self.is_repetition(relation, *number, members))
            .collect();
        found.sort_unstable();
        exclusive.find_map(|exclusive| {
            let mut found = found.iter().copied();
            found.find(|number| holds(self.live(*number), exclusive, members))
        })
    }

    /// Says whether the same is told of an open interval once more: nothing that both know differs but
    /// the handle, and they share what is held and what holds it.
    fn is_repetition(&self, relation: RelationId, number: Number, members: &[Id]) -> bool {
        let known = self.catalogue.relation(relation);
        let live = self.live(number);
        let others: Vec<Id> = members
            .iter()
            .filter(|(member, _)| !known.handle.contains(member))
            .copied()
            .collect();
        let shares = |wanted: &[MemberId]| {
            let mut ids = others.iter();
            ids.any(|id| wanted.contains(&id.0) && live.members.has(*id))
        };
        live.agrees(&others) && shares(&known.held) && shares(&known.holder)
    }

    /// Takes the same told once more, perhaps under another handle.
    pub(super) fn repeat(&mut self, now: Now<'_>, number: Number, members: &[Id]) {
        let relation = self.live(number).relation;
        let is_told_again = self.catalogue.relation(relation).told_again;
        let handles = &self.catalogue.relation(relation).handle;
        let handles: Vec<Id> = members
            .iter()
            .filter(|(member, _)| handles.contains(member))
            .copied()
            .collect();
        self.learn(number, members);
        for id in handles {
            self.alias(number, id);
        }
        self.hold(now, number);
        if !is_told_again {
            let live = self.live_mut(number);
            live.findings.push(finding("repeated", &now.fact.event_id));
        }
    }
}
