//! What written times are read by: a zone, and the instant that relative ones count from.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How to read times that do not say everything.
///
/// An archive of 2021 knows no "last seven days" of today: relative times count from its newest event,
/// and [`Frame::counted_from`] says whether one did, for the answer to tell.
#[derive(Debug, Clone)]
pub struct Frame {
    zone: TimeZone,
    newest: Option<Timestamp>,
    has_counted: Cell<bool>,
}

impl Frame {
    /// Reads times without a zone in `zone`; there is nothing yet to count relative ones from.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            newest: None,
            has_counted: Cell::new(false),
        }
    }

    /// Counts relative times from `newest`, the time of the archive's newest event.
    #[must_use]
    pub fn counting_from(mut self, newest: Option<Timestamp>) -> Self {
        self.newest = newest;
        self
    }

    /// Returns the zone of times without one.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns what relative times were counted from, if one was read.
    pub fn counted_from(&self) -> Option<Timestamp> {
        self.newest.filter(|_| self.has_counted.get())
    }

    /// Says whether a relative time was read.
    pub fn has_counted(&self) -> bool {
        self.has_counted.get()
    }

    /// Returns what a relative time counts from, and remembers that one did.
    pub(super) fn count(&self) -> Option<Timestamp> {
        self.has_counted.set(true);
        self.newest
    }
}

impl From<&TimeZone> for Frame {
    fn from(zone: &TimeZone) -> Self {
        Self::new(zone.clone())
    }
}
