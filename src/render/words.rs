//! The words for intervals and their bounds.
//!
//! The actor of an implied end is the actor of the implying call, and the words say so: never
//! "X detached" but "ended by X's TerminateInstances".

use crate::catalogue::{Catalogue, Relation};
use crate::event::{Actor, Event, MemberId, Outcome};
use crate::interval::{Bound, BoundKind, Interval, Timeline};
use crate::text::Text;

use super::cell::{Cell, Tone};

/// What is said where the archive says nothing.
pub(super) const ABSENT: &str = "not in this archive";

/// What is said of a member that is not known.
pub(super) const UNKNOWN: &str = "?";

/// Finds an interval's relation; absent where the catalogue no longer knows it.
///
/// Lifetimes share a name: theirs is the one of the interval's resource.
pub(super) fn relation<'c>(catalogue: &'c Catalogue, interval: &Interval) -> Option<&'c Relation> {
    let resource = |relation: &Relation| {
        relation
            .resource
            .map(|member| catalogue.member(member).name.as_str())
    };
    catalogue
        .relations()
        .map(|(_, relation)| relation)
        .find(|relation| {
            relation.name == interval.relation && resource(relation) == interval.resource.as_deref()
        })
}
/// Lists an interval's members in the relation's order, then what else it has.
pub(super) fn members<'a>(
    catalogue: &'a Catalogue,
    interval: &'a Interval,
) -> Vec<(&'a str, &'a Text)> {
    let mut rest: Vec<(&str, &Text)> = interval
        .members
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let order: Vec<&str> = relation(catalogue, interval)
        .map(|relation| {
            relation
                .members
                .iter()
                .map(|id| catalogue.member(*id).name.as_str())
                .collect()
        })
        .unwrap_or_default();
    // The sort is stable, so that members unknown to the relation stay in order of their names.
    rest.sort_by_key(|(name, _)| {
        order
            .iter()
            .position(|known| known == name)
            .unwrap_or(usize::MAX)
    });
    rest
}

/// Names the member that is attached: the first known one of the relation's `held`.
pub(super) fn held<'a>(
    catalogue: &Catalogue,
    interval: &'a Interval,
) -> Option<(&'a str, &'a Text)> {
    let relation = relation(catalogue, interval)?;
    first_known(catalogue, &relation.held, interval)
}

/// Names the member that it is attached to: the first known one of the relation's `holder`.
pub(super) fn holder<'a>(
    catalogue: &Catalogue,
    interval: &'a Interval,
) -> Option<(&'a str, &'a Text)> {
    let relation = relation(catalogue, interval)?;
    first_known(catalogue, &relation.holder, interval)
}

fn first_known<'a>(
    catalogue: &Catalogue,
    members: &[MemberId],
    interval: &'a Interval,
) -> Option<(&'a str, &'a Text)> {
    members.iter().find_map(|member| {
        let (name, value) = interval
            .members
            .get_key_value(&catalogue.member(*member).name)?;
        Some((name.as_str(), value))
    })
}

/// Shows what is attached, or `?`.
pub(super) fn held_cell(catalogue: &Catalogue, interval: &Interval) -> Cell {
    match held(catalogue, interval) {
        Some((_, value)) => Cell::fixed(value),
        None => Cell::fixed(UNKNOWN),
    }
}

/// Shows what it is attached to: `?` where that is not known, `-` where there is no such thing.
pub(super) fn holder_cell(catalogue: &Catalogue, interval: &Interval) -> Cell {
    match holder(catalogue, interval) {
        Some((_, value)) => Cell::fixed(value),
        None if relation(catalogue, interval)
            .is_some_and(|relation| relation.holder.is_empty()) =>
        {
            Cell::fixed("-")
        }
        None => Cell::fixed(UNKNOWN),
    }
}

/// Shows the short form of an interval's relation, such as `eni`.
pub(super) fn kind_cell(catalogue: &Catalogue, interval: &Interval) -> Cell {
    match relation(catalogue, interval) {
        Some(relation) => Cell::fixed(&relation.short),
        None => Cell::fixed(interval.relation),
    }
}

/// Returns the event that a bound rests on.
pub(super) fn event<'t>(timeline: &'t Timeline, bound: &Bound) -> Option<&'t Event> {
    timeline.event(bound.event?)
}

/// Shows who acted.
pub(super) fn actor_cell(actor: Option<&Actor>) -> Cell {
    match actor {
        Some(actor) if !actor.label.is_empty() => Cell::label(&actor.label),
        _ => Cell::fixed(UNKNOWN),
    }
}

/// Says how a bound is known: `observed DetachNetworkInterface`, `implied by TerminateInstances`, but
/// `inferred from DetachNetworkInterface (failed) by alice`: who made the call that proves an end did
/// not make the end.
pub(super) fn how_cell(bound: &Bound, event: Option<&Event>) -> Cell {
    let cell = match event {
        Some(event) if bound.kind == BoundKind::Inferred => how_cell_word(bound.kind)
            .and(call_cell(event))
            .and_fixed("by")
            .and(actor_cell(Some(&event.actor))),
        Some(event) if bound.kind != BoundKind::Open => {
            how_cell_word(bound.kind).and_fixed(&event.event_name)
        }
        _ => how_cell_alone(bound.kind),
    };
    noted(cell, bound)
}

/// Says how a bound is known and by whom: `observed AttachNetworkInterface by alice`, but
/// `implied by alice's TerminateInstances`.
pub(super) fn how_and_who_cell(bound: &Bound, event: Option<&Event>) -> Cell {
    let Some(event) = event.filter(|_| bound.kind != BoundKind::Open) else {
        return noted(how_cell_alone(bound.kind), bound);
    };
    let cell = how_cell_word(bound.kind);
    let cell = match bound.kind {
        // Who made the call that it was first seen in did not begin it.
        BoundKind::BeforeArchive | BoundKind::Open => cell.and_fixed(&event.event_name),
        BoundKind::Observed => cell
            .and_fixed(&event.event_name)
            .and_fixed("by")
            .and(actor_cell(Some(&event.actor))),
        BoundKind::Implied | BoundKind::Inferred | BoundKind::Uncertain => {
            cell.and(whose_cell(event)).and(call_cell(event))
        }
    };
    noted(cell, bound)
}

/// Names a call, and says so where it failed.
pub(super) fn call_cell(event: &Event) -> Cell {
    let cell = Cell::fixed(&event.event_name);
    match event.outcome {
        Outcome::Failed => cell.and_fixed("(failed)"),
        Outcome::DryRun => cell.and_fixed("(dry run)"),
        Outcome::Succeeded | Outcome::Uncertain => cell,
    }
}

/// Shows whose call it was: `alice's`.
pub(super) fn whose_cell(event: &Event) -> Cell {
    let label = &event.actor.label;
    if label.is_empty() {
        return Cell::fixed("someone's");
    }
    Cell::label_before(label, "'s")
}

fn how_cell_word(kind: BoundKind) -> Cell {
    match kind {
        BoundKind::BeforeArchive => Cell::prose(how_word(kind)),
        _ => Cell::fixed(how_word(kind)),
    }
}

/// Says how a bound is known where no event is named.
fn how_cell_alone(kind: BoundKind) -> Cell {
    match kind {
        BoundKind::BeforeArchive => Cell::prose("before the archive"),
        _ => how_cell_word(kind),
    }
}

fn how_word(kind: BoundKind) -> &'static str {
    match kind {
        BoundKind::Observed => "observed",
        BoundKind::Implied => "implied by",
        BoundKind::Inferred => "inferred from",
        BoundKind::BeforeArchive => "before the archive, seen in",
        BoundKind::Open => "open",
        BoundKind::Uncertain => "uncertain:",
    }
}

fn noted(cell: Cell, bound: &Bound) -> Cell {
    let cell = if bound.tie {
        cell.and_fixed("(tie)")
    } else {
        cell
    };
    cell.tone(tone(bound.kind))
}

/// Returns what stands before and after the call that a start rests on.
pub(super) fn start_words(relation: Option<&Relation>, bound: &Bound) -> (String, &'static str) {
    let started = relation.map_or("started", |relation| &relation.words.started);
    match bound.kind {
        BoundKind::Observed => (format!("{started} by"), "(observed)"),
        BoundKind::Implied => ("started by".to_owned(), "(implied)"),
        BoundKind::Uncertain => (format!("perhaps {started} by"), "(uncertain)"),
        BoundKind::Inferred => ("started no later than".to_owned(), "(inferred)"),
        BoundKind::BeforeArchive | BoundKind::Open => {
            (format!("the start is {}; first seen in", ABSENT), "")
        }
    }
}

/// Returns what stands before and after the call that an end rests on: only an observed end was made
/// by the call itself.
pub(super) fn end_words(relation: Option<&Relation>, bound: &Bound) -> (String, &'static str) {
    let ended = relation.map_or("ended", |relation| &relation.words.ended);
    match bound.kind {
        BoundKind::Observed => (format!("{ended} by"), "(observed)"),
        BoundKind::Implied => ("ended by".to_owned(), "(implied)"),
        BoundKind::Uncertain => ("perhaps ended by".to_owned(), "(uncertain)"),
        BoundKind::Inferred => ("ended no later than".to_owned(), "(inferred)"),
        BoundKind::BeforeArchive | BoundKind::Open => (format!("the end is {}", ABSENT), ""),
    }
}

/// Returns the colour for how a bound is known: what was observed is plain.
pub(super) fn tone(kind: BoundKind) -> Tone {
    match kind {
        BoundKind::Observed => Tone::Plain,
        BoundKind::Implied | BoundKind::Inferred => Tone::Derived,
        BoundKind::Uncertain => Tone::Doubtful,
        BoundKind::BeforeArchive | BoundKind::Open => Tone::Faint,
    }
}
