//! Which records are asked for by key, and how that becomes a query.

use std::collections::BTreeSet;

use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, Query, TermQuery};
use tantivy::schema::Field;

use super::any::any_of;
use super::document::address;
use super::schema::{DOCUMENTS_ONLY, Document, Fields};
use super::snapshot::mapped;
use super::term::{bounded, folded};

/// Which records are asked for; all conditions hold at once, and case does not matter but in event ids.
///
/// If any record of an event id is asked for, all records of that id come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The keys.
    pub which: Which,
    /// Only these accounts, where any are named.
    pub accounts: BTreeSet<String>,
    /// Only these regions, where any are named.
    pub regions: BTreeSet<String>,
    /// Only events of these names, where any are named.
    pub events: BTreeSet<String>,
    /// Only calls that failed.
    pub failed: bool,
}

/// By which key records are asked for; of several values any will do, of none nothing is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Every record.
    All,
    /// Those that have one of these as a whole value, in whatever field; an address in any spelling.
    Mentions(BTreeSet<String>),
    /// Those whose actor has one of these names: label, ARN, user name, principal id, access key,
    /// source identity or the session issuer's ARN.
    Actors(BTreeSet<String>),
    /// Those with these event ids, verbatim.
    EventIds(BTreeSet<String>),
}

impl From<Which> for Selection {
    fn from(which: Which) -> Self {
        Self {
            which,
            accounts: BTreeSet::new(),
            regions: BTreeSet::new(),
            events: BTreeSet::new(),
            failed: false,
        }
    }
}

/// Makes the query of a selection; it finds event documents only.
pub(super) fn query(fields: &Fields, selection: &Selection) -> Box<dyn Query> {
    let folded_terms = |field: Field, values: &BTreeSet<String>| -> Vec<Term> {
        let terms = values
            .iter()
            .map(|value| Term::from_field_text(field, &folded(value)));
        terms.collect()
    };
    let which: Box<dyn Query> = match &selection.which {
        Which::All => Box::new(AllQuery),
        Which::Mentions(values) => {
            let addresses = values.iter().filter_map(|value| address(value));
            let addresses = addresses
                .map(|address| Term::from_field_ip_addr(fields.addresses, mapped(address)));
            let values = values.iter();
            let values = values.flat_map(|value| value_terms(fields, &folded(value)));
            any_of(values.chain(addresses))
        }
        Which::Actors(names) => any_of(folded_terms(fields.actor, names)),
        Which::EventIds(ids) => any_of(ids.iter().map(|id| fields.event_id(id))),
    };
    let mut all = vec![events(fields), which];
    for (field, values) in [
        (fields.account, &selection.accounts),
        (fields.region, &selection.regions),
        (fields.event, &selection.events),
    ] {
        if !values.is_empty() {
            all.push(any_of(folded_terms(field, values)));
        }
    }
    if selection.failed {
        all.push(any_of([Term::from_field_bool(fields.failed, true)]));
    }
    Box::new(BooleanQuery::intersection(all))
}

/// Returns the terms of which a document with this whole value has one; event ids are values too.
pub(super) fn value_terms(fields: &Fields, value: &str) -> [Term; 3] {
    let value = bounded(value);
    [fields.values, fields.event_id, fields.event_id_folded]
        .map(|field| Term::from_field_text(field, &value))
}

/// Finds event documents.
pub(super) fn events(fields: &Fields) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        fields.kind_of(Document::Event),
        DOCUMENTS_ONLY,
    ))
}
