//! What one event is told to have done: what its record names, and what follows from its intervals.

use std::collections::{BTreeMap, BTreeSet};

use super::Archive;
use super::assemble::findings;
use super::closure::closure;
use super::gaps::gaps;
use super::gathered::Gathered;
use super::named::deciding;
use super::reading::Reading;
use super::subject::Subject;
use super::surroundings::surroundings;
use crate::error::Result;
use crate::event::{Event, Resolved};
use crate::index::{Selection, Stored, Which};
use crate::interval::{Bound, Finding, Interval, Timeline};
use crate::members::{Members, Name};
use crate::query::Filter;
use crate::text::Text;
use crate::verification::Gap;

/// An event with all that is known of it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The event, as it was corrected later. Its mentions also hold what its record does not name and
    /// its intervals tell, such as the interface and the instance that an attachment id stands for, what
    /// the calls say that created these, and what else its record says.
    pub call: Resolved,
    /// What the records of the event leave in doubt.
    pub findings: Vec<Finding>,
    /// The times of which digests prove that the archive lacks something of the event's account and
    /// region: what followed from the event may be told there.
    pub gaps: Vec<Gap>,
    /// How many records were read for it, each time that one was.
    pub records_read: usize,
    /// How often what was read was folded.
    pub folds: usize,
}

/// Reads an event by its id; of several that share one, the one that is named, else the fullest. The id of
/// a correction stands for the event that it corrects.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn explain(archive: Archive<'_>, event_id: &str) -> Result<Option<Explained>> {
    let Some(stored) = archive.reader.by_event_id(event_id)? else {
        return Ok(None);
    };
    let mut gathered = Gathered::of(archive)?;
    let Some(reading) = reading_of(&mut gathered, &stored, event_id)? else {
        return Ok(None);
    };
    let event = reading.event().clone();
    let record = gathered.corrected_record(&event.event_id);
    let subject = Subject::of_event(&event, deciding(archive.catalogue, &reading));
    let (mut records_read, mut folds) = (gathered.records_read(), 0);
    let place = place_of(&event);
    let mut call = Resolved::from(event);
    if !subject.id.is_empty() {
        let reaching = archive.catalogue.reaching_other_accounts();
        let reach = match reaching.contains(&call.event.event_name.as_str()) {
            true => Filter::default(),
            false => place.clone(),
        };
        let told = closure(gathered.within(&reach), &subject)?;
        let learnt = learnt(&told.timeline, &call.event);
        add(&mut call.event, learnt);
        call = surroundings(archive.catalogue, &told.timeline, call.event);
        (records_read, folds) = (told.records_read, told.folds);
    }
    let mut records = stored.records.iter();
    let is_of_event = |places: &[_]| places.iter().any(|place| call.event.places.contains(place));
    let delivered = records.find(|record| is_of_event(&record.places));
    let record = record.as_deref().or(delivered.map(|record| &*record.raw));
    if let Some(record) = record {
        add(&mut call.event, archive.catalogue.details(record));
    }
    Ok(Some(Explained {
        call,
        findings: findings(&reading),
        gaps: gaps(archive.reader, &place),
        records_read,
        folds,
    }))
}

fn reading_of(
    gathered: &mut Gathered<'_>,
    stored: &Stored,
    event_id: &str,
) -> Result<Option<Reading>> {
    let id = BTreeSet::from([stored.event_id.as_str().to_owned()]);
    let found = gathered.read(&Selection::from(Which::EventIds(id)))?;
    let is_it = |event: &Event| event.event_id.as_str().eq_ignore_ascii_case(event_id);
    let is_corrected = |event: &Event| gathered.corrected_record(&event.event_id).is_some();
    let mut readings = gathered.at(&found);
    let named = gathered.at(&found).find(|it| is_it(it.event()));
    let corrected = || gathered.at(&found).find(|it| is_corrected(it.event()));
    let reading = named.or_else(corrected).or_else(|| readings.next());
    Ok(reading.cloned())
}

/// Makes the filter for the account and the region of an event, where its record tells them.
fn place_of(event: &Event) -> Filter {
    let told = |place: &Text| match place.as_str() {
        "" => Vec::new(),
        place => vec![place.to_owned()],
    };
    Filter {
        accounts: told(&event.account),
        regions: told(&event.region),
        ..Filter::default()
    }
}

/// Adds what a record does not name; what it names stays.
fn add(event: &mut Event, values: Members<Vec<Text>>) {
    for (member, values) in &values {
        if !event.mentions.contains_key(member) {
            event.mentions.insert(*member, values.clone());
        }
    }
}

/// Lists what the intervals that rest on an event have for members, and what its attempt stands for; but
/// not what its record names.
fn learnt(told: &Timeline, event: &Event) -> Members<Vec<Text>> {
    let is_it = |index| {
        let known = told.event(index);
        known.is_some_and(|known| known.event_id == event.event_id)
    };
    let rests_on_it = |bound: &Bound| bound.event.is_some_and(is_it);
    let mut learnt: BTreeMap<Name, BTreeSet<Text>> = BTreeMap::new();
    let mut learn = |member: &Name, value: &Text| {
        if !event.mentions.contains_key(member) {
            learnt.entry(*member).or_default().insert(value.clone());
        }
    };
    // What it began took the place of what it ended of the same kind: an address is told with the interface
    // that has it now, and not with the former one.
    let kind = |interval: &Interval| (interval.relation, interval.resource);
    let intervals = told.intervals.iter();
    let began = intervals.filter(|interval| rests_on_it(&interval.start));
    let began: BTreeSet<(Name, Option<Name>)> = began.map(kind).collect();
    for interval in &told.intervals {
        let has_ended_it = rests_on_it(&interval.end) && !began.contains(&kind(interval));
        if rests_on_it(&interval.start) || has_ended_it {
            let members = interval.members.iter();
            members.for_each(|(member, value)| learn(member, value));
        }
    }
    for attempt in told.attempts.iter().filter(|attempt| is_it(attempt.event)) {
        for (member, values) in &attempt.members {
            values.iter().for_each(|value| learn(member, value));
        }
    }
    let learnt = learnt.into_iter();
    learnt
        .map(|(member, values)| (member, values.into_iter().collect()))
        .collect()
}
