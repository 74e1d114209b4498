//! A question about one thing reads only some records, and is answered as if it had read all.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use trailspan::catalogue::Catalogue;
use trailspan::event::EventIndex;
use trailspan::interval::{Bound, Interval, Timeline};
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive, Subject};
use trailspan::timeline::calls_without_effect_on;

use super::cases;
use super::evidence::{Calls, Evidence, assert_same, everything, lines, subjects};
use super::piles::piles;
use super::scenes::scenes;
use crate::timeline::records_of_scenarios;

/// Keeps what is about the subject.
fn about(mut told: Timeline, subject: &Subject) -> Timeline {
    let intervals = std::mem::take(&mut told.intervals);
    let attempts = std::mem::take(&mut told.attempts);
    let is_about = |interval: &_| subject.is_in_interval(&told, interval);
    let intervals: Vec<Interval> = intervals.into_iter().filter(is_about).collect();
    let without_effect = calls_without_effect_on(&intervals);
    let attempts = attempts
        .into_iter()
        .filter(|attempt| {
            let event = told.event(attempt.event).unwrap();
            subject.is_in_attempt(event, attempt, &without_effect)
        })
        .collect();
    Timeline {
        intervals,
        attempts,
        ..told
    }
}

fn every_history_is_what_the_whole_timeline_tells(records: &Calls) {
    let evidence = Evidence::of(&records.0);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let whole = everything(&reader);
    for id in subjects(&whole) {
        let subject = Subject::parse(&id);
        let expected = lines(&about(whole.clone(), &subject));
        let answer = reconstruct::history(archive, &subject, &Filter::default()).unwrap();
        let found = lines(&answer.timeline);
        assert_same(&found, &expected, &format!("history {id}"));
    }
}

/// What an event is told to have done is what the whole timeline tells of the intervals that rest on it.
fn every_event_is_explained_as_the_whole_timeline_tells(records: &Calls) {
    let evidence = Evidence::of(&records.0);
    let reader = evidence.reader();
    let catalogue = Catalogue::embedded();
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let whole = everything(&reader);
    for (index, event) in (0..).map(EventIndex).zip(&whole.events) {
        let rests_on_it = |bound: &Bound| bound.event == Some(index);
        let kind = |interval: &Interval| (interval.relation, interval.resource);
        let (began, mut ended): (Vec<&Interval>, Vec<&Interval>) = whole
            .intervals
            .iter()
            .filter(|interval| rests_on_it(&interval.start) || rests_on_it(&interval.end))
            .partition(|interval| rests_on_it(&interval.start));
        ended.retain(|ended| began.iter().all(|began| kind(began) != kind(ended)));
        let resting = began.into_iter().chain(ended);
        let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (member, value) in resting.flat_map(|interval| &interval.members) {
            members.entry(member).or_default().insert(value.as_str());
        }
        let attempts = whole.attempts.iter();
        for attempt in attempts.filter(|attempt| attempt.event == index) {
            for (member, values) in &attempt.members {
                let values = values.iter().map(|value| value.as_str());
                members.entry(member).or_default().extend(values);
            }
        }
        let explained = reconstruct::explain(archive, event.event_id.as_str());
        let told = explained.unwrap().unwrap().call.event.mentions;
        for (member, values) in members {
            if !event.mentions.contains_key(member) {
                let told = told.get(member).map_or(&[][..], |told| &told[..]);
                let told: BTreeSet<&str> = told.iter().map(|value| value.as_str()).collect();
                assert_eq!(told, values, "{} {member}", event.event_id);
            }
        }
    }
}

#[test]
fn the_history_of_anything_in_a_scenario_is_what_the_whole_timeline_tells() {
    let told_elsewhere = [
        "T120-address-that-only-a-nat-gateway-tells",
        "T121-address-that-only-its-transfer-tells",
        "T122-launched-with-an-interface-that-its-template-names",
        "T123-detached-and-launched-with-in-one-second",
    ];
    let mut scenarios = records_of_scenarios();
    scenarios.retain(|(name, _)| told_elsewhere.contains(&name.as_str()));
    assert_eq!(scenarios.len(), told_elsewhere.len());
    for (_, records) in scenarios {
        every_history_is_what_the_whole_timeline_tells(&Calls(records));
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn what_an_event_did_is_what_the_whole_timeline_tells(
        records in prop_oneof![scenes(30).boxed(), piles(16).boxed()],
    ) {
        every_event_is_explained_as_the_whole_timeline_tells(&records);
    }

    #[test]
    fn the_history_of_anything_is_what_the_whole_timeline_tells(records in scenes(40)) {
        every_history_is_what_the_whole_timeline_tells(&records);
    }

    #[test]
    fn the_history_of_anything_in_a_pile_is_what_the_whole_timeline_tells(records in piles(16)) {
        every_history_is_what_the_whole_timeline_tells(&records);
    }
}
