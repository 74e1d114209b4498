//! The fields of the index, as `schema/index.json` describes them.

use serde_json::Value;
use tantivy::schema::{Field, IndexRecordOption, Schema, Term};
use tantivy::{Result, TantivyError};

use super::term;
use super::tokens::Tokenizer;

/// The description that the index is made from.
const DESCRIPTION: &str = include_str!("../../schema/index.json");

/// The name under which the description asks for the words of [`crate::search::words()`].
const WORDS: &str = "words";

/// The fields by name; what each holds is told in `schema/index.json`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub document: Field,
    pub record: Field,
    pub event_id: Field,
    pub event_id_verbatim: Field,
    pub event_id_folded: Field,
    pub event_id_head: Field,
    pub content: Field,
    pub conflict: Field,
    pub time: Field,
    pub event: Field,
    pub account: Field,
    pub region: Field,
    pub actor: Field,
    pub source: Field,
    pub source_address: Field,
    pub addresses: Field,
    pub error: Field,
    pub agent: Field,
    pub kind: Field,
    pub failed: Field,
    pub outcome: Field,
    pub console: Field,
    pub values: Field,
    pub words: Field,
    pub file: Field,
    pub holder: Field,
    pub place: Field,
    pub ledger: Field,
    pub entry: Field,
}

/// The kinds of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    /// One content of one event.
    Event,
    /// One place where a content was found.
    Place,
    /// One row of the ledger.
    File,
}

impl Document {
    /// Returns the term by which documents of this kind are found.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Place => "place",
            Self::File => "file",
        }
    }
}

/// Reads the embedded description.
///
/// # Errors
///
/// Where the description is not one of fields.
pub(super) fn schema() -> Result<Schema> {
    let wrong = |error: serde_json::Error| TantivyError::SchemaError(error.to_string());
    let mut description: Value = serde_json::from_str(DESCRIPTION).map_err(wrong)?;
    let mut fields = description["fields"].take();
    for field in fields.as_array_mut().into_iter().flatten() {
        if let Some(field) = field.as_object_mut() {
            field.remove("about");
        }
    }
    serde_json::from_value(fields).map_err(wrong)
}

/// Makes the cutters of text known to an index.
pub(super) fn register(index: &tantivy::Index) {
    index.tokenizers().register(WORDS, Tokenizer::default());
}

impl Fields {
    /// Finds the fields in a schema.
    ///
    /// # Errors
    ///
    /// Where one is missing.
    pub(super) fn of(schema: &Schema) -> Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            document: field("document")?,
            record: field("record")?,
            event_id: field("event_id")?,
            event_id_verbatim: field("event_id_verbatim")?,
            event_id_folded: field("event_id_folded")?,
            event_id_head: field("event_id_head")?,
            content: field("content")?,
            conflict: field("conflict")?,
            time: field("time")?,
            event: field("event")?,
            account: field("account")?,
            region: field("region")?,
            actor: field("actor")?,
            source: field("source")?,
            source_address: field("source_address")?,
            addresses: field("addresses")?,
            error: field("error")?,
            agent: field("agent")?,
            kind: field("kind")?,
            failed: field("failed")?,
            outcome: field("outcome")?,
            console: field("console")?,
            values: field("values")?,
            words: field("words")?,
            file: field("file")?,
            holder: field("holder")?,
            place: field("place")?,
            ledger: field("ledger")?,
            entry: field("entry")?,
        })
    }

    /// Returns the term of the documents of one kind.
    pub(super) fn kind_of(&self, document: Document) -> Term {
        Term::from_field_text(self.document, document.word())
    }

    /// Returns the term of a content's event and place documents.
    pub(super) fn content(&self, content: u128) -> Term {
        Term::from_field_bytes(self.content, &content.to_be_bytes())
    }

    /// Returns the term of the events of one id, verbatim.
    pub(super) fn event_id(&self, event_id: &str) -> Term {
        Term::from_field_text(self.event_id, &term::bounded(event_id))
    }

    /// Returns the term of the places in one file, by its verbatim path.
    pub(super) fn holder(&self, source: &str) -> Term {
        Term::from_field_text(self.holder, &term::bounded(source))
    }

    /// Returns the term of one file's row of the ledger, by its verbatim path.
    pub(super) fn ledger(&self, source: &str) -> Term {
        Term::from_field_text(self.ledger, &term::bounded(source))
    }
}

/// What a look-up reads of the postings: which documents, not how often or where in them.
pub(super) const DOCUMENTS_ONLY: IndexRecordOption = IndexRecordOption::Basic;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::stamp::FORMAT;

    #[test]
    fn the_schema_is_the_one_that_is_described() {
        let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
        assert_eq!(description["format"], FORMAT);
        let built = serde_json::to_value(schema().unwrap()).unwrap();
        let mut described = description["fields"].clone();
        for field in described.as_array_mut().unwrap() {
            let about = field.as_object_mut().unwrap().remove("about").unwrap();
            assert!(about.as_str().unwrap().ends_with('.'), "{field}");
            let options = field["options"].as_object_mut().unwrap();
            if !options.contains_key("indexing") && field["type"] == "text" {
                // tantivy leaves out what is absent, too
                assert_eq!(field["options"]["stored"], true);
            }
        }
        assert_eq!(built, described);
    }

    #[test]
    fn every_field_has_a_name_in_the_code() {
        let schema = schema().unwrap();
        let fields = Fields::of(&schema).unwrap();
        let named = format!("{fields:?}").matches("Field(").count();
        assert_eq!(named, schema.fields().count());
    }
}
