//! Finds documents that have any of a set of terms, by one look-up each.
//!
//! The library's own query for this walks an automaton over the whole dictionary.

use std::sync::Arc;

use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyQuery, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::{BitSet, DocId, Score, SegmentReader, Term};

use super::boundary::Inner;
use super::schema::DOCUMENTS_ONLY;

/// Finds documents that have any of these terms; without any, nothing.
pub(super) fn any_of(terms: impl IntoIterator<Item = Term>) -> Box<dyn Query> {
    let mut terms: Vec<Term> = terms.into_iter().collect();
    terms.sort_unstable();
    terms.dedup();
    if terms.is_empty() {
        return Box::new(EmptyQuery);
    }
    Box::new(AnyOf(terms.into()))
}

/// The terms, in order: neighbours lie in the same block of a dictionary.
#[derive(Debug, Clone)]
struct AnyOf(Arc<[Term]>);

impl Query for AnyOf {
    fn weight(&self, _: EnableScoring<'_>) -> Inner<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for AnyOf {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Inner<Box<dyn Scorer>> {
        let mut found = BitSet::with_max_value(reader.max_doc());
        for term in self.0.iter() {
            let index = reader.inverted_index(term.field())?;
            let Some(mut postings) = index.read_block_postings(term, DOCUMENTS_ONLY)? else {
                continue;
            };
            while !postings.docs().is_empty() {
                for document in postings.docs() {
                    found.insert(*document);
                }
                postings.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> Inner<Explanation> {
        Ok(Explanation::new("any of a set of terms", 1.0))
    }
}
