//! How labels and bars are laid out and drawn.

use std::io::{self, Write};

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr as _;

use super::super::axis::{Axis, Edge};
use super::super::cell::{Cell, Tone, line_width, paint};
use super::super::grid::{GAP, WIDTH_MIN};
use super::super::{Style, time};
use crate::interval::{BoundKind, Interval};

/// How long bars are where there is no terminal that they could fill, in columns.
const PLAIN_COLUMNS: usize = 72;

/// Where there is no terminal, longer labels than this stand above their bars: one long name must not make
/// every line long.
const PLAIN_LABEL_COLUMNS_MAX: usize = 96;

/// Shorter bars than this stand below their labels.
const BAR_COLUMNS_MIN: usize = 40;

/// What bars are drawn with.
struct Marks {
    /// It held.
    certain: &'static str,
    /// It may have held.
    possible: &'static str,
    /// It held when the archive begins.
    before: &'static str,
    /// Nothing in the archive ends it.
    open: &'static str,
    /// A call in vain.
    attempt: &'static str,
    /// The place of a label of the axis.
    tick: &'static str,
}

const ON_TERMINAL: Marks = Marks {
    certain: "█",
    possible: "░",
    before: "◄",
    open: "►",
    attempt: "×",
    tick: "╷",
};

const PLAIN: Marks = Marks {
    certain: "=",
    possible: ".",
    before: "<",
    open: ">",
    attempt: "x",
    tick: "|",
};

/// How labels and bars are laid out.
pub(super) struct Sheet {
    marks: &'static Marks,
    /// The columns of the labels; absent where each stands above its bar.
    labels: Option<usize>,
    /// The columns of the bars.
    bars: usize,
    /// How far labels may go.
    width: Option<usize>,
}

impl Sheet {
    pub(super) fn fitting(style: &Style, labels: &[Cell]) -> Self {
        let widest = labels.iter().map(Cell::natural).max().unwrap_or(0);
        let Some(width) = style.width.map(|width| width.max(WIDTH_MIN)) else {
            return Self {
                marks: &PLAIN,
                labels: (widest <= PLAIN_LABEL_COLUMNS_MAX).then_some(widest),
                bars: PLAIN_COLUMNS,
                width: None,
            };
        };
        let beside = width.checked_sub(widest + GAP);
        let beside = beside.filter(|columns| *columns >= BAR_COLUMNS_MIN);
        Self {
            marks: &ON_TERMINAL,
            labels: beside.map(|_| widest),
            bars: beside.unwrap_or(width),
            width: Some(width),
        }
    }

    /// Returns the column of a place.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    fn column(&self, place: f64) -> usize {
        let column = (place * self.bars as f64).floor().max(0.0);
        (column as usize).min(self.bars - 1)
    }

    fn indent(&self) -> usize {
        self.labels.map_or(0, |columns| columns + GAP)
    }

    /// Writes the labels of the axis, and below them their places.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn write_axis(
        &self,
        out: &mut dyn Write,
        style: &Style,
        axis: &Axis,
    ) -> io::Result<()> {
        // A label is 16 columns wide.
        const LABEL_COLUMNS: f64 = 18.0;
        let (mut above, mut below) = (String::new(), String::new());
        for (place, label) in axis.ticks(LABEL_COLUMNS / self.bars as f64, &style.zone) {
            let column = self.column(place);
            let begins = column.min(self.bars.saturating_sub(label.width()));
            if begins < above.width() + usize::from(!above.is_empty()) {
                continue;
            }
            above.push_str(&" ".repeat(begins - above.width()));
            above.push_str(&label);
            below.push_str(&" ".repeat(column.saturating_sub(below.width())));
            below.push_str(self.marks.tick);
        }
        for line in [above, below] {
            let line = Tone::Faint.paint(&line, style.color);
            writeln!(out, "{:indent$}{line}", "", indent = self.indent())?;
        }
        Ok(())
    }

    pub(super) fn write_lane(
        &self,
        out: &mut dyn Write,
        style: &Style,
        label: &Cell,
        bar: &str,
    ) -> io::Result<()> {
        let Some(columns) = self.labels else {
            for line in label.lines(self.width) {
                writeln!(out, "{}", paint(&line, style.color))?;
            }
            return writeln!(out, "{bar}");
        };
        // It was made wide enough for each label.
        for line in label.lines(None) {
            let owed = columns.saturating_sub(line_width(&line)) + GAP;
            writeln!(out, "{}{:owed$}{bar}", paint(&line, style.color), "")?;
        }
        Ok(())
    }

    /// Draws an interval.
    pub(super) fn bar(&self, axis: &Axis, interval: &Interval, color: bool) -> String {
        let (start, end) = (axis.start(&interval.start), axis.end(&interval.end));
        let columns = |edge: Edge| (self.column(edge.from), self.column(edge.to));
        let (from, certain_from) = columns(start);
        let (certain_to, to) = columns(end);
        let to = to.max(certain_from);
        let glyph = |column: usize| {
            if column < from || column > to {
                (" ", Tone::Plain)
            } else if column == from && start.kind == BoundKind::BeforeArchive {
                (self.marks.before, Tone::Faint)
            } else if column == to && end.kind == BoundKind::Open {
                (self.marks.open, Tone::Faint)
            } else if (certain_from..=certain_to).contains(&column) {
                (self.marks.certain, Tone::Plain)
            } else {
                (self.marks.possible, Tone::Doubtful)
            }
        };
        painted((0..=to).map(glyph), color)
    }

    /// Draws calls in vain.
    pub(super) fn attempts(&self, axis: &Axis, times: &[Timestamp], color: bool) -> String {
        let mut columns: Vec<usize> = times
            .iter()
            .map(|time| self.column(axis.place(*time)))
            .collect();
        columns.sort_unstable();
        let last = columns.last().copied().unwrap_or(0);
        let glyph = |column: usize| match columns.binary_search(&column) {
            Ok(_) => (self.marks.attempt, Tone::Bad),
            Err(_) => (" ", Tone::Plain),
        };
        painted((0..=last).map(glyph), color)
    }

    pub(super) fn write_legend(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        let Marks {
            certain,
            possible,
            before,
            open,
            attempt,
            ..
        } = self.marks;
        let legend = Cell::fixed(format!("{certain} held,"))
            .and_fixed(format!("{possible} may have held,"))
            .and_fixed(format!("{before} since before the archive,"))
            .and_fixed(format!("{open} not ended in it,"))
            .and_fixed(format!("{attempt} call in vain;"))
            .and_fixed("long waits are shortened;")
            .and_fixed(format!("times in {}", time::zone(&style.zone)))
            .tone(Tone::Faint);
        writeln!(out)?;
        for line in legend.lines(self.width) {
            writeln!(out, "{}", paint(&line, style.color))?;
        }
        Ok(())
    }
}

/// Joins glyphs, those of one colour together.
fn painted(glyphs: impl Iterator<Item = (&'static str, Tone)>, color: bool) -> String {
    let mut runs: Vec<(String, Tone)> = Vec::new();
    for (glyph, tone) in glyphs {
        match runs.last_mut() {
            Some((run, of_run)) if *of_run == tone => run.push_str(glyph),
            _ => runs.push((glyph.to_owned(), tone)),
        }
    }
    let runs = runs.iter().map(|(run, tone)| tone.paint(run, color));
    runs.collect()
}
