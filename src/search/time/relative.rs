//! Times that count back from the archive's newest event: `last 7d`, `7d`, `2 days ago`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::frame::Frame;
use crate::search::SearchError;
use crate::search::failure::quoted;

/// A length of time: the names that people give it, and how a span of it is made.
type Unit = (
    &'static [&'static str],
    fn(Span, i64) -> Result<Span, jiff::Error>,
);

/// The units, each with all its names.
const UNITS: [Unit; 7] = [
    (
        &["s", "sec", "secs", "second", "seconds"],
        Span::try_seconds,
    ),
    (&["min", "mins", "minute", "minutes"], Span::try_minutes),
    (&["h", "hr", "hrs", "hour", "hours"], Span::try_hours),
    (&["d", "day", "days"], Span::try_days),
    (&["w", "week", "weeks"], Span::try_weeks),
    (&["mo", "month", "months"], Span::try_months),
    (&["y", "year", "years"], Span::try_years),
];

/// Lists the units of relative times, each with all its names, the shortest first.
pub fn units() -> impl Iterator<Item = &'static [&'static str]> {
    UNITS.iter().map(|(names, _)| *names)
}

/// The largest count that is read: more than the years that times can lie in, in seconds.
const COUNT_DIGITS_MAX: usize = 12;

/// Words that mean a time of the reader's own day, which the archive does not know.
const OF_TODAY: [&str; 4] = ["now", "today", "yesterday", "tomorrow"];

/// A relative time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// From that long before the newest event up to and with it.
    Last(Back),
    /// The second that lies that long before the newest event.
    Ago(Back),
}

/// So many of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Back {
    count: i64,
    unit: usize,
}

/// Reads a relative time as a period, its end exclusive; `None` where the text is not one.
pub(super) fn period(
    text: &str,
    frame: &Frame,
) -> Option<Result<(Timestamp, Timestamp), SearchError>> {
    let at = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let span = at..at + trimmed.len();
    let written = match read(trimmed)? {
        Ok(written) => written,
        Err(error) => return Some(Err(error.shifted(at))),
    };
    let Some(newest) = frame.count() else {
        let message = format_args!("there is no event to count {} from", quoted(trimmed));
        return Some(Err(SearchError::new(span, message).suggest("`2024-03-01`")));
    };
    let period = || {
        let second = SignedDuration::from_secs(1);
        match written {
            Written::Last(back) => Some((
                back.before(newest, frame.zone())?,
                newest.checked_add(second).ok()?,
            )),
            Written::Ago(back) => {
                let start = back.before(newest, frame.zone())?;
                Some((start, start.checked_add(second).ok()?))
            }
        }
    };
    Some(
        period().ok_or_else(|| SearchError::new(span, "the time lies outside the years 0 to 9999")),
    )
}

/// Says whether `text` is a relative time, or could be two.
pub(super) fn is_relative(text: &str) -> bool {
    read(text).is_some()
}

/// Reads the characters; `None` where they are no relative time, an error where they could be two.
fn read(text: &str) -> Option<Result<Written, SearchError>> {
    let lower = text.to_ascii_lowercase();
    let refuse = |message: String, instead: String| {
        let error = SearchError::new(0..text.len(), message);
        Some(Err(error.suggest(instead)))
    };
    if OF_TODAY.contains(&lower.as_str()) {
        return refuse(
            format!("{} is not a time of the archive", quoted(text)),
            "`last 1d`, which counts from its newest event, or `2024-03-01`".to_owned(),
        );
    }
    let (rest, is_last) = match lower.strip_prefix("last") {
        Some(rest) => (rest.trim_start(), true),
        None => (lower.as_str(), false),
    };
    let (rest, is_ago) = match rest.strip_suffix("ago") {
        Some(rest) if !is_last => (rest.trim_end(), true),
        _ => (rest, false),
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (count, name) = rest.split_at(digits);
    let name = name.trim_start();
    let count = match count {
        "" if is_last => 1,
        _ if digits > COUNT_DIGITS_MAX => return None,
        count => count.parse().ok()?,
    };
    if name == "m" {
        let prefix = if is_last { "last " } else { "" };
        let suffix = if is_ago { " ago" } else { "" };
        return refuse(
            "`m` could be minutes or months".to_owned(),
            format!("`{prefix}{count}min{suffix}` or `{prefix}{count}mo{suffix}`"),
        );
    }
    let unit = UNITS.iter().position(|(names, _)| names.contains(&name))?;
    let back = Back { count, unit };
    Some(Ok(match is_ago {
        true => Written::Ago(back),
        false => Written::Last(back),
    }))
}

impl Back {
    /// Returns the instant so long before another; days and longer follow the calendar of the zone.
    fn before(self, newest: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let (_, make) = UNITS.get(self.unit)?;
        let back = make(Span::new(), self.count).ok()?;
        let zoned = newest.to_zoned(zone.clone());
        let earlier = zoned.checked_sub(back).ok()?;
        (earlier.datetime() >= DateTime::constant(0, 1, 1, 0, 0, 0, 0)).then(|| earlier.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, zone: &TimeZone) -> String {
        let newest = "2024-03-31T12:00:00Z".parse().unwrap();
        let frame = Frame::from(zone).counting_from(Some(newest));
        match period(text, &frame) {
            None => "no relative time".to_owned(),
            Some(Ok((start, end))) => format!("{start} {end}"),
            Some(Err(error)) => error.to_string(),
        }
    }

    #[test]
    fn a_relative_time_counts_from_the_newest_event() {
        for (text, expected) in [
            ("last 7d", "2024-03-24T12:00:00Z 2024-03-31T12:00:01Z"),
            (" Last 7 Days ", "2024-03-24T12:00:00Z 2024-03-31T12:00:01Z"),
            ("7d", "2024-03-24T12:00:00Z 2024-03-31T12:00:01Z"),
            ("last week", "2024-03-24T12:00:00Z 2024-03-31T12:00:01Z"),
            ("last 90s", "2024-03-31T11:58:30Z 2024-03-31T12:00:01Z"),
            ("30min", "2024-03-31T11:30:00Z 2024-03-31T12:00:01Z"),
            ("1mo", "2024-02-29T12:00:00Z 2024-03-31T12:00:01Z"),
            ("last 2 years", "2022-03-31T12:00:00Z 2024-03-31T12:00:01Z"),
            ("2h ago", "2024-03-31T10:00:00Z 2024-03-31T10:00:01Z"),
            ("2 weeks ago", "2024-03-17T12:00:00Z 2024-03-17T12:00:01Z"),
        ] {
            assert_eq!(told(text, &TimeZone::UTC), expected, "{text}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar_of_the_zone() {
        // The clocks of Berlin went forward that morning: the day had 23 hours.
        let berlin = super::super::zone("Europe/Berlin").unwrap();
        assert_eq!(
            told("1d", &berlin),
            "2024-03-30T13:00:00Z 2024-03-31T12:00:01Z"
        );
        assert_eq!(
            told("24h", &berlin),
            "2024-03-30T12:00:00Z 2024-03-31T12:00:01Z"
        );
    }

    #[test]
    fn what_could_be_two_times_is_refused_with_both() {
        for (text, expected) in [
            (
                "last 5m",
                "`m` could be minutes or months; did you mean `last 5min` or `last 5mo`?",
            ),
            (
                "5m ago",
                "`m` could be minutes or months; did you mean `5min ago` or `5mo ago`?",
            ),
            (
                "yesterday",
                "`yesterday` is not a time of the archive; \
                 did you mean `last 1d`, which counts from its newest event, or `2024-03-01`?",
            ),
            ("999999999999y", "the time lies outside the years 0 to 9999"),
            ("3000y", "the time lies outside the years 0 to 9999"),
        ] {
            assert_eq!(told(text, &TimeZone::UTC), expected, "{text}");
        }
        let unbound = Frame::new(TimeZone::UTC);
        let error = period("last 7d", &unbound).unwrap().unwrap_err();
        assert_eq!(error.message, "there is no event to count `last 7d` from");
    }

    #[test]
    fn other_words_and_numbers_are_no_relative_times() {
        for text in [
            "",
            "last",
            "ago",
            "7",
            "7x",
            "d",
            "last d7",
            "9999999999999d",
            "2024",
            "1d ago x",
        ] {
            assert_eq!(told(text, &TimeZone::UTC), "no relative time", "{text}");
        }
    }

    #[test]
    fn a_frame_says_whether_a_relative_time_was_read() {
        let newest: Timestamp = "2024-03-31T12:00:00Z".parse().unwrap();
        let frame = Frame::new(TimeZone::UTC).counting_from(Some(newest));
        assert!(period("2024-03-01", &frame).is_none());
        assert_eq!(frame.counted_from(), None);
        assert!(period("7d", &frame).is_some());
        assert_eq!(frame.counted_from(), Some(newest));
    }
}
