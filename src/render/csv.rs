//! CSV for spreadsheets: RFC 4180, one header, the flat columns of `schema/columns.json`.
//!
//! Each column is a path into the row's JSON object. A spreadsheet runs a cell that begins like a
//! formula: such cells get a `'` before them, and are counted. Deceptive characters are escaped as on
//! a terminal; the lossless formats are JSON's.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::OnceLock;

use ::csv::{Terminator, Writer, WriterBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json;
use crate::text::Escaped;

/// What a row can be; each kind has its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What became of an interval between two instants; stands before [`Kind::Interval`].
    Change,
    /// Whether an interval held at an instant; stands before [`Kind::Interval`].
    Instant,
    /// An interval.
    Interval,
    /// A call that changed nothing.
    Attempt,
    /// An event that a search found.
    Hit,
    /// What is covered of one account and region.
    Coverage,
    /// A period of one chain of digests.
    Period,
    /// A digest file.
    Digest,
    /// A log file.
    Log,
    /// What an audit found of one file.
    Audit,
    /// How one part of a search was understood.
    Plan,
    /// How many events there were in one step of time.
    Bucket,
    /// What was found.
    Finding,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name in the header; stable.
    pub name: String,
    /// Where its value is in the row's JSON object.
    pub path: String,
    /// What it says, and how it is written.
    pub meaning: String,
    /// One value.
    pub example: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "about")]
    _about: String,
    change: Vec<Column>,
    instant: Vec<Column>,
    interval: Vec<Column>,
    attempt: Vec<Column>,
    hit: Vec<Column>,
    coverage: Vec<Column>,
    period: Vec<Column>,
    digest: Vec<Column>,
    log: Vec<Column>,
    audit: Vec<Column>,
    plan: Vec<Column>,
    bucket: Vec<Column>,
    finding: Vec<Column>,
}

/// Lists the columns of a kind of row, in order.
pub fn columns(kind: Kind) -> &'static [Column] {
    static COLUMNS: OnceLock<Columns> = OnceLock::new();
    let columns = COLUMNS.get_or_init(|| {
        serde_json::from_str(include_str!("../../schema/columns.json"))
            .expect("the embedded file is checked by a test")
    });
    match kind {
        Kind::Change => &columns.change,
        Kind::Instant => &columns.instant,
        Kind::Interval => &columns.interval,
        Kind::Attempt => &columns.attempt,
        Kind::Hit => &columns.hit,
        Kind::Coverage => &columns.coverage,
        Kind::Period => &columns.period,
        Kind::Digest => &columns.digest,
        Kind::Log => &columns.log,
        Kind::Audit => &columns.audit,
        Kind::Plan => &columns.plan,
        Kind::Bucket => &columns.bucket,
        Kind::Finding => &columns.finding,
    }
}

/// A table being written, whose rows are JSON objects.
pub struct Table<'w> {
    lines: Lines<'w>,
    columns: Vec<&'static Column>,
}

impl<'w> Table<'w> {
    /// Writes the header: the columns of all `kinds`, each name once.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn new(out: &'w mut dyn Write, kinds: &[Kind]) -> io::Result<Self> {
        let mut names = BTreeSet::new();
        let all = kinds.iter().flat_map(|kind| columns(*kind));
        let columns: Vec<&Column> = all.filter(|column| names.insert(&column.name)).collect();
        let lines = Lines::new(out, columns.iter().map(|column| column.name.as_str()))?;
        Ok(Self { lines, columns })
    }

    /// Writes a row; columns that its object lacks stay empty.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn push<T: Serialize>(&mut self, row: &T) -> io::Result<()> {
        let object = serde_json::to_value(row)?;
        let cells = self
            .columns
            .iter()
            .map(|column| cell(&object, &column.path));
        let cells: Vec<String> = cells.collect::<io::Result<_>>()?;
        self.lines.push(cells.iter().map(String::as_str))
    }

    /// Ends the table; returns how many cells were guarded against being run as a formula.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn finish(self) -> io::Result<usize> {
        self.lines.finish()
    }
}

/// Lines of guarded cells.
pub struct Lines<'w> {
    writer: Writer<&'w mut dyn Write>,
    guarded_cells: usize,
}

impl<'w> Lines<'w> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn new<'n>(
        out: &'w mut dyn Write,
        header: impl IntoIterator<Item = &'n str>,
    ) -> io::Result<Self> {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        writer.write_record(header)?;
        Ok(Self {
            writer,
            guarded_cells: 0,
        })
    }

    /// Writes a line: what could deceive is escaped, and what a spreadsheet would run is guarded.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn push<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> io::Result<()> {
        for text in cells {
            let guarded = guard(Escaped(text).to_string());
            self.guarded_cells += usize::from(guarded.starts_with('\''));
            self.writer.write_field(&guarded)?;
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// Ends the lines; returns how many cells were guarded against being run as a formula.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn finish(mut self) -> io::Result<usize> {
        self.writer.flush()?;
        Ok(self.guarded_cells)
    }
}

/// Puts a `'` before what a spreadsheet would run, blanks before it or not, and before a `'` of the
/// evidence, so that the first one is always ours.
fn guard(text: String) -> String {
    const RUNS: [char; 9] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\''];
    if text.trim_start().starts_with(RUNS) {
        return format!("'{text}");
    }
    text
}

/// Returns the text of what a column's path leads to in a JSON object; empty where it leads nowhere.
///
/// # Errors
///
/// Where the value cannot be written.
pub fn cell(object: &Value, path: &str) -> io::Result<String> {
    let steps: Vec<&str> = path.split('.').collect();
    at(object, &steps)
}

fn at(value: &Value, path: &[&str]) -> io::Result<String> {
    let Some((step, rest)) = path.split_first() else {
        return shown(value);
    };
    match value {
        Value::Array(items) if *step == "#" => Ok(items.len().to_string()),
        Value::Array(items) if *step == "*" => {
            let cells: io::Result<Vec<String>> = items.iter().map(|item| at(item, rest)).collect();
            Ok(cells?.join(" "))
        }
        Value::Array(items) => {
            let item = step.parse().ok().and_then(|index: usize| items.get(index));
            item.map_or_else(|| Ok(String::new()), |item| at(item, rest))
        }
        Value::Object(fields) => fields
            .get(*step)
            .map_or_else(|| Ok(String::new()), |field| at(field, rest)),
        _ => Ok(String::new()),
    }
}

fn shown(value: &Value) -> io::Result<String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Array(items)
            if items
                .iter()
                .all(|item| !item.is_object() && !item.is_array()) =>
        {
            let cells: io::Result<Vec<String>> = items.iter().map(shown).collect();
            Ok(cells?.join(" "))
        }
        Value::Array(_) | Value::Object(_) => {
            let mut text = Vec::new();
            json::value(&mut text, value)?;
            String::from_utf8(text).map_err(io::Error::other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded() {
        for (text, guarded) in [
            ("=cmd()", "'=cmd()"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("＝1", "'＝1"),
            ("  =1", "'  =1"),
            ("'=1", "''=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(guard(text.to_owned()), guarded);
        }
    }

    #[test]
    fn a_path_leads_to_a_cell() {
        let row = json!({"a": {"b": "x"}, "l": [{"c": 1}, {"c": 2}], "n": null, "t": ["p", "q"], "o": {"k": "\u{202e}"}});
        for (path, text) in [
            ("a.b", "x"),
            ("l.0.c", "1"),
            ("l.7.c", ""),
            ("l.#", "2"),
            ("l.*.c", "1 2"),
            ("n", ""),
            ("n.x", ""),
            ("t", "p q"),
            ("o", r#"{"k":"\u202e"}"#),
            ("missing", ""),
        ] {
            assert_eq!(cell(&row, path).unwrap(), text, "{path}");
        }
    }

    #[test]
    fn columns_have_one_name_each_and_a_meaning() {
        for kind in [
            Kind::Change,
            Kind::Interval,
            Kind::Attempt,
            Kind::Hit,
            Kind::Coverage,
            Kind::Period,
            Kind::Digest,
            Kind::Log,
        ] {
            let names: BTreeSet<&str> = columns(kind)
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            assert_eq!(names.len(), columns(kind).len(), "{kind:?}");
            assert!(
                columns(kind)
                    .iter()
                    .all(|column| !column.meaning.is_empty() && !column.example.is_empty())
            );
        }
    }
}
