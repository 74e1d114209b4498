//! What the rows of an answer are about, in their order, so that the next question can name them by number.

use std::collections::BTreeSet;

use crate::catalogue::Catalogue;
use crate::event::Event;
use crate::interval::{BoundKind, Interval, Timeline};
use crate::members::Members;
use crate::render::{Format, history, hits, words};
use crate::text::Text;

/// What a row is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The resource or address: what is attached, else what it is attached to; of a call, the first thing
    /// that it names.
    pub subject: Option<Text>,
    /// The eventID of its call: of an interval that of the end, else that of the start.
    pub event_id: Option<Text>,
}

/// Says what intervals are about, in this order.
pub fn of_intervals<'t>(
    catalogue: &Catalogue,
    timeline: &Timeline,
    intervals: impl IntoIterator<Item = &'t Interval>,
) -> Vec<Named> {
    let named = |interval: &'t Interval| {
        let held = words::held(catalogue, interval).or_else(|| words::holder(catalogue, interval));
        let bounds = [&interval.end, &interval.start];
        let bounds = bounds
            .into_iter()
            .filter(|bound| bound.kind != BoundKind::Open);
        let mut events = bounds.filter_map(|bound| words::event(timeline, bound));
        Named {
            subject: held.map(|(_, id)| id.clone()),
            event_id: events.next().map(|event| event.event_id.clone()),
        }
    };
    intervals.into_iter().map(named).collect()
}

/// Says what the attempts of a timeline are about.
pub fn of_attempts(catalogue: &Catalogue, timeline: &Timeline) -> Vec<Named> {
    let naming = hits::naming_members(catalogue);
    let attempts = timeline.attempts.iter();
    attempts
        .map(|attempt| match timeline.event(attempt.event) {
            Some(event) => of_call(&naming, event, &attempt.members),
            None => Named::default(),
        })
        .collect()
}

/// Says what the rows of a history are about; a page tells lifetimes first, the other formats do not.
pub fn of_history(catalogue: &Catalogue, timeline: &Timeline, format: Format) -> Vec<Named> {
    let mut named = match format {
        Format::Table => {
            let (lifetimes, others) = history::sections(catalogue, timeline);
            of_intervals(catalogue, timeline, lifetimes.into_iter().chain(others))
        }
        Format::Json | Format::Jsonl | Format::Csv => {
            of_intervals(catalogue, timeline, &timeline.intervals)
        }
    };
    named.extend(of_attempts(catalogue, timeline));
    named
}

/// Says what the events that a search found are about.
pub fn of_events(catalogue: &Catalogue, events: &[Event]) -> Vec<Named> {
    let naming = hits::naming_members(catalogue);
    let named = |event: &Event| of_call(&naming, event, &event.mentions);
    events.iter().map(named).collect()
}

fn of_call(naming: &BTreeSet<&str>, event: &Event, members: &Members<Vec<Text>>) -> Named {
    Named {
        subject: hits::first_named(naming, members).cloned(),
        event_id: Some(event.event_id.clone()),
    }
}
