//! The events that rows point to, numbered without those that none points to.

use crate::event::EventIndex;
use crate::interval::Timeline;

/// The number of an event that is not used.
const UNUSED: u32 = u32::MAX;

/// The events that are used, in order, and the new number of each.
pub(super) struct Used {
    events: Vec<EventIndex>,
    numbers: Vec<u32>,
}

impl Used {
    /// Finds the events that intervals and attempts point to, and `further` ones.
    pub(super) fn of(told: &Timeline, further: impl IntoIterator<Item = EventIndex>) -> Self {
        let bounds = told
            .intervals
            .iter()
            .flat_map(|interval| [interval.start.event, interval.end.event]);
        let attempts = told.attempts.iter().map(|attempt| attempt.event);
        let mut numbers = Vec::new();
        for event in bounds.flatten().chain(attempts).chain(further) {
            let position = event.0 as usize;
            if numbers.len() <= position {
                numbers.resize(position + 1, UNUSED);
            }
            numbers[position] = 0;
        }
        let mut events = Vec::new();
        for (event, number) in (0..).zip(&mut numbers) {
            if *number != UNUSED {
                *number = events.len() as u32;
                events.push(EventIndex(event));
            }
        }
        Self { events, numbers }
    }

    /// Lists the events, in order.
    pub(super) fn events(&self) -> &[EventIndex] {
        &self.events
    }

    /// Says whether an event is used.
    pub(super) fn contains(&self, event: EventIndex) -> bool {
        let number = self.numbers.get(event.0 as usize);
        number.is_some_and(|number| *number != UNUSED)
    }

    /// Returns the new number of an event that is used.
    pub(super) fn number(&self, event: EventIndex) -> EventIndex {
        EventIndex(self.numbers[event.0 as usize])
    }

    /// Lets intervals and attempts point to the new numbers.
    pub(super) fn renumber(&self, told: &mut Timeline) {
        for attempt in &mut told.attempts {
            attempt.event = self.number(attempt.event);
        }
        for interval in &mut told.intervals {
            for bound in [&mut interval.start, &mut interval.end] {
                bound.event = bound.event.map(|event| self.number(event));
            }
        }
    }
}
