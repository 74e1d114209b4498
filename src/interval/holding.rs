//! When an interval held, as far as its bounds tell: at an instant, and until when at the latest.

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
    /// It may have begun before the earlier of two instants.
    PerhapsBegunBefore,
}

impl Doubt {
    /// Returns the words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::PerhapsNotBegun => "perhaps not begun",
            Self::PerhapsEnded => "perhaps ended",
            Self::TakenAsEnded => "taken as ended",
            Self::PerhapsBegunBefore => "perhaps begun before",
        }
    }

    /// Returns the word for programs, such as `perhaps-ended`.
    pub fn word(self) -> &'static str {
        match self {
            Self::PerhapsNotBegun => "perhaps-not-begun",
            Self::PerhapsEnded => "perhaps-ended",
            Self::TakenAsEnded => "taken-as-ended",
            Self::PerhapsBegunBefore => "perhaps-begun-before",
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

    /// Says whether it held, or may have, at the first of two instants, and a call had ended it at the
    /// second, or may have.
    pub fn is_gone_between(&self, first: Timestamp, second: Timestamp) -> bool {
        let may_have_ended = self.end.kind != BoundKind::Open
            && self.over_at(first) == Holding::No
            && self.over_at(second) == Holding::Perhaps;
        let held = self.held_at(first) != Holding::No;
        held && (self.held_at(second) == Holding::No || may_have_ended)
    }

    /// Says whether it held, or may have, at the second of two instants, and had not begun at the first, or
    /// may not have.
    pub fn is_new_between(&self, first: Timestamp, second: Timestamp) -> bool {
        let may_have_begun =
            self.begun_at(first) == Holding::Perhaps && self.begun_at(second) == Holding::Yes;
        let holds = self.held_at(second) != Holding::No;
        holds && (self.held_at(first) == Holding::No || may_have_begun)
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
        match (self.end.kind, self.end.not_before) {
            (BoundKind::Open, Some(covered)) if time <= covered => Holding::No,
            (BoundKind::Open, _) => Holding::Perhaps,
            (_, Some(earliest)) if time < earliest => Holding::No,
            _ if self.latest_end().is_some_and(|latest| time >= latest) => Holding::Yes,
            _ => Holding::Perhaps,
        }
    }

    /// Returns by when it is over; `None` where it may still hold, or holds beyond all times.
    pub fn latest_end(&self) -> Option<Timestamp> {
        let end = &self.end;
        match end.kind {
            BoundKind::Open => None,
            BoundKind::Implied | BoundKind::Observed => {
                end.not_after.or_else(|| taken_effect(end.not_before))
            }
            BoundKind::Inferred | BoundKind::BeforeArchive | BoundKind::Uncertain => end.not_after,
        }
    }

    /// Returns by when an end that is told has happened, for it to be in a period; `None` where nothing
    /// tells.
    ///
    /// An uncertain end is that of a call which may have ended it: if it did, it took effect when it was
    /// made or minutes later, and not years after.
    pub fn latest_end_in_period(&self) -> Option<Timestamp> {
        let end = &self.end;
        match end.kind {
            BoundKind::Uncertain => {
                let called = end.not_before.max(self.doubted_until);
                end.not_after.or_else(|| taken_effect(called))
            }
            _ => self.latest_end(),
        }
    }
}

/// Returns by when a call has taken effect, if it ever did.
fn taken_effect(called: Option<Timestamp>) -> Option<Timestamp> {
    called?.checked_add(TAKING_EFFECT).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Bound;
    use crate::members::Members;

    fn at(time: &str) -> Timestamp {
        format!("2024-03-01T{time}Z").parse().unwrap()
    }

    fn interval(end: BoundKind, called: Timestamp, not_after: Option<Timestamp>) -> Interval {
        let bound = |kind, not_before, not_after| Bound {
            kind,
            not_before: Some(not_before),
            not_after,
            tie: false,
            event: None,
        };
        let started = at("09:00:00");
        Interval {
            relation: "attachment".into(),
            resource: None,
            account: "".into(),
            region: "".into(),
            members: Members::new(),
            start: bound(BoundKind::Observed, started, Some(started)),
            end: bound(end, called, not_after),
            doubted_until: None,
            findings: Vec::new(),
        }
    }

    #[test]
    fn what_may_have_ended_between_two_instants_is_perhaps_gone() {
        let uncertain = interval(BoundKind::Uncertain, at("10:00:00"), None);
        let implied = interval(BoundKind::Implied, at("10:00:00"), None);
        let open = interval(BoundKind::Open, at("10:00:00"), None);
        for (first, second, gone) in [
            ("09:30:00", "10:05:00", [true, true, false]),
            ("09:30:00", "11:00:00", [true, true, false]),
            ("09:30:00", "09:40:00", [false, false, false]),
            ("10:01:00", "10:05:00", [false, false, false]),
            ("10:01:00", "10:30:00", [false, true, false]),
            ("08:00:00", "11:00:00", [false, false, false]),
        ] {
            let is_gone = [&uncertain, &implied, &open]
                .map(|interval| interval.is_gone_between(at(first), at(second)));
            assert_eq!(is_gone, gone, "{first} {second}");
        }
        let mut late = open.clone();
        late.start.not_after = Some(at("09:20:00"));
        for (first, second, is_new) in [
            ("08:59:00", "09:10:00", true),
            ("09:10:00", "09:30:00", true),
            ("09:10:00", "09:15:00", false),
            ("09:20:00", "09:30:00", false),
        ] {
            assert_eq!(
                late.is_new_between(at(first), at(second)),
                is_new,
                "{first} {second}"
            );
        }
    }

    #[test]
    fn an_end_that_no_record_proves_may_take_ten_minutes() {
        let implied = interval(BoundKind::Implied, at("10:00:00"), None);
        let perhaps = Some(Doubt::PerhapsEnded);
        for (time, holding, doubt, taken) in [
            ("08:59:59", Holding::No, None, None),
            ("09:59:59", Holding::Yes, None, None),
            ("10:00:00", Holding::Perhaps, perhaps, None),
            ("10:09:59", Holding::Perhaps, perhaps, None),
            ("10:10:00", Holding::No, None, Some(Doubt::TakenAsEnded)),
        ] {
            assert_eq!(implied.held_at(at(time)), holding, "{time}");
            assert_eq!(implied.doubt_at(at(time)), doubt, "{time}");
            assert_eq!(implied.doubt_of_end_at(at(time)), taken, "{time}");
        }
        let proven = interval(BoundKind::Implied, at("10:00:00"), Some(at("10:01:00")));
        assert_eq!(proven.doubt_at(at("10:00:59")), perhaps);
        assert_eq!(proven.held_at(at("10:01:00")), Holding::No);
        assert_eq!(proven.doubt_of_end_at(at("10:30:00")), None);
        // Of an uncertain end no time makes an end.
        let uncertain = interval(BoundKind::Uncertain, at("10:00:00"), None);
        assert_eq!(uncertain.doubt_at(at("23:00:00")), perhaps);
    }

    #[test]
    fn an_end_takes_effect_within_minutes_even_where_time_ends() {
        let near_last: Timestamp = "9999-12-30T21:59:59Z".parse().unwrap();
        let last = Timestamp::MAX;
        for (called, asked, expected) in [
            (near_last, at("11:00:00"), Holding::Yes),
            (near_last, last, Holding::Perhaps),
            (last, last, Holding::Perhaps),
        ] {
            let interval = interval(BoundKind::Implied, called, None);
            assert_eq!(interval.held_at(asked), expected, "{called} {asked}");
        }
    }
}
