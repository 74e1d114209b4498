//! How an answer looks: tables for people, JSON and CSV for other programs, and our guidance.
//!
//! Everything is written to a [`Write`](std::io::Write) that the caller hands in, and everything that
//! depends on the surroundings (width, colour, zone) comes in a [`Style`]: nothing here knows a
//! terminal, a clock or an environment. Text from evidence reaches a table or a CSV file only
//! escaped. Useful for: one row, one object, one page. Not for: what is asked or found
//! (`reconstruct`, `search`), exit statuses and streams (the binary).

use jiff::tz::TimeZone;

pub mod accounting;
pub mod audit;
mod axis;
mod bars;
mod cell;
mod change;
pub mod coverage;
pub mod csv;
pub mod dossier;
pub mod explain;
pub mod findings;
pub mod found;
mod grid;
pub mod headline;
pub mod histogram;
pub mod history;
pub mod hits;
pub mod intervals;
pub mod json;
pub mod plan;
pub mod prose;
pub mod rows;
#[cfg(test)]
mod samples;
pub mod sentence;
mod stack;
#[cfg(test)]
mod tests;
pub mod time;
pub mod verified;
mod words;

pub use grid::Written;

/// How text for people is laid out.
#[derive(Debug, Clone)]
pub struct Style {
    /// The columns of the terminal; absent where the output is no terminal: then nothing is wrapped,
    /// shortened or left out. Less than 40 counts as 40.
    pub width: Option<usize>,
    /// Whether to paint with ANSI colours.
    pub color: bool,
    /// The zone in which times are shown; JSON and CSV are in UTC always.
    pub zone: TimeZone,
    /// The number of the first row, where rows are numbered: in a session, whose next question may name
    /// them so.
    pub first_row: Option<usize>,
}

impl Style {
    /// Returns the style of a table that goes on behind so many rows.
    fn behind(&self, rows: usize) -> Self {
        Self {
            first_row: self.first_row.map(|first| first + rows),
            ..self.clone()
        }
    }
}

impl Default for Style {
    /// Unlimited width, no colour, UTC: what a pipe gets.
    fn default() -> Self {
        Self {
            width: None,
            color: false,
            zone: TimeZone::UTC,
            first_row: None,
        }
    }
}

/// What `--format` chooses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// One array, one object a line.
    Json,
    /// One object a line.
    Jsonl,
    /// RFC 4180 with one header.
    Csv,
}
