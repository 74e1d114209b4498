//! Records that contradict what another tells under the same handle: what rests on such a record says so
//! too, and not only what it contradicts.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{finding, finding_kinds};
use crate::event::EventIndex;
use crate::interval::{Attempt, Finding, Timeline};
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
            add(&mut interval.findings, found);
        }
    }
    for attempt in &mut timeline.attempts {
        if let Some(found) = contradicting.get(&attempt.event) {
            add(&mut attempt.findings, found);
        }
    }
    true
}

/// Finds the records that contradict others, with what is to be said of each.
fn contradicting(timeline: &Timeline) -> BTreeMap<EventIndex, Vec<Finding>> {
    let mut codes: BTreeMap<&Text, BTreeSet<&str>> = BTreeMap::new();
    for finding in timeline.intervals.iter().flat_map(|one| &one.findings) {
        if differs(finding) {
            for id in &finding.event_ids {
                codes.entry(id).or_default().insert(&finding.code);
            }
        }
    }
    if codes.is_empty() {
        return BTreeMap::new();
    }
    let events = (0..).map(EventIndex).zip(&timeline.events);
    let found = events.filter_map(|(index, event)| {
        let codes = codes.get(&event.event_id)?.iter();
        let findings = codes.map(|code| finding(code, &event.event_id));
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
fn add(findings: &mut Vec<Finding>, found: &[Finding]) {
    for new in found {
        let is_same = |known: &Finding| {
            known.code == new.code && known.event_ids.iter().any(|id| new.event_ids.contains(id))
        };
        if !findings.iter().any(is_same) {
            findings.push(new.clone());
        }
    }
}
