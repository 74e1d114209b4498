//! What the archive may lack, where a bound would need it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::finder::Finder;
use crate::findings::entry::{GapKind, Intervals};
use crate::findings::world::World;
use crate::interval::{Bound, BoundKind};

/// From when until when, in order and without overlaps.
type Times = Vec<(Timestamp, Timestamp)>;

/// Finds bounds that may lie in a gap, and open intervals that one may have ended.
pub(super) fn in_gap(finder: &mut Finder<'_, '_>, of: &Intervals, kind: GapKind) {
    let world = finder.world;
    let gaps = gaps(world, kind);
    for number in 0..world.told.intervals.len() {
        if !world.is_of(number, of) {
            continue;
        }
        let interval = world.interval(number);
        let place = (interval.account.as_str(), interval.region.as_str());
        let Some(gaps) = gaps.get(&place) else {
            continue;
        };
        let end = &interval.end;
        let is_asked = match &of.end[..] {
            [] => end.kind == BoundKind::Inferred,
            kinds => kinds.contains(&end.kind),
        };
        let bound = match (is_asked, end.kind) {
            (true, BoundKind::Open) => interval.start.not_after.map(|from| (from, Timestamp::MAX)),
            (true, _) => range(end),
            (false, _) => None,
        };
        let Some((from, until)) = bound else { continue };
        let first = gaps.partition_point(|(_, ends)| *ends <= from);
        let Some((begins, ends)) = gaps.get(first).filter(|(begins, _)| *begins < until) else {
            continue;
        };
        let events: Vec<_> = [interval.start.event, end.event]
            .into_iter()
            .flatten()
            .collect();
        let (begins, ends) = (begins.to_string(), ends.to_string());
        let pair = world.pair(number);
        let values = [("pair", &pair[..]), ("begins", &begins), ("ends", &ends)];
        finder.push(&[number], events, &values);
    }
}

fn range(bound: &Bound) -> Option<(Timestamp, Timestamp)> {
    bound.not_before.zip(bound.not_after)
}

fn gaps<'a>(world: &World<'a>, kind: GapKind) -> BTreeMap<(&'a str, &'a str), Times> {
    let mut gaps: BTreeMap<(&str, &str), Times> = BTreeMap::new();
    match kind {
        GapKind::Proven {} => {
            for gap in world.around.gaps {
                let place = (gap.account.as_str(), gap.region.as_str());
                gaps.entry(place).or_default().push((gap.from, gap.until));
            }
        }
        GapKind::Silent { hours_min } => {
            for (account, regions) in &world.around.coverage.accounts {
                for (region, span) in regions {
                    let hour = |hour: i64| Timestamp::from_second(hour.checked_mul(3_600)?).ok();
                    let silences = span.silences(hours_min).into_iter();
                    let times =
                        silences.filter_map(|(first, last)| hour(first).zip(hour(last + 1)));
                    gaps.insert((account.as_str(), region.as_str()), times.collect());
                }
            }
        }
    }
    gaps.values_mut().for_each(joined);
    gaps
}

/// Joins what overlaps, so that both sides are in order.
fn joined(times: &mut Times) {
    times.sort_unstable();
    times.dedup_by(|later, earlier| {
        let overlaps = later.0 <= earlier.1;
        if overlaps {
            earlier.1 = earlier.1.max(later.1);
        }
        overlaps
    });
}
