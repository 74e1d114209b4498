//! Whether an interval held at an instant, as far as its bounds tell.

use jiff::{SignedDuration, Timestamp};

use super::{BoundKind, Interval};

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

/// Why it is not certain whether an interval held at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// It may have begun later.
    PerhapsNotBegun,
    /// It may have ended before.
    PerhapsEnded,
    /// It is taken to have ended, so long after the call; no record shows that it had.
    TakenAsEnded,
}

impl Doubt {
    /// Returns the words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::PerhapsNotBegun => "perhaps not begun",
            Self::PerhapsEnded => "perhaps ended",
            Self::TakenAsEnded => "taken as ended",
        }
    }
}

/// How long an asynchronous end may take where no record proves it: AWS documents minutes.
const TAKING_EFFECT: SignedDuration = SignedDuration::from_mins(10);

impl Interval {
    /// Says whether it held at an instant; an end at that very instant means that it did not.
    ///
    /// An implied end whose completion no record proves may take ten minutes from its call. An open
    /// interval is known to hold until the last time that the archive covers, and may hold later.
    pub fn held_at(&self, time: Timestamp) -> Holding {
        match self.over_at(time) {
            Holding::No => self.begun_at(time),
            Holding::Perhaps => self.begun_at(time).min(Holding::Perhaps),
            Holding::Yes => Holding::No,
        }
    }

    /// Says why it only may have held at an instant; absent where it did, or did not.
    ///
    /// Where both its beginning and its end are in doubt, the end is told.
    pub fn doubt_at(&self, time: Timestamp) -> Option<Doubt> {
        if self.held_at(time) != Holding::Perhaps {
            return None;
        }
        Some(match self.over_at(time) {
            Holding::Perhaps => Doubt::PerhapsEnded,
            Holding::No | Holding::Yes => Doubt::PerhapsNotBegun,
        })
    }

    /// Says how certain it is that it no longer held at an instant; absent where that is shown.
    pub fn doubt_of_end_at(&self, time: Timestamp) -> Option<Doubt> {
        let is_taken = self.over_at(time) == Holding::Yes && self.end.not_after.is_none();
        is_taken.then_some(Doubt::TakenAsEnded)
    }

    fn begun_at(&self, time: Timestamp) -> Holding {
        let start = &self.start;
        match (start.kind, start.not_before, start.not_after) {
            (BoundKind::BeforeArchive, ..) => Holding::Yes,
            (_, Some(earliest), _) if time < earliest => Holding::No,
            (_, _, Some(latest)) if time >= latest => Holding::Yes,
            _ => Holding::Perhaps,
        }
    }

    fn over_at(&self, time: Timestamp) -> Holding {
        let end = &self.end;
        match (end.kind, end.not_before, end.not_after) {
            (BoundKind::Open, Some(covered), _) if time <= covered => Holding::No,
            (BoundKind::Open, ..) => Holding::Perhaps,
            (BoundKind::Implied | BoundKind::Observed, Some(called), None)
                if time.duration_since(called) >= TAKING_EFFECT =>
            {
                Holding::Yes
            }
            (_, Some(earliest), _) if time < earliest => Holding::No,
            (_, _, Some(latest)) if time >= latest => Holding::Yes,
            _ => Holding::Perhaps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Bound;

    fn interval(end: BoundKind, not_after: Option<&str>) -> Interval {
        let bound = |kind, time: &str, not_after: Option<&str>| Bound {
            kind,
            not_before: Some(at(time)),
            not_after: not_after.map(at),
            tie: false,
            event: None,
        };
        Interval {
            relation: "eni-attachment".into(),
            resource: None,
            account: "111122223333".into(),
            region: "us-east-1".into(),
            members: Default::default(),
            start: bound(BoundKind::Observed, "09:00:00", Some("09:00:00")),
            end: bound(end, "10:00:00", not_after),
            findings: Vec::new(),
        }
    }

    fn at(time: &str) -> Timestamp {
        format!("2024-03-01T{time}Z").parse().unwrap()
    }

    #[test]
    fn an_end_that_no_record_proves_may_take_ten_minutes() {
        let implied = interval(BoundKind::Implied, None);
        for (time, holding, doubt, taken) in [
            ("08:59:59", Holding::No, None, None),
            ("09:59:59", Holding::Yes, None, None),
            (
                "10:00:00",
                Holding::Perhaps,
                Some(Doubt::PerhapsEnded),
                None,
            ),
            (
                "10:09:59",
                Holding::Perhaps,
                Some(Doubt::PerhapsEnded),
                None,
            ),
            ("10:10:00", Holding::No, None, Some(Doubt::TakenAsEnded)),
        ] {
            assert_eq!(implied.held_at(at(time)), holding, "{time}");
            assert_eq!(implied.doubt_at(at(time)), doubt, "{time}");
            assert_eq!(implied.doubt_of_end_at(at(time)), taken, "{time}");
        }
        let proven = interval(BoundKind::Implied, Some("10:01:00"));
        assert_eq!(proven.doubt_at(at("10:00:59")), Some(Doubt::PerhapsEnded));
        assert_eq!(proven.held_at(at("10:01:00")), Holding::No);
        assert_eq!(proven.doubt_of_end_at(at("10:30:00")), None);
        // Of an uncertain end no time makes an end.
        let uncertain = interval(BoundKind::Uncertain, None);
        assert_eq!(
            uncertain.doubt_at(at("23:00:00")),
            Some(Doubt::PerhapsEnded)
        );
    }
}
