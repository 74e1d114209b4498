//! What the fold, or the reading of the evidence, has told: entries explain it, and it is found here.

use super::finder::{Finder, more};
use crate::event::EventIndex;
use crate::findings::world::{Map, World};
use crate::interval::Finding;
use crate::text::Text;
use crate::timeline::UNCHANGED;

/// A finding that was told, and of which interval.
pub(super) struct Told<'a> {
    interval: Option<usize>,
    finding: &'a Finding,
    events: Vec<EventIndex>,
}

/// Lists what was told by code.
pub(super) fn by_code<'a>(world: &World<'a>) -> Map<&'a str, Vec<Told<'a>>> {
    let of_intervals = (0..)
        .zip(&world.told.intervals)
        .flat_map(|(number, interval)| {
            let findings = interval.findings.iter();
            findings.map(move |finding| (Some(number), finding))
        });
    let own = world.told.findings.iter().map(|finding| (None, finding));
    // Of what calls found so already no interval tells.
    let attempts = world.told.attempts.iter();
    let attempts = attempts.flat_map(|attempt| &attempt.findings);
    let unchanged = attempts.filter(|finding| finding.code == UNCHANGED);
    let told: Vec<(Option<usize>, &Finding)> = of_intervals
        .chain(own)
        .chain(unchanged.map(|finding| (None, finding)))
        .collect();
    let mut named: Map<&Text, Option<EventIndex>> = Map::default();
    for id in told.iter().flat_map(|(_, finding)| &finding.event_ids) {
        named.insert(id, None);
    }
    if !named.is_empty() {
        for (index, event) in (0..).map(EventIndex).zip(&world.told.events) {
            if let Some(place) = named.get_mut(&event.event_id) {
                *place = Some(index);
            }
        }
    }
    let mut by_code: Map<&str, Vec<Told<'_>>> = Map::default();
    for (interval, finding) in told {
        let ids = finding.event_ids.iter();
        let events = ids.filter_map(|id| named.get(id).copied().flatten());
        by_code.entry(&finding.code).or_default().push(Told {
            interval,
            finding,
            events: events.collect(),
        });
    }
    by_code
}

/// Tells again what was told under the rule's code, of one call together.
pub(super) fn told(finder: &mut Finder<'_, '_>, told: Option<Vec<Told<'_>>>) {
    let mut told = told.unwrap_or_default();
    told.sort_by(|one, other| one.events.cmp(&other.events));
    let alike = |one: &Told<'_>, other: &Told<'_>| {
        let is_one = !one.events.is_empty() && one.events == other.events;
        is_one && one.finding.sources == other.finding.sources
    };
    for told in told.chunk_by(alike) {
        let intervals: Vec<usize> = told.iter().filter_map(|told| told.interval).collect();
        let pair = intervals.first().map(|number| finder.world.pair(*number));
        let more = more(intervals.len());
        let values = [
            ("pair", pair.as_deref().unwrap_or("?")),
            ("more", &more),
            ("told", told[0].finding.message.as_str()),
        ];
        finder.push(&intervals, told[0].events.clone(), &values);
        if let Some(found) = finder.found.last_mut() {
            found.sources.clone_from(&told[0].finding.sources);
        }
    }
}
