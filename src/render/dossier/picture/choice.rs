//! Which things are drawn where there are too many: those that findings touch first.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::Dossier;
use crate::event::Event;
use crate::findings::Severity;
use crate::interval::Interval;
use crate::render::{found, words};
use crate::text::Text;

/// So many lanes are drawn.
const THINGS_MAX: usize = 60;

/// So many bars are drawn in one lane.
const BARS_MAX: usize = 40;

/// So many lanes of calls in vain are drawn, and so many calls in each.
const ACTORS_MAX: usize = 12;
const CALLS_MAX: usize = 60;

/// What is drawn.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    /// In order of their kinds, then of time.
    pub(super) things: Vec<Thing<'a>>,
    pub(super) things_total: usize,
    pub(super) intervals_total: usize,
    /// Calls in vain by who made them.
    pub(super) attempts: Vec<InVain<'a>>,
}

/// Something that was attached.
#[derive(Debug)]
pub(super) struct Thing<'a> {
    pub(super) kind: &'a str,
    pub(super) id: &'a str,
    pub(super) intervals: Vec<&'a Interval>,
    severity: Option<Severity>,
}

impl<'a> Choice<'a> {
    pub(super) fn of(dossier: &Dossier<'a>) -> Self {
        let severities = severities(dossier);
        let mut things: BTreeMap<(&str, &str, &str, &str), Thing<'a>> = BTreeMap::new();
        let mut intervals_total = 0;
        for interval in drawable(dossier) {
            intervals_total += 1;
            let relation = words::relation(dossier.catalogue, interval);
            let kind = relation.map_or(interval.relation.as_str(), |relation| &relation.title);
            let id = words::held(dossier.catalogue, interval).map_or("?", |(_, id)| id.as_str());
            let place = (interval.account.as_str(), interval.region.as_str());
            let thing = things.entry((kind, id, place.0, place.1));
            let thing = thing.or_insert_with(|| Thing {
                kind,
                id,
                intervals: Vec::new(),
                severity: severities.get(id).copied(),
            });
            thing.intervals.push(interval);
        }
        let mut things: Vec<Thing<'a>> = things.into_values().collect();
        let things_total = things.len();
        things.sort_by_key(|thing| {
            let several = thing.intervals.len() > 1;
            (std::cmp::Reverse((thing.severity, several)), first(thing))
        });
        things.truncate(THINGS_MAX);
        things.sort_by(|a, b| (a.kind, first(a), a.id).cmp(&(b.kind, first(b), b.id)));
        things
            .iter_mut()
            .for_each(|thing| thing.intervals.truncate(BARS_MAX));
        Self {
            things,
            things_total,
            intervals_total,
            attempts: attempts(dossier),
        }
    }

    pub(super) fn intervals_count(&self) -> usize {
        self.things.iter().map(|thing| thing.intervals.len()).sum()
    }

    pub(super) fn attempts_count(&self) -> usize {
        self.attempts.iter().map(|(_, events)| events.len()).sum()
    }
}

fn first(thing: &Thing<'_>) -> Option<jiff::Timestamp> {
    let first = thing.intervals.first();
    first.and_then(|interval| interval.start.not_before.or(interval.start.not_after))
}

/// Lists attachments and associations; of none, what is told only when it is named; of none, lifetimes.
fn drawable<'a>(dossier: &Dossier<'a>) -> Vec<&'a Interval> {
    let of = |rank: usize| -> Vec<&'a Interval> {
        let intervals = dossier.timeline.intervals.iter();
        intervals
            .filter(|interval| {
                let relation = words::relation(dossier.catalogue, interval);
                let own = relation.map_or(1, |relation| match relation.resource {
                    Some(_) => 2,
                    None => usize::from(relation.aside),
                });
                own == rank
            })
            .collect()
    };
    let chosen = (0..3).map(of).find(|chosen| !chosen.is_empty());
    chosen.unwrap_or_default()
}

/// Returns of each resource how severe the most severe finding is that touches it.
fn severities<'a>(dossier: &Dossier<'a>) -> BTreeMap<&'a str, Severity> {
    let mut severities = BTreeMap::new();
    for one in &dossier.findings.found {
        let severity = found::severity(one);
        for id in one.members.values().flatten() {
            let known = severities.entry(id.as_str()).or_insert(severity);
            *known = severity.max(*known);
        }
    }
    severities
}

/// Who made calls in vain, and these calls.
pub(super) type InVain<'a> = (&'a str, Vec<Cow<'a, Event>>);

/// Lists calls in vain by who made them, who made most first.
fn attempts<'a>(dossier: &Dossier<'a>) -> Vec<InVain<'a>> {
    let mut by_actor: BTreeMap<&Text, Vec<Cow<'_, Event>>> = BTreeMap::new();
    for attempt in &dossier.ends.attempts {
        if let Some(event) = dossier.ends.event(attempt.event) {
            let calls = by_actor.entry(&event.actor.label).or_default();
            calls.push(attempt.call(event));
        }
    }
    let mut by_actor: Vec<(&Text, Vec<Cow<'_, Event>>)> = by_actor.into_iter().collect();
    by_actor.sort_by_key(|(_, events)| std::cmp::Reverse(events.len()));
    by_actor.truncate(ACTORS_MAX);
    by_actor
        .into_iter()
        .map(|(actor, mut events)| {
            events.truncate(CALLS_MAX);
            (actor.as_str(), events)
        })
        .collect()
}
