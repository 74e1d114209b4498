//! The questions that commands ask, each answered from an index or from records directly.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::assemble::assemble;
use super::closure::{Leads, Subject};
use super::correct::corrected;
use super::kept::{Kept, Wanted};
use super::reading::Reading;
use super::rows::{Holding, Sieve, held_at};
use super::used::Used;
use super::{Answer, Difference, Holes};
use crate::catalogue::{Catalogue, Interpreter, Interpreters};
use crate::coverage::Coverage;
use crate::error::Result;
use crate::event::{Event, EventIndex, MemberId};
use crate::index::{Reader, Selection, Stored, Which};
use crate::interval::{Bound, Interval, Timeline};
use crate::query::Filter;
use crate::record::Record;
use crate::text::Text;
use crate::verification::Gap;

/// An index, and the catalogue that it is read with.
#[derive(Clone, Copy)]
pub struct Archive<'a> {
    /// The index.
    pub reader: &'a Reader,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
}

impl Archive<'_> {
    /// Reads a selection, each record as it was corrected later.
    fn read(&self, selection: &Selection) -> Result<Vec<Reading>> {
        let interpreters = Interpreters::new(self.catalogue);
        let read = |selection: &Selection| {
            self.reader.map(selection, |stored| {
                interpreters.with(|interpreter| Reading::all_by(interpreter, &stored.records))
            })
        };
        let mut readings = in_order(read(selection)?);
        if *selection != Selection::from(Which::All) {
            // Corrections need not say what the selection asks for. They are few in any archive.
            let reason = Which::Mentions(BTreeSet::from(["UPDATED_DATA".to_owned()]));
            let mut corrections = in_order(read(&reason.into())?);
            corrections.retain(|correction| {
                let corrects = correction.corrects();
                corrects.is_some_and(|original| has(&readings, original))
            });
            add_new(&mut readings, corrections);
        }
        let originals: BTreeSet<String> = readings
            .iter()
            .filter_map(Reading::corrects)
            .map(|id| id.as_str().to_owned())
            .collect();
        if originals.is_empty() {
            return Ok(readings);
        }
        let found = self.reader.records(&Which::EventIds(originals).into())?;
        let of_one = |stored: &Stored| Reading::all_of(self.catalogue, &stored.records);
        add_new(&mut readings, found.iter().flat_map(of_one).collect());
        let records = |id: &Text| {
            let stored = found.iter().find(|stored| stored.event_id == *id)?;
            Some(&stored.records[..])
        };
        Ok(corrected(self.catalogue, readings, records))
    }

    /// Reads what concerns the accounts and regions asked for: their own records, and those of other
    /// accounts that end something in them.
    fn read_narrowed(&self, which: Which, filter: &Filter) -> Result<Vec<Reading>> {
        let mut readings = self.read(&narrowed(which.clone(), filter))?;
        if !filter.accounts.is_empty() || !filter.regions.is_empty() {
            let reaching = self.catalogue.reaching_other_accounts();
            readings.extend(self.read(&Selection {
                accounts: BTreeSet::new(),
                regions: BTreeSet::new(),
                events: reaching.into_iter().map(str::to_owned).collect(),
                ..narrowed(which, filter)
            })?);
            readings.sort_by(|a, b| a.event().event_id.cmp(&b.event().event_id));
            readings.dedup_by(|a, b| a.event().event_id == b.event().event_id);
        }
        Ok(readings)
    }

    /// Tells of the accounts and regions asked for what is wanted and perhaps more: from what was kept,
    /// else reads all and folds it. Says how many wanted intervals a limit left out already.
    pub(super) fn everything(
        &self,
        filter: &Filter,
        wanted: &Wanted<'_>,
    ) -> Result<(Timeline, usize)> {
        let kept = Kept::open(*self);
        if let Some(told) = kept.and_then(|kept| kept.timeline(wanted)) {
            return Ok(told);
        }
        let readings = self.read_narrowed(Which::All, filter)?;
        let told = assemble(self.catalogue, readings, self.reader.coverage());
        Ok((told, 0))
    }

    pub(super) fn answer(&self, timeline: Timeline, filter: &Filter) -> Answer {
        Answer {
            rows_total: timeline.intervals.len() + timeline.attempts.len(),
            rows_aside: 0,
            events_total: timeline.events.len(),
            coverage: self.reader.coverage().clone(),
            holes: Holes::of(self.reader),
            gaps: gaps(self.reader, filter),
            timeline,
        }
    }
}

/// Lists the times in the period, the accounts and the regions asked for of which digests prove that
/// the archive lacks something.
pub fn gaps(reader: &Reader, filter: &Filter) -> Vec<Gap> {
    let is_asked = |asked: &[String], place: &Text| {
        asked.is_empty() || asked.iter().any(|asked| asked == place.as_str())
    };
    let gaps = reader.verified().gaps().iter();
    gaps.filter(|gap| {
        gap.touches(filter.since, filter.until)
            && is_asked(&filter.accounts, &gap.account)
            && is_asked(&filter.regions, &gap.region)
    })
    .cloned()
    .collect()
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
    let mut interpreter = Interpreter::new(catalogue);
    let read = |records: &Vec<Record>| Reading::all_by(&mut interpreter, records);
    let all: Vec<Vec<Reading>> = events.iter().map(read).collect();
    let ids: BTreeMap<Text, usize> = (0..)
        .zip(&all)
        .filter_map(|(index, readings)| Some((readings.first()?.event().event_id.clone(), index)))
        .collect();
    let records = |id: &Text| ids.get(id).map(|index| &events[*index][..]);
    let readings = all.into_iter().flatten().collect();
    assemble(catalogue, corrected(catalogue, readings, records), coverage)
}

/// Puts readings in order of their ids.
fn in_order(readings: Vec<Vec<Reading>>) -> Vec<Reading> {
    let mut readings: Vec<Reading> = readings.into_iter().flatten().collect();
    sort(&mut readings);
    readings
}

fn sort(readings: &mut [Reading]) {
    readings.sort_unstable_by(|a, b| a.event().event_id.cmp(&b.event().event_id));
}

/// Says whether an event is among readings in order of their ids.
fn has(readings: &[Reading], id: &Text) -> bool {
    let found = readings.binary_search_by(|reading| reading.event().event_id.cmp(id));
    found.is_ok()
}

/// Adds those readings whose events are not there yet.
fn add_new(readings: &mut Vec<Reading>, mut more: Vec<Reading>) {
    more.retain(|reading| !has(readings, &reading.event().event_id));
    readings.extend(more);
    sort(readings);
}

/// Answers `timeline`: every interval that may have held in the period, ended or not.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn timeline(archive: Archive<'_>, filter: &Filter) -> Result<Answer> {
    let sieve = Sieve::new(archive.catalogue, filter);
    let wanted = |interval: &Interval| sieve.passes(interval) && sieve.overlaps_period(interval);
    let (mut told, left_out) = archive.everything(
        filter,
        &Wanted {
            interval: &wanted,
            end: None,
            limit: sieve.limit(),
            attempts: false,
        },
    )?;
    let mut intervals = std::mem::take(&mut told.intervals);
    intervals.retain(|interval| {
        wanted(interval) && sieve.passes_event(&told, &[&interval.start, &interval.end])
    });
    told.intervals = intervals;
    told.attempts.clear();
    sieve.keep_findings(archive.catalogue, &mut told);
    let mut answer = archive.answer(told, filter);
    answer.rows_total += left_out;
    Ok(limited(answer, filter))
}

/// Answers `detachments`: every end of an attachment or association, and with `attempts` the calls
/// that failed.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn detachments(archive: Archive<'_>, filter: &Filter, attempts: bool) -> Result<Answer> {
    let sieve = Sieve::new(archive.catalogue, filter);
    let (told, _) = archive.everything(
        filter,
        &Wanted {
            interval: &|interval| sieve.passes_end(interval),
            end: Some(&|end| sieve.is_in_period(end)),
            limit: None,
            attempts,
        },
    )?;
    let (told, aside) = ends(archive.catalogue, told, filter, attempts);
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
    tried.retain(|attempt| attempts && sieve.passes_attempt(&told, catalogue, attempt));
    told.attempts = tried;
    sieve.keep_findings(catalogue, &mut told);
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
    let about = events_about(&told, subject);
    told.findings
        .retain(|finding| finding.event_ids.iter().any(|id| about.contains(id)));
    let mut answer = archive.answer(told, filter);
    keep_gaps_of_places(&mut answer);
    Ok(limited(answer, filter))
}

fn events_about(told: &Timeline, subject: &Subject) -> BTreeSet<Text> {
    let events = told.events.iter();
    let about = events.filter(|event| subject.is_in_event(event));
    about.map(|event| event.event_id.clone()).collect()
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
        let named = identifiers(archive.catalogue, reading.event());
        leads
            .followed
            .extend(named.map(|value| value.as_str().to_owned()));
    }
    loop {
        let followed = Which::Mentions(leads.followed.clone());
        let mut readings = archive.read_narrowed(followed, filter)?;
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

/// Lists what an event mentions that names one thing; a number or a setting leads to every record that
/// has the same.
fn identifiers<'e>(catalogue: &Catalogue, event: &'e Event) -> impl Iterator<Item = &'e Text> {
    event
        .mentions
        .iter()
        .filter(|(member, _)| {
            let id = catalogue.member_id(member);
            id.is_some_and(|id| catalogue.identifies(id))
        })
        .flat_map(|(_, values)| values)
}

/// Adds to an event's mentions what the record does not name and its intervals tell: the interface and
/// the instance that an attachment id stands for.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn resolve(archive: Archive<'_>, mut event: Event) -> Result<Event> {
    let named: BTreeSet<Text> = identifiers(archive.catalogue, &event).cloned().collect();
    let mut learnt = BTreeMap::new();
    for value in named {
        let subject = Subject {
            id: value.as_str().to_owned(),
            account: Some(event.account.as_str().to_owned()),
            region: Some(event.region.as_str().to_owned()),
        };
        let told = closure(archive, &subject, &Filter::default())?;
        let rests_on = |bound: &Bound| {
            let known = bound.event.and_then(|index| told.event(index));
            known.is_some_and(|known| known.event_id == event.event_id)
        };
        for interval in &told.intervals {
            if rests_on(&interval.start) || rests_on(&interval.end) {
                let members = interval.members.iter();
                learnt.extend(members.map(|(member, value)| (*member, value.clone())));
            }
        }
        for attempt in &told.attempts {
            let known = told.event(attempt.event);
            if known.is_some_and(|known| known.event_id == event.event_id) {
                let single = attempt
                    .members
                    .iter()
                    .filter(|(_, values)| values.len() == 1);
                learnt.extend(single.map(|(member, values)| (*member, values[0].clone())));
            }
        }
    }
    for (member, value) in learnt {
        if !event.mentions.contains_key(member.as_str()) {
            event.mentions.insert(member, vec![value]);
        }
    }
    Ok(event)
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
    let sieve = Sieve::new(archive.catalogue, filter);
    let (mut told, left_out) = match subject {
        Some(subject) => (closure(archive, subject, filter)?, 0),
        None => archive.everything(
            filter,
            &Wanted {
                interval: &|interval| {
                    held_at(interval, time) != Holding::No && sieve.passes(interval)
                },
                end: None,
                limit: sieve.limit(),
                attempts: false,
            },
        )?,
    };
    let intervals = std::mem::take(&mut told.intervals);
    told.intervals = holding(archive.catalogue, &told, intervals, time, subject, filter);
    let about = subject.map(|subject| events_about(&told, subject));
    let is_about = |ids: &[Text]| {
        let about = about.as_ref();
        about.is_none_or(|about| ids.iter().any(|id| about.contains(id)))
    };
    told.attempts.clear();
    sieve.keep_findings(archive.catalogue, &mut told);
    told.findings.retain(|finding| is_about(&finding.event_ids));
    let mut answer = archive.answer(told, &up_to(time, filter));
    answer.rows_total += left_out;
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

/// Keeps the gaps of the accounts and regions that an answer about one thing tells of; all of them,
/// where it tells of nothing.
fn keep_gaps_of_places(answer: &mut Answer) {
    let events = &answer.timeline.events;
    if answer.rows_total > 0 && !events.is_empty() {
        let is_told = |gap: &Gap| {
            let mut events = events.iter();
            events.any(|event| event.account == gap.account && event.region == gap.region)
        };
        answer.gaps.retain(is_told);
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
    let wanted = |interval: &Interval| {
        let mut times = [first, second].into_iter();
        times.any(|time| held_at(interval, time) != Holding::No)
    };
    let (mut told, _) = archive.everything(
        filter,
        &Wanted {
            interval: &wanted,
            end: None,
            limit: None,
            attempts: false,
        },
    )?;
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
    Sieve::new(archive.catalogue, filter).keep_findings(archive.catalogue, &mut told);
    let mut answer = archive.answer(told, &up_to(second.max(first), filter));
    answer.rows_total = gone.len() + new.len();
    Ok(Difference { answer, gone, new })
}

/// Cuts the rows at the limit and drops the events that no row points to any more.
pub(super) fn limited(mut answer: Answer, filter: &Filter) -> Answer {
    let told = &mut answer.timeline;
    if let Some(limit) = filter.limit {
        told.intervals.truncate(limit);
        told.attempts
            .truncate(limit.saturating_sub(told.intervals.len()));
    }
    let used = Used::of(told, []);
    let mut index = 0;
    told.events.retain(|_| {
        index += 1;
        used.contains(EventIndex(index - 1))
    });
    used.renumber(told);
    answer
}
