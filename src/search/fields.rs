//! The fields that a query can name: the rows of `schema/fields.json`.
//!
//! Not for: what a value of a field asks (`terms`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::query::Field;

/// One field: its words, and what help and completion say of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRow {
    /// What to type before the colon, such as `event`.
    pub name: String,
    /// What may be typed instead, CloudTrail's own spelling among them, such as `eventName`.
    pub aliases: Vec<String>,
    /// What it asks of a record.
    pub asks: Asks,
    /// What it searches, for people: `the name of the event`.
    pub searches: String,
    /// A term that can be searched as it stands: `event:DetachNetworkInterface`.
    pub example: String,
}

/// What a field asks of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// That the field is this value; for [`Field::Source`] also that the address lies in a network.
    Field(Field),
    /// That its time lies in a period or range.
    Time,
    /// That its time is this instant or later.
    Since,
    /// That its time is before this instant.
    Until,
    /// What became of the call, and how it was made.
    State,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "about")]
    _about: String,
    fields: Vec<FieldRow>,
}

static FIELDS: LazyLock<Vec<FieldRow>> = LazyLock::new(|| {
    serde_json::from_str::<File>(include_str!("../../schema/fields.json"))
        .expect("the table is part of the program and tested")
        .fields
});

/// Returns every field, in the order of the help.
pub fn fields() -> &'static [FieldRow] {
    &FIELDS
}

/// Returns the field of that name or alias; case does not matter, nor `-` for `_`.
pub(super) fn named(name: &str) -> Option<&'static FieldRow> {
    let same = |word: &str| {
        word.len() == name.len()
            && word.bytes().zip(name.bytes()).all(|(word, typed)| {
                word.eq_ignore_ascii_case(&typed) || (word == b'_' && typed == b'-')
            })
    };
    fields().iter().find(|row| row.words().any(same))
}

/// Returns the name under which a field is typed.
pub(super) fn name_of(field: Field) -> &'static str {
    let row = fields().iter().find(|row| row.asks == Asks::Field(field));
    row.map_or("field", |row| &row.name)
}

impl FieldRow {
    /// Returns the name, then the aliases.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.aliases)
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_word_names_two_fields() {
        let mut seen = BTreeSet::new();
        for word in fields().iter().flat_map(FieldRow::words) {
            assert!(seen.insert(word.to_lowercase()), "{word}");
        }
    }

    #[test]
    fn every_field_of_a_record_has_a_row() {
        for field in [
            Field::Event,
            Field::EventId,
            Field::Account,
            Field::Region,
            Field::Actor,
            Field::Source,
            Field::Error,
            Field::Agent,
            Field::Kind,
            Field::File,
        ] {
            assert_ne!(name_of(field), "field", "{field:?}");
        }
    }

    #[test]
    fn a_field_is_found_by_any_spelling() {
        for (typed, name) in [
            ("EVENT", "event"),
            ("eventname", "event"),
            ("event-name", "event"),
            ("userIdentity.ARN", "actor"),
            ("source-ip", "ip"),
        ] {
            assert_eq!(named(typed).map(|row| row.name.as_str()), Some(name));
        }
        assert_eq!(named("colour"), None);
    }
}
