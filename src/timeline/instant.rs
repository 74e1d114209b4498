//! What held at an instant, as far as an archive that covers only so much can tell.

use jiff::Timestamp;

use crate::coverage::Coverage;
use crate::interval::{BoundKind, Doubt, Holding, Interval};

/// An instant that was asked about, and what the archive covers.
#[derive(Debug, Clone, Copy)]
pub struct Instant<'c> {
    /// The instant.
    pub time: Timestamp,
    /// What the archive covers.
    pub coverage: &'c Coverage,
}

impl Instant<'_> {
    /// Says why it is not certain that an interval which may have held then did; absent where it is.
    ///
    /// What held when the archive begins is not known to have held before.
    pub fn doubt(&self, interval: &Interval) -> Option<Doubt> {
        let covered = self
            .coverage
            .span(interval.account.as_str(), interval.region.as_str());
        let is_earlier = covered.is_none_or(|span| self.time < span.first);
        let begun_before = interval.start.kind == BoundKind::BeforeArchive && is_earlier;
        let doubt = interval.doubt_at(self.time);
        doubt.or(begun_before.then_some(Doubt::PerhapsNotBegun))
    }

    /// Says what is not certain of an interval that held at this instant and was gone at a later one.
    pub fn doubts_gone_by(&self, later: &Self, interval: &Interval) -> Vec<Doubt> {
        let ended = match interval.held_at(later.time) {
            Holding::Perhaps => Some(Doubt::PerhapsEnded),
            Holding::No | Holding::Yes => interval.doubt_of_end_at(later.time),
        };
        let mut doubts: Vec<Doubt> = self.doubt(interval).into_iter().chain(ended).collect();
        doubts.dedup();
        doubts
    }

    /// Says what is not certain of an interval that held at this instant and not at an earlier one.
    pub fn doubts_new_since(&self, earlier: &Self, interval: &Interval) -> Vec<Doubt> {
        let begun = interval.held_at(earlier.time) == Holding::Perhaps;
        let begun = begun.then_some(Doubt::PerhapsBegunBefore);
        self.doubt(interval).into_iter().chain(begun).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Bound;
    use crate::members::Members;

    #[test]
    fn what_held_when_the_archive_begins_is_not_known_to_have_held_before() {
        let at = |time: &str| -> Timestamp { format!("2024-03-01T{time}:00Z").parse().unwrap() };
        let bound = |kind, not_before, not_after| Bound {
            kind,
            not_before,
            not_after,
            tie: false,
            event: None,
        };
        let interval = Interval {
            relation: "attachment".into(),
            resource: None,
            account: "111122223333".into(),
            region: "us-east-1".into(),
            members: Members::new(),
            start: bound(BoundKind::BeforeArchive, None, Some(at("11:00"))),
            end: bound(BoundKind::Open, Some(at("12:00")), None),
            doubted_until: None,
            findings: Vec::new(),
        };
        let mut coverage = Coverage::default();
        for time in ["10:00", "12:00"] {
            coverage.add("111122223333", "us-east-1", at(time));
        }
        for (time, doubt) in [
            ("09:59", Some(Doubt::PerhapsNotBegun)),
            ("10:00", None),
            ("12:00", None),
            ("12:01", Some(Doubt::PerhapsEnded)),
        ] {
            let instant = Instant {
                time: at(time),
                coverage: &coverage,
            };
            assert_eq!(instant.doubt(&interval), doubt, "{time}");
        }
    }
}
