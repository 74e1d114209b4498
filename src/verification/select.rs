//! Narrowing what is told.

use jiff::Timestamp;

use super::{Chain, Verification};
use crate::text::Text;

/// What narrows the rows; an empty list lets everything through.
///
/// What a row does not say keeps it in: nothing is hidden for being unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Accounts, 12 digits.
    pub accounts: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// Trails.
    pub trails: Vec<String>,
    /// From this instant on, inclusive.
    pub since: Option<Timestamp>,
    /// Up to this instant, exclusive.
    pub until: Option<Timestamp>,
}

impl Selection {
    /// Says whether it may keep anything back.
    pub fn narrows(&self) -> bool {
        *self != Self::default()
    }

    fn passes(&self, account: &Text, region: &Text, trail: &Text) -> bool {
        let is_named = |names: &[String], text: &Text| {
            names.is_empty() || text.is_empty() || names.iter().any(|name| name == text.as_str())
        };
        is_named(&self.accounts, account)
            && is_named(&self.regions, region)
            && is_named(&self.trails, trail)
    }

    fn passes_chain(&self, chain: &Chain) -> bool {
        self.passes(&chain.account, &chain.region, &chain.trail)
    }

    /// Says whether a period lies in the one asked for, in part.
    fn overlaps(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> bool {
        let ends_before = self
            .since
            .zip(until)
            .is_some_and(|(since, until)| until <= since);
        let begins_after = self
            .until
            .zip(from)
            .is_some_and(|(until, from)| from >= until);
        // What takes no time, such as a chain that begins anew at once, lies where it begins.
        let is_instant = from.is_some() && from == until;
        let is_at_start = is_instant && from >= self.since;
        !begins_after && (!ends_before || is_at_start)
    }

    fn holds(&self, time: Option<Timestamp>) -> bool {
        time.is_none_or(|time| {
            self.since.is_none_or(|since| time >= since)
                && self.until.is_none_or(|until| time < until)
        })
    }
}

impl Verification {
    /// Leaves out what was not asked for, and sums up the rest. The gaps stay as they are.
    pub fn select(&mut self, selection: &Selection) {
        let (digests, logs) = (self.digests.len(), self.logs.len());
        self.periods.retain(|row| {
            selection.passes_chain(&row.chain) && selection.overlaps(row.from, row.until)
        });
        self.digests.retain(|row| {
            let from = row.from.or(row.until);
            selection.passes_chain(&row.chain) && selection.overlaps(from, row.until)
        });
        self.logs.retain(|row| {
            selection.passes(&row.account, &row.region, &row.trail) && selection.holds(row.time)
        });
        let summary = &mut self.summary;
        summary.digests_left_out += (digests - self.digests.len()) as u64;
        summary.logs_left_out += (logs - self.logs.len()) as u64;
        summary.selection = selection.clone();
        self.sum_up();
    }
}
