//! Coverage: which time the archive covers, per account and region.
//!
//! Every record counts, in scope or not: a region full of other services' records is covered.
//! Plain data; merging is associative and commutative.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Which time an archive, or one file of it, covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coverage {
    /// What is covered, by account, then region; either may be empty where records do not say.
    pub accounts: BTreeMap<Text, BTreeMap<Text, Span>>,
}

/// How many files have records of each hour, by account, then region; keys as in [`Span::hours`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilesPerHour<'a> {
    accounts: BTreeMap<&'a Text, BTreeMap<&'a Text, BTreeMap<i64, u64>>>,
}

impl<'a> FilesPerHour<'a> {
    /// Counts files, each by what it covers.
    pub fn of(files: impl IntoIterator<Item = &'a Coverage>) -> Self {
        let mut counted = Self::default();
        for coverage in files {
            for (account, regions) in &coverage.accounts {
                let into = counted.accounts.entry(account).or_default();
                for (region, span) in regions {
                    let into = into.entry(region).or_default();
                    for hour in span.hours.keys() {
                        *into.entry(*hour).or_default() += 1;
                    }
                }
            }
        }
        counted
    }

    /// Returns how many files have records of an hour of an account and region.
    pub fn count(&self, account: &Text, region: &Text, hour: i64) -> u64 {
        let regions = self.accounts.get(account);
        let hours = regions.and_then(|regions| regions.get(region));
        hours
            .and_then(|hours| hours.get(&hour))
            .copied()
            .unwrap_or_default()
    }
}

/// What is covered of one account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// `eventTime` of the earliest record.
    pub first: Timestamp,
    /// `eventTime` of the latest record.
    pub last: Timestamp,
    /// How many records.
    pub records: u64,
    /// How many files have any of these records.
    #[serde(default)]
    pub files: u64,
    /// How many records in each hour that has any; keys are hours since 1970-01-01T00:00Z.
    pub hours: BTreeMap<i64, u64>,
}

impl Coverage {
    /// Counts one record.
    pub fn add(&mut self, account: &str, region: &str, time: Timestamp) {
        let hour = time.as_second().div_euclid(3600);
        if let Some(span) = self
            .accounts
            .get_mut(account)
            .and_then(|regions| regions.get_mut(region))
        {
            span.first = span.first.min(time);
            span.last = span.last.max(time);
            span.records += 1;
            *span.hours.entry(hour).or_default() += 1;
            return;
        }
        self.accounts.entry(account.into()).or_default().insert(
            region.into(),
            Span {
                first: time,
                last: time,
                records: 1,
                files: 1,
                hours: BTreeMap::from([(hour, 1)]),
            },
        );
    }

    /// Counts one record if others of its account, region and hour were counted before; says whether it
    /// did. Takes no more room than there is.
    pub fn add_to_known_hour(&mut self, account: &str, region: &str, time: Timestamp) -> bool {
        let regions = self.accounts.get_mut(account);
        let Some(span) = regions.and_then(|regions| regions.get_mut(region)) else {
            return false;
        };
        let Some(records) = span.hours.get_mut(&time.as_second().div_euclid(3600)) else {
            return false;
        };
        *records += 1;
        span.records += 1;
        span.first = span.first.min(time);
        span.last = span.last.max(time);
        true
    }

    /// Adds what another part of the archive covers.
    pub fn merge(&mut self, other: &Self) {
        for (account, regions) in &other.accounts {
            let into = self.accounts.entry(account.clone()).or_default();
            for (region, span) in regions {
                match into.get_mut(region) {
                    Some(existing) => existing.merge(span),
                    None => {
                        into.insert(region.clone(), span.clone());
                    }
                }
            }
        }
    }

    /// Returns what is covered of one account and region.
    pub fn span(&self, account: &str, region: &str) -> Option<&Span> {
        self.accounts.get(account)?.get(region)
    }

    /// Returns the time of the latest record of all.
    pub fn last(&self) -> Option<Timestamp> {
        self.spans().map(|(_, span)| span.last).max()
    }

    /// Returns the time of the earliest record of all.
    pub fn first(&self) -> Option<Timestamp> {
        self.spans().map(|(_, span)| span.first).min()
    }

    /// Lists what is covered by account and region, in order.
    pub fn spans(&self) -> impl Iterator<Item = ((&Text, &Text), &Span)> {
        let accounts = self.accounts.iter();
        accounts.flat_map(|(account, regions)| {
            let regions = regions.iter();
            regions.map(move |(region, span)| ((account, region), span))
        })
    }

    /// Keeps what is covered of some accounts and regions; all, where none is named.
    pub fn narrowed(&self, accounts: &[String], regions: &[String]) -> Self {
        let is_asked = |wanted: &[String], known: &Text| {
            wanted.is_empty() || wanted.iter().any(|wanted| wanted == known.as_str())
        };
        let mut narrowed = Self::default();
        for ((account, region), span) in self.spans() {
            if is_asked(accounts, account) && is_asked(regions, region) {
                let of_account = narrowed.accounts.entry(account.clone()).or_default();
                of_account.insert(region.clone(), span.clone());
            }
        }
        narrowed
    }
}

impl Span {
    fn merge(&mut self, other: &Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.records += other.records;
        self.files += other.files;
        for (hour, records) in &other.hours {
            *self.hours.entry(*hour).or_default() += records;
        }
    }

    /// Counts the records in so many equal parts of the time from the first to the last hour, in order;
    /// fewer parts where there are fewer hours.
    pub fn parts(&self, parts_max: usize) -> Vec<u64> {
        let (Some((first, _)), Some((last, _))) =
            (self.hours.first_key_value(), self.hours.last_key_value())
        else {
            return Vec::new();
        };
        let since_first = |hour: i64| i128::from(hour) - i128::from(*first);
        let hours = since_first(*last) + 1;
        let parts = hours.min(i128::try_from(parts_max).unwrap_or(hours));
        let mut counts = vec![0; usize::try_from(parts).unwrap_or_default()];
        for (hour, records) in &self.hours {
            let part = since_first(*hour) * parts / hours;
            if let Some(count) = usize::try_from(part)
                .ok()
                .and_then(|part| counts.get_mut(part))
            {
                *count += records;
            }
        }
        counts
    }

    /// Lists the silences of at least `hours_min` whole hours between the first and the last record,
    /// as first and last silent hour since 1970-01-01T00:00Z.
    ///
    /// A silence is no proof of a gap: a quiet region looks the same.
    pub fn silences(&self, hours_min: i64) -> Vec<(i64, i64)> {
        let hours: Vec<i64> = self.hours.keys().copied().collect();
        hours
            .windows(2)
            .filter(|pair| pair[1] - pair[0] > hours_min)
            .map(|pair| (pair[0] + 1, pair[1] - 1))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covering(hours: &[i64]) -> Coverage {
        let mut coverage = Coverage::default();
        for hour in hours {
            let time = Timestamp::from_second(hour * 3600 + 5).unwrap();
            coverage.add("111122223333", "us-east-1", time);
        }
        coverage
    }

    #[test]
    fn the_time_from_first_to_last_is_told_in_equal_parts() {
        for (hours, parts_max, expected) in [
            (&[5][..], 4, &[1][..]),
            (&[5, 5, 6], 4, &[2, 1]),
            (&[0, 1, 2, 3, 4, 5, 6, 7], 4, &[2, 2, 2, 2]),
            (&[0, 99], 4, &[1, 0, 0, 1]),
            (&[0, 99], 0, &[]),
        ] {
            let coverage = covering(hours);
            let span = coverage.span("111122223333", "us-east-1").unwrap();
            assert_eq!(span.parts(parts_max), expected, "{hours:?}");
        }
        let mut span = covering(&[0]).accounts["111122223333"]["us-east-1"].clone();
        span.hours = [(i64::MIN, 1), (i64::MAX, 2)].into();
        assert_eq!(
            span.parts(3).iter().sum::<u64>(),
            3,
            "no hour is beyond all parts"
        );
    }

    #[test]
    fn files_are_counted_once_for_each_hour_that_they_have_records_of() {
        let files = [covering(&[1, 1, 2]), covering(&[2, 2]), covering(&[])];
        let mut whole = Coverage::default();
        files.iter().for_each(|file| whole.merge(file));
        let counted = FilesPerHour::of(&files);
        let (account, region) = ("111122223333".into(), "us-east-1".into());
        let of_hours = [0, 1, 2].map(|hour| counted.count(&account, &region, hour));
        assert_eq!(of_hours, [0, 1, 2]);
        assert_eq!(counted.count(&region, &region, 1), 0);
        let span = whole.span("111122223333", "us-east-1").unwrap();
        assert_eq!((span.files, span.records), (2, 5));
    }
}
