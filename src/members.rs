//! Values by the names of members, such as `network_interface`.
//!
//! The catalogue knows a few hundred names, and a case has millions of values: so a name is kept once
//! and copied as a pointer, and the values of one thing are a short sorted list. It reads like a
//! `BTreeMap`. Not for: what the names mean (`catalogue`).

use std::fmt;

/// A name of the catalogue, such as `network_interface`; costs nothing to copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(&'static str);

impl Name {
    /// Keeps a name for as long as the program runs: for those of a catalogue, which are few.
    pub(crate) fn kept(name: String) -> Self {
        Self(String::leak(name))
    }

    /// Returns the name's letters.
    pub fn as_str(&self) -> &'static str {
        self.0
    }
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self(name)
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Values by name, in order of the names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Members<V>(Vec<(Name, V)>);

impl<V> Members<V> {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns a member's value.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.get_key_value(name).map(|(_, value)| value)
    }

    /// Returns a member's name and value.
    pub fn get_key_value(&self, name: &str) -> Option<(&Name, &V)> {
        let found = self.0.iter().find(|(known, _)| *known == *name)?;
        Some((&found.0, &found.1))
    }

    /// Says whether a member is known.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a member's value; returns the one it had.
    pub fn insert(&mut self, name: impl Into<Name>, value: V) -> Option<V> {
        let name = name.into();
        match self.0.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(position) => Some(std::mem::replace(&mut self.0[position].1, value)),
            Err(position) => {
                self.0.insert(position, (name, value));
                None
            }
        }
    }

    /// Lists names and values.
    pub fn iter(&self) -> Iter<'_, V> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Lists the names.
    pub fn keys(&self) -> impl Iterator<Item = &Name> {
        self.0.iter().map(|(name, _)| name)
    }

    /// Lists the values, in order of their names.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Lists the values for change, in order of their names.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Counts the members that are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether no member is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Names and values, in order of the names.
pub type Iter<'a, V> =
    std::iter::Map<std::slice::Iter<'a, (Name, V)>, fn(&'a (Name, V)) -> (&'a Name, &'a V)>;

impl<'a, V> IntoIterator for &'a Members<V> {
    type Item = (&'a Name, &'a V);
    type IntoIter = Iter<'a, V>;

    fn into_iter(self) -> Iter<'a, V> {
        self.iter()
    }
}

impl<V> Default for Members<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<N: Into<Name>, V> FromIterator<(N, V)> for Members<V> {
    /// Of several values of one name, the last counts.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(members: I) -> Self {
        let members = members.into_iter();
        let mut known = Self(Vec::with_capacity(members.size_hint().0));
        for (name, value) in members {
            known.insert(name, value);
        }
        known
    }
}

impl<N: Into<Name>, V, const LENGTH: usize> From<[(N, V); LENGTH]> for Members<V> {
    fn from(members: [(N, V); LENGTH]) -> Self {
        members.into_iter().collect()
    }
}

impl<V: fmt::Debug> fmt::Debug for Members<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_read_like_a_map_in_order_of_their_names() {
        let mut members = Members::from([("vpc", 1), ("instance", 2), ("vpc", 3)]);
        assert_eq!(members.insert("subnet", 4), None);
        assert_eq!(members.insert("instance", 5), Some(2));
        let names: Vec<&str> = members.keys().map(Name::as_str).collect();
        assert_eq!(names, ["instance", "subnet", "vpc"]);
        assert_eq!(members.values().copied().collect::<Vec<_>>(), [5, 4, 3]);
        assert_eq!(members.get("vpc"), Some(&3));
        assert!(!members.contains_key("eni"));
        assert_eq!(
            format!("{members:?}"),
            r#"{"instance": 5, "subnet": 4, "vpc": 3}"#
        );
    }
}
