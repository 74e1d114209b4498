//! Attempts name what they failed to change by ids; what those ids stand for follows from intervals.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Catalogue;
use crate::event::Event;
use crate::interval::{Attempt, Interval};
use crate::text::Text;

/// An account, a region, a handle's member and its value.
type Key<'a> = (&'a Text, &'a Text, &'a str, &'a Text);

/// Adds to each attempt the members of the intervals whose handle it names: a failed
/// `DetachNetworkInterface` names only an attachment, which stands for an interface and an instance.
pub fn resolve_attempts(
    catalogue: &Catalogue,
    events: &[Event],
    intervals: &[Interval],
    attempts: &mut [Attempt],
) {
    let handles: BTreeSet<&str> = catalogue
        .relations()
        .filter(|(_, relation)| relation.resource.is_none())
        .flat_map(|(_, relation)| &relation.handle)
        .map(|member| catalogue.member(*member).name.as_str())
        .collect();
    let by_handle = named_by_handle(&handles, intervals, attempts);
    if by_handle.is_empty() {
        return;
    }
    let telling: BTreeSet<&str> = catalogue
        .relations()
        .flat_map(|(_, relation)| relation.held.iter().chain(&relation.holder))
        .map(|member| catalogue.member(*member).name.as_str())
        .collect();
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

/// Finds the intervals with a handle that any attempt names; of several the last.
fn named_by_handle<'a>(
    handles: &BTreeSet<&str>,
    intervals: &'a [Interval],
    attempts: &[Attempt],
) -> BTreeMap<Key<'a>, &'a Interval> {
    let wanted: BTreeSet<Text> = attempts
        .iter()
        .flat_map(|attempt| &attempt.members)
        .filter(|(member, _)| handles.contains(member.as_str()))
        .flat_map(|(_, values)| values.iter().cloned())
        .collect();
    let mut by_handle = BTreeMap::new();
    if wanted.is_empty() {
        return by_handle;
    }
    for interval in intervals
        .iter()
        .filter(|interval| interval.relation != "lifetime")
    {
        for (member, value) in &interval.members {
            if handles.contains(member.as_str()) && wanted.contains(value) {
                let key = (&interval.account, &interval.region, member.as_str(), value);
                by_handle.insert(key, interval);
            }
        }
    }
    by_handle
}
