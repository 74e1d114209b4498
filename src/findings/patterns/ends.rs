//! Single bounds: ends and beginnings, those of one call together.

use jiff::Timestamp;

use super::finder::{Finder, caller, more};
use crate::event::EventIndex;
use crate::findings::entry::Intervals;
use crate::findings::span::Span;
use crate::findings::world::{Map, World};
use crate::interval::BoundKind;

/// Finds ends as they are asked for.
pub(super) fn ends(
    finder: &mut Finder<'_, '_>,
    of: &Intervals,
    (held_below, not_deleted_within): (Option<Span>, Option<Span>),
    not_asked_elsewhere: bool,
) {
    let world = finder.world;
    let asked = match not_asked_elsewhere {
        true => asked_for(world),
        false => Map::default(),
    };
    let wanted = |number: usize| {
        let event = world.is_of(number, of).then(|| world.end(number, of))??;
        let is_short = held_below.is_none_or(|span| is_held_below(world, number, span));
        let is_left = not_deleted_within.is_none_or(|span| is_left(world, number, event, span));
        let relation = world.interval(number).relation.as_str();
        let is_asked = asked.contains_key(&(event, relation));
        (is_short && is_left && !is_asked).then_some(event)
    };
    let calls = by_call((0..world.told.intervals.len()).map(|number| (number, wanted(number))));
    let is_perhaps = |intervals: &[usize]| {
        let mut numbers = intervals.iter();
        held_below.is_some_and(|span| numbers.any(|it| !is_surely_below(world, *it, span)))
    };
    push_all(finder, calls, is_perhaps);
}

/// Lists which calls ended what they were asked to end, by the relation of it.
fn asked_for<'a>(world: &World<'a>) -> Map<(EventIndex, &'a str), ()> {
    let intervals = world.told.intervals.iter();
    let observed = intervals.filter(|interval| interval.end.kind == BoundKind::Observed);
    let ended = observed.filter_map(|interval| {
        let event = interval.end.event?;
        Some(((event, interval.relation.as_str()), ()))
    });
    ended.collect()
}

/// Finds beginnings as they are asked for.
pub(super) fn begins(finder: &mut Finder<'_, '_>, of: &Intervals) {
    let world = finder.world;
    let mut firsts = Firsts::default();
    let calls = by_call((0..world.told.intervals.len()).map(|number| {
        let is_first = world.is_of(number, of) && firsts.is_first(world, number, of);
        (number, is_first.then(|| world.start(number, of)).flatten())
    }));
    push_all(finder, calls, |_| false);
}

/// Which values of a member were seen in earlier intervals.
#[derive(Default)]
pub(super) struct Firsts<'a>(Map<(&'a str, &'a str, &'a str), ()>);

impl<'a> Firsts<'a> {
    /// Says whether no earlier interval had the same value of the member that is asked for.
    pub(super) fn is_first(&mut self, world: &World<'a>, number: usize, of: &Intervals) -> bool {
        let Some(member) = &of.first_of else {
            return true;
        };
        let interval = world.interval(number);
        let value = interval
            .members
            .get(member)
            .map_or("", |value| value.as_str());
        let place = (interval.account.as_str(), interval.region.as_str(), value);
        self.0.insert(place, ()).is_none()
    }
}

/// The intervals that calls ended or began.
type ByCall = Vec<(EventIndex, Vec<usize>)>;

/// Puts together the intervals of one call, in order of the intervals.
fn by_call(wanted: impl Iterator<Item = (usize, Option<EventIndex>)>) -> ByCall {
    let mut places: Map<EventIndex, usize> = Map::default();
    let mut calls = ByCall::new();
    for (number, event) in wanted {
        let Some(event) = event else { continue };
        let place = *places.entry(event).or_insert_with(|| {
            calls.push((event, Vec::new()));
            calls.len() - 1
        });
        calls[place].1.push(number);
    }
    calls
}

/// Tells of all intervals of a call together: `perhaps` where one of them only may be what is meant.
fn push_all(finder: &mut Finder<'_, '_>, calls: ByCall, is_perhaps: impl Fn(&[usize]) -> bool) {
    let world = finder.world;
    for (event, intervals) in calls {
        let first = intervals[0];
        let what = world.held(first).map_or("?", |(_, id)| id);
        let holder = world.holder(first).map_or("?", |(_, id)| id);
        let (pair, more) = (world.pair(first), more(intervals.len()));
        let kind = world.relation(first).map_or("", |relation| &relation.title);
        let (by, call) = caller(world.event(event));
        // Who made the call that an inferred end is known by did not make that end.
        let how = match world.interval(first).end.kind {
            BoundKind::Inferred => format!("{by}'s {call} shows that it had ended"),
            _ => format!("ended by {by}'s {call}"),
        };
        let values = [
            ("what", what),
            ("pair", &pair),
            ("holder", holder),
            ("more", &more),
            ("kind", kind),
            ("how", &how),
            // Of the calls that are told, another may be the last.
            ("by", by),
            ("call", call),
            (
                "perhaps",
                if is_perhaps(&intervals) {
                    "perhaps "
                } else {
                    ""
                },
            ),
        ];
        let begun = world.interval(first).start.event;
        let events = match intervals.len() {
            1 => begun.into_iter().chain([event]).collect(),
            _ => vec![event],
        };
        finder.push(&intervals, events, &values);
    }
}

/// Says whether an interval is known, by both its bounds, to have been shorter.
fn is_surely_below(world: &World<'_>, number: usize, span: Span) -> bool {
    world.interval(number).end.not_after.is_some() && is_held_below(world, number, span)
}

/// Says whether an interval was, or where its end has no later bound may have been, shorter.
fn is_held_below(world: &World<'_>, number: usize, span: Span) -> bool {
    let interval = world.interval(number);
    let end = interval.end.not_after.or(interval.end.not_before);
    let held = end.zip(interval.start.not_before);
    held.is_some_and(|(end, start)| end.duration_since(start) < span.0)
}

/// Says whether what was attached is still there so long after the end.
fn is_left(world: &World<'_>, number: usize, event: EventIndex, span: Span) -> bool {
    let time: Timestamp = world.event(event).time;
    let interval = world.interval(number);
    let lifetime = world
        .held(number)
        .and_then(|held| world.lifetime(interval, held, time));
    let deleted = lifetime.and_then(|lifetime| {
        lifetime
            .end
            .not_before
            .filter(|_| lifetime.end.event.is_some())
    });
    deleted.is_none_or(|deleted| deleted.duration_since(time) > span.0)
}
