//! The keys of the members that decide what an object is.

use super::fields::unescape;

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
pub(super) const FIELDS_COUNT: usize = Field::DigestLogFiles as usize + 1;

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
        // Keys of one length tell apart by their last letter more often than by their first.
        .find(|(name, _)| name.as_bytes().last() == key.last() && name.as_bytes() == key)
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
