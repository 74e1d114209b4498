//! One committed state of the index: what readers read, and what writers look things up in.

use std::net::Ipv6Addr;

use tantivy::query::{EnableScoring, Query, TermQuery};
use tantivy::schema::{Field, Value as _};
use tantivy::{DocAddress, DocSet as _, Searcher, TERMINATED, TantivyDocument, Term};

use super::boundary::{Inner, in_parallel, unreadable};
use super::schema::{DOCUMENTS_ONLY, Document, Fields};
use crate::report::FileEntry;
use crate::text::Text;

/// A committed state that does not change while it is looked at.
#[derive(Clone)]
pub(super) struct Snapshot {
    /// The folder, for errors.
    pub dir: Text,
    /// The parts of the index.
    pub searcher: Searcher,
    /// Their fields.
    pub fields: Fields,
}

impl Snapshot {
    /// Lists the documents that a query finds, in order of their address.
    pub(super) fn matching(&self, query: &dyn Query) -> Inner<Vec<DocAddress>> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut found = Vec::new();
        for (segment, reader) in (0..).zip(self.searcher.segment_readers()) {
            weight.for_each_no_score(reader, &mut |documents| {
                let alive = documents
                    .iter()
                    .filter(|document| !reader.is_deleted(**document));
                found.extend(alive.map(|document| DocAddress::new(segment, *document)));
            })?;
        }
        Ok(found)
    }

    /// Lists the documents that have a term.
    pub(super) fn having(&self, term: &Term) -> Inner<Vec<DocAddress>> {
        let mut found = Vec::new();
        self.postings(term, &mut |address| {
            found.push(address);
            true
        })?;
        Ok(found)
    }

    /// Says whether any document has a term.
    pub(super) fn holds(&self, term: &Term) -> Inner<bool> {
        let mut held = false;
        self.postings(term, &mut |_| {
            held = true;
            false
        })?;
        Ok(held)
    }

    /// Calls `each` with the documents of a term, until it says no.
    fn postings(&self, term: &Term, each: &mut dyn FnMut(DocAddress) -> bool) -> Inner<()> {
        for (segment, reader) in (0..).zip(self.searcher.segment_readers()) {
            let index = reader.inverted_index(term.field())?;
            let Some(mut postings) = index.read_postings(term, DOCUMENTS_ONLY)? else {
                continue;
            };
            let mut document = postings.doc();
            while document != TERMINATED {
                if !reader.is_deleted(document) && !each(DocAddress::new(segment, document)) {
                    return Ok(());
                }
                document = postings.advance();
            }
        }
        Ok(())
    }

    /// Counts the documents of one kind.
    pub(super) fn count(&self, document: Document) -> Inner<u64> {
        let query = TermQuery::new(self.fields.kind_of(document), DOCUMENTS_ONLY);
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let readers = self.searcher.segment_readers().iter();
        readers
            .map(|reader| weight.count(reader).map(u64::from))
            .sum()
    }

    /// Reads what is stored of a document.
    pub(super) fn document(&self, address: DocAddress) -> Inner<TantivyDocument> {
        self.searcher.doc(address)
    }

    /// Reads the ledger, in no order.
    pub(super) fn ledger(&self) -> Inner<Vec<FileEntry>> {
        let query = TermQuery::new(self.fields.kind_of(Document::File), DOCUMENTS_ONLY);
        in_parallel(&self.matching(&query)?, |address| {
            let document = self.document(*address)?;
            serde_json::from_str(text(&document, self.fields.entry)?)
                .map_err(|error| unreadable("a row of the ledger", error))
        })
    }
}

/// Returns the stored text of a field.
pub(super) fn text(document: &TantivyDocument, field: Field) -> Inner<&str> {
    optional_text(document, field).ok_or_else(|| unreadable("a document", "text is missing"))
}

/// Returns the stored text of a field that not every document has.
pub(super) fn optional_text(document: &TantivyDocument, field: Field) -> Option<&str> {
    document.get_first(field).and_then(|value| value.as_str())
}

/// Returns the key of a document's content.
pub(super) fn content(document: &TantivyDocument, fields: &Fields) -> Inner<u128> {
    let stored = document.get_first(fields.content);
    stored
        .and_then(|value| value.as_bytes())
        .and_then(|bytes| <[u8; 16]>::try_from(bytes).ok())
        .map(u128::from_be_bytes)
        .ok_or_else(|| unreadable("a document", "the key of its content is missing"))
}

/// Returns an address as the index keeps it: IPv4 mapped into IPv6.
pub(super) fn mapped(address: std::net::IpAddr) -> Ipv6Addr {
    match address {
        std::net::IpAddr::V4(address) => address.to_ipv6_mapped(),
        std::net::IpAddr::V6(address) => address,
    }
}
