//! Records that contradict what another tells under the same handle: what rests on such a record says so
//! too, and not only what it contradicts.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{finding, finding_kinds};
use crate::catalogue::Catalogue;
use crate::event::EventIndex;
use crate::interval::{Attempt, Finding, Interval, Timeline};
use crate::members::Name;
use crate::text::Text;

/// Lets the intervals and attempts that rest on a record which contradicts another say so; says whether
/// there are any such records.
pub fn tell_contradicting(catalogue: &Catalogue, timeline: &mut Timeline) -> bool {
    let contradicting = contradicting(catalogue, timeline);
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
            let has = |handle: &Text| interval.members.values().any(|value| value == handle);
            let found = found
                .iter()
                .filter(|found| found.relation == interval.relation && has(&found.handle))
                .map(|found| &found.finding);
            add(&mut interval.findings, found);
        }
    }
    for attempt in &mut timeline.attempts {
        if let Some(found) = contradicting.get(&attempt.event) {
            let found = found.iter().map(|found| &found.finding);
            add(&mut attempt.findings, found);
        }
    }
    true
}

/// What is to be said of a record that contradicts another.
struct Contradicting {
    /// Of which relation both tell.
    relation: Name,
    /// The handle that both name.
    handle: Text,
    finding: Finding,
}

/// Finds the records that contradict others.
fn contradicting(
    catalogue: &Catalogue,
    timeline: &Timeline,
) -> BTreeMap<EventIndex, Vec<Contradicting>> {
    let mut codes: BTreeMap<&Text, BTreeSet<(Name, &Text, &str)>> = BTreeMap::new();
    for interval in &timeline.intervals {
        for finding in interval.findings.iter().filter(|one| differs(one)) {
            for handle in handles(catalogue, interval) {
                for id in &finding.event_ids {
                    let codes = codes.entry(id).or_default();
                    codes.insert((interval.relation, handle, &finding.code));
                }
            }
        }
    }
    if codes.is_empty() {
        return BTreeMap::new();
    }
    let events = (0..).map(EventIndex).zip(&timeline.events);
    let found = events.filter_map(|(index, event)| {
        let codes = codes.get(&event.event_id)?.iter();
        let told = codes.map(|(relation, handle, code)| Contradicting {
            relation: *relation,
            handle: (*handle).clone(),
            finding: finding(code, &event.event_id),
        });
        Some((index, told.collect()))
    });
    found.collect()
}

/// Lists the handles that an interval is named by.
fn handles<'i>(catalogue: &Catalogue, interval: &'i Interval) -> impl Iterator<Item = &'i Text> {
    let relations = catalogue.relations().map(|(_, relation)| relation);
    let of_it = relations.filter(|relation| relation.name == interval.relation);
    let members: BTreeSet<Name> = of_it
        .flat_map(|relation| &relation.handle)
        .map(|member| catalogue.member(*member).name)
        .collect();
    let named = interval.members.iter();
    named
        .filter(move |(name, _)| members.contains(name))
        .map(|(_, value)| value)
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
