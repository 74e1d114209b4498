//! Instants that the archive does not cover: what is told of them is what held at the nearer end.

use std::collections::BTreeSet;
use std::io;

use jiff::Timestamp;
use trailspan::coverage::{Coverage, Span};
use trailspan::interval::Interval;
use trailspan::query::Filter;
use trailspan::text::{Escaped, Text};

use super::terminal::Terminal;

/// So many accounts and regions are named; the others are counted.
const NAMED_MAX: usize = 3;

/// An account and a region.
type Place<'c> = (&'c Text, &'c Text);

/// Notes instants that the archive does not cover: in no account and region, or not in those that were
/// asked about or that rows are told of.
pub(super) fn note_outside<'r>(
    coverage: &Coverage,
    filter: &Filter,
    rows: impl Iterator<Item = &'r Interval>,
    times: &[Timestamp],
    terminal: &mut Terminal,
) -> io::Result<()> {
    let (Some(first), Some(last)) = (coverage.first(), coverage.last()) else {
        return Ok(());
    };
    let told: BTreeSet<Place<'_>> = rows.map(|row| (&row.account, &row.region)).collect();
    let asked = coverage.narrowed(&filter.accounts, &filter.regions);
    let is_narrowed = !filter.accounts.is_empty() || !filter.regions.is_empty();
    let concerned = |place: Place<'_>| is_narrowed || told.is_empty() || told.contains(&place);
    for time in times {
        if *time < first || *time > last {
            terminal.note(&format!(
                "{time} is not in this archive, which covers {first} to {last}: what is told of it is what \
                 held at the nearer end"
            ))?;
            continue;
        }
        let outside: Vec<String> = asked
            .spans()
            .filter(|(place, span)| concerned(*place) && (*time < span.first || *time > span.last))
            .map(|(place, span)| named(place, span))
            .collect();
        if let Some(places) = listed(&outside) {
            terminal.note(&format!(
                "{time} is not in this archive for {places}: what is told of it there is what held at the \
                 nearer end"
            ))?;
        }
    }
    Ok(())
}

fn named((account, region): Place<'_>, span: &Span) -> String {
    let (account, region) = (Escaped(account.as_str()), Escaped(region.as_str()));
    format!(
        "{account}/{region}, of which it covers {} to {}",
        span.first, span.last
    )
}

fn listed(places: &[String]) -> Option<String> {
    let named = places.get(..NAMED_MAX).unwrap_or(places);
    let more = places.len() - named.len();
    let list = named.join("; ");
    match (places.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(list),
        (false, more) => Some(format!("{list}; and {more} more accounts and regions")),
    }
}
