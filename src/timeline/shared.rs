//! One action that CloudTrail delivered to several accounts: one interval, not one for each.
//!
//! The copies share a `sharedEventID`; each account has a record with an id of its own. What followed
//! may be logged by one of the accounts only, so the interval is told where more is known of it.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::finding_kinds;
use crate::event::{Event, EventIndex};
use crate::interval::{Bound, BoundKind, Finding, Interval};
use crate::members::Name;
use crate::text::Text;

/// More intervals than this that rest on one action and have a member alike are left as they are.
const COPIES_MAX: usize = 64;

/// What copies of an interval have alike: the action, whether it began or ended it, and a member.
type Likeness = (Text, bool, Name, Option<Name>, Text, Name, Text);

/// Tells once what several accounts were told of; `shared` has the `sharedEventID` of events.
///
/// The interval that is kept carries the other's records as a finding.
pub fn tell_shared_once(
    intervals: &mut Vec<Interval>,
    events: &[Event],
    shared: &BTreeMap<EventIndex, Text>,
) {
    let mut alike: BTreeMap<Likeness, Vec<usize>> = BTreeMap::new();
    for (number, interval) in intervals.iter().enumerate() {
        for likeness in likenesses(interval, shared) {
            alike.entry(likeness).or_default().push(number);
        }
    }
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for mut copies in alike.into_values() {
        copies.retain(|number| !dropped.contains(number));
        let accounts: BTreeSet<&Text> = copies.iter().map(|at| &intervals[*at].account).collect();
        let are_told_apart = accounts.len() == copies.len();
        if copies.len() < 2 || copies.len() > COPIES_MAX || !are_told_apart {
            continue;
        }
        copies.sort_by_key(|number| rank(&intervals[*number], events));
        let (kept, others) = (copies[0], &copies[1..]);
        for other in others {
            if !agree(&intervals[kept], &intervals[*other]) {
                continue;
            }
            let finding = delivered_twice(&intervals[*other], events, shared);
            intervals[kept].findings.push(finding);
            dropped.insert(*other);
        }
    }
    let mut number = 0;
    intervals.retain(|_| {
        number += 1;
        !dropped.contains(&(number - 1))
    });
}

fn likenesses(interval: &Interval, shared: &BTreeMap<EventIndex, Text>) -> Vec<Likeness> {
    let bounds = [(true, &interval.start), (false, &interval.end)];
    let actions = bounds.into_iter().filter_map(|(is_start, bound)| {
        let action = shared.get(&bound.event?)?;
        Some((is_start, action))
    });
    actions
        .flat_map(|(is_start, action)| {
            let members = interval.members.iter();
            members.map(move |(member, value)| {
                (
                    action.clone(),
                    is_start,
                    interval.relation,
                    interval.resource,
                    interval.region.clone(),
                    *member,
                    value.clone(),
                )
            })
        })
        .collect()
}

/// Says whether no member that both intervals know differs.
fn agree(one: &Interval, other: &Interval) -> bool {
    one.members.iter().all(|(member, value)| {
        let known = other.members.get(member);
        known.is_none_or(|known| known == value)
    })
}

/// Of copies, the least is told: the one whose end, then beginning, is known best; then that of the
/// account that was acted on, not of the one that acted.
fn rank<'i>(interval: &'i Interval, events: &[Event]) -> (BoundKind, BoundKind, bool, &'i Text) {
    let bounds = [&interval.start, &interval.end];
    let is_callers = bounds.into_iter().any(|bound| {
        let event = event(bound, events);
        event.is_some_and(|event| event.actor.account.as_ref() == Some(&interval.account))
    });
    let (end, start) = (interval.end.kind, interval.start.kind);
    (end, start, is_callers, &interval.account)
}

fn event<'e>(bound: &Bound, events: &'e [Event]) -> Option<&'e Event> {
    events.get(bound.event?.0 as usize)
}

/// Makes the finding that an interval was told in another account too.
fn delivered_twice(
    copy: &Interval,
    events: &[Event],
    shared: &BTreeMap<EventIndex, Text>,
) -> Finding {
    let code = "delivered-to-two-accounts";
    let bounds = [&copy.start, &copy.end].into_iter();
    let told: BTreeMap<&Text, &Event> = bounds
        .filter(|bound| bound.event.is_some_and(|index| shared.contains_key(&index)))
        .filter_map(|bound| event(bound, events))
        .map(|event| (&event.event_id, event))
        .collect();
    let places = told.values().flat_map(|event| &event.places);
    let sources: BTreeSet<Text> = places.map(|place| place.source.clone()).collect();
    Finding {
        code: code.to_owned(),
        message: finding_kinds()
            .get(code)
            .map_or_else(|| Text::from(code), |kind| kind.message.clone()),
        event_ids: told.into_keys().cloned().collect(),
        sources: sources.into_iter().collect(),
    }
}
