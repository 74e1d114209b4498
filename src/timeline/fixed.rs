//! What never changes of a thing: an allocation has one address for good, whichever record tells it.
//!
//! The address may have belonged to another allocation before, and may belong to the next one after: so
//! an allocation leads to its address, and never an address to its allocations.

use super::state::{Id, State, Value};
use crate::event::{Fact, MemberId, Outcome, RelationId, Support};

impl State<'_> {
    /// Notes what the facts tell, whenever they tell it. What they tell differently is not known.
    pub(super) fn note_fixed(&mut self, facts: &[Fact]) {
        let catalogue = self.catalogue;
        let succeeded = |fact: &&Fact| fact.outcome == Outcome::Succeeded;
        let transitions = facts.iter().filter(succeeded).flat_map(|fact| {
            let transitions = fact.transitions.iter();
            transitions.filter(|transition| {
                transition.support != Support::Uncertain && !transition.is_elsewhere()
            })
        });
        for transition in transitions {
            for (resource, member) in catalogue.fixed() {
                let told = |wanted: MemberId| {
                    let mut members = transition.members.iter();
                    members.find(|(id, _)| *id == wanted)
                };
                if let (Some((_, of)), Some((_, value))) = (told(*resource), told(*member)) {
                    let of = (*resource, self.number(of.clone()));
                    let value = self.number(value.clone());
                    let known = self.fixed.entry((of, *member)).or_insert(Some(value));
                    *known = known.filter(|known| *known == value);
                }
            }
        }
    }

    /// Adds to the members of an interval what never changes of one of them.
    pub(super) fn complete(&self, relation: RelationId, members: &mut Vec<Id>) {
        let taking_part = &self.catalogue.relation(relation).members;
        for (resource, member) in self.catalogue.fixed() {
            if !taking_part.contains(member) || members.iter().any(|(id, _)| id == member) {
                continue;
            }
            let of = members.iter().find(|(id, _)| id == resource);
            if let Some(value) = of.and_then(|of| self.fixed_of(*of, *member)) {
                members.push((*member, value));
            }
        }
    }

    fn fixed_of(&self, of: Id, member: MemberId) -> Option<Value> {
        self.fixed.get(&(of, member)).copied().flatten()
    }
}
