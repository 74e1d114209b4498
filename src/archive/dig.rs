//! Records in wrappings that are not known: wherever in an object they lie, and in strings within it.
//!
//! Tools that carry records along, such as queues and search engines, put them under keys of their own.
//! What has the members that only a record has is one there too. Not for: the known wrappings, which are
//! tried before.

use super::fields::{Fields, Walk, string, walk};
use super::keys::Field;
use super::ledger::Ledger;
use super::scan::{member, space_end, value_end};
use super::wrapping::{Role, Scanner};

/// How many objects and arrays may lie around a record within one element or string.
const DEPTH_MAX: usize = 16;

/// Why a part that holds no record is malformed.
pub(super) const RESEMBLING: &str = "no record, but it resembles one in scope";

/// What a string must contain to be looked into.
const RECORD_KEY: &str = "eventName";

impl Scanner {
    /// Reads the records in an object that is none itself, at any depth, but not in the member whose
    /// value begins at `tried`.
    pub(super) fn dig(
        &mut self,
        object: &[u8],
        offset: u64,
        tried: Option<usize>,
        ledger: &mut Ledger<'_>,
    ) {
        let untried = parts(object).filter(|at| Some(*at) != tried);
        for at in untried {
            let offset = self.inner_offset(offset, at);
            self.dig_value(&object[at..], offset, DEPTH_MAX, ledger);
        }
    }

    /// Reads the records in a part of something; says whether anything in it was counted.
    pub(super) fn part(&mut self, part: &[u8], offset: u64, ledger: &mut Ledger<'_>) -> bool {
        let counted = ledger.counted();
        self.dig_value(part, offset, DEPTH_MAX, ledger);
        if ledger.counted() == counted && ledger.resembles_a_record(part) {
            ledger.malformed(part, offset, RESEMBLING);
        }
        ledger.counted() > counted
    }

    /// Reads the records in the value that begins here; `depth` is how far it may still be followed.
    fn dig_value(&mut self, value: &[u8], offset: u64, depth: usize, ledger: &mut Ledger<'_>) {
        // What was walked over before, and so has an end; a number or word of its own has none.
        let end = value_end(value, 0).unwrap_or(value.len());
        let value = &value[..end];
        match value.first() {
            Some(b'"') => return self.dig_string(value, offset, ledger),
            Some(b'{' | b'[') => {}
            _ => return, // a number or a word holds nothing
        }
        let mut fields = Fields::default();
        if value[0] == b'{'
            && matches!(walk(value, &mut fields, false), Ok(Walk::End(_)))
            && fields.is_record(value)
            && fields.value(value, Field::EventTime).is_some()
        {
            return ledger.record(value, &fields, offset);
        }
        if depth == 0 {
            if ledger.resembles_a_record(value) {
                ledger.malformed(value, offset, "wrapped too deeply");
            }
            return;
        }
        for at in parts(value) {
            let offset = self.inner_offset(offset, at);
            self.dig_value(&value[at..], offset, depth - 1, ledger);
        }
    }

    /// Reads the records in a string that holds JSON, quotes included.
    fn dig_string(&mut self, value: &[u8], offset: u64, ledger: &mut Ledger<'_>) {
        let Ok(text) = string(value) else {
            return; // the element that it is in is counted, or is more than this string
        };
        if !is_json(&text) || !text.contains(RECORD_KEY) {
            return;
        }
        if self.depth >= ledger.limits.embedded_depth_max {
            let reason = format!("JSON within more than {} strings", self.depth);
            return ledger.malformed(value, offset, &reason);
        }
        self.feed_string(&text, offset, Role::Inner, ledger);
    }
}

/// Says whether a text seems to be JSON that can hold a record.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Says whether a string, quotes included, seems to hold such JSON.
pub(super) fn holds_json(value: &[u8]) -> bool {
    string(value).is_ok_and(|text| is_json(&text))
}

/// Gives where the values of an object or array begin that can hold a record.
fn parts(value: &[u8]) -> impl Iterator<Item = usize> {
    let is_object = value.first() == Some(&b'{');
    let mut at = 1;
    std::iter::from_fn(move || {
        loop {
            at = space_end(value, at);
            let start = match value.get(at)? {
                b',' => {
                    at += 1;
                    continue;
                }
                b'}' | b']' => return None,
                _ if is_object => member(value, at).ok()?.value,
                _ => at,
            };
            // These bytes were walked over before: what cannot be read ends nothing early.
            at = value_end(value, start).ok()?;
            if matches!(value[start], b'{' | b'[' | b'"') {
                return Some(start);
            }
        }
    })
}
