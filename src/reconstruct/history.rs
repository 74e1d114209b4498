//! The questions about one thing or principal: `history`, and what of a timeline is about it.

use std::collections::BTreeSet;

use super::found;
use super::gaps::keep_gaps_of_places;
use super::limit::limited;
use super::rows::Sieve;
use super::subject::Subject;
use super::{Answer, Archive};
use crate::error::Result;
use crate::interval::Timeline;
use crate::query::Filter;
use crate::text::Text;
use crate::timeline::calls_without_effect_on;

/// Answers `history`: everything about one resource, address, attachment id, ARN, key or principal.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn history(archive: Archive<'_>, subject: &Subject, filter: &Filter) -> Result<Answer> {
    let mut told = archive.about(subject, filter)?;
    let timeline = &mut told.timeline;
    let sieve = Sieve::new(archive.catalogue, filter);
    let mut intervals = std::mem::take(&mut timeline.intervals);
    intervals.retain(|interval| subject.is_in_interval(timeline, interval));
    let without_effect = calls_without_effect_on(&intervals);
    intervals.retain(|interval| {
        sieve.passes(interval)
            && sieve.overlaps_period(interval)
            && sieve.passes_event(timeline, &[&interval.start, &interval.end])
    });
    timeline.intervals = intervals;
    let mut attempts = std::mem::take(&mut timeline.attempts);
    attempts.retain(|attempt| {
        let event = timeline.event(attempt.event);
        event.is_some_and(|event| subject.is_in_attempt(event, attempt, &without_effect))
            && sieve.passes_told_call(timeline, archive.catalogue, attempt)
    });
    timeline.attempts = attempts;
    let about = events_about(timeline, subject);
    timeline
        .findings
        .retain(|finding| finding.event_ids.iter().any(|id| about.contains(id)));
    let findings = found::touching(archive, subject, filter, timeline)?;
    let mut answer = archive.answer(told, filter);
    answer.findings = findings;
    keep_gaps_of_places(&mut answer);
    Ok(limited(answer, filter))
}

/// Lists the ids of the events that are about a subject.
pub(super) fn events_about(told: &Timeline, subject: &Subject) -> BTreeSet<Text> {
    let events = told.events.iter();
    let about = events.filter(|event| subject.is_in_event(event));
    about.map(|event| event.event_id.clone()).collect()
}
