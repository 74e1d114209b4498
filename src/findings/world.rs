//! What every pattern asks of a timeline, found out once.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use jiff::{SignedDuration, Timestamp};

use super::actors::{automatic, is_foreign, numbers, principal, session};
use super::entry::{Automation, Calls, Ending, Intervals, Who};
use crate::catalogue::{Catalogue, Relation};
use crate::coverage::Coverage;
use crate::event::{Event, EventIndex, MemberId, Outcome, RelationId};
use crate::interval::{Bound, BoundKind, Interval, Timeline};
use crate::text::Text;
use crate::verification::Gap;

/// What is known of the archive besides its timeline.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Which time the archive covers, with the hours that have records.
    pub coverage: &'a Coverage,
    /// The times of which digests prove that the archive lacks something.
    pub gaps: &'a [Gap],
}

/// A map that is never iterated.
pub(super) type Map<K, V> = HashMap<K, V, RandomState>;

/// The account and region of something, and an id in them.
type Thing<'a> = (&'a str, &'a str, MemberId, &'a str);

/// A timeline, and what patterns ask of it.
pub(super) struct World<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) told: &'a Timeline,
    pub(super) around: Surroundings<'a>,
    /// The relation of each interval.
    relations: Vec<Option<RelationId>>,
    /// The intervals in which a resource existed, in order.
    lifetimes: Map<Thing<'a>, Vec<usize>>,
    /// The principal of each event as a number, sessions of a role apart.
    sessions: Vec<u32>,
    /// The principal of each event as a number, sessions of a role together.
    principals: Vec<u32>,
    is_automatic: Vec<bool>,
}

impl<'a> World<'a> {
    pub(super) fn new(
        catalogue: &'a Catalogue,
        told: &'a Timeline,
        around: Surroundings<'a>,
        automation: &Automation,
    ) -> Self {
        let mut known = Map::default();
        for (id, relation) in catalogue.relations() {
            let resource = relation
                .resource
                .map(|member| catalogue.member(member).name);
            known.insert((relation.name, resource), id);
        }
        let relations: Vec<Option<RelationId>> = told
            .intervals
            .iter()
            .map(|interval| known.get(&(interval.relation, interval.resource)).copied())
            .collect();
        let mut world = Self {
            catalogue,
            told,
            around,
            relations,
            lifetimes: Map::default(),
            sessions: numbers(told, session),
            principals: numbers(told, principal),
            is_automatic: automatic(automation, told),
        };
        for (number, interval) in told.intervals.iter().enumerate() {
            let resource = world.relation(number).and_then(|known| known.resource);
            let Some(member) = resource else { continue };
            if let Some(id) = world.value(interval, member) {
                let thing = (
                    interval.account.as_str(),
                    interval.region.as_str(),
                    member,
                    id,
                );
                world.lifetimes.entry(thing).or_default().push(number);
            }
        }
        world
    }

    /// Returns an interval.
    pub(super) fn interval(&self, number: usize) -> &'a Interval {
        &self.told.intervals[number]
    }

    /// Returns an event.
    pub(super) fn event(&self, index: EventIndex) -> &'a Event {
        &self.told.events[index.0 as usize]
    }

    /// Returns the relation of an interval.
    pub(super) fn relation(&self, number: usize) -> Option<&'a Relation> {
        self.relations[number].map(|id| self.catalogue.relation(id))
    }

    /// Returns the principal of an event, sessions of a role apart.
    pub(super) fn session(&self, event: EventIndex) -> u32 {
        self.sessions[event.0 as usize]
    }

    /// Returns the principal of an event, sessions of a role together.
    pub(super) fn principal(&self, event: EventIndex) -> u32 {
        self.principals[event.0 as usize]
    }

    fn value(&self, interval: &'a Interval, member: MemberId) -> Option<&'a str> {
        let name = self.catalogue.member(member).name;
        interval.members.get(&name).map(Text::as_str)
    }

    fn first_known(
        &self,
        interval: &'a Interval,
        members: &[MemberId],
    ) -> Option<(MemberId, &'a str)> {
        let mut members = members.iter();
        members.find_map(|member| Some((*member, self.value(interval, *member)?)))
    }

    /// Returns what is attached.
    pub(super) fn held(&self, number: usize) -> Option<(MemberId, &'a str)> {
        self.first_known(self.interval(number), &self.relation(number)?.held)
    }

    /// Returns what it is attached to.
    pub(super) fn holder(&self, number: usize) -> Option<(MemberId, &'a str)> {
        self.first_known(self.interval(number), &self.relation(number)?.holder)
    }

    /// Names what is attached, and to what: `eni-1 with i-1`.
    pub(super) fn pair(&self, number: usize) -> String {
        match (self.held(number), self.holder(number)) {
            (Some((_, held)), Some((_, holder))) => format!("{held} with {holder}"),
            (Some((_, one)), None) | (None, Some((_, one))) => one.to_owned(),
            (None, None) => "?".to_owned(),
        }
    }

    /// Returns the lifetime of a resource at an instant: the last that began no later.
    pub(super) fn lifetime(
        &self,
        near: &'a Interval,
        (member, id): (MemberId, &'a str),
        time: Timestamp,
    ) -> Option<&'a Interval> {
        let thing = (near.account.as_str(), near.region.as_str(), member, id);
        let numbers = self.lifetimes.get(&thing)?;
        let begun =
            |number: &usize| earliest(&self.interval(*number).start).is_none_or(|at| at <= time);
        let last = numbers.partition_point(begun).checked_sub(1)?;
        Some(self.interval(numbers[last]))
    }

    /// Returns a member of an interval, or of what takes part in it.
    pub(super) fn wide_value(&self, number: usize, member: &str) -> Option<&'a str> {
        let interval = self.interval(number);
        if let Some(value) = interval.members.get(member) {
            return Some(value.as_str());
        }
        let time = earliest(&interval.start).or(interval.start.not_after)?;
        [self.held(number), self.holder(number)]
            .into_iter()
            .flatten()
            .find_map(|thing| self.lifetime(interval, thing, time)?.members.get(member))
            .map(Text::as_str)
    }

    /// Says whether an interval's kind and members are asked for.
    pub(super) fn is_of(&self, number: usize, asked: &Intervals) -> bool {
        let interval = self.interval(number);
        let is_kind = match (&asked.relations[..], self.relation(number)) {
            ([], Some(relation)) => relation.resource.is_none() && !relation.aside,
            ([], None) => false,
            (names, _) => names.iter().any(|name| *name == interval.relation.as_str()),
        };
        is_kind
            && (asked.start.is_empty() || asked.start.contains(&interval.start.kind))
            && asked.members.iter().all(|(member, values)| {
                let value = interval.members.get(member);
                value.is_some_and(|value| values.iter().any(|one| one == value.as_str()))
            })
    }

    /// Says whether an interval has an end as it is asked for; returns the call.
    pub(super) fn end(&self, number: usize, asked: &Intervals) -> Option<EventIndex> {
        let end = &self.interval(number).end;
        let is_kind = match &asked.end[..] {
            [] => end.kind != BoundKind::Open,
            kinds => kinds.contains(&end.kind),
        };
        let event = end.event.filter(|_| is_kind)?;
        self.is_by(event, &asked.by).then_some(event)
    }

    /// Says whether the call that an interval began with is asked for; returns it.
    pub(super) fn start(&self, number: usize, asked: &Intervals) -> Option<EventIndex> {
        let start = &self.interval(number).start;
        let is_made = !matches!(start.kind, BoundKind::BeforeArchive | BoundKind::Inferred);
        let event = start.event.filter(|_| is_made)?;
        self.is_by(event, &asked.by).then_some(event)
    }

    /// Says whether a call is asked for.
    pub(super) fn is_call(&self, index: EventIndex, asked: &Calls) -> bool {
        let event = self.event(index);
        let is_effective = matches!(event.outcome, Outcome::Succeeded | Outcome::Uncertain);
        (asked.events.is_empty()
            || asked
                .events
                .iter()
                .any(|name| name == event.event_name.as_str()))
            && asked
                .outcome
                .is_none_or(|outcome| (outcome == Ending::Effective) == is_effective)
            && self.is_by(index, &asked.by)
    }

    /// Says whether a call was made by whom it is asked for.
    pub(super) fn is_by(&self, index: EventIndex, who: &Who) -> bool {
        let event = self.event(index);
        let actor = &event.actor;
        let is = |asked: Option<bool>, found: bool| asked.is_none_or(|asked| asked == found);
        let kind = actor.kind.as_ref().map_or("", Text::as_str);
        is(who.automation, self.is_automatic[index.0 as usize])
            && is(who.console, actor.console)
            && who.mfa.is_none_or(|mfa| actor.mfa == Some(mfa))
            && (who.types.is_empty() || who.types.iter().any(|asked| asked == kind))
            && is(who.foreign, is_foreign(event))
    }
}

/// Returns the earliest time of a bound.
pub(super) fn earliest(bound: &Bound) -> Option<Timestamp> {
    bound.not_before
}

/// Says whether one time is at most so long after another, and not before it.
pub(super) fn is_within(from: Timestamp, to: Timestamp, span: SignedDuration) -> bool {
    let after = to.duration_since(from);
    !after.is_negative() && after <= span
}
