//! How many events there were when: counts in steps of the calendar.
//!
//! Plain data and the sums over it. Not for: which events (`index`) or how it looks (`render`).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};
use serde::Serialize;

/// A histogram has at most so many steps, but for one more at each side.
const STEPS_MAX: i64 = 48;

/// Counts of events over time: every step from the first event to the last, those without events too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The steps, in order; each ends where the next one begins.
    pub buckets: Vec<Bucket>,
}

/// One step: `schema/histogram.schema.json`.
///
/// ```json
/// {"from":"2024-03-01T00:00:00Z","until":"2024-03-02T00:00:00Z","events":31,"failed":4}
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// Where it begins, inclusive.
    pub from: Timestamp,
    /// Where it ends, exclusive.
    pub until: Timestamp,
    /// How many events.
    pub events: u64,
    /// How many of them ended with an error.
    pub failed: u64,
}

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// So many seconds, counted from the beginning of a day.
    Seconds(i64),
    Day,
    /// From Monday on.
    Week,
    /// So many months, counted from the beginning of a year.
    Months(i8),
    /// So many years.
    Years(i16),
}

/// The steps to choose from, from short to long.
const STEPS: [Step; 19] = [
    Step::Seconds(1),
    Step::Seconds(5),
    Step::Seconds(15),
    Step::Seconds(60),
    Step::Seconds(5 * 60),
    Step::Seconds(15 * 60),
    Step::Seconds(3_600),
    Step::Seconds(3 * 3_600),
    Step::Seconds(6 * 3_600),
    Step::Seconds(12 * 3_600),
    Step::Day,
    Step::Week,
    Step::Months(1),
    Step::Months(3),
    Step::Years(1),
    Step::Years(10),
    Step::Years(50),
    Step::Years(100),
    Step::Years(1_000),
];

impl Histogram {
    /// Counts events by their times, and those among them that failed; both in order. The steps are as
    /// short as they can be for some fifty of them, and begin where the calendar of `zone` has them begin.
    ///
    /// # Examples
    ///
    /// ```
    /// use jiff::tz::TimeZone;
    /// use trailspan::histogram::Histogram;
    ///
    /// let times = ["2024-03-01T10:00:07Z", "2024-03-01T10:00:09Z"].map(|time| time.parse().expect("a time"));
    /// let histogram = Histogram::of(&times, &times[..1], &TimeZone::UTC);
    /// let events: Vec<u64> = histogram.buckets.iter().map(|bucket| bucket.events).collect();
    /// assert_eq!(events, [1, 0, 1]);
    /// assert_eq!(histogram.buckets[0].failed, 1);
    /// ```
    pub fn of(times: &[Timestamp], failed: &[Timestamp], zone: &TimeZone) -> Self {
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return Self::default();
        };
        let seconds = last.duration_since(*first).as_secs();
        let step = STEPS
            .into_iter()
            .find(|step| seconds / step.seconds() < STEPS_MAX)
            .unwrap_or(Step::Years(1_000));
        let mut buckets = Vec::new();
        let (mut times, mut failed) = (times, failed);
        let mut from = step.beginning(first.to_zoned(zone.clone()));
        while !times.is_empty() {
            // Behind the end of the calendar there is no event either.
            let next = step.next(&from);
            let until = next.as_ref().map_or(Timestamp::MAX, Zoned::timestamp);
            buckets.push(Bucket {
                from: from.timestamp(),
                until,
                events: take_before(&mut times, until, next.is_none()),
                failed: take_before(&mut failed, until, next.is_none()),
            });
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        Self { buckets }
    }
}

/// Takes the times before an instant away, or all of them; returns how many.
fn take_before(times: &mut &[Timestamp], until: Timestamp, all: bool) -> u64 {
    let count = match all {
        true => times.len(),
        false => times.partition_point(|time| *time < until),
    };
    *times = &times[count..];
    count as u64
}

impl Step {
    /// Returns about how many seconds it has.
    fn seconds(self) -> i64 {
        const DAY: i64 = 86_400;
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Months(months) => i64::from(months) * 30 * DAY,
            Self::Years(years) => i64::from(years) * 365 * DAY,
        }
    }

    /// Returns where the step begins that a time lies in; the time itself at the ends of the calendar.
    fn beginning(self, time: Zoned) -> Zoned {
        let Ok(day) = time.start_of_day() else {
            return time;
        };
        let date = day.date();
        let since = |number: i16, step: i16| number.rem_euclid(step.max(1));
        let begins: Option<Date> = match self {
            Self::Seconds(seconds) => {
                let whole = day.timestamp().duration_until(time.timestamp()).as_secs() / seconds;
                let offset = SignedDuration::from_secs(whole * seconds);
                return day.checked_add(offset).unwrap_or(time);
            }
            Self::Day => Some(date),
            Self::Week => {
                let days = i64::from(date.weekday().to_monday_zero_offset());
                date.checked_sub(SignedDuration::from_hours(24 * days)).ok()
            }
            Self::Months(months) => {
                let month = i16::from(date.month()) - 1;
                let first = month - since(month, i16::from(months)) + 1;
                i8::try_from(first)
                    .ok()
                    .and_then(|month| Date::new(date.year(), month, 1).ok())
            }
            Self::Years(years) => Date::new(date.year() - since(date.year(), years), 1, 1).ok(),
        };
        let begins = begins.and_then(|date| date.to_zoned(time.time_zone().clone()).ok());
        begins.unwrap_or(time)
    }

    /// Returns where the next step begins; absent behind the end of the calendar.
    fn next(self, from: &Zoned) -> Option<Zoned> {
        let later = |span: Span| from.date().checked_add(span).ok();
        let date = match self {
            Self::Seconds(seconds) => {
                let next = from.checked_add(SignedDuration::from_secs(seconds)).ok();
                // The hours of a day on which a clock is moved need not be a multiple.
                let tomorrow = from.tomorrow().and_then(|day| day.start_of_day()).ok();
                return match (next, tomorrow) {
                    (Some(next), Some(tomorrow)) => Some(next.min(tomorrow)),
                    (next, _) => next,
                };
            }
            Self::Day => later(Span::new().days(1)),
            Self::Week => later(Span::new().weeks(1)),
            Self::Months(months) => later(Span::new().months(months)),
            Self::Years(years) => later(Span::new().years(years)),
        };
        let next = date?.to_zoned(from.time_zone().clone()).ok()?;
        (next > *from).then_some(next)
    }
}

#[cfg(test)]
mod tests;
