//! The answers: from an index to intervals, by closure over identifiers.
//!
//! Not for: how an answer is shown (`render`).

use crate::coverage::Coverage;
use crate::interval::{Interval, Timeline};

/// What was asked for, and how far the archive can tell.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The intervals and attempts that were asked for, filtered and in order, with the events that
    /// they point to.
    pub timeline: Timeline,
    /// How many rows there were before `--limit` cut them.
    pub rows_total: usize,
    /// How many events were looked at.
    pub events_total: usize,
    /// Which time the archive covers.
    pub coverage: Coverage,
    /// What of the evidence could not be used.
    pub holes: Holes,
}

/// What of the evidence could not be used: an answer over it is not complete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holes {
    /// Files that were read in part.
    pub partial: u64,
    /// Files that could not be read.
    pub failed: u64,
    /// Records that could not be read.
    pub malformed: u64,
}

impl Holes {
    /// Says whether there is any.
    pub fn any(&self) -> bool {
        self.partial + self.failed + self.malformed > 0
    }
}

/// What changed between two instants.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// The events that the intervals point to, and how far the archive can tell.
    pub answer: Answer,
    /// Attached at the first instant, no longer at the second.
    pub gone: Vec<Interval>,
    /// Attached at the second instant, not yet at the first.
    pub new: Vec<Interval>,
}
