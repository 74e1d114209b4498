//! What an index tells, in the formats of other tools.
//!
//! Three kinds of answers go out. *Events* are mapped field by field (`mapping`): Timesketch, ECS, OCSF,
//! and what `lookup-events` prints, which plaso reads. *Tables* (`tables`) hold events, intervals,
//! attempts, findings and files with typed columns: CSV, Parquet, SQLite, XLSX. *Records* leave as they
//! were delivered (`raw`). Which field or column holds what is data: `schema/exports/` and
//! `schema/tables.json`.
//!
//! Events are read and written one after the other; what is held at once are the intervals of the answer
//! and the ledger. The same index, filters and version give the same bytes in every format. Not for: what
//! is exported (`reconstruct`), or the formats of the other commands (`render`).

mod about;
mod findings;
mod guarded;
mod mapping;
mod output;
mod parquet;
mod raw;
mod rows;
mod source;
mod sqlite;
mod tables;
mod timeline;
mod xlsx;

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::error::Error;

pub use mapping::Mapping;
pub use output::{Destination, write_file};
pub use source::Doubts;
pub use source::Source;
pub use tables::{Column, Table, TableName, Type, View, tables, views};

/// The format file by which lnav reads what is exported for Timesketch.
pub const LNAV_FORMAT: &[u8] = include_bytes!("../../schema/exports/lnav-format.json");

/// What is exported for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Timesketch: events and the bounds of intervals, one JSON object a line, in order of time.
    Timesketch,
    /// Elastic Common Schema: events, one JSON object a line.
    Ecs,
    /// OCSF class 6003, API Activity: events, one JSON object a line.
    Ocsf,
    /// Events as `aws cloudtrail lookup-events` gives them, one a line.
    LookupEvents,
    /// Records as they were delivered, one a line.
    Raw,
    /// Records as they were delivered, in one `{"Records":[…]}`.
    Records,
    /// One table, guarded against being run by a spreadsheet.
    Csv,
    /// One table in Parquet.
    Parquet,
    /// All tables in one SQLite database.
    Sqlite,
    /// All tables in one workbook.
    Xlsx,
    /// The format file by which lnav reads what is exported for Timesketch.
    LnavFormat,
}

impl Target {
    /// Says whether it is text, which can go to standard output.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Parquet | Self::Sqlite | Self::Xlsx)
    }

    /// Says whether one table has to be chosen for it.
    pub fn is_one_table(self) -> bool {
        matches!(self, Self::Csv | Self::Parquet)
    }
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// How many rows of each kind, such as `events`.
    pub rows: BTreeMap<&'static str, u64>,
    /// How many events stand in a table although the filters do not ask for them: intervals rest on them.
    pub events_besides: u64,
    /// How many rows the limit left out.
    pub left_out: u64,
    /// How many bounds of intervals have no time at all, and so no row in a timeline.
    pub timeless_bounds: u64,
    /// How many cells begin with `'` so that no spreadsheet runs them.
    pub guarded_cells: usize,
    /// How many cells were cut to what the format can hold.
    pub cut_cells: u64,
    /// How many values are not of their column's type, and so only in the row's text or JSON columns.
    pub untyped_cells: u64,
    /// How many tables needed more than one sheet.
    pub continued_sheets: u64,
    /// How many records had line breaks between their parts, which became blanks.
    pub joined_records: u64,
    /// How many records have values at which plaso would stop, and are given to it without.
    pub altered_records: u64,
    /// What leaves the answer in doubt.
    pub doubts: Doubts,
}

impl Written {
    fn of(source: &Source<'_>) -> Self {
        Self {
            doubts: source.doubts(),
            ..Self::default()
        }
    }

    /// Counts all rows.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }

    fn count(&mut self, what: &'static str) {
        *self.rows.entry(what).or_default() += 1;
    }
}

/// Why an export ended early.
#[derive(Debug)]
pub enum Failure {
    /// The index cannot be read, the run was interrupted, or the destination is refused.
    Library(Error),
    /// What is exported cannot be written.
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// What a step of an export gives.
pub type Step<T> = Result<T, Failure>;

/// Writes a format that is text.
///
/// # Errors
///
/// Where the index cannot be read, `out` cannot be written, or the run is interrupted.
///
/// # Panics
///
/// Where the target is no text; see [`Target::is_text`].
pub fn write_text(
    source: &Source<'_>,
    target: Target,
    table: TableName,
    out: &mut dyn Write,
) -> Step<Written> {
    match target {
        Target::Timesketch => timeline::write(source, out),
        Target::Ecs => mapping::write(source, Mapping::ecs(), out),
        Target::Ocsf => mapping::write(source, Mapping::ocsf(), out),
        Target::LookupEvents => mapping::write(source, Mapping::lookup_events(), out),
        Target::Raw => raw::lines(source, out),
        Target::Records => raw::document(source, out),
        Target::Csv => guarded::write(source, table, out),
        Target::LnavFormat => {
            out.write_all(LNAV_FORMAT)?;
            Ok(Written::default())
        }
        Target::Parquet | Target::Sqlite | Target::Xlsx => {
            unreachable!("the caller has asked whether it is text")
        }
    }
}
