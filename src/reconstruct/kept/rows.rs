//! The rows of a kept timeline: intervals, events and attempts, with numbers in the place of texts.
//!
//! A block has the texts of its own rows and needs no other one. `making` writes rows, `reading` reads
//! them.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{Actor, EventIndex, Integrity, Outcome};
use crate::interval::{Bound, BoundKind};

/// Rows, and what they name by number.
#[derive(Serialize, Deserialize)]
pub(super) struct Block<'b, R> {
    #[serde(borrow)]
    pub(super) texts: Vec<&'b [u8]>,
    pub(super) actors: Vec<Arc<Actor>>,
    pub(super) sums: Vec<[u8; 32]>,
    pub(super) rows: Vec<R>,
}

/// A time: seconds since 1970-01-01T00:00Z, and nanoseconds.
pub(super) type Time = (i64, i32);

/// A text by number.
pub(super) type Number = u32;

#[derive(Serialize, Deserialize)]
pub(super) struct EventRow {
    pub(super) event_id: Number,
    pub(super) event_name: Number,
    pub(super) time: Time,
    pub(super) account: Number,
    pub(super) region: Number,
    pub(super) actor: u32,
    pub(super) source_ip: Option<Number>,
    pub(super) user_agent: Option<Number>,
    pub(super) request_id: Option<Number>,
    pub(super) error_code: Option<Number>,
    pub(super) error_message: Option<Number>,
    pub(super) outcome: Outcome,
    pub(super) mentions: Vec<(Number, Vec<Number>)>,
    pub(super) places: Vec<PlaceRow>,
    pub(super) integrity: Integrity,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PlaceRow {
    pub(super) source: Number,
    pub(super) member: Option<Number>,
    pub(super) ordinal: u64,
    pub(super) offset: u64,
    pub(super) sum: u32,
}

#[derive(Serialize, Deserialize)]
pub(super) struct IntervalRow {
    pub(super) relation: Number,
    pub(super) resource: Option<Number>,
    pub(super) account: Number,
    pub(super) region: Number,
    pub(super) members: Vec<(Number, Number)>,
    pub(super) start: BoundRow,
    pub(super) end: BoundRow,
    pub(super) doubted_until: Option<Time>,
    pub(super) findings: Vec<FindingRow>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct BoundRow {
    pub(super) kind: BoundKind,
    pub(super) times: Times,
    pub(super) tie: bool,
    pub(super) event: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(super) enum Times {
    Unknown,
    At(Time),
    NotBefore(Time),
    NotAfter(Time),
    Between(Time, Time),
}

#[derive(Serialize, Deserialize)]
pub(super) struct FindingRow {
    pub(super) code: Number,
    pub(super) message: Number,
    pub(super) event_ids: Vec<Number>,
    pub(super) sources: Vec<Number>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AttemptRow {
    pub(super) event: u32,
    pub(super) part: PartRow,
    pub(super) members: Vec<(Number, Vec<Number>)>,
    pub(super) findings: Vec<FindingRow>,
}

#[derive(Serialize, Deserialize)]
pub(super) enum PartRow {
    Whole,
    Unchanged,
    Failed {
        error_code: Option<Number>,
        error_message: Option<Number>,
    },
}

impl BoundRow {
    /// Reads the bound; `None` where its times are none.
    pub(super) fn bound(&self) -> Option<Bound> {
        let (not_before, not_after) = match self.times {
            Times::Unknown => (None, None),
            Times::At(time) => (Some(time), Some(time)),
            Times::NotBefore(time) => (Some(time), None),
            Times::NotAfter(time) => (None, Some(time)),
            Times::Between(earliest, latest) => (Some(earliest), Some(latest)),
        };
        let read = |time: Option<Time>| time.map_or(Some(None), |time| timestamp(time).map(Some));
        Some(Bound {
            kind: self.kind,
            not_before: read(not_before)?,
            not_after: read(not_after)?,
            tie: self.tie,
            event: self.event.map(EventIndex),
        })
    }
}

impl Times {
    /// Returns the times of a bound.
    pub(super) fn of(bound: &Bound) -> Self {
        match (bound.not_before.map(time), bound.not_after.map(time)) {
            (None, None) => Self::Unknown,
            (Some(earliest), Some(latest)) if earliest == latest => Self::At(earliest),
            (Some(earliest), Some(latest)) => Self::Between(earliest, latest),
            (Some(earliest), None) => Self::NotBefore(earliest),
            (None, Some(latest)) => Self::NotAfter(latest),
        }
    }
}

/// Writes a time.
pub(super) fn time(time: Timestamp) -> Time {
    (time.as_second(), time.subsec_nanosecond())
}

/// Reads a time.
pub(super) fn timestamp((second, nanosecond): Time) -> Option<Timestamp> {
    Timestamp::new(second, nanosecond).ok()
}
