//! Records that contradict what another tells under the same handle: what rests on such a record says so
//! too, and not only what it contradicts.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{finding, finding_kinds};
use crate::event::EventIndex;
use crate::interval::{Attempt, Finding, Timeline};
use crate::members::Name;
use crate::text::Text;

/// Lets the intervals and attempts that rest on a record which contradicts another say so; says whether
/// there are any such records.
pub fn tell_contradicting(timeline: &mut Timeline) -> bool {
    let contradicting = contradicting(timeline);
    if contradicting.is_empty() {
        return false;
    }
    for interval in &mut timeline.intervals {
        let rests_on: BTreeSet<EventIndex> = [interval.start.event, interval.end.event]
            .into_iter()
            .flatten()
            .collect();
        for found in rests_on.iter().filter_map(|index| contradicting.get(index)) {
            // Of what else the record tells there is no doubt.
            let found = found.iter().filter(|(of, _)| *of == interval.relation);
            add(&mut interval.findings, found.map(|(_, finding)| finding));
        }
    }
    for attempt in &mut timeline.attempts {
        if let Some(found) = contradicting.get(&attempt.event) {
            add(
                &mut attempt.findings,
                found.iter().map(|(_, finding)| finding),
            );
        }
    }
    true
}

/// Finds the records that contradict others, with what is to be said of each, and of which relation.
fn contradicting(timeline: &Timeline) -> BTreeMap<EventIndex, Vec<(Name, Finding)>> {
    let mut codes: BTreeMap<&Text, BTreeSet<(Name, &str)>> = BTreeMap::new();
    for interval in &timeline.intervals {
        for finding in interval.findings.iter().filter(|one| differs(one)) {
            for id in &finding.event_ids {
                let codes = codes.entry(id).or_default();
                codes.insert((interval.relation, &finding.code));
            }
        }
    }
    if codes.is_empty() {
        return BTreeMap::new();
    }
    let events = (0..).map(EventIndex).zip(&timeline.events);
    let found = events.filter_map(|(index, event)| {
        let codes = codes.get(&event.event_id)?.iter();
        let findings = codes.map(|(of, code)| (*of, finding(code, &event.event_id)));
        Some((index, findings.collect()))
    });
    found.collect()
}

/// Says whether a call contradicts what another record tells under the same handle.
pub fn contradicts(attempt: &Attempt) -> bool {
    attempt.findings.iter().any(differs)
}

/// Says whether a finding is on records that differ.
pub(super) fn differs(finding: &Finding) -> bool {
    let kind = finding_kinds().get(&finding.code);
    kind.is_some_and(|kind| kind.of_values.is_some())
}

/// Adds findings on records that are not told yet.
fn add<'f>(findings: &mut Vec<Finding>, found: impl Iterator<Item = &'f Finding>) {
    for new in found {
        let is_same = |known: &Finding| {
            known.code == new.code && known.event_ids.iter().any(|id| new.event_ids.contains(id))
        };
        if !findings.iter().any(is_same) {
            findings.push(new.clone());
        }
    }
}
