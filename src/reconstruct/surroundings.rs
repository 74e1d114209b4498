//! What surrounds one call: what came to an end by it, what came after, and what created it.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Catalogue;
use crate::event::{Event, Resolved};
use crate::interval::{Bound, BoundKind, Interval, Timeline};
use crate::members::{Members, Name};
use crate::text::Text;

/// Values by the names of members.
type Values = BTreeMap<Name, BTreeSet<Text>>;

/// Gathers what the intervals that rest on a call tell around it, and adds to its mentions what the calls
/// say that created what it names: the subnet in which its interface was made.
pub(super) fn surroundings(catalogue: &Catalogue, told: &Timeline, mut event: Event) -> Resolved {
    let rests_on_it = |bound: &Bound| {
        let known = bound.event.and_then(|index| told.event(index));
        known.is_some_and(|known| known.event_id == event.event_id)
    };
    let (mut former, mut later) = (Values::new(), Values::new());
    let mut subjects = BTreeSet::new();
    for interval in &told.intervals {
        let has_ended_it = rests_on_it(&interval.end);
        if has_ended_it || rests_on_it(&interval.start) {
            subjects.extend(held(catalogue, interval));
        }
        if has_ended_it {
            add(&mut former, &interval.members);
            let is_later = |other: &&Interval| is_present(catalogue, interval, other);
            let present = told.intervals.iter().filter(is_later);
            present.for_each(|present| add(&mut later, &present.members));
        }
    }
    // Of two subnets, that of the interface counts, not that of the instance it was on.
    let (own, others): (Vec<_>, Vec<_>) = creations(told, &event)
        .into_iter()
        .partition(|(resource, _)| subjects.contains(resource));
    for (member, value) in own.into_iter().chain(others).flat_map(|(_, said)| said) {
        if !event.mentions.contains_key(&member) {
            event.mentions.insert(member, vec![value]);
        }
    }
    Resolved {
        event,
        former: listed(former),
        later: listed(later),
    }
}

/// Lists what the calls say, by the resource that each created: of those that created what the event
/// names, and only where they say one thing.
fn creations(told: &Timeline, event: &Event) -> Vec<(Name, Vec<(Name, Text)>)> {
    let lifetimes = told.intervals.iter().filter_map(|interval| {
        let resource = interval.resource?;
        let id = interval.members.get(&resource)?;
        let is_named = event.mentions.get(&resource)?.contains(id);
        let creation = told.event(interval.start.event?)?;
        is_named.then_some((resource, creation))
    });
    let said = |creation: &Event| {
        let single = creation
            .mentions
            .iter()
            .filter_map(|(member, values)| match &values[..] {
                [only] => Some((*member, only.clone())),
                _ => None,
            });
        single.collect()
    };
    lifetimes
        .map(|(resource, creation)| (resource, said(creation)))
        .collect()
}

/// Says whether `other` holds now, began after `ended` did, and is of the same thing.
fn is_present(catalogue: &Catalogue, ended: &Interval, other: &Interval) -> bool {
    let is_of_same = held(catalogue, ended).into_iter().any(|member| {
        let one = ended.members.get(&member);
        one.is_some() && one == other.members.get(&member)
    });
    other.relation == ended.relation
        && other.end.kind == BoundKind::Open
        && other.start.not_before > ended.start.not_before
        && is_of_same
}

/// Lists the members of an interval that are what is attached, such as the interface.
fn held(catalogue: &Catalogue, interval: &Interval) -> Vec<Name> {
    let relations = catalogue.kinds(&interval.relation).into_iter();
    let held = relations.flat_map(|id| &catalogue.relation(id).held);
    held.map(|member| catalogue.member(*member).name).collect()
}

fn add(values: &mut Values, members: &Members<Text>) {
    for (member, value) in members {
        values.entry(*member).or_default().insert(value.clone());
    }
}

fn listed(values: Values) -> Members<Vec<Text>> {
    let listed = values.into_iter();
    listed
        .map(|(member, values)| (member, values.into_iter().collect()))
        .collect()
}
