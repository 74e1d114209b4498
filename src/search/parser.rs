//! How terms are joined: `NOT` before `AND` before `OR`, parentheses, and the limits.
//!
//! Not for: what one term asks (`terms`).

use std::ops::Range;

use super::time::Frame;

use super::SearchError;
use super::lexer::tokens;
use super::terms::ask;
use super::tokens::{Kind, Token};
use crate::query::Expression;

/// The longest query, in bytes of UTF-8.
pub const QUERY_BYTES_MAX: usize = 4096;

/// How deep parentheses and `NOT` may be nested.
pub const DEPTH_MAX: usize = 32;

/// How many terms a query may have, each value of a list counted.
pub const TERMS_MAX: usize = 1000;

/// Reads a query; times as `frame` says.
///
/// # Errors
///
/// What cannot be understood, with its place in `query`; a query without a term, longer than
/// [`QUERY_BYTES_MAX`], deeper than [`DEPTH_MAX`], or of more than [`TERMS_MAX`] terms.
pub fn parse(query: &str, frame: &Frame) -> Result<Expression, SearchError> {
    if query.len() > QUERY_BYTES_MAX {
        let message = format!(
            "the query has {} bytes, {QUERY_BYTES_MAX} are the most",
            query.len()
        );
        let start = (0..=QUERY_BYTES_MAX).rfind(|at| query.is_char_boundary(*at));
        return Err(SearchError::new(start.unwrap_or(0)..query.len(), message));
    }
    let mut parser = Parser {
        tokens: tokens(query)?,
        at: 0,
        end: query.len(),
        terms_count: 0,
        frame,
    };
    if parser.tokens.is_empty() {
        return Err(SearchError::new(0..query.len(), "the query is empty").suggest("`*`"));
    }
    let expression = parser.alternatives(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(expression),
        Some(extra) => Err(never_opened(extra)),
    }
}

fn never_opened(token: &Token<'_>) -> SearchError {
    SearchError::new(token.span.clone(), "this parenthesis was never opened")
}

/// Reads the tokens from left to right.
struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    /// The length of the query: where something is missing at its end.
    end: usize,
    terms_count: usize,
    frame: &'a Frame,
}

impl Parser<'_> {
    /// Reads `a OR b`.
    fn alternatives(&mut self, depth: usize) -> Result<Expression, SearchError> {
        let mut sides = vec![self.conjunction(depth)?];
        while let Some(Kind::Or) = self.peek() {
            self.at += 1;
            sides.push(self.conjunction(depth)?);
        }
        Ok(any_of(sides))
    }

    /// Reads `a AND b`, or `a b`.
    fn conjunction(&mut self, depth: usize) -> Result<Expression, SearchError> {
        let mut sides = vec![self.negation(depth)?];
        loop {
            match self.peek() {
                None | Some(Kind::Or | Kind::Close) => return Ok(all_of(sides)),
                Some(Kind::And) => self.at += 1,
                Some(Kind::Not | Kind::Open | Kind::Term { .. }) => {}
            }
            sides.push(self.negation(depth)?);
        }
    }

    /// Reads `NOT a`, `-a`, or `a`.
    fn negation(&mut self, depth: usize) -> Result<Expression, SearchError> {
        if !matches!(self.peek(), Some(Kind::Not)) {
            return self.primary(depth);
        }
        self.check_depth(depth)?;
        self.at += 1;
        let inner = self.negation(depth + 1)?;
        Ok(Expression::Not(Box::new(inner)))
    }

    /// Reads a term, or `(…)`.
    fn primary(&mut self, depth: usize) -> Result<Expression, SearchError> {
        match self.peek() {
            Some(Kind::Term { .. }) => self.term(),
            Some(Kind::Open) => {
                self.check_depth(depth)?;
                let open = self.here();
                self.at += 1;
                let inner = self.alternatives(depth + 1)?;
                if !matches!(self.peek(), Some(Kind::Close)) {
                    return Err(SearchError::new(open, "this parenthesis is not closed"));
                }
                self.at += 1;
                Ok(inner)
            }
            Some(Kind::And | Kind::Or | Kind::Not | Kind::Close) | None => Err(self.missing()),
        }
    }

    fn term(&mut self) -> Result<Expression, SearchError> {
        let Some(Token {
            kind: Kind::Term { field, values },
            span,
        }) = self.tokens.get(self.at)
        else {
            return Err(self.missing());
        };
        self.terms_count += values.len();
        if self.terms_count > TERMS_MAX {
            let message = format!("the query has too many terms, {TERMS_MAX} are the most");
            return Err(SearchError::new(span.clone(), message));
        }
        let sides: Result<Vec<_>, _> = values
            .iter()
            .map(|value| ask(*field, value, self.frame))
            .collect();
        self.at += 1;
        Ok(any_of(sides?))
    }

    fn peek(&self) -> Option<&Kind<'_>> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn here(&self) -> Range<usize> {
        let token = self.tokens.get(self.at);
        token.map_or(self.end..self.end, |token| token.span.clone())
    }

    fn check_depth(&self, depth: usize) -> Result<(), SearchError> {
        if depth < DEPTH_MAX {
            return Ok(());
        }
        let message = format!("the query is nested too deep, {DEPTH_MAX} levels are the most");
        Err(SearchError::new(self.here(), message))
    }

    /// Says what the query lacks here; an operator without a term may have been meant as a word.
    fn missing(&self) -> SearchError {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let (token, place) = match (self.tokens.get(self.at), before) {
            (Some(token), None) if matches!(token.kind, Kind::Close) => return never_opened(token),
            (Some(token), _) if !matches!(token.kind, Kind::Close) => (token, "before"),
            (_, Some(token)) => (token, "after"),
            (_, None) => return SearchError::new(self.here(), "a term is missing"),
        };
        let (name, word) = match token.kind {
            Kind::And => ("AND", Some("and")),
            Kind::Or => ("OR", Some("or")),
            Kind::Not => ("NOT", Some("not")),
            Kind::Open => ("(", None),
            Kind::Close | Kind::Term { .. } => (")", None),
        };
        let message = format_args!("a term is missing {place} `{name}`").to_string();
        let error = SearchError::new(token.span.clone(), message);
        match word {
            Some(word) => error.suggest(format_args!("the word `{word}`")),
            None => error,
        }
    }
}

/// Joins sides by OR; a side that is itself an OR gives its own.
fn any_of(sides: Vec<Expression>) -> Expression {
    let mut flat = Vec::with_capacity(sides.len());
    for side in sides {
        match side {
            Expression::Or(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    single(flat, Expression::Or)
}

/// Joins sides by AND; a side that is itself an AND gives its own.
fn all_of(sides: Vec<Expression>) -> Expression {
    let mut flat = Vec::with_capacity(sides.len());
    for side in sides {
        match side {
            Expression::And(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    single(flat, Expression::And)
}

fn single(mut sides: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match (sides.len(), sides.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            sides.extend(last);
            join(sides)
        }
    }
}
