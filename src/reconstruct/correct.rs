//! Corrections: records that give fields of an earlier record anew.
//!
//! CloudTrail delivers such a record with an
//! [`addendum`](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html)
//! whose reason is `UPDATED_DATA`. One that cannot be applied stays an event of its own, and says so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Archive;
use super::addendum::{REASON, apply};
use super::reading::{Reading, events};
use crate::catalogue::{Catalogue, Interpreter};
use crate::error::Result;
use crate::index::{Selection, Which};
use crate::record::{Place, Record};
use crate::text::Text;

/// All corrections of an archive, applied; read once for a question. They are few in any archive that
/// AWS alone has written.
#[derive(Default)]
pub(super) struct Corrections {
    /// The events of each id that a correction has, or is meant for, after all were applied.
    settled: BTreeMap<Text, Vec<Reading>>,
    /// The ids of the events that an id's corrections are part of now.
    originals: BTreeMap<Text, BTreeSet<Text>>,
    /// The corrected records, by event id.
    records: BTreeMap<Text, Value>,
}

impl Corrections {
    /// Reads and applies all corrections of an archive.
    pub(super) fn read(archive: Archive<'_>) -> Result<Self> {
        let reason = Which::Mentions(BTreeSet::from([REASON.to_owned()]));
        let mut stored: BTreeMap<Text, Vec<Record>> = BTreeMap::new();
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let mut interpreter = Interpreter::new(archive.catalogue);
        for found in archive.reader.records(&Selection::from(reason))? {
            let readings = Reading::all_by(&mut interpreter, &found.records);
            let mut corrected = readings.iter().filter_map(Reading::corrects).peekable();
            if corrected.peek().is_some() {
                wanted.extend(corrected.map(|id| id.as_str().to_owned()));
                stored.insert(found.event_id, found.records);
            }
        }
        if stored.is_empty() {
            return Ok(Self::default());
        }
        for found in archive.reader.records(&Which::EventIds(wanted).into())? {
            stored.insert(found.event_id, found.records);
        }
        Ok(Self::of(archive.catalogue, &stored))
    }

    fn of(catalogue: &Catalogue, stored: &BTreeMap<Text, Vec<Record>>) -> Self {
        let mut interpreter = Interpreter::new(catalogue);
        let mut shared: BTreeMap<Text, Text> = BTreeMap::new();
        let mut all = Vec::new();
        for (id, records) in stored {
            for reading in Reading::all_by(&mut interpreter, records) {
                shared.insert(reading.event().event_id.clone(), id.clone());
                all.push(reading);
            }
        }
        let original = |id: &Text| stored.get(id).map(|records| &records[..]);
        let pile = Pile::corrected(catalogue, all, original);
        let mut corrections = Self {
            settled: stored.keys().map(|id| (id.clone(), Vec::new())).collect(),
            originals: BTreeMap::new(),
            records: pile.corrected,
        };
        for (correction, original) in pile.applied {
            if let Some(id) = shared.get(&correction) {
                let originals = corrections.originals.entry(id.clone()).or_default();
                originals.insert(original);
            }
        }
        for (event_id, reading) in pile.by_id {
            let settled = shared
                .get(&event_id)
                .and_then(|id| corrections.settled.get_mut(id));
            if let Some(settled) = settled {
                settled.push(reading);
            }
        }
        corrections
    }

    /// Lists the events of an id after all corrections; `None` where no correction has to do with it.
    pub(super) fn settled(&self, id: &Text) -> Option<&[Reading]> {
        self.settled.get(id).map(Vec::as_slice)
    }

    /// Lists the ids of which this one's corrections are part now.
    pub(super) fn originals_of(&self, id: &Text) -> Vec<Text> {
        let originals = self.originals.get(id).into_iter().flatten();
        originals.cloned().collect()
    }

    /// Returns the text of a record after its corrections; `None` where it has none.
    pub(super) fn record(&self, event_id: &Text) -> Option<String> {
        self.records.get(event_id).map(Value::to_string)
    }
}

/// Lays corrections over the readings that they correct; `original` finds the records of an event id.
pub(super) fn corrected<'r>(
    catalogue: &Catalogue,
    readings: Vec<Reading>,
    original: impl Fn(&Text) -> Option<&'r [Record]>,
) -> Vec<Reading> {
    if readings.iter().all(|reading| reading.correction.is_none()) {
        return readings;
    }
    let pile = Pile::corrected(catalogue, readings, original);
    pile.by_id.into_values().collect()
}

/// The records of an event id, by account and region: the text, and the id of the event.
type Originals = BTreeMap<(Text, Text), (Value, Text)>;

/// The readings, and those records that were corrected already.
struct Pile<'c> {
    interpreter: Interpreter<'c>,
    by_id: BTreeMap<Text, Reading>,
    originals: BTreeMap<Text, Originals>,
    corrected: BTreeMap<Text, Value>,
    /// Where the corrections of an event were found.
    places: BTreeMap<Text, Vec<Place>>,
    /// The event ids of corrections, and the ids that they give as those of their originals.
    applied: BTreeMap<Text, Text>,
}

impl<'c> Pile<'c> {
    fn corrected<'r>(
        catalogue: &'c Catalogue,
        readings: Vec<Reading>,
        original: impl Fn(&Text) -> Option<&'r [Record]>,
    ) -> Self {
        let (mut corrections, others): (Vec<Reading>, Vec<Reading>) = readings
            .into_iter()
            .partition(|reading| reading.correction.is_some());
        let others = others.into_iter();
        let mut pile = Self {
            interpreter: Interpreter::new(catalogue),
            by_id: others
                .map(|reading| (reading.event().event_id.clone(), reading))
                .collect(),
            originals: BTreeMap::new(),
            corrected: BTreeMap::new(),
            places: BTreeMap::new(),
            applied: BTreeMap::new(),
        };
        corrections
            .sort_by_cached_key(|reading| (reading.event().time, reading.event().event_id.clone()));
        for mut correction in corrections {
            if pile.lay_over(&original, &correction).is_none() {
                correction.is_unapplied = true;
                let id = correction.event().event_id.clone();
                pile.by_id.insert(id, correction);
            }
        }
        pile.gather_places();
        pile
    }

    /// Gives the corrected fields to the original, where it is of the same account and region and the
    /// outcome is a readable record.
    fn lay_over<'r>(
        &mut self,
        original: impl Fn(&Text) -> Option<&'r [Record]>,
        by: &Reading,
    ) -> Option<()> {
        let correction = by.correction.as_ref()?;
        let originals = match self.originals.get(&correction.original) {
            Some(originals) => originals,
            None => {
                let records = original(&correction.original).unwrap_or_default();
                let read = originals_of(&mut self.interpreter, records);
                let id = correction.original.clone();
                self.originals.entry(id).or_insert(read)
            }
        };
        let place = (by.event().account.clone(), by.event().region.clone());
        let (delivered, id) = originals.get(&place)?;
        let reading = self.by_id.get_mut(id)?;
        let mut record = self.corrected.get(id).unwrap_or(delivered).clone();
        if !apply(&mut record, correction) {
            return None;
        }
        let mut interpretation = self.interpreter.interpret(&record.to_string()).ok()??;
        let event = &mut interpretation.event;
        event.event_id = id.clone();
        event.places = std::mem::take(&mut reading.interpretation.event.places);
        // What rests on two records is worth as much as the weaker one.
        event.integrity = reading.event().integrity.max(by.event().integrity);
        reading.interpretation = interpretation;
        let places = self.places.entry(id.clone()).or_default();
        places.extend(by.event().places.iter().cloned());
        let correction_id = by.event().event_id.clone();
        self.applied
            .insert(correction_id, correction.original.clone());
        self.corrected.insert(id.clone(), record);
        Some(())
    }

    fn gather_places(&mut self) {
        for (id, places) in std::mem::take(&mut self.places) {
            if let Some(reading) = self.by_id.get_mut(&id) {
                let known = &mut reading.interpretation.event.places;
                known.extend(places);
                known.sort();
                known.dedup();
            }
        }
    }
}

/// Reads the records that corrections of one event id can be meant for: of several in one account and
/// region, the first.
fn originals_of(interpreter: &mut Interpreter<'_>, records: &[Record]) -> Originals {
    let mut originals = Originals::new();
    for (raw, found) in events(interpreter, records) {
        let event = found.event;
        if let Ok(record) = serde_json::from_str(&raw) {
            let place = (event.account, event.region);
            originals.entry(place).or_insert((record, event.event_id));
        }
    }
    originals
}
