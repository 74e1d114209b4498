//! What a record names: what identifies something, and what decides the intervals that rest on it.

use std::collections::BTreeSet;

use super::reading::Reading;
use crate::catalogue::Catalogue;
use crate::event::{Change, Event, MemberId, Transition};
use crate::text::Text;

/// Lists what an event mentions that names one thing; a number or a setting leads to every record that
/// has the same.
pub(super) fn identifiers<'e>(
    catalogue: &Catalogue,
    event: &'e Event,
) -> impl Iterator<Item = &'e Text> {
    event
        .mentions
        .iter()
        .filter(|(member, _)| {
            let id = catalogue.member_id(member);
            id.is_some_and(|id| catalogue.identifies(id))
        })
        .flat_map(|(_, values)| values)
}

/// Lists what decides the intervals that rest on an event: what its changes are followed by, and what it
/// names by a handle.
pub(super) fn deciding(catalogue: &Catalogue, reading: &Reading) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for transition in reading.transitions() {
        let relation = catalogue.relation(transition.relation);
        let decides = |member: &MemberId| {
            let of_owner = matches!(transition.change, Change::Assign { .. });
            of_owner || relation.follow.contains(member) || relation.handle.contains(member)
        };
        let deciding = named(transition).into_iter();
        ids.extend(
            deciding
                .filter(|(member, _)| decides(member))
                .map(|(_, value)| value.as_str().to_owned()),
        );
    }
    let event = reading.event();
    let is_handle = |member: &str| {
        let id = catalogue.member_id(member);
        id.is_some_and(|id| catalogue.is_handle(id))
    };
    let handles = event
        .mentions
        .iter()
        .filter(|(member, _)| is_handle(member));
    let values = handles.flat_map(|(_, values)| values);
    ids.extend(values.map(|value| value.as_str().to_owned()));
    ids
}

/// Lists all members that a transition names.
pub(super) fn named(transition: &Transition) -> Vec<&(MemberId, Text)> {
    let further: &[(MemberId, Text)] = match &transition.change {
        Change::Replace { former, .. } => former,
        Change::Update { of } => of,
        Change::Assign { owner, .. } => std::slice::from_ref(owner),
        Change::Open { .. } | Change::Close { .. } | Change::ProvesEnded | Change::ProvesHeld => {
            &[]
        }
    };
    further.iter().chain(&transition.members).collect()
}
