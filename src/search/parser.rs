//! How terms are joined: `NOT` before `AND` before `OR`, parentheses, named queries, and the limits.
//!
//! Not for: what one term asks (`terms`).

use std::ops::Range;

use super::time::Frame;

use super::SearchError;
use super::asked::{Asked, Part};
use super::failure::quoted;
use super::join::{all_of, any_of};
use super::lacking::{missing, never_opened};
use super::lexer::tokens;
use super::names::Queries;
use super::terms::ask;
use super::tokens::{Kind, Token};
use crate::query::Expression;

/// The longest query, in bytes of UTF-8.
pub const QUERY_BYTES_MAX: usize = 4096;

/// How deep parentheses, `NOT` and named queries may be nested.
pub const DEPTH_MAX: usize = 32;

/// What is told of a name that stands for itself in the end.
const LEADS_BACK: &str = "a query leads back to itself";

/// How many terms a query may have, each value of a list counted.
pub const TERMS_MAX: usize = 1000;

/// Reads a query without named ones; times as `frame` says.
///
/// # Errors
///
/// As [`read`].
pub fn parse(query: &str, frame: &Frame) -> Result<Expression, SearchError> {
    read(query, frame, &Queries::default()).map(|asked| asked.expression)
}

/// Reads a query, in which `@name` stands for one of `queries`; times as `frame` says.
///
/// # Errors
///
/// What cannot be understood, with its place in `query`; a query without a term, longer than
/// [`QUERY_BYTES_MAX`], deeper than [`DEPTH_MAX`], or of more than [`TERMS_MAX`] terms; a name that is not
/// known, or leads back to itself.
pub fn read(query: &str, frame: &Frame, queries: &Queries) -> Result<Asked, SearchError> {
    let mut shared = Shared {
        frame,
        queries,
        terms: Vec::new(),
        within: Vec::new(),
    };
    let (expression, parts) = whole(query, &mut shared, 0)?;
    let terms = |range: Range<usize>| shared.terms[range].to_vec();
    let parts = parts.into_iter().map(|part| Part {
        typed: query[part.span].to_owned(),
        expression: part.expression,
        terms: terms(part.terms),
    });
    Ok(Asked {
        parts: parts.collect(),
        expression,
    })
}

/// What a query and the named queries in it share.
struct Shared<'a> {
    frame: &'a Frame,
    queries: &'a Queries,
    /// The terms so far, as typed, and what they ask.
    terms: Vec<(String, Expression)>,
    /// The names that are being read, the outermost first.
    within: Vec<String>,
}

/// What is joined by AND outside of all parentheses.
struct Joined {
    span: Range<usize>,
    expression: Expression,
    terms: Range<usize>,
}

/// Reads a whole query, which lies so many levels deep.
fn whole(
    query: &str,
    shared: &mut Shared<'_>,
    depth: usize,
) -> Result<(Expression, Vec<Joined>), SearchError> {
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
        shared,
        joined: Vec::new(),
        outermost: depth,
    };
    if parser.tokens.is_empty() {
        return Err(SearchError::new(0..query.len(), "the query is empty").suggest("`*`"));
    }
    let terms_before = parser.shared.terms.len();
    let (expression, is_choice) = parser.alternatives(depth)?;
    if let Some(extra) = parser.tokens.get(parser.at) {
        return Err(never_opened(extra));
    }
    let mut joined = std::mem::take(&mut parser.joined);
    if is_choice {
        let first = parser.tokens.first().map_or(0, |token| token.span.start);
        let last = parser.tokens.last().map_or(0, |token| token.span.end);
        joined = vec![Joined {
            span: first..last,
            expression: expression.clone(),
            terms: terms_before..parser.shared.terms.len(),
        }];
    }
    Ok((expression, joined))
}

/// Reads the tokens from left to right.
struct Parser<'a, 's, 'f> {
    tokens: Vec<Token<'a>>,
    at: usize,
    /// The length of the query: where something is missing at its end.
    end: usize,
    shared: &'s mut Shared<'f>,
    /// What is joined by AND outside of all parentheses, so far.
    joined: Vec<Joined>,
    /// The depth at which the query begins.
    outermost: usize,
}

impl Parser<'_, '_, '_> {
    /// Reads `a OR b`; says whether there was an OR.
    fn alternatives(&mut self, depth: usize) -> Result<(Expression, bool), SearchError> {
        let mut sides = vec![self.conjunction(depth)?];
        while let Some(Kind::Or) = self.peek() {
            self.at += 1;
            sides.push(self.conjunction(depth)?);
        }
        let is_choice = sides.len() > 1;
        Ok((any_of(sides), is_choice))
    }

    /// Reads `a AND b`, or `a b`.
    fn conjunction(&mut self, depth: usize) -> Result<Expression, SearchError> {
        let mut sides = vec![self.side(depth)?];
        loop {
            match self.peek() {
                None | Some(Kind::Or | Kind::Close) => return Ok(all_of(sides)),
                Some(Kind::And) => self.at += 1,
                Some(Kind::Not | Kind::Open | Kind::Name(_) | Kind::Term { .. }) => {}
            }
            sides.push(self.side(depth)?);
        }
    }

    /// Reads one side of an AND, and remembers it where it is outside of all parentheses.
    fn side(&mut self, depth: usize) -> Result<Expression, SearchError> {
        let (first, terms_before) = (self.here().start, self.shared.terms.len());
        let expression = self.negation(depth)?;
        if depth == self.outermost {
            let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
            self.joined.push(Joined {
                span: first..last.map_or(first, |token| token.span.end),
                expression: expression.clone(),
                terms: terms_before..self.shared.terms.len(),
            });
        }
        Ok(expression)
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
        if let Some(Kind::Name(name)) = self.peek() {
            let name = (*name).to_owned();
            return self.named(&name, depth);
        }
        match self.peek() {
            Some(Kind::Term { .. }) => self.term(),
            Some(Kind::Open) => {
                self.check_depth(depth)?;
                let open = self.here();
                self.at += 1;
                let (inner, _) = self.alternatives(depth + 1)?;
                if !matches!(self.peek(), Some(Kind::Close)) {
                    return Err(SearchError::new(open, "this parenthesis is not closed"));
                }
                self.at += 1;
                Ok(inner)
            }
            Some(Kind::And | Kind::Or | Kind::Not | Kind::Close | Kind::Name(_)) | None => {
                Err(self.missing())
            }
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
        if self.shared.terms.len() + values.len() > TERMS_MAX {
            let message = format!("the query has too many terms, {TERMS_MAX} are the most");
            return Err(SearchError::new(span.clone(), message));
        }
        let mut sides = Vec::with_capacity(values.len());
        for value in values {
            let side = ask(*field, value, self.shared.frame)?;
            let typed = match field {
                Some(field) => format!("{}:{}", field.name, value.text),
                None => value.text.clone().into_owned(),
            };
            self.shared.terms.push((typed, side.clone()));
            sides.push(side);
        }
        self.at += 1;
        Ok(any_of(sides))
    }

    /// Reads what a name stands for.
    fn named(&mut self, name: &str, depth: usize) -> Result<Expression, SearchError> {
        self.check_depth(depth)?;
        let place = self.here();
        let wrong = |message: String| SearchError::new(place.clone(), message);
        let Some(query) = self.shared.queries.get(name) else {
            let error = wrong(format!("there is no query {}", quoted(&format!("@{name}"))));
            return Err(match self.shared.queries.nearest(name) {
                Some(near) => error.suggest(format_args!("`@{near}`")),
                None => error.suggest(format_args!("`\"@{name}\"`")),
            });
        };
        let lower = name.to_lowercase();
        if self.shared.within.contains(&lower) {
            let mut way: Vec<String> = self.shared.within.iter().map(|n| format!("@{n}")).collect();
            way.push(format!("@{lower}"));
            return Err(wrong(format!("{LEADS_BACK}: {}", way.join(" → "))));
        }
        self.shared.within.push(lower);
        let read = whole(query, self.shared, depth + 1);
        self.shared.within.pop();
        self.at += 1;
        match read {
            Ok((expression, _)) => Ok(expression),
            Err(error) if error.message.starts_with(LEADS_BACK) => Err(wrong(error.message)),
            Err(error) => Err(wrong(format!("in `@{name}`: {error}"))),
        }
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

    /// Says what the query lacks here.
    fn missing(&self) -> SearchError {
        missing(&self.tokens, self.at, self.here())
    }
}
