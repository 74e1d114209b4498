//! The history of one thing: its lifetime, its intervals, the attempts and findings, with the
//! evidence for every bound.

use std::cell::Cell as Counter;
use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::stack::write_labelled;
use super::time::Held;
use super::{findings, hits, intervals, time, words};
use crate::catalogue::Catalogue;
use crate::event::{Event, Integrity};
use crate::interval::{Attempt, Bound, BoundKind, Interval, Timeline};
use crate::text::several;
use crate::timeline::is_in_vain;

/// The columns by which a block stands in from its heading.
const INDENT: &str = "  ";

/// Writes lifetimes, intervals, attempts and findings, each under its heading.
///
/// What the archive does not tell is worded `not in this archive`, or, where filters may have kept it
/// back (`is_narrowed`), says that it was asked with them; findings are left out where there is none.
///
/// # Errors
///
/// What the writer says.
pub fn write(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    timeline: &Timeline,
    is_narrowed: bool,
) -> io::Result<()> {
    let page = Page {
        style,
        catalogue,
        timeline,
        number: Counter::new(style.first_row.unwrap_or(1)),
        absent: match is_narrowed {
            true => "not in this archive, with these filters",
            false => words::ABSENT,
        },
    };
    let (lifetimes, others) = sections(catalogue, timeline);
    page.section(out, "LIFETIME", &lifetimes, |out, interval| {
        page.interval(out, interval)
    })?;
    writeln!(out)?;
    page.section(out, "INTERVALS", &others, |out, interval| {
        page.interval(out, interval)
    })?;
    writeln!(out)?;
    let (in_vain, others): (Vec<&Attempt>, Vec<&Attempt>) = timeline
        .attempts
        .iter()
        .partition(|attempt| page.is_in_vain(attempt));
    page.section(out, "ATTEMPTS", &in_vain, |out, attempt| {
        page.attempt(out, attempt)
    })?;
    if !others.is_empty() {
        writeln!(out)?;
        let heading = "OTHER CALLS, which began and ended nothing that is told here";
        page.section(out, heading, &others, |out, attempt| {
            page.attempt(out, attempt)
        })?;
    }
    let further = findings::uncarried(timeline);
    if further.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    page.section(out, "FINDINGS", &further, |out, finding| {
        findings::write(out, style, finding)
    })
}

/// Divides the intervals of a page into lifetimes and others, each in its order.
pub(super) fn sections<'t>(
    catalogue: &Catalogue,
    timeline: &'t Timeline,
) -> (Vec<&'t Interval>, Vec<&'t Interval>) {
    let is_lifetime = |interval: &&Interval| {
        words::relation(catalogue, interval).map_or(interval.relation == "lifetime", |known| {
            known.resource.is_some()
        })
    };
    timeline.intervals.iter().partition(is_lifetime)
}

/// What all blocks of a history need.
struct Page<'a> {
    style: &'a Style,
    catalogue: &'a Catalogue,
    timeline: &'a Timeline,
    /// The number of the next interval or attempt.
    number: Counter<usize>,
    /// What is said of a section without entries.
    absent: &'static str,
}

impl Page<'_> {
    fn section<T>(
        &self,
        out: &mut dyn Write,
        heading: &str,
        entries: &[T],
        write: impl Fn(&mut dyn Write, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        writeln!(out, "{}", Tone::Strong.paint(heading, self.style.color))?;
        if entries.is_empty() {
            return writeln!(out, "{INDENT}{}", self.absent);
        }
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            write(out, entry)?;
        }
        Ok(())
    }

    fn interval(&self, out: &mut dyn Write, interval: &Interval) -> io::Result<()> {
        let relation = words::relation(self.catalogue, interval);
        let title = relation.map_or(interval.relation.as_str(), |relation| &relation.title);
        let mut lines = vec![
            ("kind".to_owned(), Cell::prose(title)),
            (
                "where".to_owned(),
                intervals::place(&interval.account, &interval.region),
            ),
        ];
        for (name, value) in words::members(self.catalogue, interval) {
            lines.push((self.member_title(name), Cell::fixed(value)));
        }
        self.bound(
            &mut lines,
            "start",
            &interval.start,
            words::start_words(relation, &interval.start),
        );
        self.bound(
            &mut lines,
            "end",
            &interval.end,
            words::end_words(relation, &interval.end),
        );
        lines.push(("held".to_owned(), Cell::fixed(Held::of(interval).show())));
        lines.extend(findings::lines(&interval.findings));
        self.block(out, lines)
    }

    fn is_in_vain(&self, attempt: &Attempt) -> bool {
        let event = self.timeline.event(attempt.event);
        event.is_none_or(|event| is_in_vain(event, attempt))
    }

    fn attempt(&self, out: &mut dyn Write, attempt: &Attempt) -> io::Result<()> {
        let Some(event) = self.timeline.event(attempt.event) else {
            return writeln!(out, "{INDENT}{}", words::ABSENT);
        };
        let event = &*attempt.call(event);
        let called = Cell::fixed(&event.event_name).and(hits::outcome(event));
        let mut lines = vec![
            (
                "time".to_owned(),
                Cell::fixed(time::show(event.time, &self.style.zone)),
            ),
            ("call".to_owned(), called),
            ("by".to_owned(), words::actor_cell(Some(&event.actor))),
            (
                "where".to_owned(),
                intervals::place(&event.account, &event.region),
            ),
        ];
        for (name, values) in &attempt.members {
            let cell = values
                .iter()
                .fold(Cell::default(), |cell, value| cell.and_fixed(value));
            lines.push((self.member_title(name), cell));
        }
        if let Some(message) = &event.error_message {
            lines.push(("message".to_owned(), Cell::prose(message)));
        }
        lines.extend(
            evidence(event)
                .into_iter()
                .map(|cell| (String::new(), cell)),
        );
        lines.extend(findings::lines(&attempt.findings));
        self.block(out, lines)
    }

    /// Adds when a bound lies, how that is known, and where the evidence is.
    fn bound(
        &self,
        lines: &mut Vec<(String, Cell)>,
        title: &str,
        bound: &Bound,
        (before, after): (String, &'static str),
    ) {
        let event = words::event(self.timeline, bound);
        let when = match bound.kind {
            BoundKind::Open => intervals::end_time(self.style, bound),
            _ => intervals::start_time(self.style, bound),
        };
        lines.push((title.to_owned(), when));
        let said = match event {
            Some(event) if bound.kind != BoundKind::Open => Cell::prose(before)
                .and(words::whose_cell(event))
                .and(words::call_cell(event))
                .and(Cell::prose(after)),
            _ => self.silence(bound),
        };
        lines.push((String::new(), said.tone(words::tone(bound.kind))));
        if bound.tie {
            let tie = "another record of the same second touches it; which came first is not told";
            lines.push((String::new(), Cell::prose(tie).tone(Tone::Doubtful)));
        }
        let shown = event.filter(|_| bound.kind != BoundKind::Open);
        lines.extend(
            shown
                .into_iter()
                .flat_map(evidence)
                .map(|cell| (String::new(), cell)),
        );
    }

    /// Says how far the archive can tell, where no record tells more.
    fn silence(&self, bound: &Bound) -> Cell {
        match (bound.kind, bound.not_before) {
            (BoundKind::Open, Some(time)) => Cell::prose("the archive covers until")
                .and_fixed(time::show(time, &self.style.zone)),
            (BoundKind::BeforeArchive, _) => Cell::prose(format!(
                "the start is {}: it had begun before the first record of it",
                words::ABSENT
            )),
            _ => Cell::prose("no record tells more"),
        }
    }

    fn member_title(&self, name: &str) -> String {
        let member = self
            .catalogue
            .member_id(name)
            .map(|id| self.catalogue.member(id));
        member.map_or_else(|| name.to_owned(), |member| member.title.clone())
    }

    fn block(&self, out: &mut dyn Write, mut lines: Vec<(String, Cell)>) -> io::Result<()> {
        if self.style.first_row.is_some() {
            lines.insert(0, ("#".to_owned(), Cell::fixed(self.number.get())));
            self.number.set(self.number.get() + 1);
        }
        let titles = lines
            .iter()
            .map(|(title, _)| title.chars().count())
            .max()
            .unwrap_or(0);
        for (title, cell) in &lines {
            let title = format!("{INDENT}{title}");
            write_labelled(out, self.style, &title, titles + INDENT.len(), cell)?;
        }
        Ok(())
    }
}

/// Says where a call came from and with which program.
fn origin(event: &Event) -> Cell {
    let from = Cell::fixed("from").and(intervals::source_ip(event));
    match &event.user_agent {
        Some(agent) => from.and_fixed("with").and(Cell::label(agent)),
        None => from,
    }
}

/// Lists what leads back to the record: its origin and id, and the first place where it was found.
fn evidence(event: &Event) -> Vec<Cell> {
    let mut lines = vec![
        origin(event),
        Cell::fixed("event").and_fixed(&event.event_id),
    ];
    if let Some(place) = event.places.first() {
        let record = Cell::fixed(format!("record {} of", place.ordinal));
        let record = record.and(super::cell::file(&place.source, place.member.as_ref()));
        lines.push(record.and(more_places(event)));
    }
    if event.integrity != Integrity::NotChecked {
        let name = event.integrity.name();
        lines.push(Cell::prose(format!("integrity: {name}")));
    }
    lines
        .into_iter()
        .map(|cell| cell.tone(Tone::Faint))
        .collect()
}

fn more_places(event: &Event) -> Cell {
    match event.places.len() {
        0 | 1 => Cell::default(),
        places => {
            let more = several(places as u64 - 1, "more place", "more places");
            Cell::prose(format!("and {more}"))
        }
    }
}
