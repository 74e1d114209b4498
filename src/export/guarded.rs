//! One table as CSV, guarded against being run by a spreadsheet.

use std::io::Write;

use super::tables::{Cell, Sheets, Table, TableName};
use super::{Source, Step, Written, rows};
use crate::render::csv::Lines;

/// Writes a table.
pub(super) fn write(source: &Source<'_>, name: TableName, out: &mut dyn Write) -> Step<Written> {
    let table = Table::of(name);
    let header = table
        .columns
        .iter()
        .map(|column| column.source.name.as_str());
    let mut sheet = Sheet(Lines::new(out, header)?);
    let mut written = rows::write(source, &[name], &mut sheet)?;
    written.guarded_cells = sheet.0.finish()?;
    Ok(written)
}

struct Sheet<'w>(Lines<'w>);

impl Sheets for Sheet<'_> {
    fn begin(&mut self, _table: &'static Table) -> Step<()> {
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Step<()> {
        let texts: Vec<String> = cells.into_iter().map(text).collect();
        Ok(self.0.push(texts.iter().map(String::as_str))?)
    }
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Text(text) => text,
        Cell::Integer(number) => number.to_string(),
        Cell::Boolean(is) => is.to_string(),
        Cell::Time(time) => time.to_string(),
    }
}
