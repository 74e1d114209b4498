//! A question about one thing reads only some records, and is answered as if it had read all.

use proptest::prelude::*;
use trailspan::catalogue::Catalogue;
use trailspan::interval::Timeline;
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive, Subject};

use super::cases;
use super::evidence::{Calls, Evidence, assert_same, everything, lines, subjects};
use super::piles::piles;
use super::scenes::scenes;

/// Keeps what is about the subject.
fn about(mut told: Timeline, subject: &Subject) -> Timeline {
    let intervals = std::mem::take(&mut told.intervals);
    let attempts = std::mem::take(&mut told.attempts);
    let is_about = |interval: &_| subject.is_in_interval(&told, interval);
    let intervals = intervals.into_iter().filter(is_about).collect();
    let attempts = attempts
        .into_iter()
        .filter(|attempt| subject.is_in_attempt(told.event(attempt.event).unwrap(), attempt))
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

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn the_history_of_anything_is_what_the_whole_timeline_tells(records in scenes(40)) {
        every_history_is_what_the_whole_timeline_tells(&records);
    }

    #[test]
    fn the_history_of_anything_in_a_pile_is_what_the_whole_timeline_tells(records in piles(16)) {
        every_history_is_what_the_whole_timeline_tells(&records);
    }
}
