//! Where an export takes its rows from: the index, what follows from it, and the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::Step;
use crate::catalogue::Interpreters;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::findings::Findings;
use crate::index::Stored;
use crate::interval::Finding;
use crate::query::Filter;
use crate::reconstruct::{self, Archive, FindingFilter, Holes, Reading, Whole};
use crate::record::Record;
use crate::report::FileEntry;
use crate::text::Text;
use crate::verification::Gap;

/// An archive, and what of it is asked for.
pub struct Source<'a> {
    /// The index and the catalogue.
    pub archive: Archive<'a>,
    /// What narrows the rows; the ledger is told whole.
    pub filter: &'a Filter,
    /// Set where the person wants the export to end.
    pub interrupted: &'a AtomicBool,
}

/// What leaves an export in doubt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doubts {
    /// What of the evidence could not be used.
    pub holes: Holes,
    /// The times within what was asked for of which digests prove that the archive lacks something.
    pub gaps: Vec<Gap>,
    /// What was found of the events that intervals and attempts rest on, where these are exported.
    pub findings: Vec<Finding>,
}

/// An event, and the record that tells it.
pub(super) struct Told {
    pub(super) event: Event,
    pub(super) raw: Arc<str>,
}

impl Source<'_> {
    /// Hands on every event that is asked for, in order of time, then id, made into something by several
    /// threads; returns how many the limit left out.
    pub(super) fn each_event<T: Send>(
        &self,
        make: impl Fn(Told) -> T + Sync,
        mut take: impl FnMut(T) -> Step<()>,
    ) -> Step<u64> {
        let interpreters = Interpreters::new(self.archive.catalogue);
        let mut left = self.filter.limit.unwrap_or(usize::MAX);
        let mut left_out = 0;
        let mut take = |made| match left {
            0 => {
                left_out += 1;
                Ok(())
            }
            _ => {
                left -= 1;
                take(made)
            }
        };
        // Two events may have one id, where a record has one that tells another's events apart.
        let mut waiting: BTreeMap<(Timestamp, Text), Vec<T>> = BTreeMap::new();
        let wait = |waiting: &mut BTreeMap<_, Vec<T>>, (key, made)| {
            waiting.entry(key).or_default().push(made);
        };
        let further = self.each(
            |stored| {
                let told = interpreters.with(|interpreter| {
                    told(Reading::all_by(interpreter, &stored.records), &stored)
                });
                let keyed = told.into_iter().map(|told| {
                    let key = (told.event.time, told.event.event_id.clone());
                    (key, make(told))
                });
                keyed.collect::<Vec<_>>()
            },
            |made| {
                // Events that share an id come together, and wait for their time.
                let now = made.iter().map(|((time, _), _)| *time).min();
                while let Some(first) = waiting.first_entry()
                    && now.is_none_or(|now| first.key().0 < now)
                {
                    first.remove().into_iter().try_for_each(&mut take)?;
                }
                match <[_; 1]>::try_from(made) {
                    Ok([(_, alone)]) if waiting.is_empty() => take(alone)?,
                    Ok([one]) => wait(&mut waiting, one),
                    Err(several) => several.into_iter().for_each(|one| wait(&mut waiting, one)),
                }
                Ok(())
            },
        )?;
        waiting.into_values().flatten().try_for_each(&mut take)?;
        Ok(further + left_out)
    }

    /// Hands on every content of every event that is asked for, oldest first; returns how many events the
    /// limit left out.
    pub(super) fn each_record(&self, mut take: impl FnMut(&Record) -> Step<()>) -> Step<u64> {
        self.each(
            |stored| stored,
            |stored| stored.records.iter().try_for_each(&mut take),
        )
    }

    /// Finds what the patterns find, whatever the limit.
    pub(super) fn found(&self) -> Result<Findings> {
        let filter = Filter {
            limit: None,
            ..self.filter.clone()
        };
        let answer = reconstruct::findings(self.archive, &filter, &FindingFilter::default())?;
        Ok(answer.findings)
    }

    fn each<T: Send>(
        &self,
        make: impl Fn(Stored) -> T + Sync,
        mut take: impl FnMut(T) -> Step<()>,
    ) -> Step<u64> {
        let wanted = self.filter.expression();
        let reader = self.archive.reader;
        let mut handed_on = 0;
        let found = reader.each(&wanted, self.filter.limit, make, |made| {
            handed_on += 1;
            self.go_on()?;
            take(made)
        })?;
        Ok((found - handed_on) as u64)
    }

    /// Reads an event that something rests on.
    pub(super) fn event(&self, event_id: &str) -> Result<Option<Told>> {
        let Some(stored) = self.archive.reader.by_event_id(event_id)? else {
            return Ok(None);
        };
        let readings = Reading::all_of(self.archive.catalogue, &stored.records);
        let mut told = told(readings, &stored).into_iter();
        Ok(told.find(|told| told.event.event_id.as_str() == event_id))
    }

    /// Reconstructs the intervals and attempts that are asked for.
    pub(super) fn whole(&self) -> Result<Whole> {
        self.go_on()?;
        reconstruct::whole(self.archive, self.filter)
    }

    /// Reads the ledger, in order.
    pub(super) fn files(&self) -> Result<Vec<FileEntry>> {
        self.go_on()?;
        self.archive.reader.files()
    }

    /// Tells what leaves the export in doubt.
    pub fn doubts(&self) -> Doubts {
        Doubts {
            holes: Holes::of(self.archive.reader),
            gaps: reconstruct::gaps(self.archive.reader, self.filter),
            findings: Vec::new(),
        }
    }

    /// Ends the export where the person wants that.
    pub(super) fn go_on(&self) -> Result<()> {
        match self.interrupted.load(Ordering::Relaxed) {
            false => Ok(()),
            true => Err(Error::new(ErrorKind::Interrupted, "export", "interrupted")
                .hint("nothing was kept; run the same command again")),
        }
    }
}

/// Brings each event together with the first of the records that tell it, which is the fullest.
fn told(readings: Vec<Reading>, stored: &Stored) -> Vec<Told> {
    let raw = |event: &Event| {
        let mut records = stored.records.iter();
        let known = records.find(|record| {
            let mut places = record.places.iter();
            places.any(|place| event.places.contains(place))
        });
        known.map_or_else(|| Arc::from(""), |record| Arc::clone(&record.raw))
    };
    let readings = readings.iter().map(Reading::event);
    readings
        .map(|event| Told {
            raw: raw(event),
            event: event.clone(),
        })
        .collect()
}
