//! Walks the values of a record without building a tree of it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Calls `each` with every string and number of a JSON text, in order; numbers as they are written.
///
/// Both values of a repeated key are met. Returns how many values are not null, booleans included.
///
/// # Errors
///
/// Where the text is not JSON or too deep; what came before has been met.
pub(super) fn walk(json: &str, each: &mut dyn FnMut(&str)) -> Result<usize, serde_json::Error> {
    let mut count = 0;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Walk {
        each,
        count: &mut count,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(count)
}

struct Walk<'walk> {
    each: &'walk mut dyn FnMut(&str),
    count: &'walk mut usize,
}

impl Walk<'_> {
    fn again(&mut self) -> Walk<'_> {
        Walk {
            each: self.each,
            count: self.count,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        *self.count += 1;
        (self.each)(value);
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        *self.count += 1;
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.visit_str(&value.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(self.again())?.is_some() {}
        Ok(())
    }

    /// Numbers come here too: serde_json shows one of arbitrary precision as a map of one string.
    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while members.next_key::<IgnoredAny>()?.is_some() {
            members.next_value_seed(self.again())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(json: &str) -> (Vec<String>, Option<usize>) {
        let mut leaves = Vec::new();
        let count = walk(json, &mut |leaf| leaves.push(leaf.to_owned()));
        (leaves, count.ok())
    }

    #[test]
    fn strings_and_numbers_are_met_as_they_are_written() {
        let (met, count) = leaves(
            r#"{"a":["x\u0041",{"b":1.50}],"n":null,"t":true,"big":123456789012345678901234567890,"c":-7}"#,
        );
        assert_eq!(met, ["xA", "1.50", "123456789012345678901234567890", "-7"]);
        assert_eq!(count, Some(5));
    }

    #[test]
    fn both_values_of_a_repeated_key_are_met() {
        assert_eq!(leaves(r#"{"a":"x","a":"y"}"#).0, ["x", "y"]);
    }

    #[test]
    fn what_is_not_json_is_met_as_far_as_it_goes() {
        for (json, met) in [
            (r#"{"a":"x","b":"\ud800"}"#, vec!["x"]),
            (r#"["x"] "y""#, vec!["x"]),
            ("", vec![]),
        ] {
            let (leaves, count) = leaves(json);
            assert_eq!(
                (leaves, count),
                (met.into_iter().map(String::from).collect(), None)
            );
        }
        let deep = "[".repeat(200) + &"]".repeat(200);
        assert_eq!(leaves(&deep).1, None);
    }
}
