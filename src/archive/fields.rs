//! The members of an object that decide what it is, and the fields that all records share.
//!
//! Not for: what a record means, or any other of its fields.

use std::borrow::Cow;
use std::ops::Range;

use super::keys::{FIELDS_COUNT, Field, field};
use super::scan::{Scan, Stop, member, peek, space_end, value_end};

/// Reads the inside of a JSON string that has escapes.
pub(super) fn unescape(inside: &[u8]) -> Result<String, serde_json::Error> {
    let mut quoted = Vec::with_capacity(inside.len() + 2);
    quoted.push(b'"');
    quoted.extend_from_slice(inside);
    quoted.push(b'"');
    serde_json::from_slice(&quoted)
}

/// Why a member is not there as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoText {
    /// It is absent, or something other than a string.
    Absent,
    /// It is a string, but no valid one.
    Unreadable,
}

/// Where the values of the fields of one object stand; of a key that comes twice, the last.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    values: [Range<u32>; FIELDS_COUNT],
    /// A field came twice: readers disagree on which one counts.
    pub(super) has_duplicate: bool,
    /// That field is one of those that tell which event it is.
    pub(super) has_second_name: bool,
}

impl Fields {
    /// Returns the value of a field as it is written.
    #[inline]
    pub(super) fn value<'a>(&self, object: &'a [u8], field: Field) -> Option<&'a [u8]> {
        let range = &self.values[field as usize];
        (range.end > 0).then(|| &object[range.start as usize..range.end as usize])
    }

    /// Returns where the value of a field begins, counted from the object's first byte.
    pub(super) fn value_start(&self, field: Field) -> usize {
        self.values[field as usize].start as usize
    }

    /// Returns the text of a field.
    #[inline]
    pub(super) fn text<'a>(&self, object: &'a [u8], field: Field) -> Result<Cow<'a, str>, NoText> {
        string(self.value(object, field).ok_or(NoText::Absent)?)
    }

    /// Returns the text of a field that a record may well lack, or have as something else.
    #[inline]
    pub(super) fn text_if_any<'a>(&self, object: &'a [u8], field: Field) -> Option<Cow<'a, str>> {
        // Absent and unreadable are alike here: the record does not say.
        self.text(object, field).ok()
    }

    /// Says whether the object is a record as far as it was read.
    #[inline]
    pub(super) fn is_record(&self, object: &[u8]) -> bool {
        [Field::EventName, Field::EventSource].iter().all(|field| {
            self.value(object, *field)
                .is_some_and(|value| value[0] == b'"')
        })
    }

    /// Says whether the object is a digest file of CloudTrail.
    pub(super) fn is_digest(&self, object: &[u8]) -> bool {
        self.value(object, Field::DigestStartTime).is_some()
            && (self.value(object, Field::DigestObject).is_some()
                || self.value(object, Field::DigestLogFiles).is_some())
    }

    #[inline]
    fn set(&mut self, field: Field, value: Range<usize>) {
        let slot = &mut self.values[field as usize];
        if slot.end > 0 {
            self.has_duplicate = true;
            self.has_second_name |= matches!(field, Field::EventName | Field::EventSource);
        }
        // An object is far smaller than 4 GiB: larger ones are never held in one piece.
        *slot = value.start as u32..value.end as u32;
    }
}

/// Reads a JSON string as it is written, quotes included.
#[inline]
pub(super) fn string(written: &[u8]) -> Result<Cow<'_, str>, NoText> {
    let [b'"', inside @ .., b'"'] = written else {
        return Err(NoText::Absent);
    };
    if memchr::memchr(b'\\', inside).is_some() {
        return match unescape(inside) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => Err(NoText::Unreadable),
        };
    }
    match std::str::from_utf8(inside) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Err(NoText::Unreadable),
    }
}

/// What the walk through an object's members came to.
#[derive(Debug)]
pub(super) enum Walk {
    /// The object's end: the index after its closing brace.
    End(usize),
    /// An array of elements, whose opening bracket is at this index.
    Container(usize),
}

/// Walks through the members of the object at the start of `bytes`, noting those that matter.
///
/// Stops at the first array of elements if `may_contain`, unless the object is a record already.
#[inline]
pub(super) fn walk(bytes: &[u8], fields: &mut Fields, may_contain: bool) -> Scan<Walk> {
    let mut at = 1;
    loop {
        at = space_end(bytes, at);
        if peek(bytes, at)? == b'}' {
            return Ok(Walk::End(at + 1));
        }
        let member = member(bytes, at)?;
        let field = field(&bytes[member.key]);
        let open = peek(bytes, member.value)?;
        if let Some(field) = field
            && open == b'['
            && may_contain
            && field.is_container()
            && !fields.is_record(bytes)
        {
            return Ok(Walk::Container(member.value));
        }
        let end = value_end(bytes, member.value)?;
        if let Some(field) = field {
            fields.set(field, member.value..end);
        }
        at = space_end(bytes, end);
        match peek(bytes, at)? {
            b',' => at += 1,
            b'}' => return Ok(Walk::End(at + 1)),
            _ => return Err(Stop::Broken(at)),
        }
    }
}

/// Gives the texts of all members of an object that have that key.
pub(super) fn all_texts(object: &[u8], wanted: Field) -> Vec<Cow<'_, str>> {
    let (mut texts, mut at) = (Vec::new(), 1);
    // These bytes were walked over before: what cannot be read is the end.
    while let Ok(member) = member(object, space_end(object, at))
        && let Ok(end) = value_end(object, member.value)
    {
        if field(&object[member.key]) == Some(wanted)
            && let Ok(text) = string(&object[member.value..end])
        {
            texts.push(text);
        }
        at = space_end(object, end) + 1;
    }
    texts
}

/// Lists the first keys of an object, for a sentence on what it is.
pub(super) fn first_keys(object: &[u8]) -> String {
    let mut keys = Vec::new();
    let mut at = 1;
    while keys.len() < 4 {
        at = space_end(object, at);
        let Ok(member) = member(object, at) else {
            break;
        };
        keys.push(
            String::from_utf8_lossy(&object[member.key])
                .chars()
                .take(40)
                .collect(),
        );
        let Ok(end) = value_end(object, member.value) else {
            break;
        };
        at = space_end(object, end) + 1;
    }
    let keys: Vec<String> = keys;
    keys.join(", ")
}
