//! Suggests values that are in the index.

use std::collections::BTreeSet;

use super::boundary::Inner;
use super::snapshot::Snapshot;
use super::term::folded;
use tantivy::Term;

/// How many terms of one field and segment are looked at: deleted ones are among them.
const TERMS_MAX: usize = 10_000;

/// Lists at most `limit` values that begin with `prefix` and that a record still has, in order.
pub(super) fn values(snapshot: &Snapshot, prefix: &str, limit: usize) -> Inner<Vec<String>> {
    let prefix = folded(prefix);
    let mut found = BTreeSet::new();
    let fields = [snapshot.fields.values, snapshot.fields.event_id];
    for reader in snapshot.searcher.segment_readers() {
        for field in fields {
            let index = reader.inverted_index(field)?;
            let mut terms = index.terms().range().ge(prefix.as_bytes()).into_stream()?;
            let mut alive = 0;
            for _ in 0..TERMS_MAX {
                if alive >= limit || !terms.advance() || !terms.key().starts_with(prefix.as_bytes())
                {
                    break;
                }
                let value = String::from_utf8_lossy(terms.key()).into_owned();
                if snapshot.holds(&Term::from_field_text(field, &value))? {
                    alive += 1;
                    found.insert(value);
                }
            }
        }
    }
    Ok(found.into_iter().take(limit).collect())
}
