//! Reads the rows of a kept timeline; what cannot be read is `None`, and nothing is guessed.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use super::rows::{
    AttemptRow, Block, EventRow, FindingRow, IntervalRow, Number, PartRow, PlaceRow, timestamp,
};
use super::texts::unpack;
use crate::event::{Actor, Event, EventIndex};
use crate::interval::{Attempt, Finding, Interval, Part};
use crate::members::{Members, Name};
use crate::record::{Place, Sha256};
use crate::text::Text;

/// The names of the catalogue.
pub(super) type Names = HashMap<&'static str, Name>;

/// A block while it is read: each text is unpacked when it is first asked for.
pub(super) struct Reading<'b> {
    known: &'b Names,
    packed: Vec<&'b [u8]>,
    texts: Vec<OnceCell<Text>>,
    names: Vec<OnceCell<Name>>,
    actors: Vec<Arc<Actor>>,
    sums: Vec<[u8; 32]>,
}

impl<'b> Reading<'b> {
    /// Reads the rows of a block; `None` where they are none.
    pub(super) fn of<R: Deserialize<'b>>(
        known: &'b Names,
        block: &'b [u8],
    ) -> Option<(Self, Vec<R>)> {
        let block: Block<'b, R> = postcard::from_bytes(block).ok()?;
        let reading = Self {
            known,
            texts: vec![OnceCell::new(); block.texts.len()],
            names: vec![OnceCell::new(); block.texts.len()],
            packed: block.texts,
            actors: block.actors,
            sums: block.sums,
        };
        Some((reading, block.rows))
    }

    pub(super) fn text(&self, number: Number) -> Option<Text> {
        let known = self.texts.get(number as usize)?;
        if let Some(text) = known.get() {
            return Some(text.clone());
        }
        let text = Text::from(unpack(self.packed[number as usize])?);
        Some(known.get_or_init(|| text).clone())
    }

    pub(super) fn texts(&self, numbers: &[Number]) -> Option<Vec<Text>> {
        numbers.iter().map(|number| self.text(*number)).collect()
    }

    /// The inner `None` is a text that is absent.
    fn optional(&self, number: Option<Number>) -> Option<Option<Text>> {
        number.map_or(Some(None), |number| self.text(number).map(Some))
    }

    pub(super) fn name(&self, number: Number) -> Option<Name> {
        let known = self.names.get(number as usize)?;
        if let Some(name) = known.get() {
            return Some(*name);
        }
        let name = self.known.get(self.text(number)?.as_str())?;
        Some(*known.get_or_init(|| *name))
    }

    pub(super) fn several(&self, members: &[(Number, Vec<Number>)]) -> Option<Members<Vec<Text>>> {
        let members = members.iter();
        members
            .map(|(name, values)| Some((self.name(*name)?, self.texts(values)?)))
            .collect()
    }

    /// Reads an event.
    pub(super) fn event(&self, row: &EventRow) -> Option<Event> {
        let place = |place: &PlaceRow| {
            Some(Place {
                source: self.text(place.source)?,
                member: self.optional(place.member)?,
                ordinal: place.ordinal,
                offset: place.offset,
                sha256: Sha256(*self.sums.get(place.sum as usize)?),
            })
        };
        Some(Event {
            event_id: self.text(row.event_id)?,
            event_name: self.text(row.event_name)?,
            time: timestamp(row.time)?,
            account: self.text(row.account)?,
            region: self.text(row.region)?,
            actor: self.actors.get(row.actor as usize)?.clone(),
            source_ip: self.optional(row.source_ip)?,
            user_agent: self.optional(row.user_agent)?,
            request_id: self.optional(row.request_id)?,
            error_code: self.optional(row.error_code)?,
            error_message: self.optional(row.error_message)?,
            outcome: row.outcome,
            mentions: self.several(&row.mentions)?,
            places: row.places.iter().map(place).collect::<Option<_>>()?,
            integrity: row.integrity,
        })
    }

    /// Reads an interval without its members and findings.
    pub(super) fn outline(&self, row: &IntervalRow) -> Option<Interval> {
        Some(Interval {
            relation: self.name(row.relation)?,
            resource: match row.resource {
                None => None,
                Some(resource) => Some(self.name(resource)?),
            },
            account: self.text(row.account)?,
            region: self.text(row.region)?,
            members: Members::new(),
            start: row.start.bound()?,
            end: row.end.bound()?,
            doubted_until: match row.doubted_until {
                None => None,
                Some(time) => Some(timestamp(time)?),
            },
            findings: Vec::new(),
        })
    }

    /// Adds members and findings to an outline.
    pub(super) fn fill(&self, outline: &mut Interval, row: &IntervalRow) -> Option<()> {
        let members = row.members.iter();
        outline.members = members
            .map(|(name, value)| Some((self.name(*name)?, self.text(*value)?)))
            .collect::<Option<_>>()?;
        outline.findings = self.findings(&row.findings)?;
        Some(())
    }

    /// Reads findings.
    pub(super) fn findings(&self, rows: &[FindingRow]) -> Option<Vec<Finding>> {
        let read = |row: &FindingRow| {
            Some(Finding {
                code: self.text(row.code)?.as_str().to_owned(),
                message: self.text(row.message)?,
                event_ids: self.texts(&row.event_ids)?,
                sources: self.texts(&row.sources)?,
            })
        };
        rows.iter().map(read).collect()
    }

    fn part(&self, row: &PartRow) -> Option<Part> {
        Some(match row {
            PartRow::Whole => Part::Whole,
            PartRow::Unchanged => Part::Unchanged,
            PartRow::Failed {
                error_code,
                error_message,
            } => Part::Failed {
                error_code: self.optional(*error_code)?,
                error_message: self.optional(*error_message)?,
            },
        })
    }

    /// Reads an attempt.
    pub(super) fn attempt(&self, row: &AttemptRow) -> Option<Attempt> {
        Some(Attempt {
            event: EventIndex(row.event),
            part: self.part(&row.part)?,
            members: self.several(&row.members)?,
            findings: self.findings(&row.findings)?,
        })
    }
}
