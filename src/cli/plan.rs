//! How a search was understood, part by part: for `--explain`, and for an answer that found nothing.

use trailspan::error::Result;
use trailspan::index::{Reader, cost};
use trailspan::plan::{Step, StepKind};
use trailspan::query::{Expression, Pattern, Term};
use trailspan::search::Part;
use trailspan::text::Escaped;

/// Evaluates the parts one after the other, each by itself and with all before it.
///
/// # Errors
///
/// Where the index cannot be read.
pub(super) fn steps(parts: &[Part], reader: &Reader) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut so_far = Vec::new();
    let mut left = 0;
    for part in parts {
        so_far.push(part.expression.clone());
        left = reader.count(&Expression::And(so_far.clone()))?;
        steps.push(Step {
            left: Some(left),
            ..step(StepKind::Part, &part.typed, &part.expression, reader)?
        });
        let is_itself = matches!(&part.terms[..], [(_, only)] if *only == part.expression);
        for (typed, term) in part.terms.iter().filter(|_| !is_itself) {
            steps.push(step(StepKind::Term, typed, term, reader)?);
        }
    }
    let whole = Expression::And(so_far);
    steps.push(Step {
        step: StepKind::Whole,
        typed: String::new(),
        understood: whole.to_string(),
        events: left,
        left: Some(left),
        cost: cost(&whole),
    });
    Ok(steps)
}

fn step(step: StepKind, typed: &str, asks: &Expression, reader: &Reader) -> Result<Step> {
    Ok(Step {
        step,
        typed: typed.to_owned(),
        understood: asks.to_string(),
        events: reader.count(asks)?,
        left: None,
        cost: cost(asks),
    })
}

/// Says which part of a search that found nothing left no event over.
///
/// # Errors
///
/// Where the index cannot be read.
pub(super) fn what_removed_the_last(parts: &[Part], reader: &Reader) -> Result<Option<String>> {
    let mut so_far = Vec::new();
    let mut before = None;
    for part in parts {
        so_far.push(part.expression.clone());
        let left = reader.count(&Expression::And(so_far.clone()))?;
        if left > 0 {
            before = Some(left);
            continue;
        }
        let typed = Escaped(&part.typed);
        let alone = reader.count(&part.expression)?;
        return Ok(Some(match (before, alone) {
            (_, 0) => format!("`{typed}` matches no event{}", as_a_part(part, reader)?),
            (None, _) => return Ok(None),
            (Some(before), alone) => format!(
                "`{typed}` removed the last {}; by itself it matches {alone}",
                super::several(before, "event", "events"),
            ),
        }));
    }
    Ok(None)
}

/// Says how a field that was asked for as a whole is asked for by a part, where that finds something.
fn as_a_part(part: &Part, reader: &Reader) -> Result<String> {
    let Expression::Term(Term::Field {
        field,
        value,
        prefix: false,
    }) = &part.expression
    else {
        return Ok(String::new());
    };
    let Some(pattern) = Pattern::parse(&format!("*{value}*")) else {
        return Ok(String::new());
    };
    let field = *field;
    let asks = Expression::Term(Term::FieldPattern { field, pattern });
    Ok(match reader.count(&asks)? {
        0 => String::new(),
        found => format!(
            " as a whole value; `{asks}` finds it in {}",
            super::several(found, "event", "events")
        ),
    })
}
