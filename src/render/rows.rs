//! Rows in the format that was asked for: one function for each kind of answer.
//!
//! What is told beside the rows (the headline, the holes, the guarded cells) is the caller's to tell.

mod named;
mod shown;
mod verified;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::coverage::Covered;
use super::csv::{Kind, Table};
use super::findings::uncarried;
use super::json::{
    AttemptObject, Change, CoverageObject, CoverageSpan, DifferenceObject, FoundObject, HitObject,
    InstantObject, IntervalObject, Rows,
};
use super::{
    Format, Style, audit as audits, bars as drawn, coverage as covered, found, histogram as steps,
    history as page, hits as calls, intervals, json, plan as plans, words,
};
use crate::audit::AuditRow;
use crate::catalogue::Catalogue;
use crate::event::Event;
use crate::findings::Findings;
use crate::histogram::Histogram;
use crate::interval::{Interval, Timeline};
use crate::plan::Step;
use crate::timeline::Instant;

pub use named::{Named, of_attempts, of_events, of_history, of_intervals};
pub use shown::Shown;
pub use verified::verification;

/// How rows are shown.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// In which format.
    pub format: Format,
    /// How tables are laid out; the other formats do not depend on it.
    pub style: Style,
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
    let ends = intervals::write_ends(out, &options.style, catalogue, timeline)?;
    let mut shown = Shown::table(ends);
    if with_attempts && !timeline.attempts.is_empty() {
        if shown.rows > 0 {
            writeln!(out)?;
        }
        let style = options.style.behind(shown.rows);
        let attempts = calls::write_attempts(out, &style, catalogue, timeline)?;
        shown = shown.and(attempts);
    }
    Ok(shown)
}

/// Writes intervals with both ends (`timeline`, `at`), and what only may have held `at` the instant that
/// was asked about as such.
///
/// # Errors
///
/// What the writer says.
pub fn extents(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
    at: Option<Instant<'_>>,
) -> io::Result<Shown> {
    let kinds: &[Kind] = match at {
        Some(_) => &[Kind::Instant, Kind::Interval],
        None => &[Kind::Interval],
    };
    if let Some(mut sink) = Sink::open(&mut *out, options.format, kinds)? {
        match at {
            Some(instant) => sink.intervals_at(catalogue, timeline, instant)?,
            None => sink.intervals(catalogue, timeline)?,
        }
        return sink.finish();
    }
    intervals::write_extents(out, &options.style, catalogue, timeline, at).map(Shown::table)
}

/// Draws intervals and attempts as bars (`timeline --bars`, `history --bars`), whatever the format.
///
/// # Errors
///
/// What the writer says.
pub fn bars(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
) -> io::Result<Shown> {
    let lanes = drawn::write(out, &options.style, catalogue, timeline)?;
    let rows = timeline.intervals.len() + timeline.attempts.len();
    Ok(match lanes {
        0 => Shown::rows(0),
        _ => Shown::rows(rows),
    })
}

/// Writes how many events there were when (`search --histogram`).
///
/// # Errors
///
/// What the writer says.
pub fn histogram(
    out: &mut dyn Write,
    options: &Options,
    histogram: &Histogram,
) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Bucket])? {
        histogram
            .buckets
            .iter()
            .try_for_each(|bucket| sink.push(bucket))?;
        return sink.finish();
    }
    steps::write(out, &options.style, histogram).map(Shown::rows)
}

/// Writes everything about one thing (`history`): in JSON and CSV its intervals, then its attempts,
/// each with its findings and those that touch it; a page also lists the findings that none of them
/// carries, and those that touch any. A page about nothing is not written.
///
/// # Errors
///
/// What the writer says.
pub fn history(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
    findings: &Findings,
    is_narrowed: bool,
) -> io::Result<Shown> {
    let kinds = [Kind::Interval, Kind::Attempt];
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &kinds)? {
        let timeline = &found::carried(timeline, findings);
        sink.intervals(catalogue, timeline)?;
        sink.attempts(timeline)?;
        return sink.finish();
    }
    let rows = timeline.intervals.len() + timeline.attempts.len();
    if rows + timeline.findings.len() > 0 {
        page::write(out, &options.style, catalogue, timeline, is_narrowed)?;
        let has_heading = !uncarried(timeline).is_empty();
        found::write_touching(out, &options.style, findings, has_heading)?;
    }
    Ok(Shown::rows(rows))
}

/// Writes what differs between two instants (`diff`), what is gone first.
///
/// `timeline` has the events that the intervals point to; what is gone held at the first instant, what is
/// new at the second.
///
/// # Errors
///
/// What the writer says.
pub fn differences(
    out: &mut dyn Write,
    options: &Options,
    catalogue: &Catalogue,
    timeline: &Timeline,
    gone: (Instant<'_>, &[Interval]),
    new: (Instant<'_>, &[Interval]),
) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Change, Kind::Interval])?
    {
        let ((first, gone), (second, new)) = (gone, new);
        let gone = gone.iter().map(|interval| {
            let doubts = first.doubts_gone_by(&second, interval);
            (Change::Gone, interval, doubts)
        });
        let new = new.iter().map(|interval| {
            let doubts = second.doubts_new_since(&first, interval);
            (Change::New, interval, doubts)
        });
        for (change, interval, doubts) in gone.chain(new) {
            let object = IntervalObject::new(catalogue, timeline, interval);
            let row = DifferenceObject::new(change, &doubts, object);
            sink.interval(catalogue, interval, &row)?;
        }
        return sink.finish();
    }
    intervals::write_differences(out, &options.style, catalogue, timeline, gone, new)
        .map(Shown::table)
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
    calls::write_hits(out, &options.style, catalogue, events).map(Shown::table)
}

/// Writes how a search was understood, and what it costs.
///
/// # Errors
///
/// What the writer says.
pub fn plan(out: &mut dyn Write, options: &Options, steps: &[Step]) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Plan])? {
        steps.iter().try_for_each(|step| sink.push(step))?;
        return sink.finish();
    }
    plans::write(out, &options.style, steps).map(Shown::table)
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
    covered: &Covered<'_>,
) -> io::Result<Shown> {
    let accounts = &covered.coverage.accounts;
    let spans = accounts.values().map(BTreeMap::len).sum();
    match options.format {
        Format::Table => covered::write(out, &options.style, covered)?,
        Format::Json | Format::Jsonl => {
            json::line(out, &CoverageObject::new(covered))?;
        }
        Format::Csv => {
            let mut table = Table::new(out, &[Kind::Coverage])?;
            CoverageSpan::all(covered.coverage, covered.files)
                .try_for_each(|span| table.push(&span))?;
            let guarded_cells = table.finish()?;
            return Ok(Shown {
                guarded_cells,
                ..Shown::rows(spans)
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

/// Writes what was found.
///
/// # Errors
///
/// What the writer says.
pub fn findings(out: &mut dyn Write, options: &Options, findings: &Findings) -> io::Result<Shown> {
    if let Some(mut sink) = Sink::open(&mut *out, options.format, &[Kind::Finding])? {
        let mut found = findings.found.iter();
        found.try_for_each(|found| sink.push(&FoundObject::new(findings, found)))?;
        return sink.finish();
    }
    found::write(out, &options.style, findings).map(Shown::table)
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

/// A row of a table: an object that tells an interval, and the ids that stand for it.
#[derive(Serialize)]
pub struct WithIds<'a, T> {
    #[serde(flatten)]
    object: &'a T,
    what: Option<&'a str>,
    holder: Option<&'a str>,
}

impl<'a, T: Serialize> WithIds<'a, T> {
    /// Names what is attached and what it is attached to.
    pub fn new(catalogue: &Catalogue, interval: &'a Interval, object: &'a T) -> Self {
        Self {
            object,
            what: words::held(catalogue, interval).map(|(_, id)| id.as_str()),
            holder: words::holder(catalogue, interval).map(|(_, id)| id.as_str()),
        }
    }
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
        self.push(&WithIds::new(catalogue, interval, object))
    }

    fn intervals(&mut self, catalogue: &Catalogue, timeline: &Timeline) -> io::Result<()> {
        timeline.intervals.iter().try_for_each(|interval| {
            let object = IntervalObject::new(catalogue, timeline, interval);
            self.interval(catalogue, interval, &object)
        })
    }

    fn intervals_at(
        &mut self,
        catalogue: &Catalogue,
        timeline: &Timeline,
        instant: Instant<'_>,
    ) -> io::Result<()> {
        timeline.intervals.iter().try_for_each(|interval| {
            let object = IntervalObject::new(catalogue, timeline, interval);
            let row = InstantObject::new(instant.doubt(interval), object);
            self.interval(catalogue, interval, &row)
        })
    }

    fn attempts(&mut self, timeline: &Timeline) -> io::Result<()> {
        let mut attempts = timeline.attempts.iter();
        attempts.try_for_each(|attempt| self.push(&AttemptObject::new(timeline, attempt)))
    }

    fn finish(self) -> io::Result<Shown> {
        let guarded_cells = match self.to {
            To::Json(rows) => rows.finish().map(|()| 0),
            To::Csv(table) => table.finish(),
        }?;
        Ok(Shown {
            guarded_cells,
            ..Shown::rows(self.rows)
        })
    }
}
