//! What was found, with the events that it rests on.

use jiff::Timestamp;

use crate::event::{Event, EventIndex};
use crate::members::{Members, Name};
use crate::text::Text;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The entry's code, such as `interface-moved`.
    pub code: Name,
    /// What it is, in one sentence.
    pub message: Text,
    /// The account of its events; empty where they are of several, or unknown.
    pub account: Text,
    /// The region of its events; empty where they are of several, or unknown.
    pub region: Text,
    /// The time of its first event.
    pub first: Option<Timestamp>,
    /// The time of its last event.
    pub last: Option<Timestamp>,
    /// The relations that it is about, in order.
    pub relations: Vec<Name>,
    /// The resources that it is about.
    pub members: Members<Vec<Text>>,
    /// The events that it rests on, in order of time.
    pub events: Vec<EventIndex>,
    /// The files that it rests on, in order.
    pub sources: Vec<Text>,
}

/// What was found, and the events that it rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What was found: the most severe first, then in order of time.
    pub found: Vec<Found>,
    /// The events that findings point to.
    pub events: Vec<Event>,
}

impl Findings {
    /// Says whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Lists the events that a finding rests on.
    pub fn events_of<'f>(&'f self, found: &'f Found) -> impl Iterator<Item = &'f Event> + Clone {
        let events = found.events.iter();
        events.filter_map(|event| self.events.get(event.0 as usize))
    }

    /// Drops the events that no finding points to.
    #[must_use]
    pub fn without_unused_events(mut self) -> Self {
        let mut numbers = vec![None; self.events.len()];
        for event in self.found.iter().flat_map(|found| &found.events) {
            numbers[event.0 as usize] = Some(0);
        }
        for (next, number) in (0..).zip(numbers.iter_mut().flatten()) {
            *number = next;
        }
        let mut is_used = numbers.iter().map(Option::is_some);
        self.events.retain(|_| is_used.next().unwrap_or_default());
        for event in self.found.iter_mut().flat_map(|found| &mut found.events) {
            *event = EventIndex(numbers[event.0 as usize].unwrap_or_default());
        }
        self
    }
}
