//! Instants that the archive does not cover: before the first record of an account and region, or after
//! the last.

use std::collections::BTreeSet;
use std::io;

use jiff::Timestamp;
use trailspan::coverage::Coverage;
use trailspan::interval::Interval;
use trailspan::query::Filter;
use trailspan::text::{Escaped, Text};

use super::terminal::Terminal;

/// So many accounts and regions are named; the others are counted.
const NAMED_MAX: usize = 3;

/// An account and a region.
type Place<'c> = (&'c Text, &'c Text);

/// Notes instants that the archive does not cover, in the accounts and regions that were asked about or
/// that rows are told of; says whether there are any.
pub(super) fn note_outside<'r>(
    coverage: &Coverage,
    filter: &Filter,
    rows: impl Iterator<Item = &'r Interval>,
    times: &[Timestamp],
    terminal: &mut Terminal,
) -> io::Result<bool> {
    let told: BTreeSet<Place<'_>> = rows.map(|row| (&row.account, &row.region)).collect();
    let asked = coverage.narrowed(&filter.accounts, &filter.regions);
    let is_narrowed = !filter.accounts.is_empty() || !filter.regions.is_empty();
    let concerned = |place: Place<'_>| is_narrowed || told.is_empty() || told.contains(&place);
    let mut is_outside = false;
    for time in times {
        let mut spans = Vec::new();
        // What all of the archive ends with, or begins with, is told once.
        match (coverage.first(), coverage.last()) {
            (Some(first), Some(last)) if *time < first || *time > last => {
                spans.push(("the archive".to_owned(), first, last));
            }
            _ => spans.extend(
                asked
                    .spans()
                    .filter(|(place, _)| concerned(*place))
                    .map(|(place, span)| (named(place), span.first, span.last)),
            ),
        }
        let before = spans.iter().filter(|(_, first, _)| time < first);
        let before = before.map(|(place, first, _)| format!("{place} has is of {first}"));
        let after = spans.iter().filter(|(_, _, last)| time > last);
        let after = after.map(|(place, _, last)| format!("{place} has is of {last}"));
        if let Some(places) = listed(&before.collect::<Vec<_>>()) {
            is_outside = true;
            terminal.note(&format!(
                "{time} is before the records: the first that {places}; what had ended before is not told, \
                 nor since when what is told had held"
            ))?;
        }
        if let Some(places) = listed(&after.collect::<Vec<_>>()) {
            is_outside = true;
            terminal.note(&format!(
                "{time} is after the records: the last that {places}; what is told is what held then, for \
                 all that is known. What happened later was not recorded, not collected, or not delivered \
                 yet: CloudTrail takes minutes, now and then longer"
            ))?;
        }
    }
    Ok(is_outside)
}

fn named((account, region): Place<'_>) -> String {
    let (account, region) = (Escaped(account.as_str()), Escaped(region.as_str()));
    format!("{account}/{region}")
}

fn listed(places: &[String]) -> Option<String> {
    let named = places.get(..NAMED_MAX).unwrap_or(places);
    let more = places.len() - named.len();
    let list = named.join(", ");
    match (places.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(list),
        (false, more) => Some(format!(
            "{list}, and so on for {more} more accounts and regions"
        )),
    }
}
