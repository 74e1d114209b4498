//! What surrounds one call: the resources that its record does not name, what came to an end by it, and
//! what came after.

use std::collections::{BTreeMap, BTreeSet};

use super::closure::Subject;
use super::questions::{Archive, closure, identifiers};
use crate::catalogue::Catalogue;
use crate::error::Result;
use crate::event::{Event, Resolved};
use crate::interval::{Bound, BoundKind, Interval, Timeline};
use crate::members::{Members, Name};
use crate::query::Filter;
use crate::text::Text;

/// Values by the names of members.
type Values = BTreeMap<Name, BTreeSet<Text>>;

/// Adds to an event's mentions what the record does not name and its intervals tell: the interface and
/// the instance that an attachment id stands for, the subnet in which that interface was created.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn resolve(archive: Archive<'_>, event: Event) -> Result<Resolved> {
    let mut learnt = Learnt::default();
    let named: BTreeSet<Text> = identifiers(archive.catalogue, &event).cloned().collect();
    learnt.follow(archive, &event, &named)?;
    // What was learnt leads to the calls that created it.
    let further: BTreeSet<Text> = learnt.identifiers(archive.catalogue);
    learnt.follow(
        archive,
        &event,
        &further.difference(&named).cloned().collect(),
    )?;
    Ok(learnt.told(event))
}

/// What the intervals tell of one call.
#[derive(Default)]
struct Learnt {
    /// Of what began by it.
    begun: Values,
    /// Of what ended by it.
    ended: Values,
    /// Of what it tried.
    tried: Values,
    /// Of what holds now, of the things whose attachment ended by it.
    later: Values,
    /// Of the calls that created what it is about, by the resource that they created.
    created: BTreeMap<Name, Values>,
    /// Which members are what it attached or detached, rather than what that was attached to.
    held: BTreeSet<Name>,
}

impl Learnt {
    fn follow(&mut self, archive: Archive<'_>, event: &Event, ids: &BTreeSet<Text>) -> Result<()> {
        for id in ids {
            let subject = Subject {
                id: id.as_str().to_owned(),
                account: Some(event.account.as_str().to_owned()),
                region: Some(event.region.as_str().to_owned()),
            };
            let told = closure(archive, &subject, &Filter::default())?;
            self.read(archive.catalogue, &told, event);
        }
        Ok(())
    }

    fn read(&mut self, catalogue: &Catalogue, told: &Timeline, event: &Event) {
        let rests_on_it = |bound: &Bound| {
            let known = bound.event.and_then(|index| told.event(index));
            known.is_some_and(|known| known.event_id == event.event_id)
        };
        for interval in &told.intervals {
            if rests_on_it(&interval.start) || rests_on_it(&interval.end) {
                self.held.extend(held(catalogue, interval));
            }
            if rests_on_it(&interval.start) {
                add(&mut self.begun, &interval.members);
            } else if rests_on_it(&interval.end) {
                add(&mut self.ended, &interval.members);
                let later = |other: &&Interval| is_present(catalogue, interval, other);
                let later = told.intervals.iter().filter(later);
                later.for_each(|later| add(&mut self.later, &later.members));
            }
        }
        for attempt in &told.attempts {
            let known = told.event(attempt.event);
            if known.is_some_and(|known| known.event_id == event.event_id) {
                let members = attempt.members.iter();
                for (member, values) in members.filter(|(_, values)| values.len() == 1) {
                    self.tried
                        .entry(*member)
                        .or_default()
                        .insert(values[0].clone());
                }
            }
        }
        self.read_creations(told, event);
    }

    /// Reads the calls that created what the call names or what is known of it by now.
    fn read_creations(&mut self, told: &Timeline, event: &Event) {
        for interval in &told.intervals {
            let Some(resource) = interval.resource else {
                continue;
            };
            let created = interval.members.get(&resource);
            let is_named = created.is_some_and(|id| {
                let own = event.mentions.get(&resource);
                own.is_some_and(|own| own.contains(id)) || self.value(resource) == Some(id)
            });
            let creation = interval.start.event.and_then(|index| told.event(index));
            let Some(creation) = creation.filter(|_| is_named) else {
                continue;
            };
            let created = self.created.entry(resource).or_default();
            for (member, values) in creation.mentions.iter() {
                if let [only] = &values[..] {
                    created.entry(*member).or_default().insert(only.clone());
                }
            }
        }
    }

    /// Returns the one value of a member that the call is about.
    fn value(&self, member: Name) -> Option<&Text> {
        // What the call began says what it is about; only else what it ended. Of two subnets, that of
        // the interface counts, not that of the instance it was on.
        let (own, others): (Vec<_>, Vec<_>) = self
            .created
            .iter()
            .partition(|(resource, _)| self.held.contains(*resource));
        let created = own.into_iter().chain(others).map(|(_, values)| values);
        let known = [&self.begun, &self.ended, &self.tried];
        let mut known = known.into_iter().chain(created);
        let values = known.find_map(|values| values.get(&member))?;
        values.first().filter(|_| values.len() == 1)
    }

    fn members(&self) -> BTreeSet<Name> {
        // An end by a call that begins something else is that of the former holder.
        let own = match self.begun.is_empty() {
            true => &self.ended,
            false => &self.begun,
        };
        let created = self.created.values().flat_map(BTreeMap::keys);
        own.keys()
            .chain(self.tried.keys())
            .chain(created)
            .copied()
            .collect()
    }

    fn identifiers(&self, catalogue: &Catalogue) -> BTreeSet<Text> {
        let identifies = |member: &Name| {
            let id = catalogue.member_id(member);
            id.is_some_and(|id| catalogue.identifies(id))
        };
        let members = self.members().into_iter().filter(identifies);
        members
            .filter_map(|member| self.value(member).cloned())
            .collect()
    }

    fn told(self, mut event: Event) -> Resolved {
        for member in self.members() {
            if let Some(value) = self.value(member)
                && !event.mentions.contains_key(member.as_str())
            {
                event.mentions.insert(member, vec![value.clone()]);
            }
        }
        Resolved {
            event,
            former: listed(self.ended),
            later: listed(self.later),
        }
    }
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
    for (member, value) in members.iter() {
        values.entry(*member).or_default().insert(value.clone());
    }
}

fn listed(values: Values) -> Members<Vec<Text>> {
    let mut listed = Members::new();
    for (member, values) in values {
        listed.insert(member, values.into_iter().collect());
    }
    listed
}
