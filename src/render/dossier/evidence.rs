//! The records that a report rests on, each with a number by which it is cited.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::document::{Block, Table, Word, Words};
use crate::event::{Event, Integrity};
use crate::render::time;
use crate::text::{Text, count};

/// So many records are listed; those beyond are cited by their ids alone.
const RECORDS_MAX: usize = 2_000;

/// So many places of a record are listed.
const PLACES_MAX: usize = 3;

/// What was cited so far.
#[derive(Debug, Default)]
pub(super) struct Evidence<'a> {
    numbers: BTreeMap<&'a Text, usize>,
    events: Vec<&'a Event>,
    left_out: usize,
}

impl<'a> Evidence<'a> {
    /// Cites the record of an event.
    pub(super) fn cite(&mut self, event: &'a Event) -> Word {
        let next = self.events.len() + 1;
        if let Some(number) = self.numbers.get(&event.event_id) {
            return link(*number);
        }
        if next > RECORDS_MAX {
            self.left_out += 1;
            return Word::Code(event.event_id.to_string());
        }
        self.numbers.insert(&event.event_id, next);
        self.events.push(event);
        link(next)
    }

    /// Lists the records that were cited.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = vec![
            Block::heading(2, "evidence", Words::plain("Evidence")),
            Block::paragraph(
                "Every record that this report cites, with the place where it lies: the file as it was \
                 ingested, the number of the record in it, the byte at which it begins in the unpacked \
                 content, and the SHA-256 of the file. `trailspan show` prints a record byte for byte.",
            ),
        ];
        let rows = (1..)
            .zip(&self.events)
            .map(|(number, event)| row(number, event));
        blocks.push(Block::Table(Table {
            head: vec!["No.", "Time, call and actor", "Event id and place"],
            rows: rows.collect(),
            numeric: Vec::new(),
        }));
        if self.left_out > 0 {
            blocks.push(Block::paragraph(format!(
                "Further citations ({}) are by event id alone.",
                count(self.left_out as u64)
            )));
        }
        blocks
    }
}

fn link(number: usize) -> Word {
    Word::Link {
        anchor: format!("e{number}"),
        text: format!("E{number}"),
    }
}

fn row(number: usize, event: &Event) -> Vec<Words> {
    let what = Words::code(time::show(event.time, &TimeZone::UTC))
        .on_a_new_line()
        .and(Word::Strong(event.event_name.to_string()))
        .on_a_new_line()
        .and_plain(&event.actor.label);
    let from = match &event.source_ip {
        Some(address) => what.and_faint(" from ").and_code(address),
        None => what,
    };
    let mut place = Words::code(&event.event_id);
    for found in event.places.iter().take(PLACES_MAX) {
        let member = found.member.as_ref();
        let member = member.map_or_else(String::new, |member| format!(": {member}"));
        place = place
            .on_a_new_line()
            .and_plain(format!(
                "record {} at byte {} of ",
                found.ordinal, found.offset
            ))
            .and_code(format!("{}{member}", found.source))
            .on_a_new_line()
            .and_faint("sha256 ")
            .and_code(found.sha256);
    }
    if event.places.len() > PLACES_MAX {
        let more = event.places.len() - PLACES_MAX;
        place = place
            .on_a_new_line()
            .and_plain(format!("and {more} more places"));
    }
    if event.integrity != Integrity::NotChecked {
        place = place
            .on_a_new_line()
            .and_faint("integrity ")
            .and_plain(event.integrity.name());
    }
    let anchor = Word::Anchor {
        anchor: format!("e{number}"),
        text: format!("E{number}"),
    };
    vec![Words(vec![anchor]), from, place]
}
