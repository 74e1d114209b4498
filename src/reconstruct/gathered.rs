//! What a question has read: each event once, as it was corrected later. It only grows.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::correct::Corrections;
use super::reading::Reading;
use super::{Archive, Told, assemble};
use crate::catalogue::Interpreters;
use crate::error::Result;
use crate::index::{Selection, Stored, Which};
use crate::query::Filter;
use crate::report::EventIds;
use crate::text::Text;

/// The events that were read for a question.
pub(super) struct Gathered<'a> {
    archive: Archive<'a>,
    interpreters: Interpreters<'a>,
    corrections: Corrections,
    accounts: BTreeSet<String>,
    regions: BTreeSet<String>,
    /// The `sharedEventID` of which the accounts are known.
    shared: BTreeSet<String>,
    readings: Vec<Reading>,
    /// Where the readings of an event id are.
    positions: HashMap<Text, Range<usize>>,
    records_read: usize,
    folds: usize,
}

/// What reading one event id brings.
enum Found {
    /// It was read before.
    Known,
    /// It is read, and corrected or not.
    New(Vec<Reading>),
}

impl<'a> Gathered<'a> {
    /// Has read the corrections only, which need not say what anyone asks for.
    pub(super) fn of(archive: Archive<'a>) -> Result<Self> {
        Ok(Self {
            interpreters: Interpreters::new(archive.catalogue),
            corrections: Corrections::read(archive)?,
            archive,
            accounts: BTreeSet::new(),
            regions: BTreeSet::new(),
            shared: BTreeSet::new(),
            readings: Vec::new(),
            positions: HashMap::new(),
            records_read: 0,
            folds: 0,
        })
    }

    /// Reads from now on only what concerns the accounts and regions that a filter names.
    pub(super) fn within(mut self, filter: &Filter) -> Self {
        self.accounts = filter.accounts.iter().cloned().collect();
        self.regions = filter.regions.iter().cloned().collect();
        self
    }

    /// Returns what it is read from.
    pub(super) fn archive(&self) -> Archive<'a> {
        self.archive
    }

    /// Reads what is asked for, and says where it is: the records of the accounts and regions in
    /// question, and those of others that end something in them.
    ///
    /// An account to which an action was delivered too is in question from then on: what followed may be
    /// logged there.
    pub(super) fn read(&mut self, asked: &Selection) -> Result<Vec<Range<usize>>> {
        let found = self.read_of_places(asked)?;
        match self.widen(&found)? {
            true => self.read(asked),
            false => Ok(found),
        }
    }

    /// Adds the accounts to which the actions of what was found were delivered too; says whether there
    /// are any.
    fn widen(&mut self, found: &[Range<usize>]) -> Result<bool> {
        if self.accounts.is_empty() {
            return Ok(false);
        }
        let shared = self.at(found).filter_map(|reading| reading.shared.as_ref());
        let shared: BTreeSet<String> = shared
            .map(|id| id.as_str().to_owned())
            .filter(|id| !self.shared.contains(id))
            .collect();
        if shared.is_empty() {
            return Ok(false);
        }
        let copies = self.fetch(&Which::Mentions(shared.clone()).into())?;
        let copies = self.at(&copies).map(Reading::event);
        let accounts: BTreeSet<String> = copies
            .map(|event| event.account.as_str().to_owned())
            .collect();
        self.shared.extend(shared);
        let before = self.accounts.len();
        self.accounts.extend(accounts);
        Ok(self.accounts.len() > before)
    }

    fn read_of_places(&mut self, asked: &Selection) -> Result<Vec<Range<usize>>> {
        let mut found = self.fetch(&Selection {
            accounts: self.accounts.clone(),
            regions: self.regions.clone(),
            ..asked.clone()
        })?;
        if self.accounts.is_empty() && self.regions.is_empty() {
            return Ok(found);
        }
        let reaching = self.archive.catalogue.reaching_other_accounts().into_iter();
        let reaching: BTreeSet<String> = reaching
            .filter(|name| asked.events.is_empty() || asked.events.contains(*name))
            .map(str::to_owned)
            .collect();
        if !reaching.is_empty() {
            found.extend(self.fetch(&Selection {
                events: reaching,
                ..asked.clone()
            })?);
        }
        Ok(found)
    }

    fn fetch(&mut self, selection: &Selection) -> Result<Vec<Range<usize>>> {
        let read = self.archive.reader.map(selection, |stored| {
            let count = stored.records.len();
            (stored.event_id.clone(), count, self.interpreted(&stored))
        })?;
        let mut found = Vec::with_capacity(read.len());
        for (id, count, of_id) in read {
            self.records_read += count;
            let of_id = match of_id {
                Found::New(readings) => self.add(&id, readings),
                Found::Known => self.positions.get(&id).cloned().unwrap_or_default(),
            };
            found.push(of_id);
            for id in self.corrections.originals_of(&id) {
                found.push(self.original(&id));
            }
        }
        found.retain(|of_id| !of_id.is_empty());
        Ok(found)
    }

    fn interpreted(&self, stored: &Stored) -> Found {
        if self.positions.contains_key(&stored.event_id) {
            return Found::Known;
        }
        let corrected = self.corrections.settled(&stored.event_id);
        Found::New(match corrected {
            Some(readings) => readings.to_vec(),
            None => self
                .interpreters
                .with(|interpreter| Reading::all_by(interpreter, &stored.records)),
        })
    }

    /// Adds what a correction that was found corrects.
    fn original(&mut self, id: &Text) -> Range<usize> {
        if let Some(known) = self.positions.get(id) {
            return known.clone();
        }
        let readings = self.corrections.settled(id).unwrap_or_default().to_vec();
        self.add(id, readings)
    }

    fn add(&mut self, id: &Text, readings: Vec<Reading>) -> Range<usize> {
        if let Some(known) = self.positions.get(id) {
            return known.clone();
        }
        let first = self.readings.len();
        self.readings.extend(readings);
        let of_id = first..self.readings.len();
        self.positions.insert(id.clone(), of_id.clone());
        of_id
    }

    /// Lists what is at these places.
    pub(super) fn at(&self, found: &[Range<usize>]) -> impl Iterator<Item = &Reading> {
        found.iter().flat_map(|of_id| &self.readings[of_id.clone()])
    }

    /// Returns the text of an event's record, where it was corrected.
    pub(super) fn corrected_record(&self, event_id: &Text) -> Option<String> {
        self.corrections.record(event_id)
    }

    /// Counts the records that were read, each time.
    pub(super) fn records_read(&self) -> usize {
        self.records_read
    }

    /// Folds what was read so far.
    pub(super) fn fold(&mut self) -> Told {
        let readings = self.readings.clone();
        self.told(readings)
    }

    /// Reads everything that concerns the accounts and regions in question, and folds it.
    pub(super) fn everything(mut self) -> Result<Told> {
        self.readings.clear();
        self.positions.clear();
        self.read(&Which::All.into())?;
        let event_ids = self.event_ids();
        // A million places are not needed for folding.
        self.positions = HashMap::new();
        let readings = std::mem::take(&mut self.readings);
        Ok(Told {
            event_ids,
            ..self.told(readings)
        })
    }

    /// Counts the event ids that were read, and how many events each has.
    fn event_ids(&self) -> EventIds {
        let of_ids = || self.positions.values().map(Range::len);
        EventIds {
            indexed: of_ids().count() as u64,
            told_apart: of_ids().map(|events| events.saturating_sub(1) as u64).sum(),
            not_told: of_ids().filter(|events| *events == 0).count() as u64,
        }
    }

    fn told(&mut self, readings: Vec<Reading>) -> Told {
        self.folds += 1;
        let Archive { catalogue, reader } = self.archive;
        Told {
            timeline: assemble(catalogue, readings, reader.coverage()),
            left_out: 0,
            event_ids: EventIds::default(),
            records_read: self.records_read,
            folds: self.folds,
        }
    }
}
