//! Tables that fit: of several layouts the first that holds every id whole, else one record below
//! the other.
//!
//! A layout is a list of columns, and a column is one field or several, one below the other. Rows
//! are looked at twice, first measured, then written, so that none has to be kept.

mod layout;

use std::io::{self, Write};

use super::Style;
use super::cell::Cell;
use super::stack;
use layout::{Layout, Measures};

/// The columns between two columns.
pub(super) const GAP: usize = 2;

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

fn resolve(plan: &Plan, layout: &str) -> Vec<Vec<usize>> {
    let number = |title: &str| plan.fields.iter().position(|field| *field == title.trim());
    let column = |titles: &str| titles.split('+').filter_map(number).collect();
    layout.split('|').map(column).collect()
}
