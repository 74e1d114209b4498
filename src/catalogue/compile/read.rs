//! Reading one file: where in it a mistake is, and no key twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess};
use serde_json::{Map, Value};

use crate::catalogue::CatalogueError;
use crate::catalogue::entry::{Act, Effect, Entry, File, Member, Paths, Proof, Relation, Shape};

/// Reads a file of the catalogue.
///
/// # Errors
///
/// Where it is no JSON, writes a key twice, or is not as `catalogue::entry` says.
pub(super) fn file(name: &str, content: &str) -> Result<File, CatalogueError> {
    let refused = |entry: String, what: String| CatalogueError {
        file: name.to_owned(),
        entry,
        what,
    };
    let mut json = serde_json::Deserializer::from_str(content);
    Unique
        .deserialize(&mut json)
        .map_err(|error| refused(String::new(), error.to_string()))?;
    if !content.trim_start().starts_with('{') {
        return Err(refused(String::new(), "no JSON object".to_owned()));
    }
    serde_json::from_str(content).map_err(|error| {
        let parsed = serde_json::from_str(content).unwrap_or_default();
        let told = error.to_string();
        match mistake(&parsed) {
            // The same mistake, with the line that it is in.
            Some((entry, what)) if told.starts_with(&what) => refused(entry, told),
            Some((entry, what)) => refused(entry, what),
            None => refused(String::new(), told),
        }
    })
}

/// Finds the entry and key that cannot be read, such as `AttachNetworkInterface: effects[0]`.
fn mistake(file: &Value) -> Option<(String, String)> {
    entries(file, "members")
        .find_map(|(name, value)| Some((name.clone(), wrong::<Member>(value)?)))
        .or_else(|| {
            entries(file, "relations")
                .find_map(|(name, value)| Some((name.clone(), wrong::<Relation>(value)?)))
        })
        .or_else(|| {
            entries(file, "events").find_map(|(name, value)| {
                let whole = wrong::<Entry>(value)?;
                Some(match part(value) {
                    Some((key, what)) => (format!("{name}: {key}"), what),
                    None => (name.clone(), whole),
                })
            })
        })
}

fn entries<'a>(file: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    file[key].as_object().into_iter().flat_map(Map::iter)
}

/// Finds the part of an entry that cannot be read.
fn part(entry: &Value) -> Option<(String, String)> {
    let texts = ["why", "ask", "reading", "attack", "uncertain_errors"];
    element::<Effect>(entry, "effects")
        .or_else(|| element::<Proof>(entry, "proofs"))
        .or_else(|| element::<Act>(entry, "act"))
        .or_else(|| whole::<Shape>(entry, "shape"))
        .or_else(|| whole::<BTreeMap<String, Paths>>(entry, "members"))
        .or_else(|| whole::<BTreeMap<String, Paths>>(entry, "details"))
        .or_else(|| {
            let mut texts = texts.into_iter();
            texts.find_map(|key| whole::<Vec<String>>(entry, key))
        })
}

fn whole<T: DeserializeOwned>(entry: &Value, key: &str) -> Option<(String, String)> {
    Some((key.to_owned(), wrong::<T>(entry.get(key)?)?))
}

fn element<T: DeserializeOwned>(entry: &Value, key: &str) -> Option<(String, String)> {
    let elements = entry[key].as_array()?.iter().enumerate();
    elements
        .filter_map(|(number, value)| Some((format!("{key}[{number}]"), wrong::<T>(value)?)))
        .next()
}

fn wrong<T: DeserializeOwned>(value: &Value) -> Option<String> {
    T::deserialize(value).err().map(|error| error.to_string())
}

/// Any JSON in which no object has a key twice: of two the last would win, silently.
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> de::Visitor<'de> for Unique {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(de::Error::custom(format!("`{key}` is written twice")));
            }
            seen.insert(key);
            members.next_value_seed(Self)?;
        }
        Ok(())
    }
}
