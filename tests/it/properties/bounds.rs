//! What holds of every interval, and between intervals of one timeline.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use trailspan::catalogue::{Catalogue, Exclusive, Relation};
use trailspan::coverage::Coverage;
use trailspan::event::Outcome;
use trailspan::interval::{Bound, BoundKind, Interval, Timeline};
use trailspan::reconstruct::{Reading, direct};

use super::cases;
use super::evidence::{Calls, assert_same, lines, records};
use super::piles::piles;
use super::scenes::scenes;

fn told(calls: &[Value], coverage: &Coverage) -> Timeline {
    direct(Catalogue::embedded(), &records(calls), coverage)
}

/// Counts every record, as ingesting does.
fn coverage(calls: &[Value]) -> Coverage {
    let mut coverage = Coverage::default();
    for events in records(calls) {
        for reading in Reading::all_of(Catalogue::embedded(), &events) {
            let event = reading.event();
            coverage.add(event.account.as_str(), event.region.as_str(), event.time);
        }
    }
    coverage
}

fn assert_bound(timeline: &Timeline, bound: &Bound, is_end: bool, interval: &Interval) {
    let event = bound.event.and_then(|event| timeline.event(event));
    let rests_on_an_event = !matches!(bound.kind, BoundKind::Open | BoundKind::BeforeArchive);
    assert_eq!(event.is_some(), rests_on_an_event, "{interval:?}");
    assert!(event.is_none_or(|event| !event.places.is_empty()));
    if bound.kind == BoundKind::Observed {
        assert_eq!(bound.not_before, bound.not_after, "{interval:?}");
        assert_eq!(
            bound.not_before,
            event.map(|event| event.time),
            "{interval:?}"
        );
    }
    if let (Some(earliest), Some(latest)) = (bound.not_before, bound.not_after) {
        assert!(earliest <= latest, "{interval:?}");
    }
    assert!(
        bound.not_before.or(bound.not_after).is_some(),
        "{interval:?}"
    );
    let misplaced = match is_end {
        true => BoundKind::BeforeArchive,
        false => BoundKind::Open,
    };
    assert_ne!(bound.kind, misplaced, "{interval:?}");
}

/// Returns from when to when it was there for certain.
fn certainly(interval: &Interval) -> Option<(Timestamp, Timestamp)> {
    let start = interval.start.not_after.or(interval.start.not_before)?;
    let end = interval.end.not_before.unwrap_or(start);
    (interval.start.kind != BoundKind::Uncertain && start < end).then_some((start, end))
}

fn exclusive_key(exclusive: &Exclusive, interval: &Interval) -> Option<String> {
    let name = |member| &Catalogue::embedded().member(member).name;
    let values = exclusive
        .members
        .iter()
        .map(|member| interval.members.get(name(*member)));
    let values: Option<Vec<_>> = values.collect();
    let same = exclusive
        .same
        .iter()
        .map(|member| interval.members.get(name(*member)));
    let place = (&interval.account, &interval.region);
    Some(format!(
        "{:?} {place:?} {:?}",
        values?,
        same.collect::<Vec<_>>()
    ))
}

fn assert_exclusive(relation: &Relation, timeline: &Timeline) {
    for exclusive in &relation.exclusive {
        let mut holders: BTreeMap<String, Vec<(Timestamp, Timestamp, &Interval)>> = BTreeMap::new();
        for interval in &timeline.intervals {
            if interval.relation == relation.name
                && let Some(key) = exclusive_key(exclusive, interval)
                && let Some((start, end)) = certainly(interval)
            {
                holders.entry(key).or_default().push((start, end, interval));
            }
        }
        for (key, mut times) in holders {
            times.sort_by_key(|(start, end, _)| (*start, *end));
            for pair in times.windows(2) {
                assert!(
                    pair[0].1 <= pair[1].0,
                    "{key} is held twice:\n{:?}\n{:?}",
                    pair[0].2,
                    pair[1].2
                );
            }
        }
    }
}

fn every_interval_is_possible(calls: &Calls, is_possible: bool) {
    let timeline = told(&calls.0, &coverage(&calls.0));
    for interval in &timeline.intervals {
        assert_bound(&timeline, &interval.start, false, interval);
        assert_bound(&timeline, &interval.end, true, interval);
        let earliest = interval.start.not_before;
        let latest = interval.end.not_after;
        assert!(
            earliest.zip(latest).is_none_or(|(start, end)| start <= end),
            "{interval:?}"
        );
    }
    if is_possible {
        for (_, relation) in Catalogue::embedded().relations() {
            assert_exclusive(relation, &timeline);
        }
    }
    let succeeded: BTreeSet<_> = timeline
        .intervals
        .iter()
        .flat_map(|interval| [interval.start.event, interval.end.event])
        .flatten()
        .collect();
    for attempt in &timeline.attempts {
        let event = timeline.event(attempt.event).unwrap();
        let has_succeeded = event.outcome == Outcome::Succeeded;
        // A response may list everything as unsuccessful, without an error code of the call.
        let is_told_by_response = has_succeeded || event.outcome == Outcome::Failed;
        let is_told = is_told_by_response || event.error_code.is_some();
        assert!(is_told, "{event:?}");
        let is_change = succeeded.contains(&attempt.event);
        let is_known_to_change_nothing = has_succeeded || event.outcome == Outcome::DryRun;
        assert!(!(is_change && is_known_to_change_nothing), "{event:?}");
    }
}

/// Adds every id and address, which are the texts with hyphens or dots but the way to everywhere.
fn add_ids(value: &Value, place: &str, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.contains(['-', '.']) && !text.ends_with("/0") => {
            ids.insert(format!("{place}{text}"));
        }
        Value::Array(items) => items.iter().for_each(|item| add_ids(item, place, ids)),
        Value::Object(fields) => fields.values().for_each(|field| add_ids(field, place, ids)),
        _ => {}
    }
}

/// What a record names, in its account and Region, and in all of them.
struct Mentioned {
    here: BTreeSet<String>,
    anywhere: BTreeSet<String>,
    /// It may end what is in other accounts and Regions, as the end of a peering does.
    reaches: bool,
}

impl Mentioned {
    fn of(call: &Value) -> Self {
        let place = |part: &str| call[part].as_str().unwrap_or_default().to_owned();
        let place = format!("{} {} ", place("recipientAccountId"), place("awsRegion"));
        let (mut here, mut anywhere) = (BTreeSet::new(), BTreeSet::new());
        for part in [
            "requestParameters",
            "responseElements",
            "serviceEventDetails",
        ] {
            add_ids(&call[part], &place, &mut here);
            add_ids(&call[part], "", &mut anywhere);
        }
        let reaching = Catalogue::embedded().reaching_other_accounts();
        let reaches = reaching.iter().any(|name| call["eventName"] == **name);
        Self {
            here,
            anywhere,
            reaches,
        }
    }

    /// Says whether one may bear on what the other tells.
    fn is_tied_to(&self, other: &Self) -> bool {
        let reaches = self.reaches || other.reaches;
        !self.here.is_disjoint(&other.here)
            || reaches && !self.anywhere.is_disjoint(&other.anywhere)
    }
}

/// Parts records into those about a thing and what is tied to it, and the others.
fn cluster(calls: &[Value], seed: usize) -> (BTreeSet<String>, Vec<Value>) {
    let mentioned: Vec<Mentioned> = calls.iter().map(Mentioned::of).collect();
    let (mut tied, mut others) = (Vec::new(), (0..calls.len()).collect::<Vec<_>>());
    let mut next = vec![others.remove(seed % calls.len())];
    while let Some(index) = next.pop() {
        let is_tied = |other: &usize| mentioned[index].is_tied_to(&mentioned[*other]);
        let (found, rest): (Vec<usize>, Vec<usize>) = others.into_iter().partition(is_tied);
        others = rest;
        next.extend(found);
        tied.push(index);
    }
    let ids = tied.iter().flat_map(|index| &mentioned[*index].here);
    let others = others.iter().map(|index| calls[*index].clone());
    (ids.cloned().collect(), others.collect())
}

fn what_is_not_tied_to_it_is_told_alike(calls: &Calls, seed: usize) {
    if calls.0.is_empty() {
        return;
    }
    let coverage = coverage(&calls.0);
    let whole = told(&calls.0, &coverage);
    let (ids, others) = cluster(&calls.0, seed);
    let told_by: BTreeSet<&str> = others
        .iter()
        .filter_map(|call| call["eventID"].as_str())
        .collect();
    let mut rest = whole.clone();
    let is_apart = |place: String, values: Vec<&trailspan::text::Text>| {
        values
            .iter()
            .all(|value| !ids.contains(&format!("{place}{value}")))
    };
    rest.intervals.retain(|interval| {
        let place = format!("{} {} ", interval.account, interval.region);
        is_apart(place, interval.members.values().collect())
    });
    rest.attempts.retain(|attempt| {
        let event = whole.event(attempt.event).unwrap();
        told_by.contains(event.event_id.as_str())
    });
    let found = lines(&told(&others, &coverage));
    assert_same(&found, &lines(&rest), "what is not tied to it");
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn bounds_and_exclusive_members_are_what_they_say(calls in scenes(60)) {
        every_interval_is_possible(&calls, true);
    }

    #[test]
    fn bounds_are_what_they_say_in_piles_too(calls in piles(40)) {
        every_interval_is_possible(&calls, false);
    }

    #[test]
    fn removing_a_thing_and_all_that_is_tied_to_it_leaves_the_others(
        calls in scenes(60),
        seed: u16,
    ) {
        what_is_not_tied_to_it_is_told_alike(&calls, usize::from(seed));
    }

    #[test]
    fn removing_a_thing_from_a_pile_leaves_the_others(calls in piles(20), seed: u16) {
        what_is_not_tied_to_it_is_told_alike(&calls, usize::from(seed));
    }
}
