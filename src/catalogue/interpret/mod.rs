//! From a record to an event and its transitions.
//!
//! `fields` cuts the record, `event` and `actor` read what every record says, `effects` what the
//! catalogue says that the call does, `proofs` what a refused call tells, `outcome` what became of it.
//! `texts` keeps once what many records repeat. `missing` says whether the record lacks what it is read
//! from, `details` what sentences may say of it.

mod actor;
mod details;
mod effects;
mod event;
mod fields;
mod interpreters;
mod missing;
mod outcome;
mod proofs;
mod texts;
mod unsuccessful;
mod values;

use std::fmt;

use serde_json::Value;

use super::path::{Parts, View};
use super::{Catalogue, Event as Known};
use crate::event::{Event, Outcome, Transition};
use crate::text::Text;

use fields::Fields;
pub use interpreters::Interpreters;
pub(super) use outcome::Outcomes;
pub(super) use texts::Texts;

/// What a record says, by the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    /// The event, without places: the caller knows them.
    pub event: Event,
    /// What it changes; for a failed call, what it tells about the state at that second.
    pub transitions: Vec<Transition>,
    /// The call succeeded but the record lacks the response that its effects are read from.
    pub response_missing: bool,
    /// A limit cut the list of what it changes or proves.
    pub rows_cut: bool,
}

/// Why a record cannot be interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRecord(
    /// The reason, such as `no eventTime`.
    pub String,
);

impl fmt::Display for UnreadableRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnreadableRecord {}

impl From<serde_json::Error> for UnreadableRecord {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// Reads records one after another, and keeps once what they repeat.
#[derive(Debug)]
pub struct Interpreter<'c> {
    catalogue: &'c Catalogue,
    texts: Texts,
}

impl<'c> Interpreter<'c> {
    /// Has read nothing yet.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            catalogue,
            texts: Texts::default(),
        }
    }

    /// Reads a record; `None` where it is out of scope.
    ///
    /// # Errors
    ///
    /// What makes the record unusable: it is no JSON, what is read of it is broken, or it has no
    /// readable `eventTime`. What is never read may be broken.
    pub fn interpret(&mut self, raw: &str) -> Result<Option<Interpretation>, UnreadableRecord> {
        let catalogue = self.catalogue;
        let fields = Fields::cut(raw)?;
        let name = fields.string("eventName")?.unwrap_or_default();
        let source = fields.string("eventSource")?.unwrap_or_default();
        let Some(known) = catalogue
            .event(&name)
            .filter(|known| known.entry.source == source)
        else {
            return Ok(None);
        };
        let actor = actor::actor(&fields, &mut self.texts)?;
        let parts = parts(&fields, known)?;
        let view = View::new(&parts, &mut self.texts);
        let outcomes = &catalogue.outcomes;
        let event = event::event(outcomes, &fields, &view, known, actor)?;
        let transitions = match event.outcome {
            Outcome::Succeeded | Outcome::Uncertain => {
                catalogue.effects(&view, known, event.outcome)
            }
            Outcome::Failed => {
                let code = event.error_code.as_ref().map_or("", Text::as_str);
                proofs::proofs(&view, known, outcomes.bare(code))
            }
            Outcome::DryRun => Vec::new(),
        };
        Ok(Some(Interpretation {
            response_missing: event.outcome == Outcome::Succeeded
                && missing::lacks_response(catalogue, &view, known),
            rows_cut: view.is_cut(),
            event,
            transitions,
        }))
    }
}

impl Catalogue {
    /// Reads one record; see [`Interpreter::interpret`].
    ///
    /// # Errors
    ///
    /// What makes the record unusable.
    pub fn interpret(&self, raw: &str) -> Result<Option<Interpretation>, UnreadableRecord> {
        Interpreter::new(self).interpret(raw)
    }
}

/// Reads the parts that the call's paths begin with.
fn parts(fields: &Fields<'_>, known: &Known) -> Result<Parts, UnreadableRecord> {
    let mut record = serde_json::Map::new();
    for name in &known.record_fields {
        if fields.raw(name).is_some() {
            record.insert(name.clone(), fields.value(name)?);
        }
    }
    Ok(Parts {
        request: fields.value("requestParameters")?,
        response: fields.value("responseElements")?,
        service: fields.value("serviceEventDetails")?,
        record: Value::Object(record),
    })
}
