use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shown(times: &[&str], zone: &str) -> Vec<(String, u64)> {
    let times: Vec<Timestamp> = times.iter().map(|time| at(time)).collect();
    let zone = TimeZone::get(zone).unwrap();
    let buckets = Histogram::of(&times, &[], &zone).buckets.into_iter();
    buckets
        .map(|bucket| (bucket.from.to_string(), bucket.events))
        .collect()
}

#[test]
fn steps_begin_where_the_calendar_has_them_begin() {
    for (times, zone, count, first) in [
        (
            ["2024-03-01T10:00:07Z", "2024-03-01T10:00:09Z"],
            "UTC",
            3,
            "2024-03-01T10:00:07Z",
        ),
        (
            ["2024-03-01T10:07:00Z", "2024-03-01T19:00:00Z"],
            "UTC",
            37,
            "2024-03-01T10:00:00Z",
        ),
        (
            ["2024-03-01T23:30:00Z", "2024-03-20T19:00:00Z"],
            "Europe/Berlin",
            38,
            "2024-03-01T23:00:00Z",
        ),
        (
            ["2024-03-06T12:00:00Z", "2024-09-01T00:00:00Z"],
            "UTC",
            26,
            "2024-03-04T00:00:00Z",
        ),
        (
            ["2016-03-08T16:00:00Z", "2024-03-29T00:00:00Z"],
            "UTC",
            33,
            "2016-01-01T00:00:00Z",
        ),
        (
            ["0001-01-01T00:00:00Z", "9999-12-30T00:00:00Z"],
            "UTC",
            10,
            "0000-01-01T00:00:00Z",
        ),
    ] {
        let steps = shown(&times, zone);
        assert_eq!(
            (steps.len(), steps[0].0.as_str()),
            (count, first),
            "{times:?}: {steps:?}"
        );
        assert_eq!(
            (steps[0].1, steps[count - 1].1),
            (1, 1),
            "{times:?}: {steps:?}"
        );
    }
}

#[test]
fn a_day_on_which_the_clock_is_moved_ends_with_a_shorter_step() {
    let steps = shown(
        &["2024-03-30T12:00:00Z", "2024-04-01T12:00:00Z"],
        "Europe/Berlin",
    );
    assert!(
        steps.iter().any(|(from, _)| from == "2024-03-31T22:00:00Z"),
        "{steps:?}"
    );
}

#[test]
fn nothing_has_no_steps() {
    assert_eq!(
        Histogram::of(&[], &[], &TimeZone::UTC),
        Histogram::default()
    );
}

proptest! {
    #[test]
    fn every_event_is_counted_once_in_few_steps_without_a_gap(
        seconds in prop::collection::vec(-377_705_023_201_i64..=253_402_207_200, 1..50),
        narrow in 0_u32..40,
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu"]),
    ) {
        let mut times: Vec<Timestamp> = seconds
            .iter()
            .map(|second| Timestamp::from_second(second >> narrow).unwrap())
            .collect();
        times.sort_unstable();
        let histogram = Histogram::of(&times, &times, &TimeZone::get(zone).unwrap());
        let buckets = &histogram.buckets;
        prop_assert_eq!(buckets.iter().map(|bucket| bucket.events).sum::<u64>(), times.len() as u64);
        prop_assert_eq!(buckets.iter().map(|bucket| bucket.failed).sum::<u64>(), times.len() as u64);
        prop_assert!(buckets.len() <= 60, "{}", buckets.len());
        prop_assert!(buckets[0].events > 0 && buckets[buckets.len() - 1].events > 0);
        for pair in buckets.windows(2) {
            prop_assert!(pair[0].from < pair[0].until && pair[0].until == pair[1].from);
        }
    }
}
