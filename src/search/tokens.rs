//! The pieces of a query, between its characters and its meaning.

use std::borrow::Cow;
use std::ops::Range;

use super::fields::FieldRow;

/// A piece of a query, and where it stands in it.
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) span: Range<usize>,
}

/// The kinds of pieces.
pub(super) enum Kind<'a> {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `AND`
    And,
    /// `OR`
    Or,
    /// `NOT`, or `-` before a term.
    Not,
    /// `@name`, without the sign: a query of that name.
    Name(&'a str),
    /// A term, of which any value will do.
    Term {
        /// The field that it names.
        field: Option<&'static FieldRow>,
        /// One, or several separated by commas.
        values: Vec<Value<'a>>,
    },
}

/// A value as it was typed, and where it stands in the query.
pub(super) struct Value<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) form: Form,
    pub(super) span: Range<usize>,
}

/// How a value was typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it stands.
    Bare,
    /// In quotation marks.
    Quoted,
    /// In quotation marks, and a star behind them.
    QuotedPrefix,
    /// `[A TO B]`, without the brackets.
    Bracketed,
}
