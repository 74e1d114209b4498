//! The contract's objects, borrowed from the plain data.
//!
//! Keys stand in the contract's order. Inside an event and its actor every key is written, `null`
//! where nothing is known; members are written only where they are known.

use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::values::{MemberValue, member_value};
use crate::catalogue::Catalogue;
use crate::event::{Actor, Event, Integrity, Outcome};
use crate::interval::{Attempt, Bound, BoundKind, Doubt, Finding, Interval, Timeline};
use crate::record::Place;
use crate::render::change::Change;
use crate::render::time::Held;
use crate::render::words;
use crate::text::Text;

/// An interval: `schema/interval.schema.json`.
#[derive(Debug, Serialize)]
pub struct IntervalObject<'a> {
    relation: &'a str,
    account: Option<&'a str>,
    region: Option<&'a str>,
    members: Members<'a>,
    start: BoundObject<'a>,
    end: BoundObject<'a>,
    held_seconds: Held,
    findings: &'a [Finding],
}

impl<'a> IntervalObject<'a> {
    /// Borrows an interval of `timeline`; its members stand in the relation's order.
    pub fn new(catalogue: &'a Catalogue, timeline: &'a Timeline, interval: &'a Interval) -> Self {
        let members = words::members(catalogue, interval);
        Self {
            relation: &interval.relation,
            account: known(&interval.account),
            region: known(&interval.region),
            members: Members(
                members
                    .into_iter()
                    .map(|(name, value)| (name, std::slice::from_ref(value)))
                    .collect(),
            ),
            start: BoundObject::new(timeline, &interval.start),
            end: BoundObject::new(timeline, &interval.end),
            held_seconds: Held::of(interval),
            findings: &interval.findings,
        }
    }
}

/// A bound: `schema/interval.schema.json`, `$defs/bound`.
#[derive(Debug, Serialize)]
pub struct BoundObject<'a> {
    kind: BoundKind,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
    tie: bool,
    event: Option<EventObject<'a>>,
}

impl<'a> BoundObject<'a> {
    /// Borrows a bound of `timeline`.
    pub fn new(timeline: &'a Timeline, bound: &'a Bound) -> Self {
        Self {
            kind: bound.kind,
            not_before: bound.not_before,
            not_after: bound.not_after,
            tie: bound.tie,
            event: words::event(timeline, bound).map(EventObject::new),
        }
    }
}

/// An event: `schema/event.schema.json`.
#[derive(Debug, Serialize)]
pub struct EventObject<'a> {
    event_id: &'a str,
    event_name: &'a str,
    time: Timestamp,
    account: Option<&'a str>,
    region: Option<&'a str>,
    actor: &'a Actor,
    source_ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    request_id: Option<&'a str>,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
    places: &'a [Place],
    integrity: Integrity,
}

impl<'a> EventObject<'a> {
    /// Borrows an event.
    pub fn new(event: &'a Event) -> Self {
        let text = |text: &'a Option<Text>| text.as_ref().map(Text::as_str);
        Self {
            event_id: event.event_id.as_str(),
            event_name: event.event_name.as_str(),
            time: event.time,
            account: known(&event.account),
            region: known(&event.region),
            actor: &event.actor,
            source_ip: text(&event.source_ip),
            user_agent: text(&event.user_agent),
            request_id: text(&event.request_id),
            error_code: text(&event.error_code),
            error_message: text(&event.error_message),
            places: &event.places,
            integrity: event.integrity,
        }
    }
}

/// A call that changed nothing which is told: `schema/attempt.schema.json`.
#[derive(Debug, Serialize)]
pub struct AttemptObject<'a> {
    attempt: Option<&'a str>,
    error_code: Option<&'a str>,
    dry_run: bool,
    outcome: Option<Outcome>,
    members: Members<'a>,
    event: Option<EventObject<'a>>,
    findings: &'a [Finding],
}

impl<'a> AttemptObject<'a> {
    /// Borrows an attempt of `timeline`.
    pub fn new(timeline: &'a Timeline, attempt: &'a Attempt) -> Self {
        let event = timeline.event(attempt.event);
        Self {
            attempt: event.map(|event| event.event_name.as_str()),
            error_code: event.and_then(|event| event.error_code.as_ref().map(Text::as_str)),
            dry_run: event.is_some_and(|event| event.outcome == Outcome::DryRun),
            outcome: event.map(|event| event.outcome),
            members: Members::all(&attempt.members),
            event: event.map(EventObject::new),
            findings: &attempt.findings,
        }
    }
}

/// An interval that began or ended between two instants: `schema/difference.schema.json`.
#[derive(Debug, Serialize)]
pub struct DifferenceObject<'a> {
    change: Change,
    doubts: Vec<&'static str>,
    #[serde(flatten)]
    interval: IntervalObject<'a>,
}

impl<'a> DifferenceObject<'a> {
    /// Says how an interval changed between the instants, and what is not certain of that.
    pub fn new(change: Change, doubts: &[Doubt], interval: IntervalObject<'a>) -> Self {
        Self {
            change,
            doubts: doubts.iter().map(|doubt| doubt.word()).collect(),
            interval,
        }
    }
}

/// An interval that held, or may have held, at an instant: `schema/instant.schema.json`.
#[derive(Debug, Serialize)]
pub struct InstantObject<'a> {
    holds: &'static str,
    doubt: Option<&'static str>,
    #[serde(flatten)]
    interval: IntervalObject<'a>,
}

impl<'a> InstantObject<'a> {
    /// Says whether an interval held, or why that is not certain.
    pub fn new(doubt: Option<Doubt>, interval: IntervalObject<'a>) -> Self {
        Self {
            holds: match doubt {
                None => "yes",
                Some(_) => "perhaps",
            },
            doubt: doubt.map(Doubt::word),
            interval,
        }
    }
}

/// An event that a search found: `schema/hit.schema.json`.
#[derive(Debug, Serialize)]
pub struct HitObject<'a> {
    #[serde(flatten)]
    event: EventObject<'a>,
    outcome: Outcome,
    members: Members<'a>,
}

impl<'a> HitObject<'a> {
    /// Borrows an event that was found.
    pub fn new(event: &'a Event) -> Self {
        Self {
            outcome: event.outcome,
            members: Members::all(&event.mentions),
            event: EventObject::new(event),
        }
    }
}

/// Members by name; several values make an array.
#[derive(Debug)]
pub(super) struct Members<'a>(Vec<(&'a str, &'a [Text])>);

impl<'a> Members<'a> {
    pub(super) fn all(members: &'a crate::members::Members<Vec<Text>>) -> Self {
        let known = members.iter().filter(|(_, values)| !values.is_empty());
        Self(
            known
                .map(|(name, values)| (name.as_str(), values.as_slice()))
                .collect(),
        )
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, values) in &self.0 {
            let typed = |value| typed(name, value);
            match values {
                [value] => map.serialize_entry(name, &typed(value))?,
                values => {
                    map.serialize_entry(name, &values.iter().map(typed).collect::<Vec<_>>())?
                }
            }
        }
        map.end()
    }
}

pub(super) fn known(text: &Text) -> Option<&str> {
    Some(text.as_str()).filter(|text| !text.is_empty())
}

fn typed<'a>(name: &str, value: &'a Text) -> MemberValue<'a> {
    member_value(name, value.as_str())
}
