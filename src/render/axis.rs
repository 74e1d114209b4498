//! An axis on which every time has its place in order, and long waits are shortened.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::interval::{Bound, BoundKind};

/// A wait is drawn as long as its logarithm; one of so many seconds still looks short.
const SHORT_SECONDS: f64 = 60.0;

/// An end of an interval on an axis: from the earliest to the latest place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::render) struct Edge {
    pub(in crate::render) kind: BoundKind,
    pub(in crate::render) from: f64,
    pub(in crate::render) to: f64,
}

/// Where times lie, from 0 to 1.
#[derive(Debug, Default)]
pub(in crate::render) struct Axis(Vec<(Timestamp, f64)>);

impl Axis {
    /// Makes an axis that begins before the first and ends behind the last of these times.
    pub(in crate::render) fn over(mut times: Vec<Timestamp>) -> Self {
        times.sort_unstable();
        times.dedup();
        let mut at = 1.0;
        let mut places = Vec::with_capacity(times.len());
        let mut before: Option<Timestamp> = None;
        for time in times {
            if let Some(before) = before {
                let wait = time.duration_since(before).as_secs_f64();
                at += 0.25 + (wait / SHORT_SECONDS).ln_1p();
            }
            places.push((time, at));
            before = Some(time);
        }
        // Room at both sides for what began before and goes on.
        let room = 0.06 * at;
        let whole = at - 1.0 + 2.0 * room;
        for (_, place) in &mut places {
            *place = match whole > 0.0 {
                true => (*place - 1.0 + room) / whole,
                false => 0.5,
            };
        }
        Self(places)
    }

    /// Returns the place of a time.
    pub(in crate::render) fn place(&self, time: Timestamp) -> f64 {
        let after = self.0.partition_point(|(known, _)| *known < time);
        match (
            after.checked_sub(1).map(|before| self.0[before]),
            self.0.get(after),
        ) {
            (_, Some((known, place))) if *known == time => *place,
            (Some((from, left)), Some((to, right))) => {
                let part = time.duration_since(from).as_secs_f64();
                let whole = to.duration_since(from).as_secs_f64();
                left + (right - left) * (part / whole)
            }
            (None, Some(_)) => 0.0,
            (Some(_), None) => 1.0,
            (None, None) => 0.5,
        }
    }

    /// Returns where a start lies, from the earliest place to the latest.
    pub(in crate::render) fn start(&self, start: &Bound) -> Edge {
        let known = |time: Option<Timestamp>| time.map(|time| self.place(time));
        let to = known(start.not_after)
            .or(known(start.not_before))
            .unwrap_or(0.0);
        let from = match start.kind {
            BoundKind::BeforeArchive => 0.0,
            _ => known(start.not_before).unwrap_or(to),
        };
        Edge {
            kind: start.kind,
            from: from.min(to),
            to,
        }
    }

    /// Returns where an end lies, from the earliest place to the latest.
    pub(in crate::render) fn end(&self, end: &Bound) -> Edge {
        let known = |time: Option<Timestamp>| time.map(|time| self.place(time));
        let from = known(end.not_before)
            .or(known(end.not_after))
            .unwrap_or(1.0);
        let to = match end.kind {
            BoundKind::Open => 1.0,
            _ => known(end.not_after).unwrap_or(from),
        };
        Edge {
            kind: end.kind,
            from,
            to: to.max(from),
        }
    }

    /// Returns labels for some of the times, from left to right, at least `apart` from one another.
    pub(in crate::render) fn ticks(&self, apart: f64, zone: &TimeZone) -> Vec<(f64, String)> {
        let mut ticks: Vec<(f64, String)> = Vec::new();
        for (time, place) in &self.0 {
            let is_far = ticks.last().is_none_or(|(last, _)| place - last >= apart);
            if is_far {
                let local = zone.to_datetime(*time);
                let (hour, minute) = (local.hour(), local.minute());
                ticks.push((*place, format!("{} {hour:02}:{minute:02}", local.date())));
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn times_keep_their_order_and_a_long_wait_leaves_room_for_short_ones() {
        let axis = Axis::over(vec![at(0), at(100_000_000), at(60), at(60)]);
        let places = [0, 60, 100_000_000].map(|second| axis.place(at(second)));
        assert!(
            places.is_sorted() && places[0] > 0.0 && places[2] < 1.0,
            "{places:?}"
        );
        assert!(places[1] - places[0] > 0.04, "{places:?}");
        assert!(axis.place(at(30)) > places[0] && axis.place(at(30)) < places[1]);
        assert_eq!(
            (axis.place(at(-1)), axis.place(at(200_000_000))),
            (0.0, 1.0)
        );
    }

    #[test]
    fn an_axis_of_one_time_or_none_has_a_middle() {
        assert_eq!(Axis::over(Vec::new()).place(at(0)), 0.5);
        let one = Axis::over(vec![at(0)]);
        assert_eq!(
            (one.place(at(0)), one.ticks(0.1, &TimeZone::UTC).len()),
            (0.5, 1)
        );
    }
}
