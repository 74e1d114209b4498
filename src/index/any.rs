//! Finds documents that have any of a set of terms, by a look-up each where they are few.
//!
//! The library's own query for this runs an automaton over the dictionary.

use std::sync::Arc;

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyQuery, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::{BitSet, DocId, InvertedIndexReader, Score, SegmentReader, Term};

use super::boundary::Inner;
use super::schema::DOCUMENTS_ONLY;

/// Where so many terms of the dictionary come to one that is wanted, look-ups are faster than a walk.
const TERMS_PER_LOOK_UP: usize = 16;

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
        for terms in self.0.chunk_by(|one, other| one.field() == other.field()) {
            let index = reader.inverted_index(terms[0].field())?;
            if terms.len() >= index.terms().num_terms() / TERMS_PER_LOOK_UP {
                walk(&index, terms, &mut found)?;
            } else {
                look_up(&index, terms, &mut found)?;
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> Inner<Explanation> {
        Ok(Explanation::new("any of a set of terms", 1.0))
    }
}

/// Looks each term up.
fn look_up(index: &InvertedIndexReader, terms: &[Term], found: &mut BitSet) -> Inner<()> {
    for term in terms {
        if let Some(postings) = index.read_block_postings(term, DOCUMENTS_ONLY)? {
            insert(postings, found);
        }
    }
    Ok(())
}

/// Walks the dictionary and the terms side by side: both are in order.
fn walk(index: &InvertedIndexReader, terms: &[Term], found: &mut BitSet) -> Inner<()> {
    let mut terms = terms.iter().map(Term::serialized_value_bytes).peekable();
    let Some(first) = terms.peek() else {
        return Ok(());
    };
    let mut held = index.terms().range().ge(first).into_stream()?;
    while held.advance() {
        while terms.next_if(|term| *term < held.key()).is_some() {}
        match terms.peek() {
            None => break,
            Some(term) if *term == held.key() => {
                let postings =
                    index.read_block_postings_from_terminfo(held.value(), DOCUMENTS_ONLY)?;
                insert(postings, found);
            }
            Some(_) => (), // the next one lies further on
        }
    }
    Ok(())
}

fn insert(mut postings: BlockSegmentPostings, found: &mut BitSet) {
    while !postings.docs().is_empty() {
        for document in postings.docs() {
            found.insert(*document);
        }
        postings.advance();
    }
}
