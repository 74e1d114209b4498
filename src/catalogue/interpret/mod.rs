//! From a record to an event and its transitions.
//!
//! `event` reads what every record says, `effects` what the catalogue says that the call does, `proofs`
//! what a refused call tells, `outcome` what became of it, `missing` whether the record lacks what it is
//! read from, `details` what sentences may say of it.

mod details;
mod effects;
mod event;
mod missing;
mod outcome;
mod proofs;
mod values;

use std::fmt;

use serde_json::Value;

use super::Catalogue;
use super::path::View;
use crate::event::{Event, Outcome, Transition};
use crate::text::Text;

pub(super) use outcome::Outcomes;

/// What a record says, by the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    /// The event, without places: the caller knows them.
    pub event: Event,
    /// What it changes; for a failed call, what it tells about the state at that second.
    pub transitions: Vec<Transition>,
    /// The call succeeded but the record lacks the response that its effects are read from.
    pub response_missing: bool,
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

impl Catalogue {
    /// Reads a record; `None` where it is out of scope.
    ///
    /// # Errors
    ///
    /// What makes the record unusable: it is no JSON object, or has no readable `eventTime`.
    pub fn interpret(&self, raw: &str) -> Result<Option<Interpretation>, UnreadableRecord> {
        let record: Value =
            serde_json::from_str(raw).map_err(|error| UnreadableRecord(error.to_string()))?;
        let name = record["eventName"].as_str().unwrap_or_default();
        let source = record["eventSource"].as_str().unwrap_or_default();
        let Some(known) = self
            .event(name)
            .filter(|known| known.entry.source == source)
        else {
            return Ok(None);
        };
        let view = View::new(&record);
        let event = event::event(&self.outcomes, &record, &view, known)?;
        let transitions = match event.outcome {
            Outcome::Succeeded | Outcome::Uncertain => self.effects(&view, known, event.outcome),
            Outcome::Failed => {
                let code = event.error_code.as_ref().map_or("", Text::as_str);
                proofs::proofs(&view, known, self.outcomes.bare(code))
            }
            Outcome::DryRun => Vec::new(),
        };
        Ok(Some(Interpretation {
            response_missing: event.outcome == Outcome::Succeeded
                && missing::lacks_response(&view, known),
            event,
            transitions,
        }))
    }
}
