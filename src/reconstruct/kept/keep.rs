//! Makes what is kept of a timeline.

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;

use jiff::Timestamp;
use rayon::prelude::*;

use super::making::Making;
use super::{BLOCKS_AT_ONCE, Calls, Contents, Ends, ROWS, found, knowledge};
use crate::error::Result;
use crate::event::EventIndex;
use crate::index::Keeping;
use crate::interval::{BoundKind, Interval, Timeline};
use crate::reconstruct::Archive;
use crate::reconstruct::used::Used;
use crate::report::EventIds;
use crate::text::Text;

/// Keeps the timeline of an archive, in which nothing was left aside.
///
/// # Errors
///
/// Where the folder of the index cannot be written.
pub(in crate::reconstruct) fn keep(
    archive: Archive<'_>,
    told: &Timeline,
    calls: &Calls,
    event_ids: EventIds,
) -> Result<()> {
    let of_findings = told.findings.iter().flat_map(|finding| &finding.event_ids);
    let named: BTreeSet<&Text> = of_findings.collect();
    let with_findings = (0..).map(EventIndex).zip(&told.events);
    let with_findings: BTreeSet<EventIndex> = with_findings
        .filter(|(_, event)| named.contains(&event.event_id))
        .map(|(index, _)| index)
        .collect();
    let found = crate::reconstruct::found::found(archive, told)?;
    let of_found = found.iter().flat_map(|found| found.events.iter().copied());
    let used = Used::of(told, with_findings.iter().copied().chain(of_found));
    let number = |event: EventIndex| used.number(event).0;
    let calls = calls.iter();
    let contents = Contents {
        intervals: told.intervals.len() as u32,
        events: used.events().len() as u32,
        attempts: told.attempts.len() as u32,
        found: found.len() as u32,
        finding_events: with_findings.into_iter().map(number).collect(),
        calls: calls
            .map(|(name, counts)| (name.as_str().to_owned(), counts.succeeded, counts.failed))
            .collect(),
        event_ids,
        ends: told.intervals.chunks(ROWS).map(ends).collect(),
    };
    let first = postcard::to_stdvec(&contents).expect("numbers and texts can be written to memory");
    let findings = Making::block(&told.findings, Making::finding);

    archive
        .reader
        .keep(&knowledge(archive.catalogue), &|keeping| {
            keeping.add(&first)?;
            keeping.add(&findings)?;
            add(keeping, told.intervals.len(), &|rows| {
                Making::block(&told.intervals[rows], |making, interval| {
                    making.interval(interval, number)
                })
            })?;
            add(keeping, used.events().len(), &|rows| {
                let events = used.events()[rows].iter();
                let events = events.filter_map(|index| told.event(*index));
                Making::block(events, Making::event)
            })?;
            add(keeping, told.attempts.len(), &|rows| {
                Making::block(&told.attempts[rows], |making, attempt| {
                    making.attempt(attempt, number(attempt.event))
                })
            })?;
            found::keep(keeping, told, &found, number)
        })
}

/// Adds so many rows, several blocks of them being made at once.
fn add(
    keeping: &mut Keeping<'_>,
    count: usize,
    block: &(dyn Fn(Range<usize>) -> Vec<u8> + Sync),
) -> io::Result<()> {
    for first in (0..count).step_by(ROWS * BLOCKS_AT_ONCE) {
        let end = count.min(first + ROWS * BLOCKS_AT_ONCE);
        let firsts: Vec<usize> = (first..end).step_by(ROWS).collect();
        let made: Vec<Vec<u8>> = firsts
            .into_par_iter()
            .map(|first| block(first..end.min(first + ROWS)))
            .collect();
        for block in made {
            keeping.add(&block)?;
        }
    }
    Ok(())
}

/// Finds where the ends of a block lie; `None` where none has ended.
fn ends(intervals: &[Interval]) -> Option<Ends> {
    let intervals = intervals.iter();
    let ended = intervals.filter(|interval| interval.end.kind != BoundKind::Open);
    let ends = ended.map(|interval| {
        let latest = interval.latest_end_in_period();
        let second = |time: Timestamp| time.as_second();
        (
            interval.end.not_before.map(second),
            latest.map(|time| second(time) + 1),
        )
    });
    // An absent earliest time is less than all, an absent latest one must be more.
    ends.reduce(|a, b| (a.0.min(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b))))
}
