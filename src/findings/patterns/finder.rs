//! Makes findings of what a pattern has found.

use std::collections::BTreeMap;

use crate::event::{Event, EventIndex};
use crate::findings::Found;
use crate::findings::rules::Rule;
use crate::findings::world::World;
use crate::members::{Members, Name};
use crate::text::Text;

/// What a pattern knows of what it found, by the names that messages use.
pub(super) type Values<'v> = [(&'static str, &'v str)];

/// Says how many there are besides the one that is named.
pub(super) fn more(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        several => format!(" and {} more", several - 1),
    }
}

/// Collects the findings of one rule.
pub(super) struct Finder<'w, 'a> {
    pub(super) world: &'w World<'a>,
    pub(super) rule: &'w Rule,
    pub(super) found: Vec<Found>,
}

impl<'w, 'a> Finder<'w, 'a> {
    pub(super) fn new(world: &'w World<'a>, rule: &'w Rule) -> Self {
        Self {
            world,
            rule,
            found: Vec::new(),
        }
    }

    /// Adds a finding about intervals, or about what calls name, that rests on these events.
    ///
    /// Messages may name `{by}` and `{call}`, actor and name of the last event, and `{events}`, how many
    /// there are, besides `values`.
    pub(super) fn push(
        &mut self,
        intervals: &[usize],
        mut events: Vec<EventIndex>,
        values: &Values<'_>,
    ) {
        let world = self.world;
        events.sort_unstable();
        events.dedup();
        let told: Vec<_> = events.iter().map(|event| world.event(*event)).collect();
        let one = |name: &dyn Fn(usize) -> &'a Text| {
            let mut names = (0..told.len()).map(name);
            let first = names.next().cloned().unwrap_or_default();
            match names.all(|name| *name == first) {
                true => first,
                false => Text::default(),
            }
        };
        let (account, region) = (
            one(&|event| &told[event].account),
            one(&|event| &told[event].region),
        );
        let count = events.len().to_string();
        let (by, call) = told.last().map_or(("", ""), |last| caller(last));
        let common = [("by", by), ("call", call), ("events", &count)];
        let message = fill(&self.rule.entry.message, values.iter().chain(&common));
        let mut relations: Vec<Name> = Vec::new();
        for number in intervals {
            let relation = world.interval(*number).relation;
            if !relations.contains(&relation) {
                relations.push(relation);
            }
        }
        relations.sort_unstable();
        self.found.push(Found {
            code: self.rule.code,
            message: Text::from(message),
            account,
            region,
            first: told.first().map(|event| event.time),
            last: told.last().map(|event| event.time),
            relations,
            members: self.members(intervals, &events),
            events,
            sources: Vec::new(),
        });
    }

    /// Lists the resources of intervals; where there are none, those that the calls name.
    fn members(&self, intervals: &[usize], events: &[EventIndex]) -> Members<Vec<Text>> {
        let world = self.world;
        let mut all: BTreeMap<Name, Vec<&Text>> = BTreeMap::new();
        for number in intervals {
            for (name, value) in &world.interval(*number).members {
                all.entry(*name).or_default().push(value);
            }
        }
        if intervals.is_empty() {
            for (name, values) in events
                .iter()
                .flat_map(|event| &world.event(*event).mentions)
            {
                all.entry(*name).or_default().extend(values);
            }
        }
        let identifies = |name: &Name| {
            let id = world.catalogue.member_id(name);
            id.is_some_and(|id| world.catalogue.identifies(id))
        };
        all.into_iter()
            .filter(|(name, _)| identifies(name))
            .map(|(name, mut values)| {
                values.sort_unstable();
                values.dedup();
                (name, values.into_iter().cloned().collect())
            })
            .collect()
    }
}

/// Returns who made a call, and its name.
pub(super) fn caller(event: &Event) -> (&str, &str) {
    let by = match event.actor.label.as_str() {
        "" => "someone",
        label => label,
    };
    (by, event.event_name.as_str())
}

/// Fills the placeholders of a message; what is in the values is text, and no placeholder.
fn fill<'v>(
    message: &str,
    values: impl Iterator<Item = &'v (&'static str, &'v str)> + Clone,
) -> String {
    let mut filled = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, inside)| Some((before, inside.split_once('}')?)))
    {
        filled.push_str(before);
        match values.clone().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_text_and_no_placeholder() {
        let values = [("what", "{by}"), ("by", "alice")];
        assert_eq!(
            fill("{what} by {by}{other} {", values.iter()),
            "{by} by alice{other} {"
        );
    }
}
