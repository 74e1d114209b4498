//! How a query was read: the one line that `--explain` shows and the tests compare.
//!
//! Not for: a query language of its own; the line cannot be typed back in every case.

use std::fmt::{self, Display, Formatter};

use super::fields::name_of;
use crate::query::{Expression, Network, Term};
use crate::text::Escaped;

/// Writes the expression on one line, escaped, always alike.
///
/// `"detach network"` is a phrase of words, `=eni-0a…` a whole value, `=eni-0a*` its beginning,
/// `terminat*` the beginning of a word, `[a, b)` a time from `a` up to and without `b`.
impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::And(sides) => write_sides(f, sides, " AND "),
            Self::Or(sides) => write_sides(f, sides, " OR "),
            Self::Not(inner) => {
                f.write_str("NOT ")?;
                write_side(f, inner)
            }
            Self::Term(term) => term.fmt(f),
        }
    }
}

fn write_sides(f: &mut Formatter<'_>, sides: &[Expression], between: &str) -> fmt::Result {
    for (at, side) in sides.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write_side(f, side)?;
    }
    Ok(())
}

/// Writes one side, in parentheses where it has sides of its own.
fn write_side(f: &mut Formatter<'_>, side: &Expression) -> fmt::Result {
    match side {
        Expression::And(_) | Expression::Or(_) => write!(f, "({side})"),
        Expression::All | Expression::Not(_) | Expression::Term(_) => side.fmt(f),
    }
}

/// Writes the condition as [`Expression`] does.
impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => write!(f, "\"{}\"", Escaped(&words.join(" "))),
            Self::Value(value) => write!(f, "={}", Shown(value)),
            Self::Prefix(start) => write!(f, "={}*", Shown(start)),
            Self::WordPrefix(start) => write!(f, "{}*", Escaped(start)),
            Self::Pattern(pattern) => write!(f, "={}", Shown(&pattern.text())),
            Self::WordPattern(pattern) => Escaped(&pattern.text()).fmt(f),
            Self::FieldPattern { field, pattern } => {
                write!(f, "{}:{}", name_of(*field), Shown(&pattern.text()))
            }
            Self::Field {
                field,
                value,
                prefix,
            } => {
                let star = if *prefix { "*" } else { "" };
                write!(f, "{}:{}{star}", name_of(*field), Shown(value))
            }
            Self::Address(network) => write!(f, "address:{network}"),
            Self::SourceAddress(network) => write!(f, "ip:{network}"),
            Self::Time(from, to) => {
                f.write_str("time:[")?;
                write_bound(f, from.as_ref())?;
                f.write_str(", ")?;
                write_bound(f, to.as_ref())?;
                f.write_str(")")
            }
            Self::Failed(true) => f.write_str("is:failed"),
            Self::Failed(false) => f.write_str("is:succeeded"),
            Self::Outcome(outcome) => write!(f, "is:{}", outcome.word()),
            Self::Console => f.write_str("is:console"),
        }
    }
}

/// A value, in quotation marks where a blank would be misread.
struct Shown<'a>(&'a str);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.contains(char::is_whitespace) {
            true => write!(f, "\"{}\"", Escaped(self.0)),
            false => Escaped(self.0).fmt(f),
        }
    }
}

fn write_bound(f: &mut Formatter<'_>, bound: Option<&jiff::Timestamp>) -> fmt::Result {
    match bound {
        Some(time) => time.fmt(f),
        None => f.write_str("…"),
    }
}

/// Writes CIDR notation; the full prefix is left away.
impl Display for Network {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (first, last) = self.range();
        match first == last {
            true => self.address.fmt(f),
            false => write!(f, "{first}/{}", self.prefix),
        }
    }
}
