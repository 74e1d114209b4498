//! Which layout fits a width, and how its columns are written side by side.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::super::Style;
use super::super::cell::{Cell, Line, Tone, line_width, paint};
use super::{GAP, Row};

/// Without a terminal, cells wider than this are not padded for: one long name must not make every
/// row long.
const PADDED_COLUMNS_MAX: usize = 64;

/// A flat row is worth it only where cells up to this width need not be broken.
const COMFORT_COLUMNS_MAX: usize = 32;

/// A row is flat where its columns have at most so many fields.
const FLAT_FIELDS_MAX: usize = 2;

/// The columns that each field takes over all rows.
pub(super) struct Measures {
    /// Everything on one line.
    natural: Vec<usize>,
    /// Most on one line.
    comfort: Vec<usize>,
    /// Every part whole, labels shortened.
    least: Vec<usize>,
    /// Whether any row says something there.
    said: Vec<bool>,
    pub(super) rows: usize,
}

impl Measures {
    pub(super) fn of(fields: &[&str], rows: impl Iterator<Item = Row>) -> Self {
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
pub(super) struct Layout {
    columns: Vec<Vec<usize>>,
    widths: Vec<usize>,
    /// Whether cells give way to the width of their column.
    is_bounded: bool,
    tiers: usize,
}

impl Layout {
    pub(super) fn choose(
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
    pub(super) fn left_out(
        &self,
        fields: &[&'static str],
        measured: &Measures,
    ) -> Vec<&'static str> {
        let has_column = |field: &usize| self.columns.iter().any(|fields| fields.contains(field));
        (0..fields.len())
            .filter(|field| measured.said[*field] && !has_column(field))
            .map(|field| fields[field])
            .collect()
    }

    pub(super) fn write(
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
