//! The texts of an account and region by number: compared and hashed once, copied for nothing.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::event::MemberId;
use crate::text::Text;

/// A text, by number; equal where the texts are equal, but not in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::timeline) struct Value(u32);

/// A member with its value.
pub(in crate::timeline) type Id = (MemberId, Value);

/// Every text that was seen, in order of its number.
///
/// Texts come from a log that may be hostile, so their hash is seeded.
#[derive(Debug, Default)]
pub(super) struct Values {
    numbers: HashMap<Text, Value, RandomState>,
    texts: Vec<Text>,
}

impl Values {
    /// Returns a text's number.
    pub(super) fn number(&mut self, text: Text) -> Value {
        if let Some(known) = self.numbers.get(&text) {
            return *known;
        }
        let number = Value(self.texts.len() as u32);
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }

    /// Returns the text of a number.
    pub(super) fn text(&self, value: Value) -> &Text {
        &self.texts[value.0 as usize]
    }
}

/// What is known of an interval's members, in order of [`MemberId`].
#[derive(Debug, Clone, Default)]
pub(in crate::timeline) struct Known(Vec<Id>);

impl Known {
    /// Returns a member's value.
    pub(in crate::timeline) fn get(&self, member: MemberId) -> Option<Value> {
        let found = self.0.iter().find(|(known, _)| *known == member)?;
        Some(found.1)
    }

    /// Says whether a member has this value.
    pub(in crate::timeline) fn has(&self, (member, value): Id) -> bool {
        self.get(member) == Some(value)
    }

    /// Says whether a member is known and has another value.
    pub(in crate::timeline) fn denies(&self, (member, value): Id) -> bool {
        self.get(member).is_some_and(|known| known != value)
    }

    /// Sets a member's value; returns the one it had.
    pub(super) fn insert(&mut self, (member, value): Id) -> Option<Value> {
        match self.0.binary_search_by_key(&member, |(known, _)| *known) {
            Ok(position) => Some(std::mem::replace(&mut self.0[position].1, value)),
            Err(position) => {
                self.0.insert(position, (member, value));
                None
            }
        }
    }

    /// Lists the members with their values.
    pub(in crate::timeline) fn ids(&self) -> &[Id] {
        &self.0
    }
}

impl FromIterator<Id> for Known {
    /// Of several values of one member, the last counts.
    fn from_iter<I: IntoIterator<Item = Id>>(ids: I) -> Self {
        let ids = ids.into_iter();
        let mut known = Self(Vec::with_capacity(ids.size_hint().0));
        for id in ids {
            known.insert(id);
        }
        known
    }
}
