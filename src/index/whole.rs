//! Compares the whole of a value that is too long for a term, as the indexer read it from what is stored.

use serde_json::Value as Json;

use super::document::error_code;
use super::leaves;
use crate::query::Field;

/// Says whether a stored JSON has a value that matches, in lower case: one of a field, or any.
///
/// What is no JSON cannot tell, and is said to have one: better one too many than one too few.
pub(super) fn has_value(
    stored: &str,
    field: Option<Field>,
    matches: &dyn Fn(&str) -> bool,
) -> bool {
    let Some(field) = field else {
        let mut is_found = false;
        let walked = leaves::walk(stored, &mut |value| {
            is_found = is_found || matches(&value.to_lowercase());
        });
        return is_found || walked.is_err();
    };
    let Ok(json) = serde_json::from_str::<Json>(stored) else {
        return true;
    };
    values(&json, field)
        .iter()
        .any(|value| forms(value, field).any(matches))
}

/// Lists the values of a field, in lower case.
fn values(json: &Json, field: Field) -> Vec<String> {
    let mut values = Vec::new();
    match field {
        Field::Event => add(&json["eventName"], &mut values),
        Field::EventId => add(&json["eventID"], &mut values),
        Field::Account => {
            add(&json["recipientAccountId"], &mut values);
            if values.iter().all(String::is_empty) {
                add(&json["userIdentity"]["accountId"], &mut values);
            }
        }
        Field::Region => add(&json["awsRegion"], &mut values),
        Field::Actor => add(&json["userIdentity"], &mut values),
        Field::Source => add(&json["sourceIPAddress"], &mut values),
        Field::Error => add(&json["errorCode"], &mut values),
        Field::Agent => add(&json["userAgent"], &mut values),
        // No relation has a name that is too long for a term.
        Field::Kind => (),
        Field::File => {
            add(&json["source"], &mut values);
            add(&json["member"], &mut values);
        }
    }
    values
}

/// Adds the strings and numbers of a value.
fn add(value: &Json, values: &mut Vec<String>) {
    match value {
        Json::String(text) => values.push(text.to_lowercase()),
        Json::Number(number) => values.push(number.to_string().to_lowercase()),
        Json::Array(items) => items.iter().for_each(|item| add(item, values)),
        Json::Object(fields) => fields.values().for_each(|field| add(field, values)),
        Json::Null | Json::Bool(_) => (),
    }
}

/// Lists the forms in which a value is looked for: a code without its prefix too, a path by its last part.
fn forms(value: &str, field: Field) -> impl Iterator<Item = &str> {
    let other = match field {
        Field::Error => Some(error_code(value)),
        Field::File => value.rsplit_once('/').map(|(_, last)| last),
        _ => None,
    };
    std::iter::once(value).chain(other)
}
