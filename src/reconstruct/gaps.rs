//! Which of the times that the archive is proved to lack bear on an answer.

use super::Answer;
use crate::index::Reader;
use crate::query::Filter;
use crate::text::Text;
use crate::verification::Gap;

/// Lists the times in the period, the accounts and the regions asked for of which digests prove that
/// the archive lacks something.
pub fn gaps(reader: &Reader, filter: &Filter) -> Vec<Gap> {
    let is_asked = |asked: &[String], place: &Text| {
        asked.is_empty() || asked.iter().any(|asked| asked == place.as_str())
    };
    let gaps = reader.verified().gaps().iter();
    gaps.filter(|gap| {
        gap.touches(filter.since, filter.until)
            && is_asked(&filter.accounts, &gap.account)
            && is_asked(&filter.regions, &gap.region)
    })
    .cloned()
    .collect()
}

/// Keeps the gaps of the accounts and regions that an answer about one thing tells of; all of them,
/// where it tells of nothing.
pub(super) fn keep_gaps_of_places(answer: &mut Answer) {
    let events = &answer.timeline.events;
    if answer.rows_total > 0 && !events.is_empty() {
        let is_told = |gap: &Gap| {
            let mut events = events.iter();
            events.any(|event| event.account == gap.account && event.region == gap.region)
        };
        answer.gaps.retain(is_told);
    }
}
