//! Turns the expression of a search into a query.
//!
//! Every search is complete: a prefix or a network runs over all terms in its range, however many,
//! at a cost that grows with the index and not with what was typed.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::Bound;

use jiff::Timestamp;
use tantivy::Term as Key;
use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query,
    RangeQuery,
};
use tantivy::schema::Field as Column;

use super::any::any_of;
use super::boundary::Inner;
use super::document::error_code;
use super::parts;
use super::schema::Fields;
use super::select::{events, value_terms};
use super::shapes::{Whole, shaped};
use super::snapshot::{Snapshot, content, mapped};
use super::term::{after_prefix, bounded, folded};
use crate::plan::Cost;
use crate::query::{Expression, Field, Network, Pattern, Term};

/// How deep an expression may be nested; `search` refuses such text before.
const DEPTH_MAX: usize = 128;

/// Says how much a search makes the index look at: that of its dearest condition.
pub fn cost(expression: &Expression) -> Cost {
    let dearest = |parts: &[Expression]| parts.iter().map(cost).max().unwrap_or(Cost::LookUp);
    match expression {
        Expression::All | Expression::Not(_) => Cost::EveryEvent,
        Expression::And(parts) | Expression::Or(parts) => dearest(parts),
        Expression::Term(term) => match term {
            Term::Words(_)
            | Term::Value(_)
            | Term::Failed(_)
            | Term::Outcome(_)
            | Term::Console => Cost::LookUp,
            Term::Prefix(_) | Term::WordPrefix(_) => Cost::Range,
            Term::Address(_) | Term::SourceAddress(_) => Cost::Range,
            Term::Time(None, None) => Cost::EveryEvent,
            Term::Time(..) => Cost::EveryTime,
            Term::Field {
                field: Field::Actor,
                prefix: false,
                ..
            } => Cost::EveryValue,
            Term::Field { prefix: true, .. } => Cost::Range,
            Term::Field { .. } => Cost::LookUp,
            Term::Pattern(pattern)
            | Term::WordPattern(pattern)
            | Term::FieldPattern { pattern, .. } => match pattern.beginning().is_empty() {
                true => Cost::EveryValue,
                false => Cost::Range,
            },
        },
    }
}

/// Makes the query of an expression; it finds event documents only.
///
/// # Errors
///
/// Where the index cannot be read, or the expression is nested too deep.
pub(super) fn query(snapshot: &Snapshot, expression: &Expression) -> Inner<Box<dyn Query>> {
    let wanted = tree(snapshot, expression, DEPTH_MAX)?;
    let events = events(&snapshot.fields);
    Ok(Box::new(BooleanQuery::intersection(vec![events, wanted])))
}

fn tree(snapshot: &Snapshot, expression: &Expression, depth: usize) -> Inner<Box<dyn Query>> {
    let Some(depth) = depth.checked_sub(1) else {
        let what = "a search is nested too deep".to_owned();
        return Err(tantivy::TantivyError::InvalidArgument(what));
    };
    let trees = |parts: &[Expression]| -> Inner<Vec<Box<dyn Query>>> {
        parts
            .iter()
            .map(|part| tree(snapshot, part, depth))
            .collect()
    };
    Ok(match expression {
        Expression::All => Box::new(AllQuery),
        Expression::And(parts) if parts.is_empty() => Box::new(AllQuery),
        Expression::And(parts) => Box::new(BooleanQuery::intersection(trees(parts)?)),
        Expression::Or(parts) if parts.is_empty() => Box::new(EmptyQuery),
        Expression::Or(parts) => Box::new(BooleanQuery::union(trees(parts)?)),
        Expression::Not(part) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery)),
            (Occur::MustNot, tree(snapshot, part, depth)?),
        ])),
        Expression::Term(term) => leaf(snapshot, term)?,
    })
}

fn leaf(snapshot: &Snapshot, term: &Term) -> Inner<Box<dyn Query>> {
    let fields = &snapshot.fields;
    Ok(match term {
        Term::Words(words) => phrase(fields, words),
        Term::Value(value) => any_of(value_terms(fields, value)),
        Term::Prefix(prefix) => prefixed(
            &[fields.values, fields.event_id, fields.event_id_folded],
            prefix,
        ),
        Term::WordPrefix(prefix) => prefixed(&[fields.words], prefix),
        Term::Pattern(pattern) => {
            let columns = [fields.values, fields.event_id, fields.event_id_folded];
            of_shape(&columns, pattern, fields.record, None)
        }
        Term::WordPattern(pattern) => of_shape(&[fields.words], pattern, fields.record, None),
        Term::FieldPattern {
            field: Field::File,
            pattern,
        } => of_places(
            snapshot,
            of_shape(&[fields.file], pattern, fields.place, Some(Field::File)).as_ref(),
        )?,
        Term::FieldPattern { field, pattern } => of_shape(
            &columns(fields, *field),
            pattern,
            fields.record,
            Some(*field),
        ),
        Term::Field {
            field: Field::File,
            value,
            prefix,
        } => found_in(snapshot, value, *prefix)?,
        Term::Field {
            field: Field::Actor,
            value,
            prefix: false,
        } => parts::of_actor(snapshot, value)?,
        Term::Field {
            field,
            value,
            prefix,
        } => named(fields, *field, value, *prefix),
        Term::Address(network) => within(fields.addresses, network),
        Term::SourceAddress(network) => within(fields.source_address, network),
        Term::Time(since, until) => during(fields, *since, *until),
        Term::Failed(failed) => any_of([Key::from_field_bool(fields.failed, *failed)]),
        Term::Outcome(outcome) => any_of([Key::from_field_text(fields.outcome, outcome.word())]),
        Term::Console => any_of([Key::from_field_bool(fields.console, true)]),
    })
}

/// Finds words that stand one after the other in one value.
fn phrase(fields: &Fields, words: &[String]) -> Box<dyn Query> {
    let keys = words
        .iter()
        .map(|word| Key::from_field_text(fields.words, &bounded(word)));
    match words.len() {
        0 | 1 => any_of(keys),
        _ => Box::new(PhraseQuery::new(keys.collect())),
    }
}

/// Finds values of a shape, in any of the columns; `stored` has the whole of those that were cut.
fn of_shape(
    columns: &[Column],
    pattern: &Pattern,
    stored: Column,
    of: Option<Field>,
) -> Box<dyn Query> {
    let whole = Whole { stored, of };
    let queries = columns
        .iter()
        .map(|column| shaped(*column, pattern, whole))
        .collect();
    Box::new(BooleanQuery::union(queries))
}

/// Returns the columns that hold a field.
fn columns(fields: &Fields, field: Field) -> Vec<Column> {
    match field {
        Field::Event => vec![fields.event],
        Field::EventId => vec![fields.event_id, fields.event_id_folded],
        Field::Account => vec![fields.account],
        Field::Region => vec![fields.region],
        Field::Actor => vec![fields.actor],
        Field::Source => vec![fields.source],
        Field::Error => vec![fields.error],
        Field::Agent => vec![fields.agent],
        Field::Kind => vec![fields.kind],
        Field::File => vec![fields.file],
    }
}

/// Finds a whole value of a named field, or one that begins so.
fn named(fields: &Fields, field: Field, value: &str, prefix: bool) -> Box<dyn Query> {
    let columns = columns(fields, field);
    if prefix {
        return prefixed(&columns, value);
    }
    let value = folded(value);
    let value = if field == Field::Error {
        error_code(&value)
    } else {
        &value
    };
    any_of(
        columns
            .iter()
            .map(|column| Key::from_field_text(*column, value)),
    )
}

/// Finds values that begin with `prefix`, in any of the columns.
fn prefixed(columns: &[Column], prefix: &str) -> Box<dyn Query> {
    let prefix = folded(prefix);
    let after = after_prefix(&prefix);
    let ranges = columns.iter().map(|column| -> Box<dyn Query> {
        let key = |text: &str| Key::from_field_text(*column, text);
        let end = after
            .as_deref()
            .map_or(Bound::Unbounded, |after| Bound::Excluded(key(after)));
        Box::new(InvertedIndexRangeQuery::new(
            Bound::Included(key(&prefix)),
            end,
        ))
    });
    Box::new(BooleanQuery::union(ranges.collect()))
}

/// Finds the events of which a place is in a file, by way of the place documents.
fn found_in(snapshot: &Snapshot, path: &str, prefix: bool) -> Inner<Box<dyn Query>> {
    let places = named(&snapshot.fields, Field::File, path, prefix);
    of_places(snapshot, places.as_ref())
}

/// Finds the events of these place documents.
fn of_places(snapshot: &Snapshot, places: &dyn Query) -> Inner<Box<dyn Query>> {
    let fields = &snapshot.fields;
    let places = snapshot.matching(places)?;
    let contents: Inner<Vec<Key>> = places
        .into_iter()
        .map(|place| Ok(fields.content(content(&snapshot.document(place)?, fields)?)))
        .collect();
    Ok(any_of(contents?))
}

/// Finds addresses that lie in a network; IPv4 ones, mapped into IPv6, lie in no IPv6 network.
fn within(column: Column, network: &Network) -> Box<dyn Query> {
    let Some(network) = canonical(network) else {
        return Box::new(EmptyQuery);
    };
    let (first, last) = network.range();
    let (first, last) = (mapped(first).to_bits(), mapped(last).to_bits());
    let mapped_first = u128::from(0xffff_u16) << 32;
    let mapped_last = mapped_first | u128::from(u32::MAX);
    let mut ranges = vec![(first, last)];
    if network.address.is_ipv6() && first <= mapped_first && mapped_last <= last {
        ranges = vec![(first, mapped_first - 1), (mapped_last + 1, last)];
    }
    let ranges = ranges.into_iter().filter(|(first, last)| first <= last);
    let queries = ranges.map(|(first, last)| -> Box<dyn Query> {
        let key = |bits| Key::from_field_ip_addr(column, Ipv6Addr::from_bits(bits));
        Box::new(InvertedIndexRangeQuery::new(
            Bound::Included(key(first)),
            Bound::Included(key(last)),
        ))
    });
    Box::new(BooleanQuery::union(queries.collect()))
}

/// Returns a network with an IPv4 address in place of one that is mapped into IPv6.
fn canonical(network: &Network) -> Option<Network> {
    match (network.address, network.address.to_canonical()) {
        (IpAddr::V6(_), address @ IpAddr::V4(_)) if network.prefix >= 96 => Some(Network {
            address,
            prefix: network.prefix - 96,
        }),
        _ => Some(*network),
    }
}

/// Finds times from `since`, inclusive, to `until`, exclusive; times are whole seconds.
fn during(fields: &Fields, since: Option<Timestamp>, until: Option<Timestamp>) -> Box<dyn Query> {
    let bound = |time: Option<Timestamp>, side: fn(Key) -> Bound<Key>| {
        time.map_or(Bound::Unbounded, |time| {
            side(Key::from_field_i64(fields.time, second_from(time)))
        })
    };
    if since.is_none() && until.is_none() {
        return Box::new(AllQuery);
    }
    let (since, until) = (bound(since, Bound::Included), bound(until, Bound::Excluded));
    Box::new(RangeQuery::new(since, until))
}

/// Returns the first whole second that is not before `time`.
fn second_from(time: Timestamp) -> i64 {
    time.as_second() + i64::from(time.subsec_nanosecond() > 0)
}
