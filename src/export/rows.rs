//! The rows of tables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::findings::{FileKey, findings, numbered};
use super::source::Told;
use super::tables::{Cell, Sheets, Table, TableName};
use super::{Source, Step, Written};
use crate::event::Event;
use crate::interval::{Interval, Timeline};
use crate::reconstruct::Whole;
use crate::record::Sha256;
use crate::render::json::{AttemptObject, HitObject, IntervalObject};
use crate::render::rows::WithIds;
use crate::report::FileEntry;

/// How many hexadecimal digits name an interval.
const ID_DIGITS: usize = 16;

/// Writes tables, each with its rows; returns how many.
///
/// Where intervals or attempts are among them, the events that these rest on follow those that are asked
/// for, so that no reference leads nowhere.
pub(super) fn write(
    source: &Source<'_>,
    names: &[TableName],
    sheets: &mut dyn Sheets,
) -> Step<Written> {
    let needs = |wanted: &[TableName]| wanted.iter().any(|name| names.contains(name));
    let whole = match needs(&[
        TableName::Intervals,
        TableName::Attempts,
        TableName::Findings,
    ]) {
        true => source.whole()?,
        false => Whole::default(),
    };
    let mut written = Written::of(source);
    for (name, left_out) in [
        (TableName::Intervals, whole.intervals_left_out),
        (TableName::Attempts, whole.attempts_left_out),
    ] {
        if names.contains(&name) {
            written.left_out += left_out as u64;
        }
    }
    let told = whole.timeline;
    written.doubts.findings = told.findings.clone();
    let files = match needs(&[TableName::Events, TableName::Findings, TableName::Files]) {
        true => source.files()?,
        false => Vec::new(),
    };
    let mut writing = Writing {
        source,
        interval_ids: interval_ids(source, &told),
        numbers: numbered(&files),
        told,
        files,
        sheets,
        written,
    };
    for name in names {
        writing.table(Table::of(*name))?;
    }
    Ok(writing.written)
}

struct Writing<'w, 's> {
    source: &'w Source<'s>,
    told: Timeline,
    interval_ids: Vec<String>,
    files: Vec<FileEntry>,
    numbers: BTreeMap<FileKey, u64>,
    sheets: &'w mut dyn Sheets,
    written: Written,
}

impl Writing<'_, '_> {
    fn table(&mut self, table: &'static Table) -> Step<()> {
        self.sheets.begin(table)?;
        self.written.rows.insert(table.name.name(), 0);
        match table.name {
            TableName::Intervals => self.intervals(table),
            TableName::Attempts => self.attempts(table),
            TableName::Events => self.events(table),
            TableName::Findings => self.findings(table),
            TableName::Files => self.files(table),
        }
    }

    fn push(&mut self, table: &'static Table, row: &Value) -> Step<()> {
        self.source.go_on()?;
        let (cells, untyped) = table.cells(row)?;
        self.sheets.row(cells)?;
        self.written.untyped_cells += untyped;
        self.written.count(table.name.name());
        Ok(())
    }

    fn intervals(&mut self, table: &'static Table) -> Step<()> {
        let catalogue = self.source.archive.catalogue;
        for number in 0..self.told.intervals.len() {
            let interval = &self.told.intervals[number];
            let object = IntervalObject::new(catalogue, &self.told, interval);
            let mut row = json!(WithIds::new(catalogue, interval, &object));
            row["interval_id"] = Value::from(self.interval_ids[number].as_str());
            self.push(table, &row)?;
        }
        Ok(())
    }

    fn attempts(&mut self, table: &'static Table) -> Step<()> {
        for number in 0..self.told.attempts.len() {
            let attempt = &self.told.attempts[number];
            let mut row = json!(AttemptObject::new(&self.told, attempt));
            row["attempt_id"] = Value::from(number + 1);
            self.push(table, &row)?;
        }
        Ok(())
    }

    fn findings(&mut self, table: &'static Table) -> Step<()> {
        let found = self.source.found()?;
        let rows = findings(&self.told, &self.interval_ids, &self.files, &found);
        rows.iter().try_for_each(|row| self.push(table, row))
    }

    fn files(&mut self, table: &'static Table) -> Step<()> {
        for number in 0..self.files.len() {
            let row = file(number, &self.files[number]);
            self.push(table, &row)?;
        }
        Ok(())
    }

    fn events(&mut self, table: &'static Table) -> Step<()> {
        let told = self.told.events.iter();
        let mut besides: BTreeMap<String, Event> = told
            .map(|event| (event.event_id.as_str().to_owned(), event.clone()))
            .collect();
        let mut names = Names::default();
        let (sheets, written, numbers) = (&mut *self.sheets, &mut self.written, &self.numbers);
        let id_at = table.position("event_id");
        let left_out = self.source.each_event(
            |told| {
                let row = event(&told.event, &told.raw, true, numbers);
                (told.event.event_id, table.cells(&row))
            },
            |(id, cells)| {
                let (mut cells, untyped) = cells?;
                besides.remove(id.as_str());
                if let (Some(other), Some(at)) = (names.another(id.as_str()), id_at) {
                    cells[at] = Cell::Text(other);
                }
                written.untyped_cells += untyped;
                written.count(table.name.name());
                sheets.row(cells)
            },
        )?;
        self.written.left_out += left_out;
        let mut besides: Vec<Event> = besides.into_values().collect();
        besides.sort_by(|one, other| {
            let key = |event: &Event| (event.time, event.event_id.clone());
            key(one).cmp(&key(other))
        });
        for resting in besides {
            let raw = self.source.event(resting.event_id.as_str())?;
            let raw = raw.map(|Told { raw, .. }| raw);
            let row = event(&resting, raw.as_deref().unwrap_or(""), false, &self.numbers);
            self.written.events_besides += 1;
            self.push(table, &row)?;
        }
        Ok(())
    }
}

/// Makes the row of an event.
fn event(event: &Event, raw: &str, selected: bool, numbers: &BTreeMap<FileKey, u64>) -> Value {
    let mut row = json!(HitObject::new(event));
    let first = event.places.first();
    let file = first.and_then(|place| {
        let key = (place.source.clone(), place.member.clone());
        numbers.get(&key)
    });
    row["file_id"] = json!(file);
    row["selected"] = Value::Bool(selected);
    row["raw"] = Value::from(raw);
    row
}

/// Makes the row of a file.
fn file(number: usize, file: &FileEntry) -> Value {
    let mut row = json!({
        "file_id": number + 1,
        "source": file.source,
        "member": file.member,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "content_sha256": file.content_sha256,
        "content_bytes": file.content_bytes,
        "gzip_members": file.gzip_members,
        "bundle": file.bundle,
        "trailing_bytes": file.trailing_bytes,
        "end_offset": file.end_offset,
        "records": file.records,
        "covers_first": file.coverage.first(),
        "covers_last": file.coverage.last(),
        "findings": file.findings,
        "warnings": file.warnings,
    });
    let outcome = json!(file.outcome);
    row["outcome"] = outcome["outcome"].clone();
    row["reason"] = outcome["reason"].clone();
    row
}

/// Ids that end with `#…`, by which events are told apart that share an id: a record may have such an id
/// of its own, to be taken for another.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    /// Returns another id where this one was given before.
    fn another(&mut self, id: &str) -> Option<String> {
        if !id.contains('#') || self.0.insert(id.to_owned()) {
            return None;
        }
        let mut others = (2_u64..).map(|number| format!("{id}#{number}"));
        let other = others.find(|other| !self.0.contains(other))?;
        self.0.insert(other.clone());
        Some(other)
    }
}

/// Names intervals by what is known of them, each by a name of its own.
pub(super) fn interval_ids(source: &Source<'_>, told: &Timeline) -> Vec<String> {
    let mut given: BTreeMap<String, u64> = BTreeMap::new();
    let intervals = told.intervals.iter();
    intervals
        .map(|interval| {
            let id = interval_id(source, told, interval);
            let times = given.entry(id.clone()).or_default();
            *times += 1;
            match *times {
                1 => id,
                times => format!("{id}-{times}"),
            }
        })
        .collect()
}

fn interval_id(source: &Source<'_>, told: &Timeline, interval: &Interval) -> String {
    let mut known = json!(IntervalObject::new(
        source.archive.catalogue,
        told,
        interval
    ));
    if let Some(known) = known.as_object_mut() {
        known.remove("findings");
        known.remove("held_seconds");
    }
    for side in ["start", "end"] {
        known[side]["event"] = known[side]["event"]["event_id"].clone();
    }
    let mut sum = Sha256::of(known.to_string().as_bytes()).to_string();
    sum.truncate(ID_DIGITS);
    sum
}
