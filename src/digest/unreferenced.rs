//! Log files that no digest lists, and what may explain that.

use jiff::Timestamp;

use super::chain::Chains;
use super::logs::LogFile;
use super::names::LogName;
use crate::record::Integrity;
use crate::text::Text;
use crate::verification::{LogRow, LogStatus, PeriodRow, PeriodStatus};

/// What the digests cover, to be held against a file's name.
pub(super) struct Unreferenced<'p> {
    periods: &'p [PeriodRow],
    has_digests: bool,
}

impl<'p> Unreferenced<'p> {
    pub(super) fn new(periods: &'p [PeriodRow], chains: &Chains) -> Self {
        Self {
            periods,
            has_digests: !chains.nodes.is_empty(),
        }
    }

    /// Returns the row of such a file.
    pub(super) fn row(&self, file: &LogFile) -> LogRow {
        let content = &file.content;
        let name = LogName::parse(content.source.as_str());
        let (account, region) = match &name {
            Some(name) => (
                Text::from(name.account.as_str()),
                Text::from(name.region.as_str()),
            ),
            None => file.place.clone().unwrap_or_default(),
        };
        let reason = match &name {
            _ if !self.has_digests => "there is no digest in this archive",
            None => "its name is not that of a log file as CloudTrail delivers it",
            Some(name) => self.reason(name),
        };
        LogRow {
            status: LogStatus::Unreferenced,
            account,
            region,
            trail: Text::default(),
            time: name.map(|name| name.time),
            bucket: None,
            object: None,
            digest: None,
            source: Some(content.source.clone()),
            sha256: content.sha256,
            holder: content.holder,
            content_sha256: content.content_sha256,
            listed_sha256: None,
            listed_bytes: None,
            integrity: Integrity::Unreferenced,
            notes: Vec::new(),
            reason: Some(Text::from(reason)),
        }
    }

    /// Says what may explain it, by the time of its name: the plainest explanation of any trail.
    fn reason(&self, name: &LogName) -> &'static str {
        let is_of_place = |row: &&PeriodRow| {
            let chain = &row.chain;
            chain.account.as_str() == name.account && chain.region.as_str() == name.region
        };
        let here: Vec<&PeriodRow> = self.periods.iter().filter(is_of_place).collect();
        let at = |status: PeriodStatus| {
            let rows = here.iter().filter(move |row| row.status == status);
            rows.into_iter().any(|row| holds(row, name.time))
        };
        if here.is_empty() {
            "there is no digest of its account and region"
        } else if at(PeriodStatus::Gap) || at(PeriodStatus::Restart) {
            "it was delivered in a gap of the digests"
        } else if at(PeriodStatus::Covered) {
            "digests cover its time and do not list it: it was added later, is of a trail without \
             validation, or awaits a backfill digest"
        } else if here
            .iter()
            .any(|row| row.from.is_some_and(|from| from <= name.time))
        {
            "it is newer than the newest digest"
        } else {
            "it is older than the oldest digest"
        }
    }
}

fn holds(row: &PeriodRow, time: Timestamp) -> bool {
    row.from.is_none_or(|from| from <= time) && row.until.is_none_or(|until| time < until)
}
