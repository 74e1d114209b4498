//! How the state takes an end: what it is found by then, and what may still prove it.

use jiff::Timestamp;

use super::{Id, Now, Number, State};
use crate::interval::Bound;

impl State<'_> {
    /// Lets an open interval end.
    pub(in crate::timeline) fn end(&mut self, now: Now<'_>, number: Number, end: Bound) {
        let live = &self.intervals[number as usize];
        let relation = live.relation;
        let ids: Vec<Id> = live.ids().collect();
        // What one end led to may be ended by the same call once more: it counts once.
        let is_again = live.end.is_some();
        if !is_again {
            self.counts.end(relation, live.members.ids());
        }
        let end = now.tied(&live.members, end);
        let is_unproven = end.not_after.is_none();
        for id in ids {
            self.open.remove(relation, id, number);
            if is_unproven {
                self.unproven.insert(relation, id, number);
            }
        }
        if !is_again {
            self.ended.add(number, &self.intervals[number as usize]);
        }
        self.live_mut(number).end = Some(end);
    }

    /// Lets a record prove that the deletion of a resource, which takes some time, is complete.
    pub(in crate::timeline) fn await_proof(&mut self, number: Number) {
        let live = &self.intervals[number as usize];
        let relation = live.relation;
        let known = self.catalogue.relation(relation);
        for id in live.members.ids() {
            if known.resource == Some(id.0) || known.ends_with.contains(&id.0) {
                self.unproven.insert(relation, *id, number);
            }
        }
    }

    /// Lets an interval go on that had not ended.
    pub(in crate::timeline) fn reopen(&mut self, number: Number) {
        self.forget_unproven(number);
        let live = &mut self.intervals[number as usize];
        live.end = None;
        let relation = live.relation;
        let ids: Vec<Id> = live.ids().collect();
        for id in ids {
            self.open.insert(relation, id, number);
        }
        let live = &self.intervals[number as usize];
        self.counts.begin(relation, live.members.ids());
        self.doubt_again(number);
    }

    /// Puts another end in the place of one that was not proved.
    pub(in crate::timeline) fn replace_end(&mut self, now: Now<'_>, number: Number, end: Bound) {
        self.forget_unproven(number);
        let end = now.tied(&self.live(number).members, end);
        self.live_mut(number).end = Some(end);
    }

    /// Notes that a record proves an end that took effect after its call.
    pub(in crate::timeline) fn prove(&mut self, number: Number, time: Timestamp) {
        self.forget_unproven(number);
        if let Some(end) = &mut self.live_mut(number).end {
            end.not_after.get_or_insert(time);
        }
    }

    fn forget_unproven(&mut self, number: Number) {
        let live = &self.intervals[number as usize];
        for id in live.ids() {
            self.unproven.remove(live.relation, id, number);
        }
    }
}
