//! The questions about instants: `at` and `diff`.

use jiff::Timestamp;

use super::gaps::keep_gaps_of_places;
use super::history::events_about;
use super::kept::Wanted;
use super::limit::limited;
use super::rows::Sieve;
use super::subject::Subject;
use super::{Answer, Archive, Difference};
use crate::catalogue::Catalogue;
use crate::error::Result;
use crate::interval::{Holding, Interval, Timeline};
use crate::query::Filter;
use crate::text::Text;

/// Answers `at`: what was, or may have been, attached at an instant.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn at(
    archive: Archive<'_>,
    time: Timestamp,
    subject: Option<&Subject>,
    filter: &Filter,
) -> Result<Answer> {
    let sieve = Sieve::new(archive.catalogue, filter);
    let mut told = match subject {
        Some(subject) => archive.about(subject, filter)?,
        None => archive.everything(
            filter,
            &Wanted {
                interval: &|interval| {
                    interval.held_at(time) != Holding::No && sieve.passes(interval)
                },
                end: None,
                limit: sieve.limit(),
                attempts: false,
            },
        )?,
    };
    let timeline = &mut told.timeline;
    let intervals = std::mem::take(&mut timeline.intervals);
    timeline.intervals = holding(
        archive.catalogue,
        timeline,
        intervals,
        time,
        subject,
        filter,
    );
    let about = subject.map(|subject| events_about(timeline, subject));
    let is_about = |ids: &[Text]| {
        let about = about.as_ref();
        about.is_none_or(|about| ids.iter().any(|id| about.contains(id)))
    };
    timeline.attempts.clear();
    sieve.keep_findings(archive.catalogue, timeline);
    timeline
        .findings
        .retain(|finding| is_about(&finding.event_ids));
    let mut answer = archive.answer(told, &up_to(time, filter));
    if subject.is_some() {
        keep_gaps_of_places(&mut answer);
    }
    Ok(limited(answer, filter))
}

/// What holds at an instant rests on all that came before.
fn up_to(time: Timestamp, filter: &Filter) -> Filter {
    Filter {
        since: None,
        until: Some(time),
        ..filter.clone()
    }
}

fn holding(
    catalogue: &Catalogue,
    told: &Timeline,
    mut intervals: Vec<Interval>,
    time: Timestamp,
    subject: Option<&Subject>,
    filter: &Filter,
) -> Vec<Interval> {
    let sieve = Sieve::new(catalogue, filter);
    intervals.retain(|interval| {
        interval.held_at(time) != Holding::No
            && sieve.passes(interval)
            && subject.is_none_or(|subject| subject.is_in_interval(told, interval))
            && sieve.passes_event(told, &[&interval.start, &interval.end])
    });
    intervals
}

/// Answers `diff`: what was attached at one instant and not at the other.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn difference(
    archive: Archive<'_>,
    first: Timestamp,
    second: Timestamp,
    filter: &Filter,
) -> Result<Difference> {
    let wanted = |interval: &Interval| {
        let mut times = [first, second].into_iter();
        times.any(|time| interval.held_at(time) != Holding::No)
    };
    let mut told = archive.everything(
        filter,
        &Wanted {
            interval: &wanted,
            end: None,
            limit: None,
            attempts: false,
        },
    )?;
    let timeline = &mut told.timeline;
    let intervals = std::mem::take(&mut timeline.intervals);
    timeline.attempts.clear();
    let held = |time| {
        holding(
            archive.catalogue,
            timeline,
            intervals.clone(),
            time,
            None,
            filter,
        )
    };
    let (before, after) = (held(first), held(second));
    let is_gone = |interval: &&Interval| interval.is_gone_between(first, second);
    let gone = before.iter().filter(is_gone);
    let new = after
        .iter()
        .filter(|interval| interval.is_new_between(first, second) && !is_gone(interval));
    let (mut gone, mut new): (Vec<_>, Vec<_>) = (gone.cloned().collect(), new.cloned().collect());
    Sieve::new(archive.catalogue, filter).keep_findings(archive.catalogue, timeline);
    let mut answer = archive.answer(told, &up_to(second.max(first), filter));
    answer.rows_total = gone.len() + new.len();
    if let Some(limit) = filter.limit {
        gone.truncate(limit);
        new.truncate(limit - gone.len());
    }
    Ok(Difference { answer, gone, new })
}
