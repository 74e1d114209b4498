//! The calls in vain of each principal, for lanes of their own.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::cell::{Cell, Tone};
use super::super::words;
use crate::event::Actor;
use crate::interval::Timeline;
use crate::text::Text;

/// The calls in vain of one principal.
pub(super) struct InVain<'t> {
    actor: &'t Actor,
    /// Whether another principal is called alike.
    is_ambiguous: bool,
    pub(super) times: Vec<Timestamp>,
}

impl InVain<'_> {
    pub(super) fn label(&self) -> Cell {
        let cell = Cell::fixed("attempts by").and(words::actor_cell(Some(self.actor)));
        let other = self.actor.arn.as_ref().or(self.actor.account.as_ref());
        let cell = match other.filter(|_| self.is_ambiguous) {
            Some(other) => cell.and(Cell::label(other)),
            None => cell,
        };
        cell.tone(Tone::Bad)
    }
}

/// Lists who made calls in vain and when, in order of the first.
pub(super) fn attempts(timeline: &Timeline) -> Vec<InVain<'_>> {
    let mut lanes: Vec<InVain<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    let mut alike: BTreeMap<&Text, usize> = BTreeMap::new();
    for attempt in &timeline.attempts {
        let Some(event) = timeline.event(attempt.event) else {
            continue;
        };
        let actor = &*event.actor;
        let place = *places
            .entry((&actor.label, &actor.arn, &actor.account))
            .or_insert_with(|| {
                *alike.entry(&actor.label).or_default() += 1;
                lanes.push(InVain {
                    actor,
                    is_ambiguous: false,
                    times: Vec::new(),
                });
                lanes.len() - 1
            });
        lanes[place].times.push(event.time);
    }
    for lane in &mut lanes {
        lane.is_ambiguous = alike.get(&lane.actor.label).is_some_and(|count| *count > 1);
    }
    lanes
}
