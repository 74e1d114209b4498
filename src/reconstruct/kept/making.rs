//! Makes the rows of a kept timeline.

use std::sync::Arc;

use serde::Serialize;

use super::rows::{
    AttemptRow, Block, BoundRow, EventRow, FindingRow, IntervalRow, Number, PartRow, PlaceRow,
    Times, time,
};
use super::texts::{Numbers, pack};
use crate::event::{Actor, Event, EventIndex};
use crate::interval::{Attempt, Bound, Finding, Interval, Part};
use crate::members::Members;
use crate::record::{Place, Sha256};
use crate::text::Text;

/// What a block is made with.
pub(super) struct Making<'t> {
    texts: Numbers<&'t str, Vec<u8>>,
    actors: Numbers<&'t Actor, Arc<Actor>>,
    sums: Numbers<Sha256, [u8; 32]>,
}

impl<'t> Making<'t> {
    /// Makes a block of things.
    pub(super) fn block<T, R: Serialize>(
        things: impl IntoIterator<Item = T>,
        row: impl Fn(&mut Self, T) -> R,
    ) -> Vec<u8> {
        let mut making = Self {
            texts: Numbers::new(),
            actors: Numbers::new(),
            sums: Numbers::new(),
        };
        let things = things.into_iter();
        let rows = things.map(|thing| row(&mut making, thing)).collect();
        let block = Block::<R> {
            texts: making.texts.things.iter().map(Vec::as_slice).collect(),
            actors: making.actors.things,
            sums: making.sums.things,
            rows,
        };
        postcard::to_stdvec(&block).expect("numbers and texts can be written to memory")
    }

    pub(super) fn text(&mut self, text: &'t str) -> Number {
        self.texts.number(text, || pack(text))
    }

    pub(super) fn texts(&mut self, texts: &'t [Text]) -> Vec<Number> {
        texts.iter().map(|text| self.text(text.as_str())).collect()
    }

    fn optional(&mut self, text: &'t Option<Text>) -> Option<Number> {
        text.as_ref().map(|text| self.text(text.as_str()))
    }

    pub(super) fn several(
        &mut self,
        members: &'t Members<Vec<Text>>,
    ) -> Vec<(Number, Vec<Number>)> {
        let members = members.iter();
        members
            .map(|(name, values)| (self.text(name.as_str()), self.texts(values)))
            .collect()
    }

    /// Makes the row of an event.
    pub(super) fn event(&mut self, event: &'t Event) -> EventRow {
        let actor = &event.actor;
        EventRow {
            event_id: self.text(event.event_id.as_str()),
            event_name: self.text(event.event_name.as_str()),
            time: time(event.time),
            account: self.text(event.account.as_str()),
            region: self.text(event.region.as_str()),
            actor: self.actors.number(actor, || actor.clone()),
            source_ip: self.optional(&event.source_ip),
            user_agent: self.optional(&event.user_agent),
            request_id: self.optional(&event.request_id),
            error_code: self.optional(&event.error_code),
            error_message: self.optional(&event.error_message),
            outcome: event.outcome,
            mentions: self.several(&event.mentions),
            places: event.places.iter().map(|place| self.place(place)).collect(),
            integrity: event.integrity,
        }
    }

    fn place(&mut self, place: &'t Place) -> PlaceRow {
        PlaceRow {
            source: self.text(place.source.as_str()),
            member: self.optional(&place.member),
            ordinal: place.ordinal,
            offset: place.offset,
            sum: self.sums.number(place.sha256, || place.sha256.0),
        }
    }

    /// Makes the row of an interval; `event` tells the new number of an event.
    pub(super) fn interval(
        &mut self,
        interval: &'t Interval,
        event: impl Fn(EventIndex) -> u32,
    ) -> IntervalRow {
        let bound = |bound: &Bound| BoundRow {
            kind: bound.kind,
            times: Times::of(bound),
            tie: bound.tie,
            event: bound.event.map(&event),
        };
        let members = interval.members.iter();
        IntervalRow {
            relation: self.text(interval.relation.as_str()),
            resource: interval.resource.map(|name| self.text(name.as_str())),
            account: self.text(interval.account.as_str()),
            region: self.text(interval.region.as_str()),
            members: members
                .map(|(name, value)| (self.text(name.as_str()), self.text(value.as_str())))
                .collect(),
            start: bound(&interval.start),
            end: bound(&interval.end),
            doubted_until: interval.doubted_until.map(time),
            findings: self.findings(&interval.findings),
        }
    }

    fn findings(&mut self, findings: &'t [Finding]) -> Vec<FindingRow> {
        let findings = findings.iter();
        findings.map(|finding| self.finding(finding)).collect()
    }

    /// Makes the row of a finding.
    pub(super) fn finding(&mut self, finding: &'t Finding) -> FindingRow {
        FindingRow {
            code: self.text(&finding.code),
            message: self.text(finding.message.as_str()),
            event_ids: self.texts(&finding.event_ids),
            sources: self.texts(&finding.sources),
        }
    }

    fn part(&mut self, part: &'t Part) -> PartRow {
        match part {
            Part::Whole => PartRow::Whole,
            Part::Unchanged => PartRow::Unchanged,
            Part::Failed {
                error_code,
                error_message,
            } => PartRow::Failed {
                error_code: self.optional(error_code),
                error_message: self.optional(error_message),
            },
        }
    }

    /// Makes the row of an attempt, whose event has this new number.
    pub(super) fn attempt(&mut self, attempt: &'t Attempt, event: u32) -> AttemptRow {
        AttemptRow {
            event,
            part: self.part(&attempt.part),
            members: self.several(&attempt.members),
            findings: self.findings(&attempt.findings),
        }
    }
}
