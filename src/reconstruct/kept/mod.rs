//! The timeline of a whole index, kept beside it: a question about everything reads the rows that it
//! asks for, and folds nothing.
//!
//! `rows` is how things are written, `texts` how texts are; `keep` makes it. It is a cache and no
//! evidence: made when an archive is ingested or verified, of one state of the index, one catalogue, and
//! one build of the program. Where it is missing, damaged, or of any other, the records are read and
//! folded as if it had never been.

mod found;
mod keep;
mod making;
mod reading;
mod rows;
mod texts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::used::Used;
use crate::catalogue::Catalogue;
use crate::event::{Event, EventIndex};
use crate::index;
use crate::interval::{Attempt, Finding, Interval, Timeline};
use crate::report::{EventCounts, EventIds};
use crate::text::Text;
pub(super) use keep::keep;
use reading::{Names, Reading};
use rows::{AttemptRow, EventRow, FindingRow, IntervalRow};

/// How many rows a block has.
const ROWS: usize = 2_048;

/// How many blocks are made, or read, at once.
const BLOCKS_AT_ONCE: usize = 16;

/// The block of the contents, and that of the findings; then come intervals, events and attempts, and
/// what was found in them.
const CONTENTS: usize = 0;
const FINDINGS: usize = 1;

/// Calls by name, as the accounting of a run tells them.
pub(super) type Calls = BTreeMap<Text, EventCounts>;

/// How many of what there are, and what is needed for every answer: the first block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Contents {
    intervals: u32,
    events: u32,
    attempts: u32,
    found: u32,
    /// The events that findings rest on.
    finding_events: Vec<u32>,
    calls: Vec<(String, u64, u64)>,
    event_ids: EventIds,
    /// For each block of intervals, from when until when any of them may have ended, in seconds.
    ends: Vec<Option<Ends>>,
}

/// Where ends lie: the earliest and the latest second, each absent where one is not known.
type Ends = (Option<i64>, Option<i64>);

/// Says whether an end between two times is wanted, either absent where nothing tells it.
type EndWanted<'w> = dyn Fn(Option<Timestamp>, Option<Timestamp>) -> bool + Sync + 'w;

/// What of a timeline is wanted.
pub(super) struct Wanted<'w> {
    /// Which intervals; they are judged without their members and findings.
    pub(super) interval: &'w (dyn Fn(&Interval) -> bool + Sync),
    /// Which ends, by the earliest and the latest time, where only intervals that have ended are wanted:
    /// what cannot have ended then is not even judged.
    pub(super) end: Option<&'w EndWanted<'w>>,
    /// Only so many of the intervals.
    pub(super) limit: Option<usize>,
    /// Also the attempts.
    pub(super) attempts: bool,
}

impl Wanted<'static> {
    /// Everything.
    pub(super) const ALL: Self = Self {
        interval: &|_| true,
        end: None,
        limit: None,
        attempts: true,
    };
}

/// A timeline that was kept.
pub(super) struct Kept {
    blocks: index::Kept,
    names: Names,
    contents: Contents,
}

/// Names what the kept timeline depends on besides the index: the code and the catalogue.
fn knowledge(catalogue: &Catalogue) -> String {
    let code = env!("TRAILSPAN_CODE");
    format!("code {code}, catalogue {}", catalogue.digest())
}

impl Kept {
    /// Opens what was kept of an archive, if anything can be relied on.
    pub(super) fn open(archive: Archive<'_>) -> Option<Self> {
        let blocks = archive.reader.kept(&knowledge(archive.catalogue))?;
        let contents = postcard::from_bytes(&blocks.block(CONTENTS)?).ok()?;
        Some(Self {
            blocks,
            names: names(archive.catalogue),
            contents,
        })
    }

    /// Returns the calls by name.
    pub(super) fn calls(&self) -> Calls {
        let calls = self.contents.calls.iter();
        calls
            .map(|(name, succeeded, failed)| {
                let (succeeded, failed) = (*succeeded, *failed);
                (Text::from(name.as_str()), EventCounts { succeeded, failed })
            })
            .collect()
    }

    /// Says how the calls follow from the event ids of the index.
    pub(super) fn event_ids(&self) -> EventIds {
        self.contents.event_ids
    }

    /// Reads what is wanted, with all findings that no interval carries and the events that any of it
    /// points to; says how many intervals the limit left out. `None` where anything is damaged.
    pub(super) fn timeline(&self, wanted: &Wanted<'_>) -> Option<(Timeline, usize)> {
        let [intervals, events, attempts] = [
            self.contents.intervals,
            self.contents.events,
            self.contents.attempts,
        ]
        .map(blocks);
        let first_interval = FINDINGS + 1;
        let first_event = self.first_event();
        let first_attempt = first_event + events;
        let attempts = if wanted.attempts { attempts } else { 0 };

        let mut told = Timeline {
            findings: self.findings()?,
            intervals: self.all(0..intervals, |number| match self.may_have(number, wanted) {
                true => self.intervals(first_interval + number, wanted),
                false => Some(Vec::new()),
            })?,
            attempts: self.all(0..attempts, |number| self.attempts(first_attempt + number))?,
            events: Vec::new(),
        };
        let count = told.intervals.len();
        told.intervals.truncate(wanted.limit.unwrap_or(count));
        let left_out = count - told.intervals.len();
        let further = self.contents.finding_events.iter().copied();
        let used = Used::of(&told, further.map(EventIndex));
        told.events = self.all(0..events, |number| {
            self.events(first_event + number, number * ROWS, used.events())
        })?;
        used.renumber(&mut told);
        (told.events.len() == used.events().len()).then_some((told, left_out))
    }

    fn first_event(&self) -> usize {
        FINDINGS + 1 + blocks(self.contents.intervals)
    }

    /// Says whether a block may have intervals that are wanted.
    fn may_have(&self, number: usize, wanted: &Wanted<'_>) -> bool {
        let Some(end) = wanted.end else {
            return true;
        };
        let ends = self.contents.ends.get(number).copied().flatten();
        let time = |second: Option<i64>| Timestamp::from_second(second?).ok();
        ends.is_some_and(|(earliest, latest)| end(time(earliest), time(latest)))
    }

    /// Reads blocks, several at once, and joins what is in them.
    fn all<T: Send>(
        &self,
        blocks: std::ops::Range<usize>,
        read: impl Fn(usize) -> Option<Vec<T>> + Sync + Send,
    ) -> Option<Vec<T>> {
        let mut all = Vec::new();
        for first in blocks.clone().step_by(BLOCKS_AT_ONCE) {
            let some = first..blocks.end.min(first + BLOCKS_AT_ONCE);
            let parts: Option<Vec<Vec<T>>> = some.into_par_iter().map(&read).collect();
            parts?.into_iter().for_each(|part| all.extend(part));
        }
        Some(all)
    }

    fn findings(&self) -> Option<Vec<Finding>> {
        let bytes = self.blocks.block(FINDINGS)?;
        let (reading, rows) = Reading::of::<FindingRow>(&self.names, &bytes)?;
        reading.findings(&rows)
    }

    fn intervals(&self, block: usize, wanted: &Wanted<'_>) -> Option<Vec<Interval>> {
        let bytes = self.blocks.block(block)?;
        let (reading, rows) = Reading::of::<IntervalRow>(&self.names, &bytes)?;
        let mut intervals = Vec::new();
        for row in &rows {
            let mut interval = reading.outline(row)?;
            if (wanted.interval)(&interval) {
                reading.fill(&mut interval, row)?;
                intervals.push(interval);
            }
        }
        Some(intervals)
    }

    fn attempts(&self, block: usize) -> Option<Vec<Attempt>> {
        let bytes = self.blocks.block(block)?;
        let (reading, rows) = Reading::of::<AttemptRow>(&self.names, &bytes)?;
        rows.iter().map(|row| reading.attempt(row)).collect()
    }

    /// Reads those events of a block, which begins with the event `first`, that are used.
    fn events(&self, block: usize, first: usize, used: &[EventIndex]) -> Option<Vec<Event>> {
        let from = used.partition_point(|event| (event.0 as usize) < first);
        let until = used.partition_point(|event| (event.0 as usize) < first + ROWS);
        if from == until {
            return Some(Vec::new());
        }
        let bytes = self.blocks.block(block)?;
        let (reading, rows) = Reading::of::<EventRow>(&self.names, &bytes)?;
        used[from..until]
            .iter()
            .map(|event| reading.event(rows.get(event.0 as usize - first)?))
            .collect()
    }
}

fn names(catalogue: &Catalogue) -> Names {
    let names = catalogue.names();
    names.map(|name| (name.as_str(), name)).collect()
}

/// How many blocks so many rows need.
fn blocks(rows: u32) -> usize {
    (rows as usize).div_ceil(ROWS)
}
