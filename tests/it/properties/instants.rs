//! What held at an instant, and what changed between two, follow from the timeline.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use trailspan::catalogue::Catalogue;
use trailspan::interval::{BoundKind, Holding, Interval, Timeline};
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive};

use super::cases;
use super::evidence::{Calls, Evidence, assert_same, lines};
use super::scenes::scenes;

/// Lists instants at which something may change: all events, and a second around them.
fn instants(timeline: &Timeline) -> Vec<Timestamp> {
    let around =
        |time: Timestamp| [-1, 0, 1].map(|seconds| time + SignedDuration::from_secs(seconds));
    let mut instants: Vec<Timestamp> = timeline
        .events
        .iter()
        .flat_map(|event| around(event.time))
        .collect();
    instants.sort();
    instants.dedup();
    instants
}

fn only(timeline: &Timeline, keep: impl Fn(&Interval) -> bool) -> Vec<String> {
    let mut told = timeline.clone();
    told.intervals.retain(|interval| keep(interval));
    lines(&told)
}

fn rows(timeline: &Timeline, intervals: &[Interval]) -> Vec<String> {
    let intervals = intervals.to_vec();
    lines(&Timeline {
        intervals,
        ..timeline.clone()
    })
}

fn instants_follow_from_the_timeline(calls: &Calls) {
    let evidence = Evidence::of(&calls.0);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let filter = Filter::default();
    let whole = reconstruct::timeline(archive, &filter).unwrap().timeline;
    let instants = instants(&whole);
    let step = instants.len() / 6 + 1;
    for pair in instants.chunks(step).filter(|chunk| chunk.len() > 1) {
        let (first, second) = (pair[0], pair[pair.len() - 1]);
        let at = reconstruct::at(archive, first, None, &filter)
            .unwrap()
            .timeline;
        let expected = only(&whole, |interval| interval.held_at(first) != Holding::No);
        assert_same(&lines(&at), &expected, &format!("at {first}"));

        let diff = reconstruct::difference(archive, first, second, &filter).unwrap();
        let told = &diff.answer.timeline;
        let is_between =
            |time: Option<Timestamp>| time.is_some_and(|time| first < time && time <= second);
        let is_gone = |interval: &Interval| {
            let end = &interval.end;
            let may_have_ended = end.kind != BoundKind::Open && is_between(end.not_before);
            let is_over = interval.held_at(second) == Holding::No;
            interval.held_at(first) != Holding::No && (is_over || may_have_ended)
        };
        let gone = only(&whole, is_gone);
        assert_same(
            &rows(told, &diff.gone),
            &gone,
            &format!("gone from {first} to {second}"),
        );
        let new = only(&whole, |interval| {
            let start = &interval.start;
            let may_have_begun =
                start.kind != BoundKind::BeforeArchive && is_between(start.not_after);
            let had_not_begun = interval.held_at(first) == Holding::No;
            let holds = interval.held_at(second) != Holding::No;
            holds && (had_not_begun || may_have_begun) && !is_gone(interval)
        });
        assert_same(
            &rows(told, &diff.new),
            &new,
            &format!("new from {first} to {second}"),
        );
    }
}

/// What held for certain held between the bounds, and nowhere beyond them.
fn holding_agrees_with_the_bounds(timeline: &Timeline) {
    for interval in &timeline.intervals {
        for time in instants(timeline) {
            let begun = interval
                .start
                .not_before
                .is_some_and(|earliest| time < earliest);
            let over = interval.end.not_after.is_some_and(|latest| time >= latest);
            let holding = interval.held_at(time);
            if begun || over {
                assert_eq!(holding, Holding::No, "{time} {interval:?}");
            }
            if holding == Holding::Yes {
                let earliest_end = interval.end.not_before;
                assert!(
                    earliest_end.is_none_or(|end| time <= end),
                    "{time} {interval:?}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(10))]

    #[test]
    fn at_and_diff_follow_from_the_timeline(calls in scenes(50)) {
        instants_follow_from_the_timeline(&calls);
    }

    #[test]
    fn what_held_at_an_instant_agrees_with_the_bounds(calls in scenes(50)) {
        let records = super::evidence::records(&calls.0);
        let told = reconstruct::direct(Catalogue::embedded(), &records, &Default::default());
        holding_agrees_with_the_bounds(&told);
    }
}
