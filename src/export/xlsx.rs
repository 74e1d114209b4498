//! All tables in one workbook, with typed cells.
//!
//! A sheet for each table, and one before them that says what the export is and what it left out. Text
//! is text, never a formula, and what could deceive is escaped. A cell holds 32,767 UTF-16 units and a
//! sheet 1,048,576 rows: longer text is cut and says so, further rows go on on another sheet.

use std::io::{self, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::about::about;
use super::tables::{Cell, Sheets, Table, TableName, tables};
use super::{Failure, Source, Step, Written, rows};
use crate::text::Escaped;

/// The most UTF-16 units of a cell.
const CELL_UNITS_MAX: usize = 32_767;

/// The most rows of a sheet, the header among them.
const SHEET_ROWS_MAX: u32 = 1_048_576;

/// Larger whole numbers would lose digits: a spreadsheet's numbers have 15.
const EXACT_MAX: i64 = 999_999_999_999_999;

/// From so many bytes of cells on, parts of the file may not fit without its 64-bit extension.
const LARGE_BYTES_MIN: u64 = 1 << 30;

/// Excel counts days from 1900, with a 29th of February that was none: earlier times are text.
const EXACT_SINCE_YEAR: i16 = 1901;

/// Writes all tables; what does not fit in memory lies in nameless files in `folder` meanwhile.
pub(super) fn write<W: Write + Send>(source: &Source<'_>, folder: &Path, out: W) -> Step<Written> {
    let mut book = Book::new(folder)?;
    let mut written = rows::write(source, &TableName::ALL, &mut book)?;
    book.columns()?;
    written.cut_cells = book.cut_cells;
    written.continued_sheets = book.continued_sheets;
    book.about(source, &written)?;
    let mut workbook = book.workbook;
    workbook.use_zip_large_file(book.bytes >= LARGE_BYTES_MIN);
    workbook.save_to_writer(out)?;
    Ok(written)
}

struct Book {
    workbook: Workbook,
    table: &'static Table,
    /// How many sheets the table has.
    sheets: u64,
    /// The next row of the sheet, from 0.
    row: u32,
    rows_max: u32,
    strong: Format,
    time: Format,
    bytes: u64,
    cut_cells: u64,
    continued_sheets: u64,
}

impl Book {
    /// Begins a workbook, with the sheet that says what it is.
    fn new(folder: &Path) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let program = format!("trailspan {}", env!("CARGO_PKG_VERSION"));
        let properties = DocProperties::new()
            .set_author(&program)
            .set_creation_datetime(&created);
        workbook.set_properties(&properties);
        workbook.add_worksheet().set_name("about")?;
        Ok(Self {
            workbook,
            table: Table::of(TableName::Intervals),
            sheets: 0,
            row: 0,
            rows_max: SHEET_ROWS_MAX,
            strong: Format::new().set_bold(),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            bytes: 0,
            cut_cells: 0,
            continued_sheets: 0,
        })
    }

    /// Begins a sheet of the table: its name, its header, which stays in sight.
    fn sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = match self.sheets {
            1 => self.table.name.name().to_owned(),
            number => format!("{} {number}", self.table.name.name()),
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (number, column) in (0..).zip(&self.table.columns) {
            let width = column.source.name.len().max(14);
            sheet.set_column_width(number, u32::try_from(width).unwrap_or(14))?;
        }
        for (number, column) in (0..).zip(&self.table.columns) {
            sheet.write_string_with_format(0, number, &column.source.name, &self.strong)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Writes what the columns mean.
    fn columns(&mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet();
        sheet.set_name("columns")?;
        sheet.set_freeze_panes(1, 0)?;
        header(
            sheet,
            &["table", "column", "type", "meaning", "example"],
            &self.strong,
        )?;
        let columns = tables().iter().flat_map(|table| {
            let columns = table.columns.iter();
            columns.map(move |column| (table.name.name(), column))
        });
        for (row, (table, column)) in (1..).zip(columns) {
            let source = &column.source;
            let texts = [
                table,
                &source.name,
                column.kind.name(),
                &source.meaning,
                &source.example,
            ];
            for (number, text) in (0..).zip(texts) {
                sheet.write_string(row, number, text)?;
            }
        }
        Ok(())
    }

    /// Writes what the export is, and what it left out.
    fn about(&mut self, source: &Source<'_>, written: &Written) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        header(sheet, &["name", "value"], &self.strong)?;
        sheet.set_column_width(0, 24)?;
        sheet.set_column_width(1, 80)?;
        let rows = written.rows.iter();
        let rows = rows.map(|(table, rows)| (format!("rows of {table}"), rows.to_string()));
        let limits = [
            (
                "cells cut to 32767 characters".to_owned(),
                written.cut_cells.to_string(),
            ),
            (
                "sheets that go on from another".to_owned(),
                written.continued_sheets.to_string(),
            ),
        ];
        let about = about(source).into_iter();
        let about = about.map(|(name, value)| (name.to_owned(), value));
        for (row, (name, value)) in (1..).zip(about.chain(rows).chain(limits)) {
            sheet.write_string(row, 0, &name)?;
            sheet.write_string(row, 1, fitting(&value).0)?;
        }
        Ok(())
    }
}

fn header(sheet: &mut Worksheet, names: &[&str], strong: &Format) -> Result<(), XlsxError> {
    for (number, name) in (0..).zip(names) {
        sheet.write_string_with_format(0, number, *name, strong)?;
    }
    Ok(())
}

impl Sheets for Book {
    fn begin(&mut self, table: &'static Table) -> Step<()> {
        self.table = table;
        self.sheets = 0;
        Ok(self.sheet()?)
    }

    fn row(&mut self, cells: Vec<Cell>) -> Step<()> {
        if self.row >= self.rows_max {
            self.continued_sheets += 1;
            self.sheet()?;
        }
        let last = self.workbook.worksheets().len() - 1;
        let sheet = self.workbook.worksheet_from_index(last)?;
        for (number, cell) in (0..).zip(cells) {
            self.bytes += 16;
            let text = match cell {
                Cell::Null => continue,
                Cell::Boolean(is) => {
                    sheet.write_boolean(self.row, number, is)?;
                    continue;
                }
                Cell::Integer(exact) if exact.abs() <= EXACT_MAX => {
                    sheet.write_number(self.row, number, exact as f64)?;
                    continue;
                }
                Cell::Time(time) => match instant(time) {
                    Some(instant) => {
                        sheet.write_datetime_with_format(self.row, number, &instant, &self.time)?;
                        continue;
                    }
                    None => time.to_string(),
                },
                Cell::Integer(long) => long.to_string(),
                Cell::Text(text) => text,
            };
            let (text, is_cut) = fitting(&text);
            self.cut_cells += u64::from(is_cut);
            self.bytes += text.len() as u64;
            sheet.write_string(self.row, number, text)?;
        }
        self.row += 1;
        Ok(())
    }
}

/// Returns a time as the spreadsheet has it; nothing where it cannot.
fn instant(time: jiff::Timestamp) -> Option<ExcelDateTime> {
    let year = time.to_zoned(jiff::tz::TimeZone::UTC).year();
    let is_exact = year >= EXACT_SINCE_YEAR && time.subsec_nanosecond() == 0;
    let instant = ExcelDateTime::from_timestamp(time.as_second());
    instant.ok().filter(|_| is_exact)
}

/// Escapes what could deceive, and the two characters that XML cannot hold; cuts what is too long, and
/// says whether it did.
fn fitting(text: &str) -> (String, bool) {
    let mut text = Escaped(text).to_string();
    if text.contains(['\u{fffe}', '\u{ffff}']) {
        text = text
            .replace('\u{fffe}', "\\u{fffe}")
            .replace('\u{ffff}', "\\u{ffff}");
    }
    if text.encode_utf16().count() <= CELL_UNITS_MAX {
        return (text, false);
    }
    let mark = format!("… [cut: {} characters]", text.chars().count());
    let mut left = CELL_UNITS_MAX - mark.encode_utf16().count();
    let end = text.char_indices().find(|(_, character)| {
        let units = character.len_utf16();
        let is_over = units > left;
        left = left.saturating_sub(units);
        is_over
    });
    text.truncate(end.map_or(text.len(), |(at, _)| at));
    (text + &mark, true)
}

impl From<XlsxError> for Failure {
    fn from(error: XlsxError) -> Self {
        Self::Output(io::Error::other(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_a_sheet_cannot_hold_go_on_on_another() {
        let folder = tempfile::tempdir().unwrap();
        let mut book = Book::new(folder.path()).unwrap();
        book.rows_max = 3;
        for name in [TableName::Files, TableName::Events] {
            let table = Table::of(name);
            book.begin(table).unwrap();
            for _ in 0..5 {
                book.row(vec![Cell::Integer(7); table.columns.len()])
                    .unwrap();
            }
        }
        let sheets = book.workbook.worksheets().iter().map(Worksheet::name);
        let names = [
            "about", "files", "files 2", "files 3", "events", "events 2", "events 3",
        ];
        assert_eq!(sheets.collect::<Vec<_>>(), names);
        assert_eq!(book.continued_sheets, 4);
        book.workbook.save_to_writer(Vec::new()).unwrap();
    }

    #[test]
    fn text_that_is_too_long_is_cut_and_says_so() {
        let (text, is_cut) = fitting(&"a".repeat(CELL_UNITS_MAX));
        assert_eq!((text.len(), is_cut), (CELL_UNITS_MAX, false));
        for long in ["a".repeat(CELL_UNITS_MAX + 1), "😀".repeat(20_000)] {
            let (text, is_cut) = fitting(&long);
            assert!(is_cut && text.encode_utf16().count() <= CELL_UNITS_MAX);
            let count = long.chars().count();
            assert!(text.ends_with(&format!("… [cut: {count} characters]")));
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped() {
        assert_eq!(
            fitting("a\u{ffff}\u{fffe}\u{1}").0,
            "a\\u{ffff}\\u{fffe}\\u{1}"
        );
    }

    #[test]
    fn a_time_that_a_spreadsheet_cannot_hold_is_text() {
        let time = |text: &str| instant(text.parse().unwrap());
        assert!(time("2024-03-01T10:13:00Z").is_some());
        for text in [
            "1899-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "2024-03-01T10:13:00.5Z",
        ] {
            assert!(time(text).is_none(), "{text}");
        }
    }
}
