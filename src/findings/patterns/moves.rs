//! Intervals that follow one another: what was attached to one thing, and then to another.

use jiff::{SignedDuration, Timestamp};

use super::finder::Finder;
use crate::event::{EventIndex, MemberId};
use crate::findings::entry::{Circumstance, Intervals, Side};
use crate::findings::span::Span;
use crate::findings::world::{Map, World, is_within};
use crate::interval::BoundKind;
use crate::members::Name;

/// A holder is young for so long.
const YOUNG: SignedDuration = SignedDuration::from_hours(24);

/// How many of what one holder has at a time are compared with what it gets.
const COMPARED_MAX: usize = 64;

/// Something in one account and region that takes part in one relation.
type Key<'a> = (&'a str, &'a str, Name, MemberId, &'a str);

fn key<'a>(world: &World<'a>, number: usize, (member, id): (MemberId, &'a str)) -> Key<'a> {
    let interval = world.interval(number);
    let place = (interval.account.as_str(), interval.region.as_str());
    (place.0, place.1, interval.relation, member, id)
}

/// Finds what was attached elsewhere after it had ended.
pub(super) fn moved(
    finder: &mut Finder<'_, '_>,
    of: &Intervals,
    within: Span,
    and_any: &[Circumstance],
) {
    let world = finder.world;
    let mut before: Map<Key<'_>, usize> = Map::default();
    for number in 0..world.told.intervals.len() {
        if !world.is_of(number, of) {
            continue;
        }
        let Some(held) = world.held(number) else {
            continue;
        };
        let Some(earlier) = before.insert(key(world, number, held), number) else {
            continue;
        };
        let Some(event) = world.start(number, of) else {
            continue;
        };
        let start = world.event(event).time;
        let end = &world.interval(earlier).end;
        let followed = end.not_before.filter(|_| end.kind != BoundKind::Open);
        let is_elsewhere = world.holder(earlier) != world.holder(number);
        if followed.is_some_and(|end| is_within(end, start, within.0))
            && is_elsewhere
            && applies(world, and_any, earlier, number, event)
        {
            push(finder, earlier, number, event);
        }
    }
}

/// Finds what was attached by a call that ended, without more ado, what stood in its way.
pub(super) fn displaced(
    finder: &mut Finder<'_, '_>,
    of: &Intervals,
    same: Side,
    and_any: &[Circumstance],
) {
    let world = finder.world;
    let side = |number: usize| match same {
        Side::Held => world.held(number),
        Side::Holder => world.holder(number),
    };
    let other = |number: usize| match same {
        Side::Held => world.holder(number),
        Side::Holder => world.held(number),
    };
    let mut ended: Map<(EventIndex, Key<'_>), usize> = Map::default();
    let wanted = (0..world.told.intervals.len()).filter(|number| world.is_of(*number, of));
    for number in wanted.clone() {
        if let Some((event, shared)) = world.end(number, of).zip(side(number)) {
            ended
                .entry((event, key(world, number, shared)))
                .or_insert(number);
        }
    }
    for number in wanted {
        let Some((event, shared)) = world.interval(number).start.event.zip(side(number)) else {
            continue;
        };
        let earlier = ended.get(&(event, key(world, number, shared))).copied();
        let earlier =
            earlier.filter(|earlier| *earlier != number && other(*earlier) != other(number));
        if let Some(earlier) = earlier
            && applies(world, and_any, earlier, number, event)
        {
            push(finder, earlier, number, event);
        }
    }
}

fn push(finder: &mut Finder<'_, '_>, earlier: usize, number: usize, event: EventIndex) {
    let world = finder.world;
    let id = |number: usize, side: Side| {
        let thing = match side {
            Side::Held => world.held(number),
            Side::Holder => world.holder(number),
        };
        thing.map_or("?", |(_, id)| id)
    };
    let ended = world.interval(earlier).end.event;
    let end = &world.interval(earlier).end;
    let start = world.event(event).time;
    let between = end.not_before.map(|end| start.duration_since(end));
    let span = match (between.map(words), end.kind) {
        (Some(words), BoundKind::Inferred) => format!("at most {words} later"),
        (_, _) if between.is_some_and(|between| between.as_secs() == 0) => {
            "in the same second".to_owned()
        }
        (words, _) => words.map_or_else(String::new, |words| format!("{words} later")),
    };
    let values = [
        ("what", id(number, Side::Held)),
        ("former", id(earlier, Side::Held)),
        ("from", id(earlier, Side::Holder)),
        ("to", id(number, Side::Holder)),
        ("span", &span),
    ];
    let begun = world.interval(earlier).start.event;
    let events = begun.into_iter().chain(ended).chain([event]).collect();
    finder.push(&[earlier, number], events, &values);
}

fn words(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Says whether any circumstance applies; without any asked for, it does.
fn applies(
    world: &World<'_>,
    and_any: &[Circumstance],
    earlier: usize,
    number: usize,
    event: EventIndex,
) -> bool {
    let is = |circumstance: &Circumstance| match circumstance {
        Circumstance::OtherPrincipal => {
            let start = &world.interval(earlier).start;
            let begun = start.event.filter(|_| start.kind == BoundKind::Observed);
            begun.is_some_and(|begun| world.principal(begun) != world.principal(event))
        }
        Circumstance::YoungHolder => {
            age(world, number, world.event(event).time).is_some_and(|age| age < YOUNG)
        }
    };
    and_any.is_empty() || and_any.iter().any(is)
}

/// Returns how long the holder of an interval has existed.
fn age(world: &World<'_>, number: usize, time: Timestamp) -> Option<SignedDuration> {
    let holder = world.holder(number)?;
    let lifetime = world.lifetime(world.interval(number), holder, time)?;
    let is_seen = lifetime.start.kind == BoundKind::Observed;
    let begun = lifetime.start.not_before.filter(|_| is_seen)?;
    Some(time.duration_since(begun))
}

/// Finds holders that get another one while they have one that differs in a member.
pub(super) fn several(
    finder: &mut Finder<'_, '_>,
    of: &Intervals,
    differ_in: &str,
    older_than: Span,
) {
    let world = finder.world;
    let mut holding: Map<Key<'_>, Vec<usize>> = Map::default();
    for number in 0..world.told.intervals.len() {
        if !world.is_of(number, of) {
            continue;
        }
        let (Some(holder), Some(start)) = (
            world.holder(number),
            world.interval(number).start.not_before,
        ) else {
            continue;
        };
        let at_a_time = holding.entry(key(world, number, holder)).or_default();
        at_a_time.retain(|other| {
            let end = &world.interval(*other).end;
            end.kind == BoundKind::Open || end.not_before.is_none_or(|end| end > start)
        });
        let own = world.wide_value(number, differ_in);
        let other = at_a_time.iter().copied().find(|other| {
            let others = world.wide_value(*other, differ_in);
            own.zip(others).is_some_and(|(own, others)| own != others)
        });
        if at_a_time.len() < COMPARED_MAX {
            at_a_time.push(number);
        }
        let Some((other, event)) = other.zip(world.start(number, of)) else {
            continue;
        };
        let is_later = age(world, number, start).is_none_or(|age| age >= older_than.0);
        if !is_later {
            continue;
        }
        let values = [
            ("what", world.held(number).map_or("?", |(_, id)| id)),
            ("to", holder.1),
            ("former", world.held(other).map_or("?", |(_, id)| id)),
            ("value", own.unwrap_or("?")),
            (
                "other_value",
                world.wide_value(other, differ_in).unwrap_or("?"),
            ),
        ];
        let events = world
            .interval(other)
            .start
            .event
            .into_iter()
            .chain([event])
            .collect();
        finder.push(&[other, number], events, &values);
    }
}
