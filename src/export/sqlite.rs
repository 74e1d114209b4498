//! All tables in one SQLite database, as datasette likes them: keys, indexes, references, views, a
//! search for words, and tables that describe it all.
//!
//! It is written into a file of its own by one transaction, so a failure leaves nothing behind.

use std::io;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params, params_from_iter};

use super::about::about;
use super::tables::{Cell, Sheets, Table, TableName, Type, search, tables, views};
use super::{Failure, Source, Step, Written, rows};

/// What holds while it is written: no second file, and nothing left of what was overwritten. References
/// are not checked one by one, since tables refer to later ones.
const BEFORE: &str = "
    PRAGMA page_size = 4096;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = OFF;
    BEGIN;";

/// Writes all tables into the empty file at `path`.
pub(super) fn write(source: &Source<'_>, path: &Path) -> Step<Written> {
    let database = Connection::open(path)?;
    database.execute_batch(BEFORE)?;
    for table in tables() {
        database.execute_batch(&create(table))?;
    }
    let mut sheets = Database {
        database: &database,
        insert: None,
    };
    let written = rows::write(source, &TableName::ALL, &mut sheets)?;
    drop(sheets);
    describe(&database, source)?;
    for table in tables() {
        for column in &table.indexes {
            let name = table.name.name();
            let sql = format!(r#"CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")"#);
            database.execute(&sql, [])?;
        }
    }
    for view in views() {
        let sql = format!(r#"CREATE VIEW "{}" AS {}"#, view.name, view.sql);
        database.execute(&sql, [])?;
    }
    index_words(&database)?;
    database.execute_batch("COMMIT")?;
    database.close().map_err(|(_, error)| error)?;
    Ok(written)
}

/// Makes the statement that makes a table; what its columns mean stands in it.
fn create(table: &Table) -> String {
    let mut sql = format!(
        "CREATE TABLE \"{}\" (\n  -- {}\n",
        table.name.name(),
        table.meaning
    );
    for column in &table.columns {
        let source = &column.source;
        let kind = match column.kind {
            Type::Text | Type::Json | Type::Time => "TEXT",
            Type::Integer | Type::Boolean => "INTEGER",
        };
        let refers = table
            .references
            .get(&source.name)
            .and_then(|target| target.split_once('.'));
        let refers = refers.map_or_else(String::new, |(other, key)| {
            format!(r#" REFERENCES "{other}" ("{key}")"#)
        });
        sql += &format!(
            "  \"{}\" {kind}{refers}, -- {}\n",
            source.name, source.meaning
        );
    }
    let key: Vec<String> = table.key.iter().map(|name| format!("\"{name}\"")).collect();
    sql + &format!("  PRIMARY KEY ({})\n)", key.join(", "))
}

/// Writes tables of what the tables, views and columns mean, and of what the export is.
fn describe(database: &Connection, source: &Source<'_>) -> Step<()> {
    database.execute_batch(
        "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
         CREATE TABLE about_tables (name TEXT PRIMARY KEY, kind TEXT, meaning TEXT);
         CREATE TABLE about_columns (
           table_name TEXT REFERENCES about_tables (name), number INTEGER, name TEXT, type TEXT,
           meaning TEXT, example TEXT, PRIMARY KEY (table_name, number));",
    )?;
    for (name, value) in about(source) {
        database.execute("INSERT INTO about VALUES (?, ?)", params![name, value])?;
    }
    let mut insert = database.prepare("INSERT INTO about_tables VALUES (?, ?, ?)")?;
    for table in tables() {
        insert.execute(params![table.name.name(), "table", table.meaning])?;
    }
    for view in views() {
        insert.execute(params![view.name, "view", view.meaning])?;
    }
    let mut insert = database.prepare("INSERT INTO about_columns VALUES (?, ?, ?, ?, ?, ?)")?;
    for table in tables() {
        for (number, column) in (1_i64..).zip(&table.columns) {
            let source = &column.source;
            insert.execute(params![
                table.name.name(),
                number,
                source.name,
                column.kind.name(),
                source.meaning,
                source.example,
            ])?;
        }
    }
    Ok(())
}

/// Lets words be searched; ids stay whole.
fn index_words(database: &Connection) -> Step<()> {
    let search = search();
    let (table, columns) = (&search.table, search.columns.join(", "));
    database.execute_batch(&format!(
        "CREATE VIRTUAL TABLE {table}_fts USING fts5(
           {columns}, content=\"{table}\", tokenize=\"unicode61 tokenchars '-'\");
         INSERT INTO {table}_fts ({table}_fts) VALUES ('rebuild');
         INSERT INTO {table}_fts ({table}_fts) VALUES ('optimize');"
    ))?;
    Ok(())
}

struct Database<'d> {
    database: &'d Connection,
    insert: Option<Statement<'d>>,
}

impl Sheets for Database<'_> {
    fn begin(&mut self, table: &'static Table) -> Step<()> {
        let places = vec!["?"; table.columns.len()].join(", ");
        let sql = format!(r#"INSERT INTO "{}" VALUES ({places})"#, table.name.name());
        self.insert = Some(self.database.prepare(&sql)?);
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Step<()> {
        if let Some(insert) = &mut self.insert {
            insert.execute(params_from_iter(cells.into_iter().map(value)))?;
        }
        Ok(())
    }
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Text(text) => Value::Text(text),
        Cell::Integer(number) => Value::Integer(number),
        Cell::Boolean(is) => Value::Integer(i64::from(is)),
        Cell::Time(time) => Value::Text(time.to_string()),
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Output(io::Error::other(error))
    }
}
