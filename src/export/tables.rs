//! Tables with typed columns, as `schema/tables.json` lists them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Step;
use crate::render::json;

use crate::render::csv::{Column as Source, Kind, cell, columns as shared};

/// The tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableName {
    /// From when to when something was attached.
    Intervals,
    /// Calls that changed nothing.
    Attempts,
    /// Calls.
    Events,
    /// What an investigator should know.
    Findings,
    /// Every file that was found.
    Files,
}

impl TableName {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 5] = [
        Self::Intervals,
        Self::Attempts,
        Self::Events,
        Self::Findings,
        Self::Files,
    ];

    /// Returns its name, such as `intervals`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intervals => "intervals",
            Self::Attempts => "attempts",
            Self::Events => "events",
            Self::Findings => "findings",
            Self::Files => "files",
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number that 64 bits can hold.
    Integer,
    /// True or false.
    Boolean,
    /// A time, UTC.
    Time,
    /// JSON, as text.
    Json,
}

impl Type {
    /// Returns its name, such as `integer`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Time => "time",
            Self::Json => "json",
        }
    }
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Which one it is.
    pub name: TableName,
    /// What its rows are.
    pub meaning: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns that tell its rows apart.
    pub key: Vec<String>,
    /// The columns that rows are looked up by.
    pub indexes: Vec<String>,
    /// What columns refer to: `table.column`, by column.
    pub references: BTreeMap<String, String>,
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name, where its value is, and what it means.
    pub source: Source,
    /// What it holds.
    pub kind: Type,
}

/// A question that a database keeps.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Its name.
    pub name: String,
    /// What its rows are.
    pub meaning: String,
    /// The question in SQL.
    pub sql: String,
}

/// What is searched for words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// The table.
    pub(super) table: String,
    /// Its columns.
    pub(super) columns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "about")]
    _about: String,
    types: Types,
    tables: BTreeMap<String, Written>,
    views: Vec<View>,
    search: Search,
}

/// The columns, by name, that are not text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Types {
    time: BTreeSet<String>,
    integer: BTreeSet<String>,
    boolean: BTreeSet<String>,
    json: BTreeSet<String>,
}

/// A table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    meaning: String,
    #[serde(default)]
    rows: Option<Rows>,
    #[serde(default)]
    first: Vec<Source>,
    #[serde(default)]
    last: Vec<Source>,
    key: Vec<String>,
    indexes: Vec<String>,
    references: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Rows {
    Interval,
    Attempt,
    Hit,
}

struct Known {
    tables: Vec<Table>,
    views: Vec<View>,
    search: Search,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut file: File = serde_json::from_str(include_str!("../../schema/tables.json"))
            .expect("the embedded file is checked by a test");
        let tables = TableName::ALL.map(|name| {
            let written = file.tables.remove(name.name());
            table(name, written.expect("a test names each table"), &file.types)
        });
        Known {
            tables: tables.into(),
            views: file.views,
            search: file.search,
        }
    })
}

fn table(name: TableName, written: Written, types: &Types) -> Table {
    let between: &[Source] = match written.rows {
        Some(Rows::Interval) => shared(Kind::Interval),
        Some(Rows::Attempt) => shared(Kind::Attempt),
        Some(Rows::Hit) => shared(Kind::Hit),
        None => &[],
    };
    let first = written.first.into_iter();
    let columns = first.chain(between.iter().cloned()).chain(written.last);
    Table {
        name,
        meaning: written.meaning,
        columns: columns.map(|source| types.column(source)).collect(),
        key: written.key,
        indexes: written.indexes,
        references: written.references,
    }
}

impl Types {
    fn column(&self, source: Source) -> Column {
        let kind = [
            (&self.time, Type::Time),
            (&self.integer, Type::Integer),
            (&self.boolean, Type::Boolean),
            (&self.json, Type::Json),
        ]
        .into_iter()
        .find(|(names, _)| names.contains(&source.name));
        Column {
            kind: kind.map_or(Type::Text, |(_, kind)| kind),
            source,
        }
    }
}

/// Lists the tables, in the order in which they are written.
pub fn tables() -> &'static [Table] {
    &known().tables
}

/// Lists the questions that a database keeps.
pub fn views() -> &'static [View] {
    &known().views
}

/// Says what is searched for words.
pub(super) fn search() -> &'static Search {
    &known().search
}

/// A value in a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing is known.
    Null,
    /// Text, or what is not of its column's type.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A time.
    Time(Timestamp),
}

impl Cell {
    /// Says whether it is what its column holds.
    pub(super) fn fits(&self, kind: Type) -> bool {
        match self {
            Self::Null => true,
            Self::Text(_) => matches!(kind, Type::Text | Type::Json),
            Self::Integer(_) => kind == Type::Integer,
            Self::Boolean(_) => kind == Type::Boolean,
            Self::Time(_) => kind == Type::Time,
        }
    }
}

impl Table {
    /// Returns a table.
    pub(super) fn of(name: TableName) -> &'static Self {
        let mut tables = tables().iter();
        let found = tables.find(|table| table.name == name);
        found.expect("a test names each table")
    }

    /// Cuts an object into cells, one for each column; says how many are not what their column holds.
    pub(super) fn cells(&self, row: &Value) -> io::Result<(Vec<Cell>, u64)> {
        let mut untyped = 0;
        let cells = self.columns.iter().map(|column| {
            let cell = column.cell(row)?;
            untyped += u64::from(!cell.fits(column.kind));
            Ok(cell)
        });
        let cells = cells.collect::<io::Result<_>>()?;
        Ok((cells, untyped))
    }

    /// Returns where a column stands.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let mut columns = self.columns.iter();
        columns.position(|column| column.source.name == name)
    }
}

impl Column {
    fn cell(&self, row: &Value) -> io::Result<Cell> {
        let text = match self.kind {
            Type::Json => as_json(row, &self.source.path)?,
            _ => cell(row, &self.source.path)?,
        };
        if text.is_empty() {
            return Ok(Cell::Null);
        }
        let typed = match self.kind {
            Type::Text | Type::Json => None,
            Type::Integer => text.parse().ok().map(Cell::Integer),
            Type::Boolean => text.parse().ok().map(Cell::Boolean),
            Type::Time => text.parse().ok().map(Cell::Time),
        };
        Ok(typed.unwrap_or(Cell::Text(text)))
    }
}

fn as_json(row: &Value, path: &str) -> io::Result<String> {
    let mut steps = path.split('.');
    let found = steps.try_fold(row, |value, step| value.get(step));
    let Some(value) = found.filter(|value| !value.is_null()) else {
        return Ok(String::new());
    };
    let mut text = Vec::new();
    json::value(&mut text, value)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// Where the rows of tables go.
pub(super) trait Sheets {
    /// Begins a table; its rows follow.
    fn begin(&mut self, table: &'static Table) -> Step<()>;
    /// Takes a row of the table that was begun last, one cell for each column.
    fn row(&mut self, cells: Vec<Cell>) -> Step<()>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_name_in_the_file_is_a_column() {
        let file: File = serde_json::from_str(include_str!("../../schema/tables.json")).unwrap();
        let named = file
            .tables
            .keys()
            .map(String::as_str)
            .collect::<BTreeSet<_>>();
        assert_eq!(named, TableName::ALL.map(TableName::name).into());
        let columns: BTreeSet<&str> = tables()
            .iter()
            .flat_map(|table| &table.columns)
            .map(|column| column.source.name.as_str())
            .collect();
        for types in [
            &file.types.time,
            &file.types.integer,
            &file.types.boolean,
            &file.types.json,
        ] {
            for name in types {
                assert!(columns.contains(name.as_str()), "{name}");
            }
        }
        for table in tables() {
            let mut names = BTreeSet::new();
            for column in &table.columns {
                assert!(
                    names.insert(column.source.name.as_str()),
                    "{:?}",
                    column.source
                );
                assert!(!column.source.meaning.is_empty());
            }
            let keys = table
                .key
                .iter()
                .chain(&table.indexes)
                .chain(table.references.keys());
            for name in keys {
                assert!(
                    names.contains(name.as_str()),
                    "{}.{name}",
                    table.name.name()
                );
            }
            for target in table.references.values() {
                let (other, column) = target.split_once('.').unwrap();
                let other = tables()
                    .iter()
                    .find(|table| table.name.name() == other)
                    .unwrap();
                assert_eq!(other.key, [column], "{target}");
            }
        }
    }

    #[test]
    fn a_value_gets_the_type_of_its_column_or_stays_text() {
        let column = |kind| Column {
            source: Source {
                name: "c".to_owned(),
                path: "c".to_owned(),
                meaning: String::new(),
                example: String::new(),
            },
            kind,
        };
        let time = "2024-03-01T10:13:00Z";
        for (kind, value, cell) in [
            (Type::Text, json!("a"), Cell::Text("a".to_owned())),
            (Type::Text, json!(null), Cell::Null),
            (Type::Text, json!(""), Cell::Null),
            (Type::Integer, json!(7), Cell::Integer(7)),
            (Type::Integer, json!("1x"), Cell::Text("1x".to_owned())),
            (
                Type::Integer,
                json!(u64::MAX),
                Cell::Text(u64::MAX.to_string()),
            ),
            (Type::Boolean, json!(true), Cell::Boolean(true)),
            (Type::Time, json!(time), Cell::Time(time.parse().unwrap())),
            (Type::Json, json!(["a"]), Cell::Text("[\"a\"]".to_owned())),
            (
                Type::Json,
                json!({"a": 1}),
                Cell::Text("{\"a\":1}".to_owned()),
            ),
        ] {
            let found = column(kind).cell(&json!({"c": value})).unwrap();
            assert_eq!(found, cell, "{kind:?} {value}");
            assert_eq!(
                found.fits(kind),
                !value.to_string().contains(['x', '8']),
                "{kind:?} {value}"
            );
        }
    }
}
