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
    let handles = Handles::of(catalogue);
    let by_handle = handles.intervals(intervals, attempts);
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
                let key = (&event.account, &event.region, member, value);
                by_handle.get(&key).copied()
            })
            .collect();
        for (member, value) in named.iter().flat_map(|interval| &interval.members) {
            if telling.contains(member.as_str()) && !attempt.members.contains_key(member) {
                attempt.members.insert(*member, vec![value.clone()]);
            }
        }
    }
}

/// The members that name one interval by themselves, by relation.
struct Handles<'c>(BTreeMap<&'c str, BTreeSet<&'c str>>);

/// Intervals by account, region, and a handle with its value.
type ByHandle<'i> = BTreeMap<(&'i Text, &'i Text, &'i str, &'i Text), &'i Interval>;

impl<'c> Handles<'c> {
    fn of(catalogue: &'c Catalogue) -> Self {
        let name = |member: &MemberId| catalogue.member(*member).name.as_str();
        let relations = catalogue.relations();
        let attachments = relations.filter(|(_, relation)| relation.resource.is_none());
        let handles = attachments.map(|(_, relation)| {
            let handles = relation.handle.iter().map(name).collect();
            (relation.name.as_str(), handles)
        });
        Self(handles.collect())
    }

    /// Finds the last interval of each handle that an attempt names.
    fn intervals<'i>(&self, intervals: &'i [Interval], attempts: &[Attempt]) -> ByHandle<'i> {
        let is_handle = |member: &str| self.0.values().any(|handles| handles.contains(member));
        let wanted: BTreeSet<Text> = attempts
            .iter()
            .flat_map(|attempt| &attempt.members)
            .filter(|(member, _)| is_handle(member.as_str()))
            .flat_map(|(_, values)| values.clone())
            .collect();
        let mut by_handle = ByHandle::new();
        if wanted.is_empty() {
            return by_handle;
        }
        for interval in intervals {
            // A member that names one kind of interval takes part in others too: those it does not
            // name.
            let Some(handles) = self.0.get(interval.relation.as_str()) else {
                continue;
            };
            for (member, value) in &interval.members {
                if handles.contains(member.as_str()) && wanted.contains(value) {
                    let key = (&interval.account, &interval.region, member.as_str(), value);
                    by_handle.insert(key, interval);
                }
            }
        }
        by_handle
    }
}
