//! Rows in the format that was asked for: one function for each kind of answer.
//!
//! What is told beside the rows (the headline, the holes, the guarded cells) is the caller's to tell.

mod verified;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::csv::{Kind, Table};
use super::json::{
    AttemptObject, Change, CoverageObject, CoverageSpan, DifferenceObject, HitObject,
    IntervalObject, Rows,
};
use super::{
    Format, Style, audit as audits, coverage as covered, history as page, hits as calls, intervals,
    json, words,
};
use crate::audit::AuditRow;
use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::event::Event;
use crate::interval::{Finding, Interval, Timeline};
use crate::report::FileEntry;
use crate::verification::Gap;

pub use verified::verification;

/// How rows are shown.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// In which format.
    pub format: Format,
    /// How tables are laid out; the other formats do not depend on it.
    pub style: Style,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// How many rows: intervals, attempts, events or spans.
    pub rows: usize,
    /// How many CSV cells were guarded against being run as a formula.
    pub guarded_cells: usize,
}

impl Shown {
    fn rows(rows: usize) -> Self {
        Self {
            rows,
            guarded_cells: 0,
        }
    }
}

/// Writes the ends of intervals (`detachments`), and the attempts below them where asked for.
///
/// # Errors
///
/// What the writer says.
pub fn detachments(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
    with_attempts: bool,
) -> io::Result<Shown> {
    let kinds: &[Kind] = match with_attempts {
        true => &[Kind::Interval, Kind::Attempt],
        false => &[Kind::Interval],
    };
    if let Some(mut sink) = Sink::open(&mut *out, options.format, kinds)? {
        sink.intervals(catalogue, timeline)?;
        if with_attempts {
            sink.attempts(timeline)?;
        }
        return sink.finish();
    }
    let mut rows = intervals::write_ends(out, &options.style, catalogue, timeline)?;
    if with_attempts && !timeline.attempts.is_empty() {
        if rows > 0 {
            writeln!(out)?;
        }
        rows += calls::write_attempts(out, &options.style, catalogue, timeline)?;
    }
    Ok(Shown::rows(rows))
}

/// Writes intervals with both ends (`timeline`, `at`).
///
/// # Errors
///
/// What the writer says.
pub fn extents(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Interval])? {
        sink.intervals(catalogue, timeline)?;
        return sink.finish();
    }
    intervals::write_extents(out, &options.style, catalogue, timeline).map(Shown::rows)
}

/// Writes everything about one thing (`history`): in JSON and CSV its intervals, then its attempts,
/// and in JSON the findings that no interval carries. A page about nothing is not written.
///
/// # Errors
///
/// What the writer says.
pub fn history(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
    is_narrowed: bool,
) -> io::Result<Shown> {
    let kinds = [Kind::Interval, Kind::Attempt];
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &kinds)? {
        sink.intervals(catalogue, timeline)?;
        sink.attempts(timeline)?;
        sink.findings(&timeline.findings)?;
        return sink.finish();
    }
    let rows = timeline.intervals.len() + timeline.attempts.len();
    if rows + timeline.findings.len() > 0 {
        page::write(out, &options.style, catalogue, timeline, is_narrowed)?;
    }
    Ok(Shown::rows(rows))
}

/// Writes what differs between two instants (`diff`), what is gone first.
///
/// `timeline` has the events that the intervals point to.
///
/// # Errors
///
/// What the writer says.
pub fn differences(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
    gone: &[Interval],
    new: &[Interval],
) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Change, Kind::Interval])?
    {
        for (change, intervals) in [(Change::Gone, gone), (Change::New, new)] {
            for interval in intervals {
                let object = IntervalObject::new(catalogue, timeline, interval);
                let row = DifferenceObject::new(change, object);
                sink.interval(catalogue, interval, &row)?;
            }
        }
        return sink.finish();
    }
    intervals::write_differences(out, &options.style, catalogue, timeline, gone, new)
        .map(Shown::rows)
}

/// Writes the events that a search found.
///
/// # Errors
///
/// What the writer says.
pub fn hits(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    events: &[Event],
) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Hit])? {
        events
            .iter()
            .try_for_each(|event| sink.push(&HitObject::new(event)))?;
        return sink.finish();
    }
    calls::write_hits(out, &options.style, catalogue, events).map(Shown::rows)
}

/// Writes which time the archive covers: a table, one JSON object, or one CSV row for each account and
/// region.
///
/// # Errors
///
/// What the writer says.
pub fn coverage(
    out: &mut dyn Write,
    options: &Options,
    coverage: &Coverage,
    gaps: &[Gap],
    files: &[FileEntry],
) -> io::Result<Shown> {
    let spans = coverage.accounts.values().map(BTreeMap::len).sum();
    match options.format {
        Format::Table => covered::write(out, &options.style, coverage, gaps, files)?,
        Format::Json | Format::Jsonl => {
            json::line(out, &CoverageObject::new(coverage, gaps, files))?;
        }
        Format::Csv => {
            let mut table = Table::new(out, &[Kind::Coverage])?;
            CoverageSpan::all(coverage).try_for_each(|span| table.push(&span))?;
            let guarded_cells = table.finish()?;
            return Ok(Shown {
                rows: spans,
                guarded_cells,
            });
        }
    }
    Ok(Shown::rows(spans))
}

/// Writes what an audit found: in tables only what does not match, in the other formats all.
///
/// # Errors
///
/// What the writer says.
pub fn audit(out: &mut dyn Write, options: &Options, rows: &[AuditRow]) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Audit])? {
        rows.iter().try_for_each(|row| sink.push(row))?;
        return sink.finish();
    }
    audits::write(out, &options.style, rows).map(Shown::rows)
}

/// Where rows of data go.
struct Sink<'w> {
    to: To<'w>,
    rows: usize,
}

enum To<'w> {
    Json(Rows<'w>),
    Csv(Box<Table<'w>>),
}

/// A row of CSV: the object, and the ids that stand for it.
#[derive(Serialize)]
struct Named<'a, T> {
    #[serde(flatten)]
    object: &'a T,
    what: Option<&'a str>,
    holder: Option<&'a str>,
}

impl<'w> Sink<'w> {
    /// Opens a sink for the formats of programs; absent for tables.
    fn open(out: &'w mut dyn Write, format: Format, kinds: &[Kind]) -> io::Result<Option<Self>> {
        let to = match format {
            Format::Table => return Ok(None),
            Format::Json => To::Json(Rows::array(out)),
            Format::Jsonl => To::Json(Rows::lines(out)),
            Format::Csv => To::Csv(Box::new(Table::new(out, kinds)?)),
        };
        Ok(Some(Self { to, rows: 0 }))
    }

    fn push<T: Serialize>(&mut self, row: &T) -> io::Result<()> {
        self.rows += 1;
        match &mut self.to {
            To::Json(rows) => rows.push(row),
            To::Csv(table) => table.push(row),
        }
    }

    fn interval<T: Serialize>(
        &mut self,
        catalogue: &Catalogue,
        interval: &Interval,
        object: &T,
    ) -> io::Result<()> {
        if let To::Json(_) = self.to {
            return self.push(object);
        }
        self.push(&Named {
            object,
            what: words::held(catalogue, interval).map(|(_, id)| id.as_str()),
            holder: words::holder(catalogue, interval).map(|(_, id)| id.as_str()),
        })
    }

    fn intervals(&mut self, catalogue: &Catalogue, timeline: &Timeline) -> io::Result<()> {
        timeline.intervals.iter().try_for_each(|interval| {
            let object = IntervalObject::new(catalogue, timeline, interval);
            self.interval(catalogue, interval, &object)
        })
    }

    fn attempts(&mut self, timeline: &Timeline) -> io::Result<()> {
        let mut attempts = timeline.attempts.iter();
        attempts.try_for_each(|attempt| self.push(&AttemptObject::new(timeline, attempt)))
    }

    /// Writes findings as rows of JSON; in CSV they have no columns.
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        match &mut self.to {
            To::Json(rows) => findings.iter().try_for_each(|finding| rows.push(finding)),
            To::Csv(_) => Ok(()),
        }
    }

    fn finish(self) -> io::Result<Shown> {
        let guarded_cells = match self.to {
            To::Json(rows) => rows.finish().map(|()| 0),
            To::Csv(table) => table.finish(),
        }?;
        Ok(Shown {
            rows: self.rows,
            guarded_cells,
        })
    }
}
