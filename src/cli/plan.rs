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
    let counts = reader.count_in_turn(parts.iter().map(|part| &part.expression), true)?;
    for (part, count) in parts.iter().zip(&counts) {
        steps.push(Step {
            step: StepKind::Part,
            typed: part.typed.clone(),
            understood: part.expression.to_string(),
            events: count.alone,
            left: Some(count.left),
            cost: cost(&part.expression),
        });
        let is_itself = matches!(&part.terms[..], [(_, only)] if *only == part.expression);
        for (typed, term) in part.terms.iter().filter(|_| !is_itself) {
            steps.push(Step {
                step: StepKind::Term,
                typed: typed.clone(),
                understood: term.to_string(),
                events: reader.count(term)?,
                left: None,
                cost: cost(term),
            });
        }
    }
    let whole = Expression::And(parts.iter().map(|part| part.expression.clone()).collect());
    let left = match counts.last() {
        Some(count) => count.left,
        None => reader.count(&whole)?,
    };
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

/// Says which part of a search that found nothing left no event over.
///
/// # Errors
///
/// Where the index cannot be read.
pub(super) fn what_removed_the_last(parts: &[Part], reader: &Reader) -> Result<Option<String>> {
    let counts = reader.count_in_turn(parts.iter().map(|part| &part.expression), false)?;
    let Some((count, before)) = counts.split_last() else {
        return Ok(None);
    };
    let (0, Some(part)) = (count.left, parts.get(before.len())) else {
        return Ok(None);
    };
    let typed = Escaped(&part.typed);
    Ok(match (before.last(), count.alone) {
        (_, 0) => Some(format!(
            "`{typed}` matches no event{}",
            as_a_part(part, reader)?
        )),
        (None, _) => None,
        (Some(before), alone) => Some(format!(
            "`{typed}` removed the last {}; by itself it matches {alone}",
            super::several(before.left, "event", "events"),
        )),
    })
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
