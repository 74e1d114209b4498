//! The answers: from an index, or from records directly, to intervals.
//!
//! A question about one resource reads only the records that can decide it: those that mention it,
//! those that mention what it turns out to be tied to, and so on until nothing is new (`closure`). A
//! question about everything reads all of an account and region, or the timeline that was kept when it
//! was read before (`kept`). All fold the same way, so the answer from the index is the answer of a
//! direct scan. Not for: how an answer is shown (`render`).

mod assemble;
mod closure;
mod correct;
mod kept;
mod questions;
mod reading;
mod rows;
mod summary;
mod used;

use crate::coverage::Coverage;
use crate::index::Reader;
use crate::interval::{Interval, Timeline};
use crate::verification::Gap;

pub use assemble::assemble;
pub use closure::Subject;
pub use correct::corrected;
pub use questions::{
    Archive, at, detachments, difference, direct, gaps, history, resolve, timeline,
};
pub use reading::Reading;
pub use rows::{Holding, held_at};
pub use summary::summary;

/// What was asked for, and how far the archive can tell.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The intervals and attempts that were asked for, filtered and in order, with the events that
    /// they point to.
    pub timeline: Timeline,
    /// How many rows there were before `--limit` cut them.
    pub rows_total: usize,
    /// How many rows were left aside because their relation is told only when it is named.
    pub rows_aside: usize,
    /// How many events were read for it.
    pub events_total: usize,
    /// Which time the archive covers.
    pub coverage: Coverage,
    /// What of the evidence could not be used.
    pub holes: Holes,
    /// The times within what was asked for of which digests prove that the archive lacks something.
    pub gaps: Vec<Gap>,
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
    /// Counts the holes of an index.
    pub fn of(reader: &Reader) -> Self {
        let totals = reader.totals();
        Self {
            partial: totals.files.partial,
            failed: totals.files.failed,
            malformed: totals.records.malformed,
        }
    }

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
