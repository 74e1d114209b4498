//! How a search was understood, step by step, and what each step costs.
//!
//! Plain data. Not for: how text becomes a search (`search`), or how it is looked for (`index`).

use serde::Serialize;

/// One line of how a search was understood: `schema/plan.schema.json`.
///
/// ```json
/// {"step":"part","typed":"is:failed","understood":"is:failed","events":31,"left":4,"cost":"look-up"}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What the line is about.
    pub step: StepKind,
    /// What was typed, or the option that was given.
    pub typed: String,
    /// What it asks, as [`Expression`](crate::query::Expression) shows it.
    pub understood: String,
    /// How many events of the index match it by itself.
    pub events: u64,
    /// How many events match it and all parts before it; absent for a term within a part.
    pub left: Option<u64>,
    /// How much the index has to look at.
    pub cost: Cost,
}

/// What a line of a plan is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// What the query joins by AND, or a filter.
    Part,
    /// A term within the part above.
    Term,
    /// The whole search.
    Whole,
}

/// How much a condition makes the index look at, beside the events that it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cost {
    /// Values and words that are looked up one by one: it costs what it finds.
    LookUp,
    /// A range of the values, words or addresses: those that begin alike, or lie in a network.
    Range,
    /// The time of every event.
    EveryTime,
    /// Every value of a field, or of all records, each once.
    EveryValue,
    /// Every event.
    EveryEvent,
}

impl Cost {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LookUp => "look-up",
            Self::Range => "a range of values",
            Self::EveryTime => "the time of every event",
            Self::EveryValue => "every value, once",
            Self::EveryEvent => "every event",
        }
    }
}
