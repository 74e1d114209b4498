//! Calls alone: who made them, how often, and for the first time.

use std::net::IpAddr;

use jiff::Timestamp;

use super::finder::Finder;
use super::together::bursts;
use crate::event::EventIndex;
use crate::findings::actors::network;
use crate::findings::entry::{Calls, Sight};
use crate::findings::span::Span;
use crate::findings::world::{Map, World};

/// Finds calls by one principal, those in a short time together.
pub(super) fn calls(finder: &mut Finder<'_, '_>, asked: &Calls, count: usize, apart: Span) {
    let world = finder.world;
    let mut made: Vec<(u32, Timestamp, EventIndex)> = all(world)
        .filter(|event| world.is_call(*event, asked))
        .map(|event| (world.session(event), world.event(event).time, event))
        .collect();
    made.sort_unstable();
    for of_one in made.chunk_by(|one, other| one.0 == other.0) {
        let stretches: Vec<&[_]> = match count {
            0 | 1 => of_one
                .chunk_by(|one, other| other.1.duration_since(one.1) <= apart.0)
                .collect(),
            count => bursts(of_one, count, |call| call.1, apart),
        };
        for stretch in stretches {
            let events = stretch.iter().map(|call| call.2).collect();
            let first = world.event(stretch[0].2).event_name.as_str();
            let count = stretch.len().to_string();
            let more = match stretch.len() {
                1 => String::new(),
                several => format!(" and {} more calls", several - 1),
            };
            finder.push(
                &[],
                events,
                &[("count", &count), ("first", first), ("more", &more)],
            );
        }
    }
}

fn all(world: &World<'_>) -> impl Iterator<Item = EventIndex> {
    (0..world.told.events.len() as u32).map(EventIndex)
}

/// Finds who, or from where, was not seen before.
pub(super) fn first_seen(finder: &mut Finder<'_, '_>, what: Sight, after: Span, asked: &Calls) {
    let world = finder.world;
    let mut begun: Map<&str, Timestamp> = Map::default();
    for (account, regions) in &world.around.coverage.accounts {
        if let Some(first) = regions.values().map(|span| span.first).min() {
            begun.insert(account.as_str(), first);
        }
    }
    let mut principals: Map<(&str, u32), Timestamp> = Map::default();
    let mut networks: Map<(&str, u32, IpAddr), ()> = Map::default();
    for index in all(world) {
        let event = world.event(index);
        let account = event.account.as_str();
        let principal = (account, world.principal(index));
        let since = principals.insert(principal, event.time);
        if let Some(since) = since {
            principals.insert(principal, since);
        }
        let network = network(event);
        let is_new_network = network.is_some_and(|network| {
            networks
                .insert((account, principal.1, network), ())
                .is_none()
        });
        // Of what is new, as long as all is new, nothing can be said.
        let known_since = match what {
            Sight::Principal if since.is_none() => begun.get(account).copied(),
            Sight::Network if is_new_network => since,
            Sight::Principal | Sight::Network => None,
        };
        let is_told = known_since.is_some_and(|from| event.time.duration_since(from) >= after.0);
        if is_told && world.is_call(index, asked) {
            let from = event.source_ip.as_ref().map_or("?", |ip| ip.as_str());
            let days =
                known_since.map_or(0, |from| event.time.duration_since(from).as_hours() / 24);
            let days = days.to_string();
            finder.push(&[], vec![index], &[("from", from), ("days", &days)]);
        }
    }
}
