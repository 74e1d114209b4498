//! What resembles a record in scope although it is none: a record that somebody has taken apart.

/// Keys that only records have, as far as we know, as AWS and others write them.
const RECORD_KEYS: [&[u8]; 8] = [
    b"eventSource",
    b"eventName",
    b"eventVersion",
    b"eventID",
    b"event_source",
    b"event_name",
    b"EventSource",
    b"EventName",
];

/// What stands in records that others have taken apart: the source of the event, or whose it is.
const TRACES: [&[u8]; 4] = [
    b".amazonaws.com",
    b"cloudtrail",
    b"CloudTrail",
    b"cloud_trail",
];

/// Says whether something that is no record has one of these names as records have it, or as those write
/// it who take records apart.
pub(super) fn resembles(element: &[u8], names: &[&str]) -> bool {
    let any = |marks: &[&[u8]]| marks.iter().any(|mark| holds(element, mark));
    let mut names = names.iter().map(|name| name.as_bytes());
    let (has_keys, has_traces) = (any(&RECORD_KEYS), any(&TRACES));
    (has_keys || has_traces)
        && names.any(|name| has_keys && holds(element, name) || holds_value(element, name))
}

pub(super) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// Says whether a text is the whole of a string, written at any depth of escaping.
fn holds_value(bytes: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, text).any(|at| {
        let before = bytes[..at].last();
        let after = bytes.get(at + text.len());
        before == Some(&b'"') && matches!(after, Some(b'"' | b'\\'))
    })
}
