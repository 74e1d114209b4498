//! What lies near one another in time.

use jiff::Timestamp;

use super::ends::Firsts;
use super::finder::Finder;
use crate::event::EventIndex;
use crate::findings::entry::{Calls, Intervals, Step};
use crate::findings::span::Span;
use crate::findings::world::{Map, World};
use crate::text::Text;

/// How many ends a finding names that has them near a call; how many there are it says in any case.
const NEAR_MAX: usize = 100;

/// What a later step is looked up by: account, region, and the values that link it to the first.
type Link<'a> = (&'a str, &'a str, Vec<&'a str>);

/// Finds what begins near something else, step by step.
pub(super) fn together(finder: &mut Finder<'_, '_>, steps: &[Step], within: Span) {
    let world = finder.world;
    let Some((first, later)) = steps.split_first() else {
        return;
    };
    let indexes: Vec<_> = later.iter().map(|step| index(world, step)).collect();
    let mut firsts = Firsts::default();
    for number in 0..world.told.intervals.len() {
        if !world.is_of(number, &first.of) || !firsts.is_first(world, number, &first.of) {
            continue;
        }
        let Some(event) = world.start(number, &first.of) else {
            continue;
        };
        let time = world.event(event).time;
        let mut found = vec![number];
        for (step, index) in later.iter().zip(&indexes) {
            let near = link(world, number, step.links.values())
                .and_then(|link| index.get(&link))
                .and_then(|begun| nearest(world, begun, time, within, step, number));
            found.extend(near);
        }
        if found.len() < steps.len() {
            continue;
        }
        let events = found
            .iter()
            .filter_map(|number| world.interval(*number).start.event);
        let what = world.held(number).map_or("?", |(_, id)| id);
        let holder = world.holder(number).map_or("?", |(_, id)| id);
        let last = found.last().and_then(|number| world.held(*number));
        let values = [
            ("what", what),
            ("holder", holder),
            ("last", last.map_or("?", |(_, id)| id)),
        ];
        finder.push(&found, events.collect(), &values);
    }
}

/// Lists the intervals of a step by what links them, each list in order of time.
fn index<'a>(world: &World<'a>, step: &Step) -> Map<Link<'a>, Vec<(Timestamp, usize)>> {
    let mut index: Map<Link<'a>, Vec<(Timestamp, usize)>> = Map::default();
    for number in 0..world.told.intervals.len() {
        if !world.is_of(number, &step.of) {
            continue;
        }
        let link = link(world, number, step.links.keys());
        if let Some((event, link)) = world.start(number, &step.of).zip(link) {
            let time = world.event(event).time;
            index.entry(link).or_default().push((time, number));
        }
    }
    index.values_mut().for_each(|begun| begun.sort_unstable());
    index
}

fn link<'a, 's>(
    world: &World<'a>,
    number: usize,
    members: impl Iterator<Item = &'s String>,
) -> Option<Link<'a>> {
    let interval = world.interval(number);
    let values: Option<Vec<&str>> = members
        .map(|member| interval.members.get(member).map(Text::as_str))
        .collect();
    Some((interval.account.as_str(), interval.region.as_str(), values?))
}

/// Finds the first that began in time and is not known to belong elsewhere.
fn nearest(
    world: &World<'_>,
    begun: &[(Timestamp, usize)],
    time: Timestamp,
    within: Span,
    step: &Step,
    first: usize,
) -> Option<usize> {
    let from = begun.partition_point(|(at, _)| time.duration_since(*at) > within.0);
    let in_time = begun[from..]
        .iter()
        .take_while(|(at, _)| at.duration_since(time) <= within.0);
    in_time
        .take(NEAR_MAX)
        .map(|(_, number)| *number)
        .find(|number| {
            let differs = step.same.as_ref().is_some_and(|member| {
                let own = world.wide_value(*number, member);
                let others = world.wide_value(first, member);
                own.zip(others).is_some_and(|(own, others)| own != others)
            });
            *number != first && !differs
        })
}

/// Finds many ends by one principal in a short time.
pub(super) fn burst(finder: &mut Finder<'_, '_>, of: &Intervals, count: usize, within: Span) {
    let world = finder.world;
    let mut ends: Vec<(u32, Timestamp, EventIndex, usize)> = (0..world.told.intervals.len())
        .filter(|number| world.is_of(*number, of))
        .filter_map(|number| {
            let event = world.end(number, of)?;
            Some((world.session(event), world.event(event).time, event, number))
        })
        .collect();
    ends.sort_unstable();
    for of_one in ends.chunk_by(|one, other| one.0 == other.0) {
        for burst in bursts(of_one, count, |end| end.1, within) {
            let intervals: Vec<usize> = burst.iter().map(|end| end.3).collect();
            let events = burst.iter().map(|end| end.2).collect();
            let ends = burst.len().to_string();
            finder.push(&intervals, events, &[("count", &ends)]);
        }
    }
}

/// Cuts out of things in order of time the stretches of which any `count` in a row lie within a time.
pub(super) fn bursts<T>(
    things: &[T],
    count: usize,
    time: impl Fn(&T) -> Timestamp,
    within: Span,
) -> Vec<&[T]> {
    let count = count.max(1);
    let is_dense = |first: usize| {
        let last = things.get(first + count - 1);
        last.is_some_and(|last| time(last).duration_since(time(&things[first])) <= within.0)
    };
    let mut bursts = Vec::new();
    let mut first = 0;
    while first < things.len() {
        if !is_dense(first) {
            first += 1;
            continue;
        }
        let mut last = first;
        while is_dense(last + 1) {
            last += 1;
        }
        bursts.push(&things[first..last + count]);
        first = last + count;
    }
    bursts
}

/// Finds calls near ends of the same account.
pub(super) fn near(finder: &mut Finder<'_, '_>, calls: &Calls, of: &Intervals, within: Span) {
    let world = finder.world;
    let mut ends: Map<&str, Vec<(Timestamp, EventIndex, usize)>> = Map::default();
    for number in 0..world.told.intervals.len() {
        if !world.is_of(number, of) {
            continue;
        }
        if let Some(event) = world.end(number, of) {
            let told = world.event(event);
            let of_account = ends.entry(told.account.as_str()).or_default();
            of_account.push((told.time, event, number));
        }
    }
    ends.values_mut().for_each(|ends| ends.sort_unstable());
    for call in (0..world.told.events.len() as u32).map(EventIndex) {
        if !world.is_call(call, calls) {
            continue;
        }
        let told = world.event(call);
        let Some(ends) = ends.get(told.account.as_str()) else {
            continue;
        };
        let from = ends.partition_point(|(at, ..)| told.time.duration_since(*at) > within.0);
        let until = ends.partition_point(|(at, ..)| at.duration_since(told.time) <= within.0);
        let own = |end: &&(Timestamp, EventIndex, usize)| end.1 != call;
        let count = until.saturating_sub(from);
        let named: Vec<_> = ends[from..until.max(from)]
            .iter()
            .filter(own)
            .take(NEAR_MAX)
            .collect();
        let Some((_, first, _)) = named.first() else {
            continue;
        };
        let (count, before) = (count.to_string(), world.event(*first).event_name.as_str());
        let own_call = (told.event_name.as_str(), told.actor.label.as_str());
        let values = [
            ("count", &count[..]),
            ("near", before),
            ("call", own_call.0),
            ("by", own_call.1),
        ];
        let intervals: Vec<usize> = named.iter().map(|end| end.2).collect();
        let events = named.iter().map(|end| end.1).chain([call]).collect();
        finder.push(&intervals, events, &values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_burst_is_as_long_as_it_is_dense() {
        let within = Span(SignedDuration::from_secs(10));
        let time = |second: &i64| Timestamp::from_second(*second).unwrap();
        for (seconds, count, found) in [
            (&[0, 1, 2][..], 3, vec![&[0, 1, 2][..]]),
            (&[0, 1, 20], 3, vec![]),
            (&[0, 5, 10, 15, 20, 40], 3, vec![&[0, 5, 10, 15, 20]]),
            (
                &[0, 1, 2, 100, 101, 102, 103],
                3,
                vec![&[0, 1, 2], &[100, 101, 102, 103]],
            ),
            (&[0, 9, 18, 27], 3, vec![]),
            (&[], 1, vec![]),
            (&[7], 1, vec![&[7]]),
        ] {
            assert_eq!(bursts(seconds, count, time, within), found, "{seconds:?}");
        }
    }
}
