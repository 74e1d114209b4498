//! Gaps: the times of which the digests prove that the archive lacks something.
//!
//! A break in one trail's digests is no gap where another trail covers the same account and region
//! without a break.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::document::LogReference;
use crate::text::Text;
use crate::verification::{Gap, LogRow, LogStatus, PeriodRow, PeriodStatus};

/// From when to when, exclusive.
type Span = (Timestamp, Timestamp);

/// What one trail lacks, and what it covers, of one account and region.
#[derive(Default)]
struct Trail {
    lacking: Vec<(Span, &'static str)>,
    covered: Vec<Span>,
}

/// Lists the gaps, by account, region and time.
pub(super) fn gaps(periods: &[PeriodRow], logs: &[(LogRow, Option<&LogReference>)]) -> Vec<Gap> {
    let mut places: BTreeMap<(&Text, &Text), BTreeMap<&Text, Trail>> = BTreeMap::new();
    for row in periods {
        let place = (&row.chain.account, &row.chain.region);
        let trail = places
            .entry(place)
            .or_default()
            .entry(&row.chain.trail)
            .or_default();
        let (Some(from), Some(until)) = (row.from, row.until) else {
            continue;
        };
        match row.status {
            PeriodStatus::Covered => trail.covered.push((from, until)),
            PeriodStatus::Gap | PeriodStatus::Restart if from < until => {
                trail.lacking.push(((from, until), row.status.name()));
            }
            _ => {}
        }
    }
    for (row, listed) in logs {
        let Some(listed) = listed.filter(|_| row.status == LogStatus::Missing) else {
            continue;
        };
        let place = (&row.account, &row.region);
        let trail = places
            .entry(place)
            .or_default()
            .entry(&row.trail)
            .or_default();
        if let Some(span) = span_of(row, listed) {
            trail.lacking.push((span, row.status.name()));
        }
    }
    let mut gaps = Vec::new();
    for ((account, region), trails) in &places {
        for name in trails.keys() {
            for ((from, until), status) in lacking(trails, name) {
                gaps.push(Gap {
                    account: (*account).clone(),
                    region: (*region).clone(),
                    from,
                    until,
                    status: status.into(),
                    trail: (*name).clone(),
                });
            }
        }
    }
    gaps.sort();
    gaps
}

/// Returns the time of a log file's records as its digest has it, or of its delivery.
fn span_of(row: &LogRow, listed: &LogReference) -> Option<Span> {
    let second = SignedDuration::from_secs(1);
    let from = listed.oldest.or(row.time)?;
    let last = listed.newest.or(row.time).unwrap_or(from).max(from);
    Some((from, last.saturating_add(second).unwrap_or(last)))
}

/// Lists what one trail lacks and no other one has, joined where it overlaps.
fn lacking(trails: &BTreeMap<&Text, Trail>, name: &Text) -> Vec<(Span, &'static str)> {
    let mut by_status: BTreeMap<&'static str, Vec<Span>> = BTreeMap::new();
    for (span, status) in &trails[name].lacking {
        by_status.entry(status).or_default().push(*span);
    }
    let others = trails.iter().filter(|(other, _)| **other != name);
    let had: Vec<Span> = others
        .flat_map(|(_, trail)| {
            let holes = trail.lacking.iter().map(|(span, _)| *span);
            without(joined(trail.covered.clone()), &joined(holes.collect()))
        })
        .collect();
    let had = joined(had);
    let lacking = by_status.into_iter().flat_map(|(status, spans)| {
        let left = without(joined(spans), &had).into_iter();
        left.map(move |span| (span, status))
    });
    lacking.collect()
}

/// Puts spans in order, and joins those that touch.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for (from, until) in spans {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = until.max(*end),
            _ => joined.push((from, until)),
        }
    }
    joined
}

/// Takes spans out of spans, both joined and in order, in one pass.
fn without(spans: Vec<Span>, taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut next = 0;
    for (mut from, until) in spans {
        while next < taken.len() && taken[next].1 <= from {
            next += 1;
        }
        let within = taken[next..].iter().take_while(|(start, _)| *start < until);
        for (start, end) in within {
            if from < *start {
                left.push((from, *start));
            }
            from = from.max(*end);
        }
        if from < until {
            left.push((from, until));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span((from, length): (i64, i64)) -> Span {
        let at = |second| Timestamp::from_second(second).unwrap();
        (at(from), at(from + length))
    }

    fn holds(spans: &[Span], second: i64) -> bool {
        let time = Timestamp::from_second(second).unwrap();
        spans
            .iter()
            .any(|(from, until)| *from <= time && time < *until)
    }

    proptest! {
        #[test]
        fn what_is_left_is_what_is_in_one_and_not_in_the_other(
            spans in prop::collection::vec((0..60_i64, 1..9_i64), 0..12),
            taken in prop::collection::vec((0..60_i64, 1..9_i64), 0..12),
        ) {
            let spans: Vec<Span> = spans.into_iter().map(span).collect();
            let taken: Vec<Span> = taken.into_iter().map(span).collect();
            let left = without(joined(spans.clone()), &joined(taken.clone()));
            for second in 0..70 {
                let expected = holds(&spans, second) && !holds(&taken, second);
                prop_assert_eq!(holds(&left, second), expected, "{}", second);
            }
            prop_assert_eq!(joined(left.clone()), left);
        }
    }
}
