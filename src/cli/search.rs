//! `search`: full text and fields over the indexed records.

use std::io;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::error::Result;
use trailspan::event::Event;
use trailspan::histogram::Histogram;
use trailspan::index::{Order, Reader};
use trailspan::query::{Expression, Field, Filter, Term};
use trailspan::reconstruct::{self, Holes, Reading};
use trailspan::render::{Format, rows};
use trailspan::search::time::Frame;
use trailspan::search::{self, Part};
use trailspan::text::Escaped;

use super::conclude::{note_contradicted, note_nothing};
use super::filter::{Filters, NO_EVENT, NO_KIND, unknown_event, unknown_kind};
use super::queries::ABOUT_THE_FILE;
use super::status::{Failure, Outcome, Step};
use super::terminal::Terminal;
use super::{Global, note_gaps, note_holes, plan, queries, several, status};

/// How many rows a table shows where no limit is given.
const TABLE_ROWS: usize = 100;

const HELP: &str = "\
Examples:
  trailspan search eni-0123456789abcdef0
  trailspan search 'eni-0ab*'
  trailspan search 'eni-*5f60'
  trailspan search 203.0.113.0/24
  trailspan search 'network interface is:failed'
  trailspan search 'event:TerminateInstances actor:alice 2024-03-01..2024-03-07'
  trailspan search 'is:console NOT ip:10.0.0.0/8 last 7d'
  trailspan search '\"dry run\" OR error:*Unauthorized*'
  trailspan search kind:eip --histogram
  trailspan search --explain '(kind:igw OR kind:eip) is:failed'

A field is a whole value, or with * a shape of one; actor: is a part of any name of the actor, as
--actor is. --help lists the fields and tells of named queries.";

/// The fields, from the table that the queries are read by, and the file of named queries.
static LONG_HELP: LazyLock<String> = LazyLock::new(|| {
    let mut text = format!("{HELP}\n\nFields:\n");
    for row in search::fields() {
        text.push_str(&format!(
            "  {:8} {}\n           {}\n",
            format!("{}:", row.name),
            row.searches,
            row.example
        ));
    }
    format!("{text}\n{ABOUT_THE_FILE}")
});

/// Finds records by what is in them: an id, a prefix, an ARN, an address or network, a time, words
#[derive(Debug, Args)]
#[command(after_help = HELP, after_long_help = LONG_HELP.as_str())]
pub(crate) struct Arguments {
    /// What to find; several words are joined by AND (a query that begins with - comes after --)
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Print how the query was understood, how many events match each part and term, and what it makes
    /// the index look at, in place of the events
    #[arg(long)]
    explain: bool,
    /// Print how many events match when, in place of the events
    #[arg(long, conflicts_with = "explain")]
    histogram: bool,
    /// The file of named queries, which `@name` in the query stands for
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

impl Arguments {
    /// Refuses filters that cannot be, and a file of queries that is none.
    ///
    /// # Errors
    ///
    /// As a search with them would.
    pub(crate) fn check(&self, catalogue: &Catalogue, frame: &Frame) -> Result<()> {
        queries::read(self.queries.as_deref(), "")?;
        self.filters.read(catalogue, frame).map(|_| ())
    }
}

/// Searches.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    let query = arguments.query.join(" ");
    let queries = queries::read(arguments.queries.as_deref(), &query)?;
    let (reader, (asked, filter)) = global.ask(terminal, |frame| {
        let asked = search::read(&query, frame, &queries).map_err(|mut error| {
            let hint = error.hint();
            error.suggestion = None;
            let shown = error.render(&query);
            Failure::Query { shown, hint }
        })?;
        Ok((asked, arguments.filters.read(catalogue, frame)?))
    })?;
    let mut parts = asked.parts.clone();
    parts.extend(filter_parts(&filter));
    if arguments.explain {
        return explain(&parts, &asked.expression, &query, &reader, terminal);
    }
    let whole = parts.iter().map(|part| part.expression.clone()).collect();
    if arguments.histogram {
        return count(&Expression::And(whole), &parts, &filter, &reader, terminal);
    }
    let limit = arguments
        .filters
        .limit()
        .or_else(|| (terminal.options().format == Format::Table).then_some(TABLE_ROWS));
    let hits = reader.search(&Expression::And(whole), limit, Order::OldestFirst)?;
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
    terminal.name_rows(|| rows::of_events(catalogue, &events));
    terminal.note_shown(&shown)?;
    if shown.rows < total {
        terminal.note(&format!("{} of {total} events; see --limit", shown.rows))?;
    }
    if shown.rows == 0 {
        note_no_event(&parts, &filter, &reader, terminal)?;
    }
    note_unknown(&asked.expression, catalogue, terminal)?;
    note_small_operators(&query, terminal)?;
    let holes = Holes::of(&reader);
    note_holes(&reader, terminal)?;
    let gaps = reconstruct::gaps(&reader, &filter);
    note_gaps(&gaps, terminal)?;
    let is_contradicted = note_contradicted(&events, terminal)?;
    let has_holes = holes.any() || !gaps.is_empty() || is_contradicted;
    Ok(status(has_holes, shown.rows))
}

/// Counts what the query finds over time, in place of listing it.
fn count(
    asked: &Expression,
    parts: &[Part],
    filter: &Filter,
    reader: &Reader,
    terminal: &mut Terminal,
) -> Outcome {
    let times = reader.times(asked)?;
    let failed = Expression::Term(Term::Failed(true));
    let failed = reader.times(&Expression::And(vec![asked.clone(), failed]))?;
    let histogram = Histogram::of(&times, &failed, terminal.zone());
    let (out, options) = terminal.rows();
    let shown = rows::histogram(out, options, &histogram)?;
    terminal.note_shown(&shown)?;
    let events = several(times.len() as u64, "event", "events");
    match times.is_empty() {
        false => terminal.note(&format!("{events}; --histogram lists none of them"))?,
        true => note_no_event(parts, filter, reader, terminal)?,
    }
    let holes = Holes::of(reader);
    note_holes(reader, terminal)?;
    let gaps = reconstruct::gaps(reader, filter);
    note_gaps(&gaps, terminal)?;
    Ok(status(holes.any() || !gaps.is_empty(), times.len()))
}

/// Says what was looked at where nothing was found, and which part left nothing over.
fn note_no_event(
    parts: &[Part],
    filter: &Filter,
    reader: &Reader,
    terminal: &mut Terminal,
) -> Step<()> {
    note_nothing(filter, reader, terminal)?;
    if let Some(removed) = plan::what_removed_the_last(parts, reader)? {
        terminal.note(&removed)?;
    }
    Ok(())
}

/// Tells how the query was understood, in place of what it finds.
fn explain(
    parts: &[Part],
    asked: &Expression,
    query: &str,
    reader: &Reader,
    terminal: &mut Terminal,
) -> Outcome {
    let steps = plan::steps(parts, reader)?;
    let found = steps.last().map_or(0, |whole| whole.events);
    let (out, options) = terminal.rows();
    let shown = rows::plan(out, options, &steps)?;
    terminal.note_shown(&shown)?;
    let events = reader.events_count()?;
    terminal.note(&format!(
        "{found} of {} match; --explain prints none of them",
        several(events, "event", "events")
    ))?;
    note_unknown(asked, Catalogue::embedded(), terminal)?;
    note_small_operators(query, terminal)?;
    let holes = Holes::of(reader);
    note_holes(reader, terminal)?;
    Ok(status(
        holes.any(),
        usize::try_from(found).unwrap_or(usize::MAX),
    ))
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

/// Turns the filters into parts of the search.
fn filter_parts(filter: &Filter) -> impl Iterator<Item = Part> {
    let conditions = filter.conditions().into_iter();
    conditions.map(|(typed, expression)| Part {
        terms: vec![(typed.clone(), expression.clone())],
        typed,
        expression,
    })
}
