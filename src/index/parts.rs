//! Finds names by a part of them, such as an actor by the session in its ARN.
//!
//! The names of a field are walked, each once however many records have it: a cost that grows with the
//! names in the index, and not with its records.

use serde_json::Value;
use tantivy::query::{BooleanQuery, Query};
use tantivy::schema::Field;
use tantivy::{DocAddress, Term};

use super::any::any_of;
use super::boundary::{Inner, unreadable};
use super::snapshot::{Snapshot, content, text};
use super::term::is_cut;

/// Finds events whose actor has a name with this part; case does not matter.
///
/// # Errors
///
/// Where the index cannot be read.
pub(super) fn of_actor(snapshot: &Snapshot, part: &str) -> Inner<Box<dyn Query>> {
    let part = part.to_lowercase();
    let field = snapshot.fields.actor;
    let (mut whole, mut cut) = (Vec::new(), Vec::new());
    names(snapshot, field, &mut |name| {
        let term = || Term::from_field_text(field, name);
        if is_cut(name) {
            cut.push(term());
        } else if name.contains(&part) {
            whole.push(term());
        }
    })?;
    let whole = any_of(whole);
    if cut.is_empty() {
        return Ok(whole);
    }
    // Of a name that is too long for a term the record tells the rest.
    let mut contents = Vec::new();
    for address in snapshot.matching(any_of(cut).as_ref())? {
        contents.extend(content_with(snapshot, address, &part)?);
    }
    Ok(Box::new(BooleanQuery::union(vec![whole, any_of(contents)])))
}

/// Calls `each` with every term of a field, some more than once.
fn names(snapshot: &Snapshot, field: Field, each: &mut dyn FnMut(&str)) -> Inner<()> {
    for reader in snapshot.searcher.segment_readers() {
        let index = reader.inverted_index(field)?;
        let mut terms = index.terms().stream()?;
        while terms.advance() {
            let name = std::str::from_utf8(terms.key());
            each(name.map_err(|error| unreadable("the name of an actor", error))?);
        }
    }
    Ok(())
}

/// Returns the term of an event's content if a value of its `userIdentity` has the part.
fn content_with(snapshot: &Snapshot, address: DocAddress, part: &str) -> Inner<Option<Term>> {
    let document = snapshot.document(address)?;
    let fields = &snapshot.fields;
    let record: Value = serde_json::from_str(text(&document, fields.record)?)
        .map_err(|error| unreadable("a record", error))?;
    Ok(match has_part(&record["userIdentity"], part) {
        true => Some(fields.content(content(&document, fields)?)),
        false => None,
    })
}

fn has_part(value: &Value, part: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(part),
        Value::Array(items) => items.iter().any(|item| has_part(item, part)),
        Value::Object(fields) => fields.values().any(|field| has_part(field, part)),
        _ => false,
    }
}
