//! `search`: full text and fields over the indexed records.

use std::io;

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::event::Event;
use trailspan::index::Order;
use trailspan::query::{Expression, Field, Term};
use trailspan::reconstruct::{self, Holes, Reading};
use trailspan::render::{Format, rows};
use trailspan::search;
use trailspan::text::Escaped;

use super::filter::{Filters, NO_EVENT, NO_KIND, unknown_event, unknown_kind};
use super::status::{Failure, Outcome};
use super::terminal::Terminal;
use super::{Global, note_gaps, note_holes, status};

/// How many rows a table shows where no limit is given.
const TABLE_ROWS: usize = 100;

/// Finds records by what is in them: an id, a prefix, an ARN, an address or network, a time, words
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan search eni-0123456789abcdef0
  trailspan search 'eni-0ab*'
  trailspan search 203.0.113.0/24
  trailspan search 'network interface is:failed'
  trailspan search 'event:TerminateInstances actor:alice 2024-03-01..2024-03-07'
  trailspan search 'is:failed last 7d'
  trailspan search '\"dry run\" OR error:UnauthorizedOperation'

A field is a whole value, or with * the beginning of one; actor: is a part of any name of the actor,
as --actor is.")]
pub(crate) struct Arguments {
    /// What to find; several words are joined by AND (a query that begins with - comes after --)
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Also say how the query was understood
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    filters: Filters,
}

/// Searches.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    let query = arguments.query.join(" ");
    let (reader, (asked, filter)) = global.ask(terminal, |frame| {
        let asked = search::parse(&query, frame).map_err(|mut error| {
            let hint = error.hint();
            error.suggestion = None;
            let shown = error.render(&query);
            Failure::Query { shown, hint }
        })?;
        Ok((asked, arguments.filters.read(catalogue, frame)?))
    })?;
    if arguments.explain {
        terminal.note(&format!("understood as {asked}"))?;
    }
    let mut parts = vec![asked];
    parts.extend(filter_terms(&filter));
    let limit = arguments
        .filters
        .limit()
        .or_else(|| (terminal.options().format == Format::Table).then_some(TABLE_ROWS));
    let hits = reader.search(&Expression::And(parts.clone()), limit, Order::OldestFirst)?;
    let ids = hits.records.len();
    let mut events: Vec<Event> = hits
        .records
        .into_iter()
        .flat_map(|stored| Reading::all_of(catalogue, &stored.records))
        .map(|reading| reading.event().clone())
        .collect();
    let total = hits.total + events.len().saturating_sub(ids);
    events.truncate(limit.unwrap_or(total));
    let (out, options) = terminal.rows();
    let shown = rows::hits(out, options, catalogue, &events)?;
    terminal.note_guarded(&shown)?;
    if shown.rows < total {
        terminal.note(&format!("{} of {total} events; see --limit", shown.rows))?;
    }
    if shown.rows == 0 {
        let events = reader.events_count()?;
        terminal.note(&format!(
            "not in this archive: {events} events were looked at"
        ))?;
    }
    note_unknown(&parts[0], catalogue, terminal)?;
    note_small_operators(&query, terminal)?;
    let holes = Holes::of(&reader);
    note_holes(holes, terminal)?;
    let gaps = reconstruct::gaps(&reader, &filter);
    note_gaps(&gaps, terminal)?;
    Ok(status(holes.any() || !gaps.is_empty(), shown.rows))
}

/// Notes names of events and kinds that no record can have, because the catalogue does not know them.
fn note_unknown(
    asked: &Expression,
    catalogue: &Catalogue,
    terminal: &mut Terminal,
) -> io::Result<()> {
    match asked {
        Expression::And(parts) | Expression::Or(parts) => parts
            .iter()
            .try_for_each(|part| note_unknown(part, catalogue, terminal)),
        Expression::Not(part) => note_unknown(part, catalogue, terminal),
        Expression::Term(Term::Field {
            field: field @ (Field::Event | Field::Kind),
            value,
            prefix: false,
        }) => {
            let (name, what, hint) = match field {
                Field::Kind => ("kind", NO_KIND, unknown_kind(catalogue, value)),
                _ => ("event", NO_EVENT, unknown_event(catalogue, value)),
            };
            match hint {
                Some(hint) => terminal.note(&format!("{name}:{}: {what}; {hint}", Escaped(value))),
                None => Ok(()),
            }
        }
        Expression::All | Expression::Term(_) => Ok(()),
    }
}

/// Notes operators in small letters, which are words like any other.
fn note_small_operators(query: &str, terminal: &mut Terminal) -> io::Result<()> {
    let unquoted = query.split('"').step_by(2);
    let mut words = unquoted.flat_map(str::split_whitespace);
    let small = words.find(|word| ["and", "or", "not"].contains(word));
    small.map_or(Ok(()), |word| {
        let capitals = word.to_uppercase();
        terminal.note(&format!(
            "`{word}` was searched as a word; the operator is written {capitals}"
        ))
    })
}

/// Turns the filters into conditions of the search.
fn filter_terms(filter: &trailspan::query::Filter) -> Vec<Expression> {
    let any = |field: Field, values: &[String]| {
        let terms = values.iter().map(|value| {
            let value = value.to_lowercase();
            Expression::Term(Term::Field {
                field,
                value,
                prefix: false,
            })
        });
        Expression::Or(terms.collect())
    };
    let mut parts: Vec<Expression> = [
        (Field::Kind, &filter.kinds),
        (Field::Account, &filter.accounts),
        (Field::Region, &filter.regions),
        (Field::Actor, &filter.actors),
        (Field::Event, &filter.events),
    ]
    .into_iter()
    .filter(|(_, values)| !values.is_empty())
    .map(|(field, values)| any(field, values))
    .collect();
    if !filter.source_networks.is_empty() {
        let networks = filter.source_networks.iter();
        parts.push(Expression::Or(
            networks
                .map(|network| Expression::Term(Term::SourceAddress(*network)))
                .collect(),
        ));
    }
    if filter.since.is_some() || filter.until.is_some() {
        parts.push(Expression::Term(Term::Time(filter.since, filter.until)));
    }
    parts
}
