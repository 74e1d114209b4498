//! A record's fields, cut apart and read only when they are asked for.
//!
//! Most of a record is never looked at, and building a tree of all of it is what costs most. So a
//! field that is not asked for is only skipped: what is wrong inside it spoils nothing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::UnreadableRecord;
use crate::catalogue::path::scalar;

/// How many fields a record has; AWS writes about 25.
const FIELDS_USUAL: usize = 32;

/// A record's fields, in the order in which they are written.
pub(super) struct Fields<'r> {
    raw: &'r str,
    fields: Vec<(Cow<'r, str>, &'r RawValue)>,
}

impl<'r> Fields<'r> {
    /// Cuts a record; what is JSON but no object has no fields.
    ///
    /// # Errors
    ///
    /// Where the text is no JSON.
    pub(super) fn cut(raw: &'r str) -> Result<Self, UnreadableRecord> {
        if raw.trim_ascii_start().starts_with('{') {
            let Cut(fields) = serde_json::from_str(raw)?;
            return Ok(Self { raw, fields });
        }
        serde_json::from_str::<&RawValue>(raw)?;
        let fields = Vec::new();
        Ok(Self { raw, fields })
    }

    /// Returns a field as it is written; of several with one name, the last counts.
    pub(super) fn raw(&self, name: &str) -> Option<&'r str> {
        let mut fields = self.fields.iter().rev();
        let (_, value) = fields.find(|(known, _)| known == name)?;
        Some(value.get())
    }

    /// Reads a field; null where there is none.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, such as half of a surrogate pair.
    pub(super) fn value(&self, name: &str) -> Result<Value, UnreadableRecord> {
        match self.raw(name) {
            None | Some("null") => Ok(Value::Null),
            Some(raw) => Ok(serde_json::from_str(raw)?),
        }
    }

    /// Reads a field as text, whatever kind of value it is; see [`scalar`].
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub(super) fn scalar(&self, name: &str) -> Result<Option<Cow<'r, str>>, UnreadableRecord> {
        let string = self.string(name)?;
        if string.is_some() {
            return Ok(string.filter(|text| !text.is_empty()));
        }
        let value = self.value(name)?;
        Ok(scalar(&value).map(|text| Cow::Owned(text.into_owned())))
    }

    /// Reads the whole record.
    ///
    /// # Errors
    ///
    /// Where any of it cannot be read.
    pub(super) fn whole(&self) -> Result<Value, UnreadableRecord> {
        Ok(serde_json::from_str(self.raw)?)
    }

    /// Reads a field's text, if it is a string, without escapes as it is written.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub(super) fn string(&self, name: &str) -> Result<Option<Cow<'r, str>>, UnreadableRecord> {
        match self.raw(name) {
            Some(raw) if raw.starts_with('"') => Ok(Some(string(raw)?)),
            _ => Ok(None),
        }
    }
}

/// Reads a string.
fn string(raw: &str) -> Result<Cow<'_, str>, UnreadableRecord> {
    let inner = &raw[1..raw.len() - 1];
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(inner));
    }
    Ok(Cow::Owned(serde_json::from_str(raw)?))
}

/// The fields of an object.
struct Cut<'r>(Vec<(Cow<'r, str>, &'r RawValue)>);

impl<'de> Deserialize<'de> for Cut<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CutVisitor)
    }
}

struct CutVisitor;

impl<'de> Visitor<'de> for CutVisitor {
    type Value = Cut<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cut<'de>, A::Error> {
        let mut fields = Vec::with_capacity(FIELDS_USUAL);
        while let Some(Key(key)) = map.next_key()? {
            fields.push((key, map.next_value()?));
        }
        Ok(Cut(fields))
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'r>(Cow<'r, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor).map(Self)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_the_whole_record_would_be() {
        let raw = r#" {"a":1,"b":{"c":[1.50,"\u00e9"]},"a":"last","e\u0073c":"x\"y","n":null} "#;
        let fields = Fields::cut(raw).unwrap();
        let whole: Value = serde_json::from_str(raw).unwrap();
        for name in ["a", "b", "esc", "n", "absent"] {
            assert_eq!(fields.value(name).unwrap(), whole[name], "{name}");
            let string = fields.string(name).unwrap();
            assert_eq!(string.as_deref(), whole[name].as_str(), "{name}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_fields_and_what_is_no_json_is_refused() {
        for raw in ["[]", "1", "\"{\"", "null", "{}"] {
            assert!(Fields::cut(raw).unwrap().fields.is_empty(), "{raw}");
        }
        for raw in [
            "",
            "{",
            "{}x",
            "{\"a\":}",
            "{\"a\" 1}",
            "[1",
            "{1:2}",
            "nul",
        ] {
            assert!(Fields::cut(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn what_is_wrong_inside_a_field_is_told_when_it_is_read() {
        let fields = Fields::cut(r#"{"a":"\ud800","b":"x"}"#).unwrap();
        assert!(fields.string("a").is_err());
        assert!(fields.value("a").is_err());
        assert_eq!(fields.string("b").unwrap().as_deref(), Some("x"));
    }
}
