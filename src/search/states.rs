//! What became of a call, and how it was made, as `is:` asks for it.

use super::failure::quoted;
use super::terms::refuse;
use super::tokens::Value;
use super::{SearchError, nearest};
use crate::event::Outcome;
use crate::query::{Expression, Term};

/// The values of `is:`, and what they ask.
static STATES: [(&str, Term); 10] = [
    ("failed", Term::Failed(true)),
    ("succeeded", Term::Failed(false)),
    ("dry-run", Term::Outcome(Outcome::DryRun)),
    ("uncertain", Term::Outcome(Outcome::Uncertain)),
    ("console", Term::Console),
    ("ok", Term::Failed(false)),
    ("error", Term::Failed(true)),
    ("failure", Term::Failed(true)),
    ("success", Term::Failed(false)),
    ("dryrun", Term::Outcome(Outcome::DryRun)),
];

/// Returns the values of `is:`, for completion and suggestions.
pub fn states() -> impl Iterator<Item = &'static str> {
    STATES.iter().map(|(word, _)| *word)
}

/// Returns what a value of `is:` asks.
pub(super) fn ask(value: &Value<'_>) -> Result<Expression, SearchError> {
    let typed: &str = &value.text;
    let known = STATES
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(typed));
    if let Some((_, term)) = known {
        return Ok(Expression::Term(term.clone()));
    }
    let error = refuse(value, &format!("a call is not {}", quoted(typed)));
    Err(match nearest(typed, states()) {
        Some(near) => error.suggest(format_args!("`{near}`")),
        None => error.suggest("`failed`, `succeeded`, `dry-run`, `uncertain` or `console`"),
    })
}
