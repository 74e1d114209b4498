use super::*;
use proptest::prelude::*;

fn zoned(name: &str) -> TimeZone {
    zone(name).unwrap()
}

#[test]
fn a_time_is_a_period_as_precise_as_it_is_written() {
    for (text, from, to) in [
        ("2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
        (
            " 2024-03-01 ",
            "2024-03-01T00:00:00Z",
            "2024-03-02T00:00:00Z",
        ),
        ("2024-W10", "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z"),
        ("2020-W53", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z"),
        ("2024-W10-5", "2024-03-08T00:00:00Z", "2024-03-09T00:00:00Z"),
        (
            "2024-W10-5T10:00Z",
            "2024-03-08T10:00:00Z",
            "2024-03-08T10:01:00Z",
        ),
        (
            "@1709287205",
            "2024-03-01T10:00:05Z",
            "2024-03-01T10:00:06Z",
        ),
        ("@0", "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"),
        (
            "2024-03-01T10",
            "2024-03-01T10:00:00Z",
            "2024-03-01T11:00:00Z",
        ),
        (
            "2024-03-01T10:05",
            "2024-03-01T10:05:00Z",
            "2024-03-01T10:06:00Z",
        ),
        (
            "2024-03-01 14:00",
            "2024-03-01T14:00:00Z",
            "2024-03-01T14:01:00Z",
        ),
        (
            "2024-03-01t14:00:05z",
            "2024-03-01T14:00:05Z",
            "2024-03-01T14:00:06Z",
        ),
        (
            "2024-03-01T14:00:05.987Z",
            "2024-03-01T14:00:05Z",
            "2024-03-01T14:00:06Z",
        ),
        (
            "2024-03-01T14:00:05+02:00",
            "2024-03-01T12:00:05Z",
            "2024-03-01T12:00:06Z",
        ),
        (
            "2024-03-01T14:00 -0530",
            "2024-03-01T19:30:00Z",
            "2024-03-01T19:31:00Z",
        ),
        (
            "2024-03-01 14:00 Europe/Berlin",
            "2024-03-01T13:00:00Z",
            "2024-03-01T13:01:00Z",
        ),
        (
            "2024-03-01 14:00 europe/berlin",
            "2024-03-01T13:00:00Z",
            "2024-03-01T13:01:00Z",
        ),
        (
            "2024-07-01 Europe/Berlin",
            "2024-06-30T22:00:00Z",
            "2024-07-01T22:00:00Z",
        ),
        (
            "2024-03-31 Europe/Berlin",
            "2024-03-30T23:00:00Z",
            "2024-03-31T22:00:00Z",
        ),
        (
            "2024-09-08 America/Santiago",
            "2024-09-08T04:00:00Z",
            "2024-09-09T03:00:00Z",
        ),
        ("1709287205", "2024-03-01T10:00:05Z", "2024-03-01T10:00:06Z"),
    ] {
        let (start, end) = period(text, &Frame::from(&TimeZone::UTC)).unwrap();
        assert_eq!(
            (start.to_string(), end.to_string()),
            (from.into(), to.into()),
            "{text}"
        );
    }
}

#[test]
fn the_zone_of_the_person_decides_only_where_none_is_written() {
    let berlin = Frame::new(zoned("Europe/Berlin"));
    for (text, start) in [
        ("2024-03-01", "2024-02-29T23:00:00Z"),
        ("2024-03-01Z", "2024-03-01T00:00:00Z"),
        ("2024-03-01T10:00", "2024-03-01T09:00:00Z"),
        ("2024-03-01T10:00Z", "2024-03-01T10:00:00Z"),
        ("2024-03-01 10:00 UTC", "2024-03-01T10:00:00Z"),
        ("2024-10-27T02:30:00+01:00", "2024-10-27T01:30:00Z"),
        ("1709287205", "2024-03-01T10:00:05Z"),
    ] {
        assert_eq!(instant(text, &berlin).unwrap().to_string(), start, "{text}");
    }
}

#[test]
fn an_instant_keeps_the_fraction_of_its_second() {
    let instant = instant("2024-03-01T10:00:05,25Z", &Frame::from(&TimeZone::UTC)).unwrap();
    assert_eq!(instant.to_string(), "2024-03-01T10:00:05.25Z");
}

#[test]
fn a_range_reaches_to_the_end_of_its_last_period() {
    for (text, from, to) in [
        (
            "2024-03-01..2024-03-05",
            Some("2024-03-01T00:00:00Z"),
            Some("2024-03-06T00:00:00Z"),
        ),
        (
            "2023..2024-02",
            Some("2023-01-01T00:00:00Z"),
            Some("2024-03-01T00:00:00Z"),
        ),
        (
            "2024-03-01 .. 2024-03-01 10:00",
            Some("2024-03-01T00:00:00Z"),
            Some("2024-03-01T10:01:00Z"),
        ),
        ("2024-03-01..", Some("2024-03-01T00:00:00Z"), None),
        ("..2024-03-05", None, Some("2024-03-06T00:00:00Z")),
        (
            "2024-03-05",
            Some("2024-03-05T00:00:00Z"),
            Some("2024-03-06T00:00:00Z"),
        ),
    ] {
        let (start, end) = range(text, &Frame::from(&TimeZone::UTC)).unwrap();
        let (start, end) = (start.map(|t| t.to_string()), end.map(|t| t.to_string()));
        assert_eq!((start.as_deref(), end.as_deref()), (from, to), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused_with_a_way_to_write_one() {
    let examples = "did you mean `2024-03-01`, `2024-03-01T10:00` or `2024-03-01T10:00:00Z`?";
    for (text, message) in [
        ("", "`` is not a time"),
        ("202", "`202` is not a time"),
        ("2024-13", "`2024-13` is not a time: there is no month 13"),
        (
            "2023-02-29",
            "`2023-02-29` is not a time: 2023-02 has no day 29",
        ),
        (
            "2024-03-00",
            "`2024-03-00` is not a time: 2024-03 has no day 00",
        ),
        (
            "2024-03-01T24:00",
            "`2024-03-01T24:00` is not a time: no clock shows 24:00:00",
        ),
        (
            "2024-03-01T10:00:60Z",
            "`2024-03-01T10:00:60Z` is not a time: no clock shows 10:00:60",
        ),
        ("2024-03-01T10:0", "`2024-03-01T10:0` is not a time"),
        ("2024-03-01TT10", "`2024-03-01TT10` is not a time"),
        ("2024-03-01x", "`2024-03-01x` is not a time"),
        ("２０２４-03", "`２０２４-03` is not a time"),
    ] {
        let error = period(text, &Frame::from(&TimeZone::UTC)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{message}; {examples}"),
            "{text}"
        );
    }
}

#[test]
fn a_date_of_another_convention_is_refused_with_what_it_can_mean() {
    for (text, expected) in [
        (
            "03/04/2024",
            "`03/04/2024` is not a time: it could be two days; did you mean `2024-03-04` or `2024-04-03`?",
        ),
        (
            "13.04.2024",
            "`13.04.2024` is not a time; did you mean `2024-04-13`?",
        ),
        (
            "2024-3-1",
            "`2024-3-1` is not a time; did you mean `2024-03-01`?",
        ),
        (
            "2024/3/4",
            "`2024/3/4` is not a time; did you mean `2024-03-04`?",
        ),
        (
            "14 March 2024",
            "`14 March 2024` is not a time; did you mean `2024-03-14`?",
        ),
        (
            "Mar 4th, 2024",
            "`Mar 4th, 2024` is not a time; did you mean `2024-03-04`?",
        ),
        (
            "1709287205000",
            "`1709287205000` is not a time; did you mean `1709287205`?",
        ),
        (
            "2021-W53",
            "`2021-W53` is not a time: 2021 has no week 53; \
             did you mean `2024-03-01`, `2024-03-01T10:00` or `2024-03-01T10:00:00Z`?",
        ),
    ] {
        let error = instant(text, &Frame::from(&TimeZone::UTC)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_zone_or_a_clock_that_does_not_exist_is_shown_where_it_stands() {
    for (text, expected) in [
        (
            "2024-03-01 14:00 Europe/Berlni",
            "2024-03-01 14:00 Europe/Berlni\n                 ^^^^^^^^^^^^^\n\
             there is no time zone `Europe/Berlni`; did you mean `Europe/Berlin`?",
        ),
        (
            "2024-03-01T14:00+99:00",
            "2024-03-01T14:00+99:00\n                ^^^^^^\n\
             this is no offset from UTC: `+99:00`; did you mean `+01:00`?",
        ),
        (
            "2024-10-27 02:30 Europe/Berlin",
            "2024-10-27 02:30 Europe/Berlin\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\
             the clocks of Europe/Berlin showed `2024-10-27 02:30` twice; \
             did you mean `2024-10-27T02:30+02:00` or `2024-10-27T02:30+01:00`?",
        ),
        (
            "2024-03-31T02:30 Europe/Berlin",
            "2024-03-31T02:30 Europe/Berlin\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\
             the clocks of Europe/Berlin skipped `2024-03-31T02:30`; \
             did you mean `2024-03-31T02:30+01:00` or `2024-03-31T02:30+02:00`?",
        ),
    ] {
        let error = period(text, &Frame::from(&TimeZone::UTC)).unwrap_err();
        assert_eq!(error.render(text), expected);
    }
}

#[test]
fn a_range_that_holds_nothing_is_refused() {
    for (text, message) in [
        (
            "..",
            "a range needs a time on one side; did you mean `2024-03-01..2024-03-05` or `2024-03-01..`?",
        ),
        (
            "2024-03-05..2024-03-01",
            "the range ends before it begins; did you mean `2024-03-01..2024-03-05`?",
        ),
        ("9999..", "the time lies outside the years 0 to 9999"),
    ] {
        assert_eq!(
            range(text, &Frame::from(&TimeZone::UTC))
                .unwrap_err()
                .to_string(),
            message,
            "{text}"
        );
    }
    let error = range("2024-03-01..soon", &Frame::from(&TimeZone::UTC)).unwrap_err();
    assert_eq!(error.span, 12..16);
}

proptest! {
    #[test]
    fn reading_a_time_never_panics_and_what_it_returns_is_in_order(
        text in "([0-9]{1,4}|[-:T. Z+]|Europe/Berlin|\\PC){0,14}",
    ) {
        if let Ok((start, end)) = period(&text, &Frame::from(&TimeZone::UTC)) {
            prop_assert!(start < end, "{}", text);
        }
    }

    #[test]
    fn a_time_that_we_show_is_read_back(seconds in -62_000_000_000..253_000_000_000_i64) {
        let time = Timestamp::from_second(seconds).unwrap();
        let read = instant(&time.to_string(), &Frame::new(zoned("America/New_York")));
        prop_assert_eq!(read.unwrap(), time);
    }
}

#[test]
fn every_form_that_people_are_shown_is_read() {
    let newest = "2024-03-31T12:00:00Z".parse().unwrap();
    let frame = Frame::new(TimeZone::UTC).counting_from(Some(newest));
    for form in FORMS {
        for example in form.examples {
            assert!(period(example, &frame).is_ok(), "{example}");
        }
    }
    for names in units() {
        for name in names {
            assert!(period(&format!("last 2 {name}"), &frame).is_ok(), "{name}");
        }
    }
}
