//! `search`: full text and fields over the indexed records.

use std::io;

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::event::Event;
use trailspan::index::Order;
use trailspan::query::{Expression, Field, Filter, Term};
use trailspan::reconstruct::{self, Holes, Reading};
use trailspan::render::{Format, rows};
use trailspan::search;
use trailspan::text::Escaped;

use super::conclude::note_nothing;
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
    let wanted = Expression::And(vec![asked.clone(), filter.expression()]);
    let limit = arguments
        .filters
        .limit()
        .or_else(|| (terminal.options().format == Format::Table).then_some(TABLE_ROWS));
    let hits = reader.search(&wanted, limit, Order::OldestFirst)?;
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
    terminal.note_shown(&shown)?;
    if shown.rows < total {
        terminal.note(&format!("{} of {total} events; see --limit", shown.rows))?;
    }
    if shown.rows == 0 {
        note_nothing(&filter, &reader, terminal)?;
    }
    note_unknown(&asked, catalogue, terminal)?;
    note_small_operators(&query, terminal)?;
    let holes = Holes::of(&reader);
    note_holes(&reader, terminal)?;
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

/// Turns filters on accounts and regions into a condition of a search, where there are any.
pub(super) fn places(filter: &Filter) -> Option<Expression> {
    let places = Filter {
        accounts: filter.accounts.clone(),
        regions: filter.regions.clone(),
        ..Filter::default()
    };
    places.narrows().then(|| places.expression())
}
