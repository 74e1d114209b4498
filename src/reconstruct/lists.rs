//! The questions about everything: `timeline` and `detachments`.

use std::collections::BTreeSet;

use super::kept::Wanted;
use super::limit::{drop_unused_events, limited};
use super::rows::Sieve;
use super::{Answer, Archive, Told, Whole};
use crate::catalogue::Catalogue;
use crate::error::Result;
use crate::interval::{Interval, Timeline};
use crate::query::Filter;

/// Answers `timeline`: every interval that may have held in the period, ended or not.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn timeline(archive: Archive<'_>, filter: &Filter) -> Result<Answer> {
    let told = in_period(archive, filter, false)?;
    Ok(limited(archive.answer(told, filter), filter))
}

/// Answers an export: what `timeline` tells, and the attempts; a limit cuts each of the two.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn whole(archive: Archive<'_>, filter: &Filter) -> Result<Whole> {
    let mut told = in_period(archive, filter, true)?;
    let timeline = &mut told.timeline;
    let (intervals, attempts) = (timeline.intervals.len(), timeline.attempts.len());
    let limit = filter.limit.unwrap_or(usize::MAX);
    timeline.intervals.truncate(limit);
    timeline.attempts.truncate(limit);
    drop_unused_events(timeline);
    Ok(Whole {
        intervals_left_out: told.left_out + intervals.saturating_sub(limit),
        attempts_left_out: attempts.saturating_sub(limit),
        timeline: told.timeline,
    })
}

/// Tells every interval that may have held in the period, and the attempts where they are wanted.
fn in_period(archive: Archive<'_>, filter: &Filter, with_attempts: bool) -> Result<Told> {
    let sieve = Sieve::new(archive.catalogue, filter);
    let wanted = |interval: &Interval| sieve.passes(interval) && sieve.overlaps_period(interval);
    let mut told = archive.everything(
        filter,
        &Wanted {
            interval: &wanted,
            end: None,
            limit: sieve.limit(),
            attempts: with_attempts,
        },
    )?;
    let timeline = &mut told.timeline;
    let mut intervals = std::mem::take(&mut timeline.intervals);
    intervals.retain(|interval| {
        wanted(interval) && sieve.passes_event(timeline, &[&interval.start, &interval.end])
    });
    timeline.intervals = intervals;
    let mut attempts = std::mem::take(&mut timeline.attempts);
    attempts.retain(|attempt| {
        with_attempts && sieve.passes_attempt(timeline, archive.catalogue, attempt)
    });
    timeline.attempts = attempts;
    sieve.keep_findings(archive.catalogue, timeline);
    Ok(told)
}

/// Answers `detachments`: every end of an attachment or association, and with `attempts` the calls
/// that were to end one and failed, were dry runs, or changed nothing.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn detachments(archive: Archive<'_>, filter: &Filter, attempts: bool) -> Result<Answer> {
    let sieve = Sieve::new(archive.catalogue, filter);
    let told = archive.everything(
        filter,
        &Wanted {
            interval: &|interval| sieve.passes_end(interval),
            end: Some(&|earliest, latest| sieve.is_in_period(earliest, latest)),
            limit: None,
            attempts,
        },
    )?;
    let (timeline, aside) = ends(archive.catalogue, told.timeline, filter, attempts);
    let told = Told { timeline, ..told };
    let answer = Answer {
        rows_aside: aside,
        ..archive.answer(told, filter)
    };
    Ok(limited(answer, filter))
}

/// Keeps what `detachments` tells; says how many ends it leaves aside.
pub(super) fn ends(
    catalogue: &Catalogue,
    mut told: Timeline,
    filter: &Filter,
    attempts: bool,
) -> (Timeline, usize) {
    let sieve = Sieve::new(catalogue, filter);
    let mut intervals = std::mem::take(&mut told.intervals);
    intervals.retain(|interval| {
        sieve.passes_end(interval) && sieve.passes_event(&told, &[&interval.end])
    });
    let before = intervals.len();
    if !sieve.names_relations() {
        let aside: BTreeSet<&str> = catalogue
            .relations()
            .filter(|(_, relation)| relation.aside)
            .map(|(_, relation)| relation.name.as_str())
            .collect();
        intervals.retain(|interval| !aside.contains(interval.relation.as_str()));
    }
    let left_aside = before - intervals.len();
    told.intervals = intervals;
    let mut tried = std::mem::take(&mut told.attempts);
    let ending = sieve.ending_calls(catalogue);
    tried.retain(|attempt| attempts && sieve.passes_attempt_to_end(&told, &ending, attempt));
    told.attempts = tried;
    sieve.keep_findings(catalogue, &mut told);
    (told, left_aside)
}
