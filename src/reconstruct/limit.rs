//! What an answer keeps: as many rows as were asked for, and the events that they point to.

use super::Answer;
use super::used::Used;
use crate::event::EventIndex;
use crate::interval::Timeline;
use crate::query::Filter;

/// Cuts the rows at the limit and drops the events that no row points to any more.
pub(super) fn limited(mut answer: Answer, filter: &Filter) -> Answer {
    let told = &mut answer.timeline;
    if let Some(limit) = filter.limit {
        told.intervals.truncate(limit);
        told.attempts
            .truncate(limit.saturating_sub(told.intervals.len()));
    }
    drop_unused_events(told);
    answer
}

/// Drops the events that no interval and no attempt points to.
pub(super) fn drop_unused_events(told: &mut Timeline) {
    let used = Used::of(told, []);
    let mut index = 0;
    told.events.retain(|_| {
        index += 1;
        used.contains(EventIndex(index - 1))
    });
    used.renumber(told);
}
