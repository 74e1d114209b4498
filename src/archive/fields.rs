//! The members of an object that decide what it is, and the fields that all records share.
//!
//! Not for: what a record means, or any other of its fields.

use std::borrow::Cow;
use std::ops::Range;

use super::scan::{Scan, Stop, member, peek, space_end, value_end};

/// A member that the archive looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    EventName,
    EventSource,
    EventTime,
    EventType,
    EventId,
    AwsRegion,
    RecipientAccountId,
    UserIdentity,
    AccountId,
    Records,
    Events,
    LogEvents,
    QueryResultRows,
    Detail,
    CloudTrailEvent,
    EventJson,
    Message,
    LogMessage,
    MessageType,
    DigestStartTime,
    DigestObject,
    DigestLogFiles,
}

/// How many kinds of field there are.
const FIELDS_COUNT: usize = Field::DigestLogFiles as usize + 1;

/// The members that the archive looks at, by key; keys of one length stand together, in ascending
/// order of length.
const KEYS: [(&str, Field); 23] = [
    ("Events", Field::Events), // aws cloudtrail lookup-events
    ("events", Field::Events), // aws logs get-log-events, filter-log-events
    ("detail", Field::Detail), // EventBridge
    ("eventID", Field::EventId),
    ("Records", Field::Records),    // a trail's log file
    ("Message", Field::Message),    // SNS
    ("message", Field::LogMessage), // an event of CloudWatch Logs
    ("logFiles", Field::DigestLogFiles),
    ("eventName", Field::EventName),
    ("eventTime", Field::EventTime),
    ("awsRegion", Field::AwsRegion),
    ("eventType", Field::EventType),
    ("accountId", Field::AccountId),
    ("logEvents", Field::LogEvents), // CloudWatch Logs subscription
    ("eventJson", Field::EventJson), // CloudTrail Lake
    ("eventSource", Field::EventSource),
    ("messageType", Field::MessageType),
    ("userIdentity", Field::UserIdentity),
    ("digestS3Object", Field::DigestObject),
    ("digestStartTime", Field::DigestStartTime),
    ("QueryResultRows", Field::QueryResultRows), // CloudTrail Lake
    ("CloudTrailEvent", Field::CloudTrailEvent), // aws cloudtrail lookup-events
    ("recipientAccountId", Field::RecipientAccountId),
];

/// Where the keys of each length stand in [`KEYS`]; computed when compiled.
const BY_LENGTH: [(u8, u8); 32] = {
    let mut ranges = [(0, 0); 32];
    let mut index = 0;
    while index < KEYS.len() {
        let length = KEYS[index].0.len();
        if ranges[length].1 == 0 {
            ranges[length].0 = index as u8;
        }
        ranges[length].1 = index as u8 + 1;
        index += 1;
    }
    ranges
};

/// The members whose value is an array of elements to be read one by one.
const CONTAINERS: [Field; 4] = [
    Field::Records,
    Field::Events,
    Field::LogEvents,
    Field::QueryResultRows,
];

/// The members whose string value holds JSON, in the order in which they are tried.
pub(super) const EMBEDDING: [Field; 4] = [
    Field::CloudTrailEvent,
    Field::EventJson,
    Field::Message,
    Field::LogMessage,
];

impl Field {
    /// Says whether an array under this key is read element by element.
    pub(super) fn is_container(self) -> bool {
        CONTAINERS.contains(&self)
    }
}

/// Returns the field that a key, as written between its quotes, names.
#[inline]
pub(super) fn field(key: &[u8]) -> Option<Field> {
    let found = plain_field(key);
    if found.is_none() && key.contains(&b'\\') {
        return escaped_field(key);
    }
    found
}

#[inline]
fn plain_field(key: &[u8]) -> Option<Field> {
    let (first, end) = *BY_LENGTH.get(key.len())?;
    KEYS[usize::from(first)..usize::from(end)]
        .iter()
        .find(|(name, _)| name.as_bytes() == key)
        .map(|(_, field)| *field)
}

/// A key written with escapes, such as `\u0065ventName`, is the same key.
fn escaped_field(key: &[u8]) -> Option<Field> {
    match unescape(key) {
        Ok(key) => plain_field(key.as_bytes()),
        // A key that is no text is none of ours; validation will say so if it matters.
        Err(_) => None,
    }
}

/// Reads the inside of a JSON string that has escapes.
fn unescape(inside: &[u8]) -> Result<String, serde_json::Error> {
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
        self.has_duplicate |= slot.end > 0;
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
    if inside.contains(&b'\\') {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_length() {
        assert!(KEYS.is_sorted_by_key(|(key, _)| key.len()));
        for (key, expected) in KEYS {
            assert_eq!(field(key.as_bytes()), Some(expected), "{key}");
            let escaped = format!("\\u{:04x}{}", u32::from(key.as_bytes()[0]), &key[1..]);
            assert_eq!(field(escaped.as_bytes()), Some(expected), "{escaped}");
        }
        assert_eq!(field(b"eventNam"), None);
        assert_eq!(field(b"EventName"), None);
        assert_eq!(field(b""), None);
    }
}
