//! What was found in the timeline, kept with it: rows in small blocks, and of each block the sums of the
//! ids of its events, so that a question about one thing reads few of them.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};

use super::making::Making;
use super::reading::Reading;
use super::rows::{Number, Time, time, timestamp};
use super::{Kept, ROWS, blocks};
use crate::event::EventIndex;
use crate::findings::{Findings, Found, Rules};
use crate::index::Keeping;
use crate::interval::Timeline;
use crate::reconstruct::used::Used;
use crate::text::Text;

/// How many rows a block has.
const FOUND_ROWS: usize = 256;

#[derive(Serialize, Deserialize)]
struct FoundRow {
    code: Number,
    message: Number,
    account: Number,
    region: Number,
    first: Option<Time>,
    last: Option<Time>,
    relations: Vec<Number>,
    members: Vec<(Number, Vec<Number>)>,
    events: Vec<u32>,
    sources: Vec<Number>,
}

/// Adds what was found; `number` tells the new number of an event.
pub(super) fn keep(
    keeping: &mut Keeping<'_>,
    told: &Timeline,
    found: &[Found],
    number: impl Fn(EventIndex) -> u32,
) -> std::io::Result<()> {
    let mut sums: Vec<Vec<u32>> = Vec::new();
    for rows in found.chunks(FOUND_ROWS) {
        let events = rows.iter().flat_map(|found| &found.events);
        let ids = events.filter_map(|event| told.event(*event));
        let of_block: BTreeSet<u32> = ids.map(|event| sum(&event.event_id)).collect();
        sums.push(of_block.into_iter().collect());
        keeping.add(&Making::block(rows, |making, found| {
            making.found(found, &number)
        }))?;
    }
    keeping.add(&postcard::to_stdvec(&sums).expect("numbers can be written to memory"))
}

/// A short sum of an id: equal ids have equal ones.
fn sum(id: &Text) -> u32 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish() as u32
}

impl<'t> Making<'t> {
    fn found(&mut self, found: &'t Found, number: impl Fn(EventIndex) -> u32) -> FoundRow {
        FoundRow {
            code: self.text(found.code.as_str()),
            message: self.text(found.message.as_str()),
            account: self.text(found.account.as_str()),
            region: self.text(found.region.as_str()),
            first: found.first.map(time),
            last: found.last.map(time),
            relations: found
                .relations
                .iter()
                .map(|name| self.text(name.as_str()))
                .collect(),
            members: self.several(&found.members),
            events: found.events.iter().map(|event| number(*event)).collect(),
            sources: self.texts(&found.sources),
        }
    }
}

impl Reading<'_> {
    fn found(&self, row: &FoundRow) -> Option<Found> {
        let read = |time: Option<Time>| time.map_or(Some(None), |time| timestamp(time).map(Some));
        let relations = row.relations.iter();
        Some(Found {
            code: Rules::embedded().get(self.text(row.code)?.as_str())?.code,
            message: self.text(row.message)?,
            account: self.text(row.account)?,
            region: self.text(row.region)?,
            first: read(row.first)?,
            last: read(row.last)?,
            relations: relations
                .map(|name| self.name(*name))
                .collect::<Option<_>>()?,
            members: self.several(&row.members)?,
            events: row.events.iter().copied().map(EventIndex).collect(),
            sources: self.texts(&row.sources)?,
        })
    }
}

impl Kept {
    /// Reads all that was found, and its events; `None` where anything is damaged.
    pub(in crate::reconstruct) fn found(&self) -> Option<Findings> {
        self.found_in(0..self.found_blocks())
    }

    /// Reads what was found that may rest on one of these events, and perhaps more.
    pub(in crate::reconstruct) fn found_near(&self, ids: &BTreeSet<Text>) -> Option<Findings> {
        let sums = self
            .blocks
            .block(self.first_found() + self.found_blocks())?;
        let sums: Vec<Vec<u32>> = postcard::from_bytes(&sums).ok()?;
        let wanted: BTreeSet<u32> = ids.iter().map(sum).collect();
        let may_have = |block: &usize| {
            let of_block = sums.get(*block);
            of_block.is_some_and(|sums| sums.iter().any(|sum| wanted.contains(sum)))
        };
        self.found_in((0..self.found_blocks()).filter(may_have))
    }

    fn found_blocks(&self) -> usize {
        (self.contents.found as usize).div_ceil(FOUND_ROWS)
    }

    fn first_found(&self) -> usize {
        self.first_event() + blocks(self.contents.events) + blocks(self.contents.attempts)
    }

    fn found_in(&self, numbers: impl Iterator<Item = usize>) -> Option<Findings> {
        let mut found = Vec::new();
        for number in numbers {
            let bytes = self.blocks.block(self.first_found() + number)?;
            let (reading, rows) = Reading::of::<FoundRow>(&self.names, &bytes)?;
            for row in &rows {
                found.push(reading.found(row)?);
            }
        }
        let used = Used::of(
            &Timeline::default(),
            found.iter().flat_map(|found| found.events.iter().copied()),
        );
        let first_event = self.first_event();
        let events = self.all(0..blocks(self.contents.events), |number| {
            self.events(first_event + number, number * ROWS, used.events())
        })?;
        if events.len() != used.events().len() {
            return None;
        }
        for event in found.iter_mut().flat_map(|found| &mut found.events) {
            *event = used.number(*event);
        }
        Some(Findings { found, events })
    }
}
