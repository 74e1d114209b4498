//! How a value is written where it goes.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// How a value is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Conversion {
    /// As it is.
    #[default]
    Same,
    /// As text: what is no text, as its JSON.
    Text,
    /// As it is, if it is an object.
    Object,
    /// As it is, if it is an address.
    Address,
    /// As it is, if it is text and no address.
    Name,
    /// As a boolean, if it is one or says `true` or `false`.
    Boolean,
    /// As it is, if it is a time.
    Time,
    /// As milliseconds since 1970-01-01T00:00Z, if it is a time.
    Milliseconds,
    /// As microseconds since 1970-01-01T00:00Z, if it is a time.
    Microseconds,
    /// As `2024-03-01 10:13:00+00:00`, if it is a time.
    SpacedTime,
    /// As `2024-03-01T10:13:00+00:00`, if it is a time.
    OffsetTime,
    /// As a list of one.
    List,
}

impl Conversion {
    /// Writes a value; nothing where it is not what it should be.
    pub(super) fn apply(self, value: &Value) -> Option<Value> {
        let text = || value.as_str();
        let is_address = || text().is_some_and(|text| text.parse::<IpAddr>().is_ok());
        let time = || text()?.parse::<Timestamp>().ok();
        let shown = |form: &str| Some(Value::from(time()?.strftime(form).to_string()));
        match self {
            Self::Same => Some(value.clone()),
            Self::Text => Some(match text() {
                Some(text) => Value::from(text),
                None => Value::from(value.to_string()),
            }),
            Self::Object => value.is_object().then(|| value.clone()),
            Self::Address => is_address().then(|| value.clone()),
            Self::Name => (value.is_string() && !is_address()).then(|| value.clone()),
            Self::Boolean => match (value, text()) {
                (Value::Bool(_), _) => Some(value.clone()),
                (_, Some("true")) => Some(Value::Bool(true)),
                (_, Some("false")) => Some(Value::Bool(false)),
                _ => None,
            },
            Self::Time => time().map(|_| value.clone()),
            Self::Milliseconds => Some(Value::from(time()?.as_millisecond())),
            Self::Microseconds => Some(Value::from(time()?.as_microsecond())),
            Self::SpacedTime => shown("%Y-%m-%d %H:%M:%S+00:00"),
            Self::OffsetTime => shown("%Y-%m-%dT%H:%M:%S+00:00"),
            Self::List => Some(Value::Array(vec![value.clone()])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_written_as_it_was_asked_for_or_not_at_all() {
        let time = "2024-03-01T10:13:00Z";
        for (conversion, value, written) in [
            (Conversion::Same, json!([1]), Some(json!([1]))),
            (Conversion::Text, json!({"a": 1}), Some(json!("{\"a\":1}"))),
            (Conversion::Text, json!("a"), Some(json!("a"))),
            (Conversion::Object, json!({"a": 1}), Some(json!({"a": 1}))),
            (Conversion::Object, json!("a"), None),
            (
                Conversion::Address,
                json!("2001:db8::1"),
                Some(json!("2001:db8::1")),
            ),
            (Conversion::Address, json!("AWS Internal"), None),
            (
                Conversion::Name,
                json!("AWS Internal"),
                Some(json!("AWS Internal")),
            ),
            (Conversion::Name, json!("203.0.113.7"), None),
            (Conversion::Name, json!(7), None),
            (Conversion::Boolean, json!("true"), Some(json!(true))),
            (Conversion::Boolean, json!(false), Some(json!(false))),
            (Conversion::Boolean, json!("yes"), None),
            (
                Conversion::Milliseconds,
                json!(time),
                Some(json!(1_709_287_980_000_i64)),
            ),
            (Conversion::Milliseconds, json!("never"), None),
            (
                Conversion::Microseconds,
                json!(time),
                Some(json!(1_709_287_980_000_000_i64)),
            ),
            (
                Conversion::SpacedTime,
                json!(time),
                Some(json!("2024-03-01 10:13:00+00:00")),
            ),
            (
                Conversion::OffsetTime,
                json!(time),
                Some(json!("2024-03-01T10:13:00+00:00")),
            ),
            (Conversion::List, json!("a"), Some(json!(["a"]))),
        ] {
            assert_eq!(conversion.apply(&value), written, "{conversion:?} {value}");
        }
    }
}
