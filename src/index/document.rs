//! Makes the documents of the index: what is kept of an event, a place, and a file.

use std::net::IpAddr;

use tantivy::TantivyDocument;
use tantivy::schema::Field;

use super::boundary::{Inner, unreadable};
use super::leaves;
use super::schema::{Document, Fields};
use super::snapshot::mapped;
use super::term::{bounded, folded, is_folded};
use super::tokens::SEPARATOR;
use crate::event::{Event, Outcome};
use crate::record::Place;
use crate::report::FileEntry;
use crate::text::Text;

/// A record of interest at the place where it was found, as it is handed to the index.
#[derive(Debug, Clone, Copy)]
pub struct Occurrence<'a> {
    /// The record as delivered.
    pub raw: &'a str,
    /// What it reports: id, time, actor and mentions become keys; its own places are not looked at.
    pub event: &'a Event,
    /// Where it was found.
    pub place: &'a Place,
    /// The relations that the event acts on, by name and by short form.
    pub kinds: &'a [&'a str],
}

/// The prefix of error codes that says no more than that the caller was at fault.
const CLIENT: &str = "client.";

/// Returns an error code in the form in which it is looked for: without `Client.`, in lower case.
pub(super) fn error_code(code: &str) -> &str {
    code.strip_prefix(CLIENT).unwrap_or(code)
}

/// Makes the document of a content that is new to the index.
///
/// `conflicts` tells that another content of the same event id is there already.
pub(super) fn event(
    fields: &Fields,
    occurrence: &Occurrence<'_>,
    content: u128,
    conflicts: bool,
) -> TantivyDocument {
    let event = occurrence.event;
    let mut document = TantivyDocument::with_capacity(4 * occurrence.raw.len());
    document.add_text(fields.document, Document::Event.word());
    document.add_text(fields.record, occurrence.raw);
    document.add_bytes(fields.content, &content.to_be_bytes());
    add_id(&mut document, fields, &event.event_id, conflicts);
    document.add_i64(fields.time, event.time.as_second());
    let failed =
        event.error_code.is_some() || matches!(event.outcome, Outcome::Failed | Outcome::DryRun);
    document.add_bool(fields.failed, failed);
    document.add_text(fields.outcome, event.outcome.word());
    document.add_bool(fields.console, event.actor.console);
    add_keys(&mut document, fields, event);
    for kind in occurrence.kinds {
        document.add_text(fields.kind, folded(kind));
    }
    add_values(&mut document, fields, occurrence);
    document
}

fn add_id(document: &mut TantivyDocument, fields: &Fields, event_id: &Text, conflicts: bool) {
    let id = event_id.as_str();
    document.add_text(fields.event_id_verbatim, id);
    document.add_text(fields.event_id, bounded(id));
    if !is_folded(id) {
        document.add_text(fields.event_id_folded, folded(id));
    }
    if conflicts {
        document.add_text(fields.conflict, bounded(id));
    }
    document.add_u64(fields.event_id_head, head(id));
}

/// Returns the first eight bytes of an event id as a number that sorts as the id does.
pub(super) fn head(event_id: &str) -> u64 {
    let mut head = [0; 8];
    for (into, byte) in head.iter_mut().zip(event_id.bytes()) {
        *into = byte;
    }
    u64::from_be_bytes(head)
}

fn add_keys(document: &mut TantivyDocument, fields: &Fields, event: &Event) {
    let mut key = |field: Field, value: &Text| {
        if !value.is_empty() {
            document.add_text(field, folded(value.as_str()));
        }
    };
    key(fields.event, &event.event_name);
    key(fields.account, &event.account);
    key(fields.region, &event.region);
    for name in event.actor.names() {
        key(fields.actor, name);
    }
    if let Some(agent) = &event.user_agent {
        key(fields.agent, agent);
    }
    if let Some(source) = &event.source_ip {
        key(fields.source, source);
        if let Some(address) = address(source.as_str()) {
            document.add_ip_addr(fields.source_address, mapped(address));
        }
    }
    if let Some(code) = &event.error_code {
        let code = code.as_str().to_lowercase();
        document.add_text(fields.error, bounded(&code));
        if error_code(&code) != code {
            document.add_text(fields.error, bounded(error_code(&code)));
        }
    }
}

/// Adds every value of the record, and of what it mentions, as a whole, by its words, and as an
/// address where it is one.
///
/// A record that is no JSON is found by the words of its text, and by what the event mentions.
fn add_values(document: &mut TantivyDocument, fields: &Fields, occurrence: &Occurrence<'_>) {
    let raw = occurrence.raw;
    let mut text = String::with_capacity(raw.len());
    let id = occurrence.event.event_id.as_str();
    let mut add = |value: &str| {
        // The id has a field of its own, which a search for any value looks into too.
        if !value.is_empty() && value != id {
            document.add_text(fields.values, folded(value));
        }
        if let Some(address) = address(value) {
            document.add_ip_addr(fields.addresses, mapped(address));
        }
    };
    let walked = leaves::walk(raw, &mut |value| {
        add(value);
        text.push_str(value);
        text.push(SEPARATOR);
    });
    for value in occurrence.event.mentions.values().flatten() {
        add(value.as_str());
    }
    if walked.is_err() {
        text.push_str(raw);
    }
    document.add_text(fields.words, text);
}

/// Returns the address that a value is, IPv4 in IPv6 as the IPv4 that it means.
pub(super) fn address(value: &str) -> Option<IpAddr> {
    let plausible = (2..=45).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.');
    if !plausible {
        return None;
    }
    let address: IpAddr = value.parse().ok()?;
    Some(address.to_canonical())
}

/// Makes the document of one place of a content.
///
/// # Errors
///
/// Where the place cannot be written as JSON.
pub(super) fn place(fields: &Fields, place: &Place, content: u128) -> Inner<TantivyDocument> {
    let mut document = TantivyDocument::with_capacity(512);
    document.add_text(fields.document, Document::Place.word());
    document.add_bytes(fields.content, &content.to_be_bytes());
    document.add_text(fields.holder, bounded(place.source.as_str()));
    for path in std::iter::once(&place.source).chain(&place.member) {
        let path = path.as_str();
        document.add_text(fields.file, folded(path));
        if let Some((_, last)) = path.rsplit_once('/') {
            document.add_text(fields.file, folded(last));
        }
    }
    let json = serde_json::to_string(place).map_err(|error| unreadable("a place", error))?;
    document.add_text(fields.place, json);
    Ok(document)
}

/// Makes the document of one row of the ledger.
///
/// # Errors
///
/// Where the row cannot be written as JSON.
pub(super) fn file(fields: &Fields, entry: &FileEntry) -> Inner<TantivyDocument> {
    let mut document = TantivyDocument::new();
    document.add_text(fields.document, Document::File.word());
    document.add_text(fields.ledger, bounded(entry.source.as_str()));
    let json = serde_json::to_string(entry).map_err(|error| unreadable("a file", error))?;
    document.add_text(fields.entry, json);
    Ok(document)
}
