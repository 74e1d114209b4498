//! Times and durations as people read them.
//!
//! Not for: JSON and CSV, whose times are RFC 3339 in UTC always.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::interval::{Bound, Interval};

/// Shows an instant: `2024-03-01 10:00:00Z`, in other zones `2024-03-01 11:00:00+01:00`.
///
/// A fraction of a second is shown where there is one.
///
/// # Examples
///
/// ```
/// use jiff::tz::TimeZone;
/// use trailspan::render::time::show;
///
/// let time = "2024-03-01T10:00:00Z".parse().expect("a time");
/// assert_eq!(show(time, &TimeZone::UTC), "2024-03-01 10:00:00Z");
/// let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
/// assert_eq!(show(time, &berlin), "2024-03-01 11:00:00+01:00");
/// ```
pub fn show(time: Timestamp, zone: &TimeZone) -> String {
    let (date, clock) = split(time, zone);
    format!("{date} {clock}")
}

/// Names a zone: `UTC`, `Europe/Berlin`, `+01:00`.
pub(super) fn zone(zone: &TimeZone) -> String {
    match zone.iana_name() {
        Some(name) => name.to_owned(),
        None => offset_text(zone.to_offset(Timestamp::UNIX_EPOCH)),
    }
}

/// Shows when a bound lies: an instant, a range, or a limit.
///
/// `2024-03-02 11:00:00Z … 11:00:30Z`, `≥ 2024-03-02 11:00:00Z`, `≤ 2024-03-01 10:00:00Z`; absent
/// where nothing tells. The parts may stand on lines of their own.
pub fn bound(bound: &Bound, zone: &TimeZone) -> Option<Vec<String>> {
    match (bound.not_before, bound.not_after) {
        (Some(time), Some(later)) if time == later => Some(vec![show(time, zone)]),
        (Some(time), Some(later)) => {
            let (first_date, _) = split(time, zone);
            let (last_date, last_clock) = split(later, zone);
            let last = if first_date == last_date {
                last_clock
            } else {
                show(later, zone)
            };
            Some(vec![show(time, zone), format!("… {last}")])
        }
        (Some(time), None) => Some(vec![format!("≥ {}", show(time, zone))]),
        (None, Some(time)) => Some(vec![format!("≤ {}", show(time, zone))]),
        (None, None) => None,
    }
}

fn split(time: Timestamp, zone: &TimeZone) -> (String, String) {
    let offset = zone.to_offset(time);
    let local = zone.to_datetime(time);
    let suffix = if *zone == TimeZone::UTC || (offset == Offset::UTC && is_utc(zone)) {
        "Z".to_owned()
    } else {
        offset_text(offset)
    };
    (
        local.date().to_string(),
        format!("{}{suffix}", local.time()),
    )
}

fn is_utc(zone: &TimeZone) -> bool {
    matches!(zone.iana_name(), Some("UTC" | "Etc/UTC"))
}

fn offset_text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, rest) = (seconds.abs() / 3600, seconds.abs() % 3600);
    match (rest / 60, rest % 60) {
        (minutes, 0) => format!("{sign}{hours:02}:{minutes:02}"),
        (minutes, seconds) => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

/// How long something was held, in seconds; absent limits are unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Held {
    /// At least this long.
    pub min: Option<i64>,
    /// At most this long.
    pub max: Option<i64>,
}

impl Held {
    /// Computes both limits: from the latest start to the earliest end, and from the earliest start to
    /// the latest end; never negative.
    pub fn of(interval: &Interval) -> Self {
        let (start, end) = (&interval.start, &interval.end);
        Self {
            min: seconds(start.not_after, end.not_before),
            max: seconds(start.not_before, end.not_after),
        }
    }

    /// Shows it with its two largest units: `13m`, `2d 4h`, `≥ 3h`, `≤ 40s`, `1h – 2h`; `?` where
    /// nothing tells.
    pub fn show(self) -> String {
        match (self.min.filter(|min| *min > 0), self.max) {
            (min, Some(max)) => {
                let (least, most) = (duration(min.unwrap_or(0)), duration(max));
                if self.min.is_none() || (min.is_none() && max > 0) {
                    format!("≤ {most}")
                } else if least == most {
                    most
                } else {
                    format!("{least} – {most}")
                }
            }
            (Some(min), None) => format!("≥ {}", duration(min)),
            (None, None) => "?".to_owned(),
        }
    }
}

fn seconds(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<i64> {
    Some(to?.duration_since(from?).as_secs().max(0))
}

/// Shows a duration in seconds with its two largest units: `45s`, `13m`, `2d 4h`.
///
/// Smaller units are cut off, not rounded. A day is 24 hours.
pub fn duration(seconds: i64) -> String {
    const UNITS: [(i64, char); 4] = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
    let largest = UNITS
        .iter()
        .position(|(unit, _)| seconds >= *unit)
        .unwrap_or(UNITS.len() - 1);
    let (unit, name) = UNITS[largest];
    let rest = seconds % unit;
    match UNITS.get(largest + 1) {
        Some((smaller, smaller_name)) if rest >= *smaller => {
            format!("{}{name} {}{smaller_name}", seconds / unit, rest / smaller)
        }
        _ => format!("{}{name}", seconds / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::BoundKind;

    #[test]
    fn a_duration_shows_its_two_largest_units() {
        for (seconds, shown) in [
            (0, "0s"),
            (45, "45s"),
            (780, "13m"),
            (810, "13m 30s"),
            (86_400, "1d"),
            (187_200, "2d 4h"),
            (86_460, "1d"),
            (31_622_400, "366d"),
        ] {
            assert_eq!(duration(seconds), shown);
        }
    }

    #[test]
    fn what_was_held_is_shown_as_exactly_as_it_is_known() {
        for (min, max, shown) in [
            (Some(780), Some(780), "13m"),
            (Some(0), Some(0), "0s"),
            (Some(90_000), Some(90_030), "1d 1h"),
            (Some(3_600), Some(7_200), "1h – 2h"),
            (Some(0), Some(7_200), "≤ 2h"),
            (None, Some(7_200), "≤ 2h"),
            (Some(60), None, "≥ 1m"),
            (Some(0), None, "?"),
            (None, None, "?"),
        ] {
            assert_eq!(Held { min, max }.show(), shown, "{min:?} {max:?}");
        }
    }

    #[test]
    fn a_bound_shows_its_uncertainty() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let (early, late) = (at("2024-03-02T11:00:00Z"), at("2024-03-02T11:00:30Z"));
        for (not_before, not_after, shown) in [
            (early, early, Some("2024-03-02 11:00:00Z")),
            (early, late, Some("2024-03-02 11:00:00Z … 11:00:30Z")),
            (
                early,
                at("2024-03-03T00:00:00Z"),
                Some("2024-03-02 11:00:00Z … 2024-03-03 00:00:00Z"),
            ),
            (early, None, Some("≥ 2024-03-02 11:00:00Z")),
            (None, late, Some("≤ 2024-03-02 11:00:30Z")),
            (None, None, None),
        ] {
            let made = Bound {
                kind: BoundKind::Implied,
                not_before,
                not_after,
                tie: false,
                event: None,
            };
            let parts = bound(&made, &TimeZone::UTC).map(|parts| parts.join(" "));
            assert_eq!(parts.as_deref(), shown);
        }
    }

    #[test]
    fn a_zone_is_shown_with_its_offset_at_that_time() {
        let zone = |name: &str| TimeZone::get(name).unwrap();
        let time: Timestamp = "2024-07-01T23:30:00.25Z".parse().unwrap();
        for (zone, shown) in [
            (TimeZone::UTC, "2024-07-01 23:30:00.25Z"),
            (zone("UTC"), "2024-07-01 23:30:00.25Z"),
            (zone("Europe/London"), "2024-07-02 00:30:00.25+01:00"),
            (zone("Asia/Kolkata"), "2024-07-02 05:00:00.25+05:30"),
            (zone("America/St_Johns"), "2024-07-01 21:00:00.25-02:30"),
        ] {
            assert_eq!(show(time, &zone), shown);
        }
    }
}
