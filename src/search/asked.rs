//! A query as it was understood.

use crate::query::Expression;

/// A query as it was understood, and which part of it asks what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The whole query.
    pub expression: Expression,
    /// What it joins by AND, in order; a query that joins nothing so is its only part.
    pub parts: Vec<Part>,
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As it was typed.
    pub typed: String,
    /// What it asks.
    pub expression: Expression,
    /// The terms that it is made of, in order, those of named queries too; of a single term, that term.
    pub terms: Vec<(String, Expression)>,
}
