//! Which time the records of one content cover, within limits.

use std::ops::Range;

use jiff::Timestamp;

use super::budget::Budget;
use crate::coverage::Coverage;

/// From the year of the first EC2 instance to 2100, in seconds since 1970.
const PLAUSIBLE_SECONDS: Range<i64> = 1_136_073_600..4_133_980_800;

/// Accounts and regions that are longer together count as no place of their own, in bytes.
const PLACE_BYTES_MAX: usize = 256;

/// What is covered, and how many records are left aside of it.
#[derive(Debug, Default)]
pub(super) struct Covered {
    pub(super) coverage: Coverage,
    /// How many hours of an account and region it has.
    hours: usize,
    /// How many records are dated as none can be: one forged date must not stretch what the archive is
    /// taken to cover.
    pub(super) implausible_times: u64,
    /// How many records are of one account, region or hour too many.
    pub(super) beyond_limit: u64,
}

impl Covered {
    /// Counts a record.
    pub(super) fn count(&mut self, budget: &Budget, account: &str, region: &str, time: Timestamp) {
        if !PLAUSIBLE_SECONDS.contains(&time.as_second()) {
            self.implausible_times += 1;
        } else if !self.coverage.add_to_known_hour(account, region, time) {
            let is_short = account.len() + region.len() <= PLACE_BYTES_MAX;
            if is_short && budget.allows_hour(self.hours) {
                self.hours += 1;
                self.coverage.add(account, region, time);
            } else {
                self.beyond_limit += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Limits;

    #[test]
    fn what_is_covered_is_bounded_and_the_rest_is_counted() {
        let budget = Budget::new(&Limits::default(), None);
        while budget.allows_hour(usize::MAX) {}
        let mut covered = Covered::default();
        let hour = |number: i64| Timestamp::from_second(1_700_000_000 + 3600 * number).unwrap();
        for number in 0..20 {
            covered.count(&budget, "111122223333", "us-east-1", hour(number));
            covered.count(&budget, "111122223333", "us-east-1", hour(0));
        }
        covered.count(&budget, &"9".repeat(300), "us-east-1", hour(0));
        covered.count(&budget, "111122223333", "us-east-1", Timestamp::MIN);
        let span = covered.coverage.span("111122223333", "us-east-1").unwrap();
        assert_eq!((span.hours.len(), span.records), (16, 36));
        assert_eq!((covered.beyond_limit, covered.implausible_times), (5, 1));
    }
}
