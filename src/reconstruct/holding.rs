//! When an interval held: at an instant, and until when at the latest.

use jiff::{SignedDuration, Timestamp};

use crate::interval::{Bound, BoundKind, Interval};

/// Whether an interval held at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    /// It did not.
    No,
    /// It may have: the instant lies where a bound is not known exactly.
    Perhaps,
    /// It did.
    Yes,
}

/// How long an asynchronous end may take where no record proves it: AWS documents minutes.
const TAKING_EFFECT: SignedDuration = SignedDuration::from_mins(10);

/// Says whether an interval held at an instant; an end at that very instant means that it did not.
///
/// An implied end whose completion no record proves may take ten minutes from its call. An open
/// interval is known to hold until the last time that the archive covers, and may hold later.
pub fn held_at(interval: &Interval, time: Timestamp) -> Holding {
    let start = match interval.start.kind {
        BoundKind::BeforeArchive => Holding::Yes,
        _ => match (interval.start.not_before, interval.start.not_after) {
            (Some(earliest), _) if time < earliest => Holding::No,
            (_, Some(latest)) if time >= latest => Holding::Yes,
            _ => Holding::Perhaps,
        },
    };
    let end = &interval.end;
    let over = match (end.kind, end.not_before) {
        (BoundKind::Open, Some(covered)) if time <= covered => Holding::No,
        (BoundKind::Open, _) => Holding::Perhaps,
        (_, Some(earliest)) if time < earliest => Holding::No,
        _ if latest_end(end).is_some_and(|latest| time >= latest) => Holding::Yes,
        _ => Holding::Perhaps,
    };
    match over {
        Holding::No => start,
        Holding::Perhaps => start.min(Holding::Perhaps),
        Holding::Yes => Holding::No,
    }
}

/// Returns by when an interval is over; `None` where it may still hold, or holds beyond all times.
pub(super) fn latest_end(end: &Bound) -> Option<Timestamp> {
    match end.kind {
        BoundKind::Open => None,
        BoundKind::Implied | BoundKind::Observed => {
            end.not_after.or_else(|| taken_effect(end.not_before))
        }
        BoundKind::Inferred | BoundKind::BeforeArchive | BoundKind::Uncertain => end.not_after,
    }
}

/// Returns by when an end that is told has happened, for it to be in a period; `None` where nothing tells.
///
/// An uncertain end is that of a call which may have ended it: if it did, it took effect when it was made
/// or minutes later, and not years after.
pub(super) fn latest_in_period(interval: &Interval) -> Option<Timestamp> {
    let end = &interval.end;
    match end.kind {
        BoundKind::Uncertain => {
            let called = end.not_before.max(interval.doubted_until);
            end.not_after.or_else(|| taken_effect(called))
        }
        _ => latest_end(end),
    }
}

/// Returns by when a call has taken effect, if it ever did.
fn taken_effect(called: Option<Timestamp>) -> Option<Timestamp> {
    called?.checked_add(TAKING_EFFECT).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::Members;

    fn bound(kind: BoundKind, not_before: &str, not_after: Option<&str>) -> Bound {
        let time = |text: &str| text.parse().unwrap();
        Bound {
            kind,
            not_before: Some(time(not_before)),
            not_after: not_after.map(time),
            tie: false,
            event: None,
        }
    }

    #[test]
    fn an_end_takes_effect_within_minutes_even_where_time_ends() {
        let started = "2024-03-01T10:00:00Z";
        let last = Timestamp::MAX.to_string();
        for (called, asked, expected) in [
            ("2024-03-01T11:00:00Z", "2024-03-01T10:59:59Z", Holding::Yes),
            (
                "2024-03-01T11:00:00Z",
                "2024-03-01T11:05:00Z",
                Holding::Perhaps,
            ),
            ("2024-03-01T11:00:00Z", "2024-03-01T11:10:00Z", Holding::No),
            ("9999-12-30T21:59:59Z", "2024-03-01T11:00:00Z", Holding::Yes),
            ("9999-12-30T21:59:59Z", &last, Holding::Perhaps),
            (&last, &last, Holding::Perhaps),
        ] {
            let interval = Interval {
                relation: "attachment".into(),
                resource: None,
                account: "".into(),
                region: "".into(),
                members: Members::new(),
                start: bound(BoundKind::Observed, started, Some(started)),
                end: bound(BoundKind::Implied, called, None),
                doubted_until: None,
                findings: Vec::new(),
            };
            let asked: Timestamp = asked.parse().unwrap();
            assert_eq!(held_at(&interval, asked), expected, "{called} {asked}");
        }
    }
}
