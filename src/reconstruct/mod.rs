//! The answers: from an index, or from records directly, to intervals.
//!
//! A question about one resource reads only the records that can decide it: those that mention it,
//! those that mention what it turns out to be tied to, and so on until nothing is new (`closure`, by way
//! of `leads`). A question about everything reads all of an account and region, or the timeline that was
//! kept when it was read before (`kept`). All gather readings (`gathered`) and fold them the same way, so
//! the answer from the index is the answer of a direct scan. Not for: how an answer is shown (`render`).

mod addendum;
mod assemble;
mod closure;
mod correct;
mod explain;
mod found;
mod gaps;
mod gathered;
mod history;
mod instants;
mod kept;
mod leads;
mod limit;
mod lists;
mod named;
mod reading;
mod rows;
mod subject;
mod summary;
mod surroundings;
mod used;

use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::error::Result;
use crate::findings::Findings;
use crate::index::Reader;
use crate::interval::{Interval, Timeline};
use crate::query::Filter;
use crate::report::EventIds;
use crate::verification::Gap;

use gathered::Gathered;
use kept::{Kept, Wanted};

pub use assemble::{assemble, direct};
pub use explain::{Explained, explain};
pub use found::{FindingFilter, FindingsAnswer, findings};
pub use gaps::gaps;
pub use history::history;
pub use instants::{at, difference};
pub use lists::{detachments, timeline, whole};
pub use reading::Reading;
pub use subject::Subject;
pub use summary::{Summary, summary};

/// An index, and the catalogue that it is read with.
#[derive(Clone, Copy)]
pub struct Archive<'a> {
    /// The index.
    pub reader: &'a Reader,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
}

impl Archive<'_> {
    /// Tells of the accounts and regions asked for what is wanted and perhaps more: from what was kept,
    /// else reads all and folds it.
    fn everything(self, filter: &Filter, wanted: &Wanted<'_>) -> Result<Told> {
        match Told::kept(self, wanted) {
            Some(told) => Ok(told),
            None => Gathered::of(self)?.within(filter).everything(),
        }
    }

    /// Reads what can decide what is told of a subject in the accounts and regions asked for, and folds it.
    fn about(self, subject: &Subject, filter: &Filter) -> Result<Told> {
        closure::closure(Gathered::of(self)?.within(filter), subject)
    }

    fn answer(self, told: Told, filter: &Filter) -> Answer {
        let timeline = told.timeline;
        let rows_total = timeline.intervals.len() + timeline.attempts.len();
        Answer {
            rows_total: rows_total + told.left_out,
            rows_aside: 0,
            events_total: timeline.events.len(),
            coverage: self.reader.coverage().clone(),
            holes: Holes::of(self.reader),
            gaps: gaps(self.reader, filter),
            records_read: told.records_read,
            folds: told.folds,
            findings: Findings::default(),
            timeline,
        }
    }
}

/// What was read for a question, folded.
struct Told {
    timeline: Timeline,
    /// How many wanted intervals a limit left out already.
    left_out: usize,
    /// Where everything was read: how its events follow from the event ids.
    event_ids: EventIds,
    records_read: usize,
    folds: usize,
}

impl Told {
    /// Tells what was kept of an archive, where that can be relied on.
    fn kept(archive: Archive<'_>, wanted: &Wanted<'_>) -> Option<Self> {
        Self::of_kept(&Kept::open(archive)?, wanted)
    }

    fn of_kept(kept: &Kept, wanted: &Wanted<'_>) -> Option<Self> {
        let (timeline, left_out) = kept.timeline(wanted)?;
        Some(Self {
            timeline,
            left_out,
            event_ids: kept.event_ids(),
            records_read: 0,
            folds: 0,
        })
    }
}

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
    /// Of a history: what deserves a look and touches its subject.
    pub findings: Findings,
    /// How many records were read for it, each time that one was.
    pub records_read: usize,
    /// How often what was read was folded.
    pub folds: usize,
}

/// Intervals and attempts together, each cut by the limit.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// The intervals and attempts, and what was found of the events that any of them may rest on.
    pub timeline: Timeline,
    /// How many intervals the limit left out.
    pub intervals_left_out: usize,
    /// How many attempts the limit left out.
    pub attempts_left_out: usize,
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
    /// Paths of which not everything was read: a run over them did not end.
    pub unfinished: u64,
}

impl Holes {
    /// Counts the holes of an index.
    pub fn of(reader: &Reader) -> Self {
        let totals = reader.totals();
        Self {
            partial: totals.files.partial,
            failed: totals.files.failed,
            malformed: totals.records.malformed,
            unfinished: reader.unfinished().len() as u64,
        }
    }

    /// Says whether there is any.
    pub fn any(&self) -> bool {
        self.partial + self.failed + self.malformed + self.unfinished > 0
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
