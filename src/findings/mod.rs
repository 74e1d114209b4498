//! What in a case deserves a look: patterns over intervals, attempts and events, as data.
//!
//! An entry under `schema/findings/` says what it means, what to ask next and what else looks the same,
//! and chooses one of the general patterns with its figures. The patterns are code and know no event;
//! each goes once through the intervals or the events, in their order, so that the same timeline gives
//! the same findings. Pure. Not for: what is strange about one interval (`timeline`) or one file
//! (`archive`), which entries only explain; nor how findings are shown (`render`).

mod actors;
mod entry;
mod found;
mod patterns;
mod rules;
mod span;
mod world;

pub use entry::{
    Calls, Circumstance, Ending, Entry, GapKind, Intervals, Pattern, Severity, Side, Sight, Step,
    Who,
};
pub use found::{Findings, Found};
pub use patterns::{find, sort};
pub use rules::{Rule, Rules, RulesError};
pub use span::Span;
pub use world::Surroundings;
