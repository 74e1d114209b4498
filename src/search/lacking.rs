//! What a query lacks: a term beside an operator, a parenthesis before its end.

use std::ops::Range;

use super::SearchError;
use super::tokens::{Kind, Token};

/// Says what the query lacks before a token; an operator without a term may have been meant as a word.
pub(super) fn missing(tokens: &[Token<'_>], at: usize, here: Range<usize>) -> SearchError {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let (token, place) = match (tokens.get(at), before) {
        (Some(token), None) if matches!(token.kind, Kind::Close) => return never_opened(token),
        (Some(token), _) if !matches!(token.kind, Kind::Close) => (token, "before"),
        (_, Some(token)) => (token, "after"),
        (_, None) => return SearchError::new(here, "a term is missing"),
    };
    let (name, word) = match token.kind {
        Kind::And => ("AND", Some("and")),
        Kind::Or => ("OR", Some("or")),
        Kind::Not => ("NOT", Some("not")),
        Kind::Open => ("(", None),
        Kind::Close | Kind::Name(_) | Kind::Term { .. } => (")", None),
    };
    let message = format_args!("a term is missing {place} `{name}`").to_string();
    let error = SearchError::new(token.span.clone(), message);
    match word {
        Some(word) => error.suggest(format_args!("the word `{word}`")),
        None => error,
    }
}

/// Says that nothing opened this parenthesis.
pub(super) fn never_opened(token: &Token<'_>) -> SearchError {
    SearchError::new(token.span.clone(), "this parenthesis was never opened")
}
