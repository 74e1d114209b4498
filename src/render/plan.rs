//! How a search was understood: what each part and term asks, how many events match, and what it costs.

use std::io::{self, Write};

use super::Style;
use super::cell::Cell;
use super::grid::{self, Plan, Written};
use crate::plan::{Step, StepKind};

pub(super) const STEPS: Plan = Plan {
    fields: &["EVENTS", "LEFT", "TYPED", "UNDERSTOOD AS", "LOOKS AT"],
    layouts: &[
        "EVENTS | LEFT | TYPED | UNDERSTOOD AS | LOOKS AT",
        "EVENTS+LEFT | TYPED+UNDERSTOOD AS | LOOKS AT",
        "EVENTS+LEFT | TYPED+UNDERSTOOD AS+LOOKS AT",
    ],
};

/// Writes one row for each step; returns how many.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, steps: &[Step]) -> io::Result<Written> {
    let rows = steps.iter().map(|step| {
        let typed = match step.step {
            StepKind::Part => step.typed.clone(),
            StepKind::Whole => "the whole search".to_owned(),
            StepKind::Term => format!("· {}", step.typed),
        };
        vec![
            Cell::fixed(step.events.to_string()),
            Cell::fixed(step.left.map_or_else(String::new, |left| left.to_string())),
            Cell::prose(typed.as_str()),
            Cell::prose(step.understood.as_str()),
            Cell::prose(step.cost.words()),
        ]
    });
    grid::write(out, style, &STEPS, rows)
}
