//! Periods: which time the digests of a chain cover, and where they break off.

use jiff::{SignedDuration, Timestamp};

use super::ObjectKey;
use super::chain::Chains;
use super::document::Document;
use super::judge::Judged;
use crate::text::Text;
use crate::verification::{Chain, PeriodRow, PeriodStatus, TrailChange, statuses};

/// A digest comes every hour.
const DIGEST_SECONDS: i64 = 3600;

/// What is known besides the digests.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'c> {
    /// Until when there should be digests.
    pub until: Option<Timestamp>,
    /// The calls that changed trails, in order of time.
    pub changes: &'c [TrailChange],
}

/// Lists the periods of every chain, by chain and time.
///
/// Backfill digests come when something was late: their time has no gaps, only an open start.
pub(super) fn periods(
    chains: &Chains,
    judged: &Judged,
    expectation: &Expectation<'_>,
) -> Vec<PeriodRow> {
    let line = |(chain, keys): (&Chain, &Vec<ObjectKey>)| {
        let mut line = Line {
            chain,
            expectation,
            rows: Vec::new(),
            run: None,
            last: None,
        };
        if chain.backfill {
            line.begin(chains.document(judged.chosen[&keys[0]]));
            return line.rows;
        }
        for key in keys {
            line.add(chains, judged, key);
        }
        line.end()
    };
    chains.chains.iter().flat_map(line).collect()
}

/// The time line of one chain, from its first digest on.
struct Line<'c> {
    chain: &'c Chain,
    expectation: &'c Expectation<'c>,
    rows: Vec<PeriodRow>,
    run: Option<Run>,
    /// The digest before, and when the time that is accounted for ends.
    last: Option<(&'c ObjectKey, Timestamp)>,
}

/// Digests that follow one another.
struct Run {
    from: Timestamp,
    until: Timestamp,
    digests: u64,
    signed: u64,
    is_beginning: bool,
}

impl<'c> Line<'c> {
    fn add(&mut self, chains: &'c Chains, judged: &Judged, key: &'c ObjectKey) {
        let node = judged.chosen[key];
        let document = chains.document(node);
        let is_refuted = judged.is_refuted(node);
        let named = document.previous.as_ref().map(|previous| &previous.key);
        match self.last {
            None => self.begin(document),
            Some((before, until)) => {
                // What a refuted digest says of the one before proves nothing.
                let is_linked = is_refuted || named == Some(before);
                self.follow(chains, named, is_linked, (until, document.start));
            }
        }
        if is_refuted {
            self.close();
            let status = judged.statuses[node].0;
            let reason = format!("the digest of this time is {status}");
            self.broken(PeriodStatus::Gap, (document.start, document.end), 1, reason);
        } else {
            let run = self.run.get_or_insert(Run {
                from: document.start,
                until: document.end,
                digests: 0,
                signed: 0,
                is_beginning: named.is_none(),
            });
            run.until = run.until.max(document.end);
            run.digests += 1;
            run.signed += u64::from(judged.is_signed(node));
        }
        let until = self
            .last
            .map_or(document.end, |(_, until)| until.max(document.end));
        self.last = Some((key, until));
    }

    /// Takes the first digest of the chain.
    fn begin(&mut self, document: &Document) {
        if let Some(previous) = &document.previous {
            let kind = if self.chain.backfill {
                "backfill digest"
            } else {
                "digest"
            };
            let object = previous.key.object.as_str();
            let reason = format!("the {kind} before is not in this archive: {object}");
            self.row(
                PeriodStatus::OpenStart,
                (None, Some(document.start)),
                reason,
            );
        }
    }

    /// Takes the step from one digest to the next.
    fn follow(
        &mut self,
        chains: &Chains,
        named: Option<&ObjectKey>,
        is_linked: bool,
        (until, start): (Timestamp, Timestamp),
    ) {
        let Some(named) = named else {
            if !is_linked {
                self.close();
                let reason = "the chain begins anew".to_owned();
                self.broken(PeriodStatus::Restart, (until, start.max(until)), 0, reason);
            }
            return;
        };
        if start <= until {
            return;
        }
        self.close();
        let seconds = start.as_second() - until.as_second();
        let lacking = u64::try_from((seconds + DIGEST_SECONDS / 2) / DIGEST_SECONDS).unwrap_or(0);
        let reason = match (is_linked, chains.is_unreadable(named)) {
            (true, _) => "no digest was made for this time".to_owned(),
            (false, true) => format!("{} cannot be read", digests(lacking.max(1))),
            (false, false) => format!("{} missing", digests(lacking.max(1))),
        };
        self.broken(PeriodStatus::Gap, (until, start), lacking.max(1), reason);
    }

    fn close(&mut self) {
        let Some(run) = self.run.take() else {
            return;
        };
        let reason = match run.is_beginning {
            true => "it begins with the first digest of the chain",
            false => "",
        };
        self.row(
            PeriodStatus::Covered,
            (Some(run.from), Some(run.until)),
            reason.to_owned(),
        );
        if let Some(row) = self.rows.last_mut() {
            (row.digests, row.signed) = (run.digests, run.signed);
        }
    }

    /// Adds a break and the calls that may explain it.
    fn broken(
        &mut self,
        status: PeriodStatus,
        (from, until): (Timestamp, Timestamp),
        digests: u64,
        reason: String,
    ) {
        let changes = changes(self.expectation.changes, self.chain, from, until);
        let explained = match changes.is_empty() {
            true => "; no record in this archive explains it",
            false => "",
        };
        self.row(status, (Some(from), Some(until)), reason + explained);
        if let Some(row) = self.rows.last_mut() {
            (row.digests, row.changes) = (digests, changes);
        }
    }

    fn row(
        &mut self,
        status: PeriodStatus,
        (from, until): (Option<Timestamp>, Option<Timestamp>),
        reason: String,
    ) {
        self.rows.push(PeriodRow {
            chain: self.chain.clone(),
            status,
            from,
            until,
            digests: 0,
            signed: 0,
            reason: Some(reason)
                .filter(|reason| !reason.is_empty())
                .map(Text::from),
            changes: Vec::new(),
        });
    }

    /// Takes the end of the chain.
    fn end(mut self) -> Vec<PeriodRow> {
        self.close();
        let Some((_, last)) = self.last else {
            return self.rows;
        };
        match self.expectation.until {
            Some(expected) if expected > last => {
                let seconds = expected.as_second() - last.as_second();
                let lacking = u64::try_from(seconds / DIGEST_SECONDS).unwrap_or(0);
                let reason = "digests were expected until then".to_owned();
                self.broken(PeriodStatus::Gap, (last, expected), lacking, reason);
            }
            Some(_) => {}
            None => self.row(PeriodStatus::OpenEnd, (Some(last), None), String::new()),
        }
        self.rows
    }
}

fn digests(number: u64) -> String {
    match number {
        1 => "1 digest".to_owned(),
        _ => format!("{number} digests"),
    }
}

/// Lists the calls that changed a trail around a break, in its home region.
fn changes(
    all: &[TrailChange],
    chain: &Chain,
    from: Timestamp,
    until: Timestamp,
) -> Vec<TrailChange> {
    let kinds = &statuses().trail_changes;
    let before = SignedDuration::from_secs(kinds.before_seconds);
    let after = SignedDuration::from_secs(kinds.after_seconds);
    let earliest = from.saturating_sub(before).unwrap_or(Timestamp::MIN);
    let latest = until.saturating_add(after).unwrap_or(Timestamp::MAX);
    let is_of_trail = |named: &str| named.rsplit('/').next() == Some(chain.trail.as_str());
    let first = all.partition_point(|change| change.time < earliest);
    let around = all[first..]
        .iter()
        .take_while(|change| change.time <= latest);
    around
        .filter(|change| is_of_trail(change.trail.as_str()) && change.region == chain.home_region)
        .cloned()
        .collect()
}
