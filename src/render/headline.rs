//! The headline: how many ends of what kind, when, and by how many principals.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use jiff::Timestamp;

use super::Style;
use super::cell::Cell;
use super::grid::{self, Plan};
use super::stack::write_flowing;
use super::time;
use super::words;
use crate::catalogue::Catalogue;
use crate::interval::{BoundKind, Timeline};
use crate::text::count;

/// The relation of every lifetime.
const LIFETIME: &str = "lifetime";

pub(super) const ENDS: Plan = Plan {
    fields: &[
        "KIND",
        "ENDS",
        "OBSERVED",
        "IMPLIED",
        "INFERRED",
        "UNCERTAIN",
        "WHAT",
    ],
    layouts: &[
        "KIND | ENDS | OBSERVED | IMPLIED | INFERRED | UNCERTAIN | WHAT",
        "KIND | ENDS | OBSERVED | IMPLIED | INFERRED | UNCERTAIN",
    ],
};

/// How many ends there are, of what kind, when, and by how many principals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headline {
    /// By relation, in order of names.
    pub relations: Vec<EndCounts>,
    /// The earliest time of an end.
    pub first: Option<Timestamp>,
    /// The latest time of an end.
    pub last: Option<Timestamp>,
    /// How many principals made the calls that end them: those of observed and implied ends.
    pub principals: u64,
}

/// The ends of one relation's intervals, by how they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndCounts {
    /// The relation's name.
    pub relation: String,
    /// By the call itself.
    pub observed: u64,
    /// As a consequence of another call.
    pub implied: u64,
    /// From a later record.
    pub inferred: u64,
    /// Perhaps.
    pub uncertain: u64,
}

impl EndCounts {
    pub(super) fn total(&self) -> u64 {
        self.observed + self.implied + self.inferred + self.uncertain
    }

    fn add(&mut self, kind: BoundKind) {
        match kind {
            BoundKind::Observed => self.observed += 1,
            BoundKind::Implied => self.implied += 1,
            BoundKind::Inferred => self.inferred += 1,
            BoundKind::Uncertain => self.uncertain += 1,
            BoundKind::BeforeArchive | BoundKind::Open => {}
        }
    }
}

impl Headline {
    /// Counts the ends of a timeline's intervals; what is open is not counted.
    ///
    /// A principal is an ARN, else a principal id, else a label.
    pub fn of(timeline: &Timeline) -> Self {
        let mut headline = Self::default();
        let mut principals = BTreeSet::new();
        let mut relations = BTreeMap::<&str, EndCounts>::new();
        let ended = timeline
            .intervals
            .iter()
            .filter(|interval| interval.end.kind != BoundKind::Open);
        for interval in ended {
            relations
                .entry(&interval.relation)
                .or_default()
                .add(interval.end.kind);
            let (earliest, latest) = (interval.end.not_before, interval.end.not_after);
            headline.first = headline.first.into_iter().chain(earliest.or(latest)).min();
            headline.last = headline.last.into_iter().chain(latest.or(earliest)).max();
            let is_made = matches!(interval.end.kind, BoundKind::Observed | BoundKind::Implied);
            let event = words::event(timeline, &interval.end).filter(|_| is_made);
            let actor = event.map(|event| &event.actor);
            principals.extend(actor.map(|actor| {
                actor
                    .arn
                    .as_ref()
                    .or(actor.principal_id.as_ref())
                    .unwrap_or(&actor.label)
            }));
        }
        headline.principals = principals.len() as u64;
        headline.relations = relations
            .into_iter()
            .map(|(relation, counts)| EndCounts {
                relation: relation.to_owned(),
                ..counts
            })
            .collect();
        headline
    }

    /// Says by how many principals the ends were made, and of how many that is not known.
    fn by_whom(&self) -> String {
        let made = |counts: &EndCounts| counts.observed + counts.implied;
        let made: u64 = self.relations.iter().map(made).sum();
        let ends: u64 = self.relations.iter().map(EndCounts::total).sum();
        let principals = match self.principals {
            1 => "by 1 principal".to_owned(),
            number => format!("by {} principals", count(number)),
        };
        match (made, ends - made) {
            (_, 0) => principals,
            (0, _) => format!("by principals {}", words::ABSENT),
            (_, 1) => format!("{principals}, except 1: who made it is {}", words::ABSENT),
            (_, other) => format!(
                "{principals}, except {}: who made them is {}",
                count(other),
                words::ABSENT
            ),
        }
    }
}

/// Writes the headline: one sentence, then the ends by relation and by how they are known.
///
/// # Errors
///
/// What the writer says.
pub fn write(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    headline: &Headline,
) -> io::Result<()> {
    let ends: u64 = headline.relations.iter().map(EndCounts::total).sum();
    if ends == 0 {
        return writeln!(
            out,
            "ends of attachments and associations: {}",
            words::ABSENT
        );
    }
    let has_lifetimes = headline
        .relations
        .iter()
        .any(|counts| counts.relation == LIFETIME);
    let what = match has_lifetimes {
        true => "attachments, associations and lifetimes",
        false => "attachments and associations",
    };
    let noun = if ends == 1 { "end" } else { "ends" };
    let said = format!("{} {noun} of {what}", count(ends));
    let mut cell = Cell::prose(said);
    if let (Some(first), Some(last)) = (headline.first, headline.last) {
        let (first, last) = (
            time::show(first, &style.zone),
            time::show(last, &style.zone),
        );
        cell = cell
            .and_fixed("from")
            .and_fixed(first)
            .and_fixed("to")
            .and_fixed(last);
    }
    write_flowing(out, style, 0, &cell.and(Cell::prose(headline.by_whom())))?;
    let rows = headline
        .relations
        .iter()
        .map(|counts| ends_row(catalogue, counts));
    grid::write(out, style, &ENDS, rows).map(|_| ())
}

fn ends_row(catalogue: &Catalogue, counts: &EndCounts) -> grid::Row {
    let known = catalogue.kinds(&counts.relation).into_iter().next();
    let relation = known.map(|id| catalogue.relation(id));
    let title = relation
        .filter(|relation| relation.resource.is_none())
        .map(|relation| &relation.title);
    let numbers = [
        counts.total(),
        counts.observed,
        counts.implied,
        counts.inferred,
        counts.uncertain,
    ];
    let kind = relation.map_or(counts.relation.as_str(), |relation| &relation.short);
    let mut row = vec![Cell::fixed(kind)];
    row.extend(numbers.map(|number| Cell::fixed(count(number))));
    row.push(title.map_or_else(Cell::default, Cell::prose));
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_have_made_an_end_that_a_later_call_proves() {
        for (observed, inferred, principals, said) in [
            (2, 0, 1, "by 1 principal"),
            (5, 0, 2, "by 2 principals"),
            (0, 2, 0, "by principals not in this archive"),
            (
                3,
                1,
                1,
                "by 1 principal, except 1: who made it is not in this archive",
            ),
            (
                3,
                2,
                1,
                "by 1 principal, except 2: who made them is not in this archive",
            ),
        ] {
            let headline = Headline {
                relations: vec![EndCounts {
                    observed,
                    inferred,
                    ..EndCounts::default()
                }],
                principals,
                ..Headline::default()
            };
            assert_eq!(headline.by_whom(), said);
        }
    }
}
