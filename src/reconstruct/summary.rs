//! What a run ends with: the ends and attempts of the whole index, its calls by name, and what is kept of
//! that for later questions.

use std::collections::BTreeMap;

use super::kept::{self, Kept, Wanted};
use super::limit::limited;
use super::lists::ends;
use super::rows::Sieve;
use super::{Answer, Archive, Told};
use crate::error::Result;
use crate::event::{Event, Outcome};
use crate::query::Filter;
use crate::report::{EventCounts, EventIds};
use crate::text::Text;

/// What a run ends with.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The ends and attempts.
    pub answer: Answer,
    /// The calls by name.
    pub calls: BTreeMap<Text, EventCounts>,
    /// How these follow from the event ids of the index.
    pub event_ids: EventIds,
}

/// Sums up an index: the ends and attempts that it tells, and its calls by name. Keeps its timeline
/// beside it, so that questions about everything need not fold everything.
///
/// # Errors
///
/// Where the index cannot be read, or its folder cannot be written.
pub fn summary(archive: Archive<'_>) -> Result<Summary> {
    let filter = Filter::default();
    let sieve = Sieve::new(archive.catalogue, &filter);
    let ended = Wanted {
        interval: &|interval| sieve.passes_end(interval),
        end: None,
        limit: None,
        attempts: true,
    };
    let of_kept = Kept::open(archive).and_then(|kept| {
        let calls = kept.calls();
        Some((Told::of_kept(&kept, &ended)?, calls))
    });
    let (told, calls) = match of_kept {
        Some(known) => known,
        None => {
            let told = archive.everything(&filter, &ended)?;
            let calls = calls(&told.timeline.events);
            kept::keep(archive, &told.timeline, &calls, told.event_ids)?;
            (told, calls)
        }
    };
    let (timeline, _) = ends(archive.catalogue, told.timeline, &filter, true);
    let event_ids = told.event_ids;
    let told = Told { timeline, ..told };
    Ok(Summary {
        answer: limited(archive.answer(told, &filter), &filter),
        calls,
        event_ids,
    })
}

fn calls(events: &[Event]) -> BTreeMap<Text, EventCounts> {
    let mut calls: BTreeMap<Text, EventCounts> = BTreeMap::new();
    for event in events {
        let counts = calls.entry(event.event_name.clone()).or_default();
        match event.outcome {
            Outcome::Succeeded => counts.succeeded += 1,
            Outcome::Failed | Outcome::DryRun | Outcome::Uncertain => counts.failed += 1,
        }
    }
    calls
}
