//! Finds values by their shape, such as `eni-*5f60`.
//!
//! The values of a column are walked, each once however many records have it, from the first that begins
//! as the shape does to the last. What is kept of that is one bit for each document, so the memory does
//! not grow with the values; the time does, up to [`VALUES_LOOKED_AT_MAX`].

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::Field as Column;
use tantivy::store::StoreReader;
use tantivy::{BitSet, DocId, Score, SegmentReader, TantivyDocument, TantivyError};

use super::boundary::{Inner, unreadable};
use super::schema::DOCUMENTS_ONLY;
use super::snapshot::text;
use super::term::{HEAD_BYTES_MAX, is_cut};
use super::whole::has_value;
use crate::query::{Field, Pattern};

/// How many values of one part of the index a shape may be held against.
const VALUES_LOOKED_AT_MAX: usize = 100_000_000;

/// How many stored documents are kept inflated while values that were cut are looked up.
const BLOCKS_KEPT: usize = 2;

/// Finds documents with a value of this shape in a column.
pub(super) fn shaped(column: Column, pattern: &Pattern, whole: Whole) -> Box<dyn Query> {
    Box::new(Shaped {
        column,
        pattern: pattern.clone(),
        whole,
    })
}

/// Where the whole of a value stands that is too long for a term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    /// The stored JSON that holds it.
    pub(super) stored: Column,
    /// The field that it is a value of; absent where it may stand anywhere.
    pub(super) of: Option<Field>,
}

#[derive(Debug, Clone)]
struct Shaped {
    column: Column,
    pattern: Pattern,
    whole: Whole,
}

impl Query for Shaped {
    fn weight(&self, _: EnableScoring<'_>) -> Inner<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Shaped {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Inner<Box<dyn Scorer>> {
        let mut found = BitSet::with_max_value(reader.max_doc());
        let mut cut = BitSet::with_max_value(reader.max_doc());
        let index = reader.inverted_index(self.column)?;
        let beginning = self.beginning();
        let mut values = index.terms().range().ge(beginning).into_stream()?;
        let mut looked_at = 0;
        while values.advance() && values.key().starts_with(beginning) {
            looked_at += 1;
            if looked_at > VALUES_LOOKED_AT_MAX {
                return Err(too_many(&self.pattern));
            }
            let value = std::str::from_utf8(values.key());
            let value = value.map_err(|error| unreadable("a value", error))?;
            let into = match (is_cut(value), self.pattern.matches(value)) {
                (true, _) => &mut cut,
                (false, true) => &mut found,
                (false, false) => continue,
            };
            let postings =
                index.read_block_postings_from_terminfo(values.value(), DOCUMENTS_ONLY)?;
            insert(postings, into);
        }
        self.add_cut(reader, &cut, &mut found)?;
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> Inner<Explanation> {
        Ok(Explanation::new("a value of a shape", 1.0))
    }
}

impl Shaped {
    /// Returns what every term of a value of this shape begins with.
    fn beginning(&self) -> &[u8] {
        let whole = self.pattern.beginning();
        let end = (0..=whole.len().min(HEAD_BYTES_MAX)).rfind(|end| whole.is_char_boundary(*end));
        &whole.as_bytes()[..end.unwrap_or(0)]
    }

    /// Adds the documents of which a value that is too long for a term has this shape.
    fn add_cut(&self, reader: &SegmentReader, cut: &BitSet, found: &mut BitSet) -> Inner<()> {
        if cut.len() == 0 {
            return Ok(());
        }
        let store = reader.get_store_reader(BLOCKS_KEPT)?;
        for document in (0..reader.max_doc()).filter(|document| cut.contains(*document)) {
            if !found.contains(document) && self.is_in(&store, document)? {
                found.insert(document);
            }
        }
        Ok(())
    }

    fn is_in(&self, store: &StoreReader, document: DocId) -> Inner<bool> {
        let document: TantivyDocument = store.get(document)?;
        let stored = text(&document, self.whole.stored)?;
        let matches = |value: &str| self.pattern.matches(value);
        Ok(has_value(stored, self.whole.of, &matches))
    }
}

fn too_many(pattern: &Pattern) -> TantivyError {
    TantivyError::InvalidArgument(format!(
        "`{}` would have to be held against more than {VALUES_LOOKED_AT_MAX} values; begin it with more \
         characters",
        crate::text::Escaped(&pattern.text())
    ))
}

fn insert(mut postings: BlockSegmentPostings, into: &mut BitSet) {
    while !postings.docs().is_empty() {
        for document in postings.docs() {
            into.insert(*document);
        }
        postings.advance();
    }
}
