//! One id in several accounts or regions, where nothing explains it.

use super::finder::Finder;
use crate::event::EventIndex;
use crate::findings::entry::Sharing;
use crate::findings::world::{Map, World};
use crate::interval::{BoundKind, Interval};

/// An id with its member.
type Id<'a> = (&'a str, &'a str);

/// What is explained in a region: that accounts share an id there.
type Explained<'a> = Map<(Id<'a>, &'a str), ()>;

/// Finds ids that AWS gives once only, in several accounts or regions: for each further place once, and
/// of an interval one.
pub(super) fn shared_id(
    finder: &mut Finder<'_, '_>,
    members: &[String],
    digits_min: usize,
    unless: &Sharing,
) {
    let world = finder.world;
    let ids = |number: usize| ids(world.interval(number), members, digits_min);
    let explained = explained(world, unless, ids);
    let mut seen: Map<Id<'_>, (usize, EventIndex)> = Map::default();
    let mut told: Map<(Id<'_>, [&str; 2]), ()> = Map::default();
    for number in 0..world.told.intervals.len() {
        let Some(event) = evidence(world.interval(number)) else {
            continue;
        };
        let mut is_told_here = false;
        for id in ids(number) {
            let (first, first_event) = seen.entry(id).or_insert((number, event));
            let (one, two) = (place(world.interval(*first)), place(world.interval(number)));
            let is_explained = one[1] == two[1] && explained.contains_key(&(id, two[1]));
            if one == two || is_explained || is_told_here || told.insert((id, two), ()).is_some() {
                continue;
            }
            is_told_here = true;
            let (one, two) = (one.join("/"), two.join("/"));
            let values = [("what", id.1), ("one", &one[..]), ("other", &two)];
            let found = ([*first, number], vec![*first_event, event]);
            finder.push(&found.0, found.1, &values);
        }
    }
}

/// Lists the ids of which a record explains that accounts share them, by region: those of the intervals
/// that explain, and those that go with one of these.
fn explained<'a, I: Iterator<Item = Id<'a>>>(
    world: &World<'a>,
    unless: &'a Sharing,
    ids: impl Fn(usize) -> I,
) -> Explained<'a> {
    let count = world.told.intervals.len();
    let mut explained = Explained::default();
    for number in (0..count).filter(|number| explains(world, *number, unless)) {
        let region = world.interval(number).region.as_str();
        explained.extend(ids(number).map(|id| ((id, region), ())));
    }
    let mut further = Explained::default();
    for number in 0..count {
        let region = world.interval(number).region.as_str();
        for (member, _) in ids(number).filter(|id| explained.contains_key(&(*id, region))) {
            let with_it = unless.with.get(member).into_iter().flatten();
            let with_it: Vec<&str> = with_it.map(String::as_str).collect();
            let ids = ids(number).filter(|(member, _)| with_it.contains(member));
            further.extend(ids.map(|id| ((id, region), ())));
        }
    }
    explained.extend(further);
    explained
}

/// Lists the ids of an interval that AWS gives once only, with their members.
fn ids<'a>(
    interval: &'a Interval,
    members: &'a [String],
    digits_min: usize,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let ids = members.iter().filter_map(|member| {
        let id = interval.members.get(member)?;
        Some((member.as_str(), id.as_str()))
    });
    ids.filter(move |(_, id)| {
        let digits = id.rsplit('-').next().unwrap_or_default();
        digits.len() >= digits_min
    })
}

/// Says whether an interval shows that accounts share what it names.
fn explains(world: &World<'_>, number: usize, unless: &Sharing) -> bool {
    let interval = world.interval(number);
    let has = |list: &[String], word: &str| list.iter().any(|one| one == word);
    let mut calls = [&interval.start, &interval.end]
        .into_iter()
        .filter_map(|bound| Some(world.event(bound.event?).event_name.as_str()));
    has(&unless.relations, interval.relation.as_str())
        || calls.any(|call| has(&unless.calls, call))
        || unless.members.iter().any(|(member, values)| {
            let value = interval.members.get(member);
            value.is_some_and(|value| has(values, value.as_str()))
        })
        || interval
            .findings
            .iter()
            .any(|finding| has(&unless.findings, &finding.code))
}

/// Returns an event that tells of an interval.
fn evidence(interval: &Interval) -> Option<EventIndex> {
    let end = &interval.end;
    let ended = end.event.filter(|_| end.kind != BoundKind::Open);
    interval.start.event.or(ended)
}

fn place(interval: &Interval) -> [&str; 2] {
    [interval.account.as_str(), interval.region.as_str()]
}
