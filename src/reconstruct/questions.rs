//! The questions that commands ask, each answered from an index or from records directly.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::assemble::{Reading, assemble, corrected};
use super::closure::{Leads, Subject};
use super::rows::{Holding, Sieve, held_at};
use super::{Answer, Difference, Holes};
use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::error::Result;
use crate::event::{EventIndex, MemberId};
use crate::index::{Reader, Selection, Which};
use crate::interval::{BoundKind, Interval, Timeline};
use crate::query::Filter;
use crate::record::Record;
use crate::text::Text;

/// An index, and the catalogue that it is read with.
#[derive(Clone, Copy)]
pub struct Archive<'a> {
    /// The index.
    pub reader: &'a Reader,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
}

impl Archive<'_> {
    fn read(&self, selection: &Selection) -> Result<Vec<Reading>> {
        let read = self.reader.map(selection, |stored| {
            Reading::of(self.catalogue, &stored.records)
        })?;
        let readings: Vec<Reading> = read.into_iter().flatten().collect();
        let originals: BTreeSet<String> = readings
            .iter()
            .filter_map(Reading::corrects)
            .map(|id| id.as_str().to_owned())
            .collect();
        if originals.is_empty() {
            return Ok(readings);
        }
        let found = self.reader.records(&Which::EventIds(originals).into())?;
        let raw = |id: &Text| {
            let stored = found.iter().find(|stored| stored.event_id == *id)?;
            Some(stored.records.first()?.raw.clone())
        };
        Ok(corrected(self.catalogue, readings, raw))
    }

    /// Reads all of the accounts and regions asked for and folds it.
    fn everything(&self, filter: &Filter) -> Result<Timeline> {
        let readings = self.read(&narrowed(Which::All, filter))?;
        Ok(assemble(self.catalogue, readings, self.reader.coverage()))
    }

    fn answer(&self, timeline: Timeline) -> Answer {
        Answer {
            rows_total: timeline.intervals.len() + timeline.attempts.len(),
            rows_aside: 0,
            events_total: timeline.events.len(),
            coverage: self.reader.coverage().clone(),
            holes: Holes::of(self.reader),
            timeline,
        }
    }
}

fn narrowed(which: Which, filter: &Filter) -> Selection {
    Selection {
        accounts: filter.accounts.iter().cloned().collect(),
        regions: filter.regions.iter().cloned().collect(),
        ..Selection::from(which)
    }
}

/// Folds records without an index: the direct scan that every answer from the index must equal.
pub fn direct(catalogue: &Catalogue, events: &[Vec<Record>], coverage: &Coverage) -> Timeline {
    let readings: Vec<Reading> = events
        .iter()
        .filter_map(|records| Reading::of(catalogue, records))
        .collect();
    let raw = |id: &Text| {
        let is_it = |records: &&Vec<Record>| {
            Reading::of(catalogue, records).is_some_and(|reading| reading.event().event_id == *id)
        };
        events
            .iter()
            .find(is_it)
            .map(|records| records[0].raw.clone())
    };
    assemble(catalogue, corrected(catalogue, readings, raw), coverage)
}

/// Answers `timeline`: every interval that may have held in the period, ended or not.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn timeline(archive: Archive<'_>, filter: &Filter) -> Result<Answer> {
    let mut told = archive.everything(filter)?;
    let sieve = Sieve::new(archive.catalogue, filter);
    let mut intervals = std::mem::take(&mut told.intervals);
    intervals.retain(|interval| {
        sieve.passes(interval)
            && sieve.overlaps_period(interval)
            && sieve.passes_event(&told, &[&interval.start, &interval.end])
    });
    told.intervals = intervals;
    told.attempts.clear();
    Ok(limited(archive.answer(told), filter))
}

/// Answers `detachments`: every end of an attachment or association, and with `attempts` the calls
/// that failed.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn detachments(archive: Archive<'_>, filter: &Filter, attempts: bool) -> Result<Answer> {
    let told = archive.everything(filter)?;
    let (told, aside) = ends(archive.catalogue, told, filter, attempts);
    let answer = Answer {
        rows_aside: aside,
        ..archive.answer(told)
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
        interval.end.kind != BoundKind::Open
            && sieve.passes(interval)
            && sieve.is_in_period(&interval.end)
            && sieve.passes_event(&told, &[&interval.end])
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
    tried.retain(|attempt| attempts && sieve.passes_attempt(&told, catalogue, attempt));
    told.attempts = tried;
    (told, left_aside)
}

/// Answers `history`: everything about one resource, address, attachment id, ARN, key or principal.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn history(archive: Archive<'_>, subject: &Subject, filter: &Filter) -> Result<Answer> {
    let mut told = closure(archive, subject, filter)?;
    let sieve = Sieve::new(archive.catalogue, filter);
    let mut intervals = std::mem::take(&mut told.intervals);
    intervals.retain(|interval| {
        subject.is_in_interval(&told, interval)
            && sieve.passes(interval)
            && sieve.overlaps_period(interval)
            && sieve.passes_event(&told, &[&interval.start, &interval.end])
    });
    told.intervals = intervals;
    let mut attempts = std::mem::take(&mut told.attempts);
    attempts.retain(|attempt| {
        let event = told.event(attempt.event);
        event.is_some_and(|event| subject.is_in_attempt(event, attempt))
            && sieve.passes_attempt(&told, archive.catalogue, attempt)
    });
    told.attempts = attempts;
    let about: BTreeSet<_> = told
        .events
        .iter()
        .filter(|event| subject.is_in_event(event))
        .map(|event| event.event_id.clone())
        .collect();
    told.findings
        .retain(|finding| finding.event_ids.iter().any(|id| about.contains(id)));
    Ok(limited(archive.answer(told), filter))
}

/// Reads what mentions the subject, then what that leads to, until nothing is new.
fn closure(archive: Archive<'_>, subject: &Subject, filter: &Filter) -> Result<Timeline> {
    let seed = BTreeSet::from([subject.id.clone()]);
    let mut leads = Leads {
        followed: seed.clone(),
        ..Leads::default()
    };
    let by_actor = archive.read(&narrowed(Which::Actors(seed), filter))?;
    for reading in &by_actor {
        let mentions = reading.event().mentions.values().flatten();
        leads
            .followed
            .extend(mentions.map(|value| value.as_str().to_owned()));
    }
    loop {
        let followed = narrowed(Which::Mentions(leads.followed.clone()), filter);
        let mut readings = archive.read(&followed)?;
        for (member, ids) in &leads.lifetimes {
            readings.extend(lifetimes(archive, *member, ids, filter)?);
        }
        readings.extend(by_actor.iter().cloned());
        readings.sort_by(|a, b| a.event().event_id.cmp(&b.event().event_id));
        readings.dedup_by(|a, b| a.event().event_id == b.event().event_id);
        let leads_on = leads.add_records(archive.catalogue, subject, &readings);
        let told = assemble(archive.catalogue, readings, archive.reader.coverage());
        if !leads.add(archive.catalogue, subject, &told) && !leads_on {
            return Ok(told);
        }
    }
}

/// Reads what begins, ends, or disproves the lifetime of resources of one kind.
fn lifetimes(
    archive: Archive<'_>,
    member: MemberId,
    ids: &BTreeSet<String>,
    filter: &Filter,
) -> Result<Vec<Reading>> {
    let mut readings = Vec::new();
    let catalogue = archive.catalogue;
    for (calls, failed) in [
        (catalogue.lifetime_calls(member), false),
        (catalogue.lifetime_proofs(member), true),
    ] {
        if !calls.is_empty() {
            readings.extend(archive.read(&Selection {
                events: calls.into_iter().map(str::to_owned).collect(),
                failed,
                ..narrowed(Which::Mentions(ids.clone()), filter)
            })?);
        }
    }
    Ok(readings)
}

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
    let mut told = match subject {
        Some(subject) => closure(archive, subject, filter)?,
        None => archive.everything(filter)?,
    };
    let intervals = std::mem::take(&mut told.intervals);
    told.intervals = holding(archive.catalogue, &told, intervals, time, subject, filter);
    told.attempts.clear();
    Ok(limited(archive.answer(told), filter))
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
        held_at(interval, time) != Holding::No
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
    let mut told = archive.everything(filter)?;
    let intervals = std::mem::take(&mut told.intervals);
    told.attempts.clear();
    let held = |time| {
        holding(
            archive.catalogue,
            &told,
            intervals.clone(),
            time,
            None,
            filter,
        )
    };
    let (before, after) = (held(first), held(second));
    let gone = before
        .iter()
        .filter(|interval| held_at(interval, second) == Holding::No);
    let new = after
        .iter()
        .filter(|interval| held_at(interval, first) == Holding::No);
    let (gone, new): (Vec<_>, Vec<_>) = (gone.cloned().collect(), new.cloned().collect());
    let mut answer = archive.answer(told);
    answer.rows_total = gone.len() + new.len();
    Ok(Difference { answer, gone, new })
}

/// Cuts the rows at the limit and drops the events that no row points to any more.
fn limited(mut answer: Answer, filter: &Filter) -> Answer {
    let told = &mut answer.timeline;
    if let Some(limit) = filter.limit {
        told.intervals.truncate(limit);
        told.attempts
            .truncate(limit.saturating_sub(told.intervals.len()));
    }
    let mut used: BTreeSet<EventIndex> =
        told.attempts.iter().map(|attempt| attempt.event).collect();
    for interval in &told.intervals {
        used.extend(
            [interval.start.event, interval.end.event]
                .into_iter()
                .flatten(),
        );
    }
    let renumbered: std::collections::BTreeMap<EventIndex, EventIndex> =
        used.iter().copied().zip((0..).map(EventIndex)).collect();
    let mut index = 0;
    told.events.retain(|_| {
        index += 1;
        used.contains(&EventIndex(index - 1))
    });
    let renumber = |event: &mut EventIndex| {
        if let Some(new) = renumbered.get(event) {
            *event = *new;
        }
    };
    told.attempts
        .iter_mut()
        .for_each(|attempt| renumber(&mut attempt.event));
    for interval in &mut told.intervals {
        for bound in [&mut interval.start, &mut interval.end] {
            bound.event.iter_mut().for_each(renumber);
        }
    }
    answer
}
