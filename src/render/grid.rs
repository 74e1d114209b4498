//! Tables that fit: of several layouts the first that holds every id whole, else one record below
//! the other.
//!
//! A layout is a list of columns, and a column is one field or several, one below the other. Rows
//! are looked at twice, first measured, then written, so that none has to be kept.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::Style;
use super::cell::{Cell, Line, Tone, line_width, paint};
use super::stack;

/// The columns between two columns.
pub(super) const GAP: usize = 2;

/// Without a terminal, cells wider than this are not padded for: one long name must not make every
/// row long.
const PADDED_COLUMNS_MAX: usize = 64;

/// A flat row is worth it only where cells up to this width need not be broken.
const COMFORT_COLUMNS_MAX: usize = 32;

/// A row is flat where its columns have at most so many fields.
const FLAT_FIELDS_MAX: usize = 2;

/// Narrower terminals than this are taken to be this wide.
pub(super) const WIDTH_MIN: usize = 40;

/// The fields of a kind of row and the ways to lay them out, best first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// The titles of the fields, in the order in which rows list them.
    pub(super) fields: &'static [&'static str],
    /// Columns with the titles of their fields, such as `WHEN+SINCE | WHAT+FROM`; the first layout is
    /// that of unlimited width.
    pub(super) layouts: &'static [&'static str],
}

/// The cells of a row, one for each field.
pub(super) type Row = Vec<Cell>;

/// What was written of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many rows.
    pub rows: usize,
    /// The titles of the columns that say something and that the width has no room for.
    pub left_out: Vec<&'static str>,
}

/// Writes a table and says what was written; without rows, nothing.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write(
    out: &mut dyn Write,
    style: &Style,
    plan: &Plan,
    rows: impl Iterator<Item = Row> + Clone,
) -> io::Result<Written> {
    write_table(out, style, &Table::of(plan), rows)
}

/// Writes a table of which a session may name the rows by number: with the numbers where they are wanted.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write_nameable(
    out: &mut dyn Write,
    style: &Style,
    plan: &Plan,
    rows: impl Iterator<Item = Row> + Clone,
) -> io::Result<Written> {
    match style.first_row {
        None => write(out, style, plan, rows),
        Some(first) => {
            let numbered = (first..).zip(rows).map(|(number, mut row)| {
                row.insert(0, Cell::fixed(number));
                row
            });
            write_table(out, style, &Table::numbered(plan), numbered)
        }
    }
}

/// A plan as it is used: with or without the numbers of rows.
struct Table {
    fields: Vec<&'static str>,
    layouts: Vec<Vec<Vec<usize>>>,
}

impl Table {
    fn of(plan: &Plan) -> Self {
        let layouts = plan.layouts.iter();
        Self {
            fields: plan.fields.to_vec(),
            layouts: layouts.map(|layout| resolve(plan, layout)).collect(),
        }
    }

    /// Puts the numbers of rows before everything else.
    fn numbered(plan: &Plan) -> Self {
        let mut table = Self::of(plan);
        table.fields.insert(0, "#");
        for columns in &mut table.layouts {
            for field in columns.iter_mut().flatten() {
                *field += 1;
            }
            columns.insert(0, vec![0]);
        }
        table
    }
}

fn write_table(
    out: &mut dyn Write,
    style: &Style,
    table: &Table,
    rows: impl Iterator<Item = Row> + Clone,
) -> io::Result<Written> {
    let measured = Measures::of(&table.fields, rows.clone());
    if measured.rows == 0 {
        return Ok(Written::default());
    }
    let columns = style.width.map(|width| width.max(WIDTH_MIN));
    let left_out = match Layout::choose(&table.layouts, &measured, columns) {
        Some(layout) => {
            layout.write(out, style, &table.fields, rows)?;
            layout.left_out(&table.fields, &measured)
        }
        None => {
            stack::write(out, style, &table.fields, rows)?;
            Vec::new()
        }
    };
    Ok(Written {
        rows: measured.rows,
        left_out,
    })
}

/// The columns that each field takes over all rows.
struct Measures {
    /// Everything on one line.
    natural: Vec<usize>,
    /// Most on one line.
    comfort: Vec<usize>,
    /// Every part whole, labels shortened.
    least: Vec<usize>,
    /// Whether any row says something there.
    said: Vec<bool>,
    rows: usize,
}

impl Measures {
    fn of(fields: &[&str], rows: impl Iterator<Item = Row>) -> Self {
        let titles: Vec<usize> = fields.iter().map(|title| title.width()).collect();
        let mut measures = Self {
            natural: titles.clone(),
            comfort: titles.clone(),
            least: titles,
            said: vec![false; fields.len()],
            rows: 0,
        };
        for row in rows {
            measures.rows += 1;
            for (field, cell) in row.iter().enumerate() {
                let (natural, least) = (cell.natural(), cell.least());
                measures.said[field] |= natural > 0;
                let comfort = least.max(natural.min(COMFORT_COLUMNS_MAX));
                measures.natural[field] = measures.natural[field].max(natural);
                measures.comfort[field] = measures.comfort[field].max(comfort);
                measures.least[field] = measures.least[field].max(least);
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
    fn choose(
        layouts: &[Vec<Vec<usize>>],
        measured: &Measures,
        width: Option<usize>,
    ) -> Option<Self> {
        let Some(width) = width else {
            let columns = layouts.first()?.clone();
            let mut widths = widest(&columns, &measured.natural);
            widths
                .iter_mut()
                .for_each(|width| *width = (*width).min(PADDED_COLUMNS_MAX));
            return Some(Self::new(columns, widths, false));
        };
        let flat = layouts.iter().find_map(|columns| {
            let is_tall = columns.iter().any(|fields| fields.len() > FLAT_FIELDS_MAX);
            let fields = if is_tall {
                &measured.least
            } else {
                &measured.comfort
            };
            Self::fitted(columns, fields, measured, width)
        });
        flat.or_else(|| {
            layouts
                .iter()
                .find_map(|columns| Self::fitted(columns, &measured.least, measured, width))
        })
    }

    /// Lays columns out in `width`, each at least as wide as its `fields` need; absent where they do
    /// not fit.
    fn fitted(
        columns: &[Vec<usize>],
        fields: &[usize],
        measured: &Measures,
        width: usize,
    ) -> Option<Self> {
        let widths = widest(columns, fields);
        let room = width.checked_sub(GAP * widths.len().saturating_sub(1))?;
        room.checked_sub(widths.iter().sum())?;
        let widths = share(widths, &widest(columns, &measured.comfort), room);
        let widths = share(widths, &widest(columns, &measured.natural), room);
        Some(Self::new(columns.to_vec(), widths, true))
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

    /// Lists the fields that say something and have no column.
    fn left_out(&self, fields: &[&'static str], measured: &Measures) -> Vec<&'static str> {
        let has_column = |field: &usize| self.columns.iter().any(|fields| fields.contains(field));
        (0..fields.len())
            .filter(|field| measured.said[*field] && !has_column(field))
            .map(|field| fields[field])
            .collect()
    }

    fn write(
        &self,
        out: &mut dyn Write,
        style: &Style,
        fields: &[&str],
        rows: impl Iterator<Item = Row>,
    ) -> io::Result<()> {
        let titles: Row = fields
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

fn resolve(plan: &Plan, layout: &str) -> Vec<Vec<usize>> {
    let number = |title: &str| plan.fields.iter().position(|field| *field == title.trim());
    let column = |titles: &str| titles.split('+').filter_map(number).collect();
    layout.split('|').map(column).collect()
}

fn widest(columns: &[Vec<usize>], fields: &[usize]) -> Vec<usize> {
    let width = |column: &Vec<usize>| column.iter().map(|field| fields[*field]).max().unwrap_or(0);
    columns.iter().map(width).collect()
}

/// Of `room` for all columns, gives what is left over to those that it satisfies, least needy first,
/// and the rest to the last needy one, where names stand.
fn share(mut widths: Vec<usize>, wanted: &[usize], room: usize) -> Vec<usize> {
    let mut room = room.saturating_sub(widths.iter().sum());
    let mut needy: Vec<usize> = (0..widths.len())
        .filter(|column| widths[*column] < wanted[*column])
        .collect();
    needy.sort_by_key(|column| wanted[*column] - widths[*column]);
    for column in &needy {
        let need = wanted[*column] - widths[*column];
        if need <= room {
            widths[*column] += need;
            room -= need;
        }
    }
    if let Some(last) = needy
        .into_iter()
        .filter(|column| widths[*column] < wanted[*column])
        .max()
    {
        widths[last] += room;
    }
    widths
}
