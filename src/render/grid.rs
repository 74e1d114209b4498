//! Tables that fit: of several layouts the first that holds every id whole, else one record below
//! the other.
//!
//! A layout is a list of columns, and a column is one field or several, one below the other. Rows
//! are looked at twice, first measured, then written, so that none has to be kept.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::Style;
use super::cell::{Cell, Line, Tone, line_width};

/// The columns between two columns.
const GAP: usize = 2;

/// Without a terminal, cells wider than this are not padded for: one long name must not make every
/// row long.
const PADDED_COLUMNS_MAX: usize = 64;

/// Narrower terminals than this are taken to be this wide.
const WIDTH_MIN: usize = 40;

/// The fields of a kind of row and the ways to lay them out, best first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// The titles of the fields, in the order in which rows list them.
    pub(super) fields: &'static [&'static str],
    /// Columns by the titles of their fields; the first layout is that of unlimited width.
    pub(super) layouts: &'static [&'static [&'static [&'static str]]],
}

/// The cells of a row, one for each field.
pub(super) type Row = Vec<Cell>;

/// Writes a table and returns how many rows it has; without rows, nothing.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write(
    out: &mut dyn Write,
    style: &Style,
    plan: &Plan,
    rows: impl Iterator<Item = Row> + Clone,
) -> io::Result<usize> {
    let measured = Measures::of(plan, rows.clone());
    if measured.rows == 0 {
        return Ok(0);
    }
    let columns = style.width.map(|width| width.max(WIDTH_MIN));
    match Layout::choose(plan, &measured, columns) {
        Some(layout) => layout.write(out, style, plan, rows)?,
        None => write_stacked(out, style, plan, columns, rows)?,
    }
    Ok(measured.rows)
}

/// The columns that each field takes over all rows.
struct Measures {
    natural: Vec<usize>,
    least: Vec<usize>,
    rows: usize,
}

impl Measures {
    fn of(plan: &Plan, rows: impl Iterator<Item = Row>) -> Self {
        let titles: Vec<usize> = plan.fields.iter().map(|title| title.width()).collect();
        let mut measures = Self {
            natural: titles.clone(),
            least: titles,
            rows: 0,
        };
        for row in rows {
            measures.rows += 1;
            for (field, cell) in row.iter().enumerate() {
                measures.natural[field] = measures.natural[field].max(cell.natural());
                measures.least[field] = measures.least[field].max(cell.least());
            }
        }
        measures
    }
}

/// A layout with the width of each column.
struct Layout {
    columns: Vec<Vec<usize>>,
    widths: Vec<usize>,
    /// Whether cells give way to the width of their column.
    is_bounded: bool,
    tiers: usize,
}

impl Layout {
    fn choose(plan: &Plan, measured: &Measures, width: Option<usize>) -> Option<Self> {
        let mut layouts = plan.layouts.iter().map(|layout| resolve(plan, layout));
        let Some(width) = width else {
            let columns = layouts.next()?;
            let mut widths = widest(&columns, &measured.natural);
            widths
                .iter_mut()
                .for_each(|width| *width = (*width).min(PADDED_COLUMNS_MAX));
            return Some(Self::new(columns, widths, false));
        };
        layouts.find_map(|columns| {
            let least = widest(&columns, &measured.least);
            let room = width.checked_sub(least.iter().sum::<usize>() + GAP * (least.len() - 1))?;
            let widths = share(least, &widest(&columns, &measured.natural), room);
            Some(Self::new(columns, widths, true))
        })
    }

    fn new(columns: Vec<Vec<usize>>, widths: Vec<usize>, is_bounded: bool) -> Self {
        let tiers = columns.iter().map(Vec::len).max().unwrap_or(1);
        Self {
            columns,
            widths,
            is_bounded,
            tiers,
        }
    }

    fn write(
        &self,
        out: &mut dyn Write,
        style: &Style,
        plan: &Plan,
        rows: impl Iterator<Item = Row>,
    ) -> io::Result<()> {
        let titles: Row = plan
            .fields
            .iter()
            .map(|title| Cell::fixed(title).tone(Tone::Strong))
            .collect();
        self.write_row(out, style, &titles)?;
        for row in rows {
            if self.tiers > 1 {
                writeln!(out)?;
            }
            self.write_row(out, style, &row)?;
        }
        Ok(())
    }

    /// Writes the first fields of all columns, then the second ones, so that they stand side by side.
    fn write_row(&self, out: &mut dyn Write, style: &Style, row: &Row) -> io::Result<()> {
        for tier in 0..self.tiers {
            let cells: Vec<Vec<Line>> = self
                .columns
                .iter()
                .zip(&self.widths)
                .map(|(fields, width)| {
                    let width = self.is_bounded.then_some(*width);
                    fields
                        .get(tier)
                        .map(|field| row[*field].lines(width))
                        .unwrap_or_default()
                })
                .collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for index in 0..height {
                self.write_line(out, style, &cells, index)?;
            }
        }
        Ok(())
    }

    fn write_line(
        &self,
        out: &mut dyn Write,
        style: &Style,
        cells: &[Vec<Line>],
        index: usize,
    ) -> io::Result<()> {
        let mut text = String::new();
        let mut owed = 0;
        for (column, width) in cells.iter().zip(&self.widths) {
            match column.get(index) {
                Some(line) => {
                    text.extend(std::iter::repeat_n(' ', owed));
                    text.push_str(&paint(line, style.color));
                    owed = width.saturating_sub(line_width(line)) + GAP;
                }
                None => owed += width + GAP,
            }
        }
        writeln!(out, "{text}")
    }
}

fn resolve(plan: &Plan, layout: &[&[&str]]) -> Vec<Vec<usize>> {
    let number = |title: &&str| plan.fields.iter().position(|field| field == title);
    let column = |titles: &&[&str]| titles.iter().filter_map(number).collect();
    layout.iter().map(column).collect()
}

fn widest(columns: &[Vec<usize>], fields: &[usize]) -> Vec<usize> {
    let width = |column: &Vec<usize>| column.iter().map(|field| fields[*field]).max().unwrap_or(0);
    columns.iter().map(width).collect()
}

/// Gives the columns that are left over to the columns that want them, one at a time.
fn share(mut widths: Vec<usize>, wanted: &[usize], mut room: usize) -> Vec<usize> {
    while room > 0 {
        let hungry: Vec<usize> = (0..widths.len())
            .filter(|column| widths[*column] < wanted[*column])
            .collect();
        if hungry.is_empty() {
            break;
        }
        for column in hungry.into_iter().take(room) {
            widths[column] += 1;
            room -= 1;
        }
    }
    widths
}

/// Writes each record as a block of lines `TITLE  value`.
fn write_stacked(
    out: &mut dyn Write,
    style: &Style,
    plan: &Plan,
    columns: Option<usize>,
    rows: impl Iterator<Item = Row>,
) -> io::Result<()> {
    for (index, row) in rows.enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        for (title, cell) in plan.fields.iter().zip(&row) {
            write_labelled(out, style, title, title_width(plan), columns, cell)?;
        }
    }
    Ok(())
}

fn title_width(plan: &Plan) -> usize {
    plan.fields
        .iter()
        .map(|title| title.width())
        .max()
        .unwrap_or(0)
}

/// Writes `TITLE  value`, further lines below the value; an id too wide for that has a line of its own.
pub(super) fn write_labelled(
    out: &mut dyn Write,
    style: &Style,
    title: &str,
    title_columns: usize,
    columns: Option<usize>,
    cell: &Cell,
) -> io::Result<()> {
    let indent = title_columns + GAP;
    let room = columns.map(|columns| columns.max(WIDTH_MIN).saturating_sub(indent));
    let mut heading = Some(title);
    for line in cell.lines(room) {
        let text = paint(&line, style.color);
        let is_wide = room.is_some_and(|room| line_width(&line) > room);
        match heading.take() {
            Some(title) if is_wide => {
                writeln!(out, "{}", Tone::Strong.paint(title.trim_end(), style.color))?;
                writeln!(out, "{text}")?;
            }
            Some(title) => {
                let gap = indent.saturating_sub(title.width());
                let title = Tone::Strong.paint(title, style.color);
                writeln!(out, "{title}{:gap$}{text}", "")?;
            }
            None if is_wide => writeln!(out, "{text}")?,
            None => writeln!(out, "{:indent$}{text}", "")?,
        }
    }
    Ok(())
}

fn paint(line: &Line, color: bool) -> String {
    let parts: Vec<String> = line
        .iter()
        .map(|(text, tone)| tone.paint(text, color))
        .collect();
    parts.join(" ")
}
