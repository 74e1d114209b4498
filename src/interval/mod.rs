//! Intervals: from when to when something was attached, and how both ends are known.
//!
//! Plain data. Not for: how intervals are found (`timeline`) or shown (`render`).

mod holding;

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{Event, EventIndex, Outcome};
use crate::members::{Members, Name};
use crate::text::Text;

pub use holding::{Doubt, Holding};

/// A time during which an attachment, association or resource existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// The relation's name, such as `eni-attachment`, or `lifetime`.
    pub relation: Name,
    /// Of a lifetime: the member whose lifetime it is, such as `network_interface`.
    pub resource: Option<Name>,
    /// The account of the records.
    pub account: Text,
    /// The region of the records.
    pub region: Text,
    /// What is known of the members, by name in snake case; never a guess.
    pub members: Members<Text>,
    /// How and when it began.
    pub start: Bound,
    /// How and when it ended, if it did.
    pub end: Bound,
    /// Of an uncertain end: when the last of several calls was made that may have ended it; its end is told
    /// by the first. Absent where no more than one may have.
    pub doubted_until: Option<Timestamp>,
    /// What an investigator should know about it, in order of appearance.
    pub findings: Vec<Finding>,
}

/// One end of an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// How it is known.
    pub kind: BoundKind,
    /// The earliest time at which it can have happened; absent where nothing tells.
    pub not_before: Option<Timestamp>,
    /// The latest time at which it can have happened; absent where nothing tells.
    pub not_after: Option<Timestamp>,
    /// Another record of the same second touches the same thing, and nothing tells which was first.
    pub tie: bool,
    /// The event that it rests on.
    pub event: Option<EventIndex>,
}

/// How an end of an interval is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoundKind {
    /// The call itself succeeded: both times are its time. Of an end that its record dates a little before
    /// the beginning which its handle names, the later time is that of the beginning.
    Observed,
    /// AWS's documented consequence of another successful call.
    Implied,
    /// A later record is possible only if it had happened.
    Inferred,
    /// Of a start: it held when the archive begins.
    BeforeArchive,
    /// Of an end: nothing in the archive ends it.
    Open,
    /// The record leaves the outcome open.
    Uncertain,
}

impl BoundKind {
    /// Says whether its event is a call by which somebody began or ended something, and not only one that
    /// proves it.
    pub fn is_doing(self) -> bool {
        match self {
            Self::Observed | Self::Implied | Self::Uncertain => true,
            Self::Inferred | Self::BeforeArchive | Self::Open => false,
        }
    }

    /// Returns the word of the contract, such as `before-archive`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Implied => "implied",
            Self::Inferred => "inferred",
            Self::BeforeArchive => "before-archive",
            Self::Open => "open",
            Self::Uncertain => "uncertain",
        }
    }
}

/// Something in the evidence that an investigator should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The finding's name under `schema/findings.json`, such as `missing-detach`.
    pub code: String,
    /// What it means here, in one sentence.
    pub message: Text,
    /// The ids of the events that it rests on, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub event_ids: Vec<Text>,
    /// The files that it rests on, each once, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sources: Vec<Text>,
}

/// A call that failed or was a dry run, never a change; one that succeeded and on which no interval
/// rests; or what a call that succeeded did not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The call.
    pub event: EventIndex,
    /// What of the call it tells.
    pub part: Part,
    /// The resources that it named or that follow from an id it named; several where it named several.
    pub members: Members<Vec<Text>>,
    /// What an investigator should know about the call, in order of appearance.
    pub findings: Vec<Finding>,
}

/// What of a call an attempt tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The call, but for what other attempts tell of it; the event says what became of it.
    #[default]
    Whole,
    /// The call succeeded, and for these things its response tells the same state before and after.
    Unchanged,
    /// The call was not refused, and its response lists these things as failed.
    Failed {
        /// Their error code, where the response gives one.
        error_code: Option<Text>,
        /// Their error message, where the response gives one.
        error_message: Option<Text>,
    },
}

impl Attempt {
    /// Returns the call as far as the attempt tells it: where it failed for some things only, it is the
    /// failure of these.
    pub fn call<'e>(&self, event: &'e Event) -> Cow<'e, Event> {
        match &self.part {
            Part::Whole | Part::Unchanged => Cow::Borrowed(event),
            Part::Failed {
                error_code,
                error_message,
            } => Cow::Owned(Event {
                outcome: Outcome::Failed,
                error_code: error_code.clone(),
                error_message: error_message.clone(),
                ..event.clone()
            }),
        }
    }
}

/// All that follows from a set of records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The events that bounds and attempts point into.
    pub events: Vec<Event>,
    /// Every interval, in the contract's order.
    pub intervals: Vec<Interval>,
    /// Every attempt, and every further call on which no interval rests, in order of time, then event id.
    pub attempts: Vec<Attempt>,
    /// What is found of single events, in order. The intervals and attempts that rest on such an event
    /// carry it too; an event may have none.
    pub findings: Vec<Finding>,
}

impl Timeline {
    /// Returns the event that a bound or an attempt points to.
    pub fn event(&self, index: EventIndex) -> Option<&Event> {
        self.events.get(index.0 as usize)
    }
}
