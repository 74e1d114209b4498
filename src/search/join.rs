//! Joins expressions by AND and OR.

use crate::query::Expression;

/// Joins sides by OR; a side that is itself an OR gives its own.
pub(super) fn any_of(sides: Vec<Expression>) -> Expression {
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
pub(super) fn all_of(sides: Vec<Expression>) -> Expression {
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
