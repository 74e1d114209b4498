//! Attempts name what they failed to change by ids; what those ids stand for follows from intervals.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Catalogue;
use crate::event::{Event, MemberId};
use crate::interval::{Attempt, Interval};
use crate::text::Text;

/// Adds to each attempt the members of the intervals whose handle it names: a failed
/// `DetachNetworkInterface` names only an attachment, which stands for an interface and an instance.
pub fn resolve_attempts(
    catalogue: &Catalogue,
    events: &[Event],
    intervals: &[Interval],
    attempts: &mut [Attempt],
) {
    let handles: BTreeMap<&str, BTreeSet<&str>> = catalogue
        .relations()
        .filter(|(_, relation)| relation.resource.is_none())
        .map(|(_, relation)| {
            let name = |member: &MemberId| catalogue.member(*member).name.as_str();
            (
                relation.name.as_str(),
                relation.handle.iter().map(name).collect(),
            )
        })
        .collect();
    let is_handle = |member: &str| handles.values().any(|handles| handles.contains(member));
    let telling: BTreeSet<&str> = catalogue
        .relations()
        .flat_map(|(_, relation)| relation.held.iter().chain(&relation.holder))
        .map(|member| catalogue.member(*member).name.as_str())
        .collect();
    let wanted: BTreeSet<Text> = attempts
        .iter()
        .flat_map(|attempt| &attempt.members)
        .filter(|(member, _)| is_handle(member.as_str()))
        .flat_map(|(_, values)| values.clone())
        .collect();
    if wanted.is_empty() {
        return;
    }
    let mut by_handle: BTreeMap<(&Text, &Text, &str, &Text), &Interval> = BTreeMap::new();
    for interval in intervals {
        // A member that names one kind of interval takes part in others too: those it does not name.
        let Some(handles) = handles.get(interval.relation.as_str()) else {
            continue;
        };
        for (member, value) in &interval.members {
            if handles.contains(member.as_str()) && wanted.contains(value) {
                let key = (&interval.account, &interval.region, member.as_str(), value);
                by_handle.insert(key, interval);
            }
        }
    }
    for attempt in attempts {
        let Some(event) = events.get(attempt.event.0 as usize) else {
            continue;
        };
        let named: Vec<&Interval> = attempt
            .members
            .iter()
            .flat_map(|(member, values)| values.iter().map(move |value| (member.as_str(), value)))
            .filter_map(|(member, value)| {
                by_handle
                    .get(&(&event.account, &event.region, member, value))
                    .copied()
            })
            .collect();
        for interval in named {
            for (member, value) in &interval.members {
                if telling.contains(member.as_str()) && !attempt.members.contains_key(member) {
                    attempt.members.insert(*member, vec![value.clone()]);
                }
            }
        }
    }
}
