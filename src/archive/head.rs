//! The head: the fields that all records share, and what makes a record readable at all.
//!
//! Not for: what one kind of event says (`catalogue`).

use std::borrow::Cow;

use super::fields::{Fields, NoText, Walk, string, walk};
use super::keys::Field;
use super::scan::shape;
use super::{NESTING_MAX, VALUES_MAX};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// The fields that all records share, as CloudTrail's
/// [record reference](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html)
/// lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head<'a> {
    /// The service called, such as `ec2.amazonaws.com`.
    pub event_source: Cow<'a, str>,
    /// The operation called, such as `DetachNetworkInterface`.
    pub event_name: Cow<'a, str>,
    /// When the call was completed.
    pub event_time: Timestamp,
    /// `awsRegion`; empty where the record does not say.
    pub region: Cow<'a, str>,
    /// `recipientAccountId`, else `userIdentity.accountId` as before eventVersion 1.02; empty where
    /// the record has neither.
    pub account: Cow<'a, str>,
    /// `eventID`; absent in reduced exports.
    pub event_id: Option<Cow<'a, str>>,
}

/// The head as far as it can be read, before anything is decided.
pub(super) struct RawHead<'a> {
    pub(super) event_source: Result<Cow<'a, str>, NoText>,
    pub(super) event_name: Result<Cow<'a, str>, NoText>,
    pub(super) event_time: Result<Timestamp, NoText>,
    pub(super) region: Cow<'a, str>,
    pub(super) account: Cow<'a, str>,
}

impl<'a> RawHead<'a> {
    /// Reads what of the head can be read.
    #[inline]
    pub(super) fn read(object: &'a [u8], fields: &Fields) -> Self {
        let event_time = fields
            .text(object, Field::EventTime)
            .and_then(|time| instant(&time).ok_or(NoText::Unreadable));
        Self {
            event_source: fields.text(object, Field::EventSource),
            event_name: fields.text(object, Field::EventName),
            event_time,
            // Coverage takes what there is: an unreadable region or account counts as unsaid.
            region: fields
                .text_if_any(object, Field::AwsRegion)
                .unwrap_or_default(),
            account: account(object, fields),
        }
    }
}

/// Reads a time; in the form that CloudTrail writes, `2024-03-01T10:00:00Z`, without a parser of all forms.
fn instant(time: &str) -> Option<Timestamp> {
    usual_instant(time.as_bytes()).or_else(|| time.parse().ok())
}

fn usual_instant(time: &[u8]) -> Option<Timestamp> {
    let [date @ .., b'T', _, _, b':', _, _, b':', _, _, b'Z'] = time else {
        return None;
    };
    let [_, _, _, _, b'-', _, _, b'-', _, _] = date else {
        return None;
    };
    let two = |at: usize| {
        let [tens, ones] = [time[at], time[at + 1]].map(|digit| digit.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| (tens * 10 + ones) as i8)
    };
    let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
    let civil = DateTime::new(year, two(5)?, two(8)?, two(11)?, two(14)?, two(17)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// Reads the account as interpretation does, so that what is covered and what is told agree.
fn account<'a>(object: &'a [u8], fields: &Fields) -> Cow<'a, str> {
    account_id(object, fields, Field::RecipientAccountId)
        .or_else(|| caller_account(object, fields))
        .unwrap_or_default()
}

fn caller_account<'a>(object: &'a [u8], fields: &Fields) -> Option<Cow<'a, str>> {
    let identity = fields.value(object, Field::UserIdentity)?;
    if !identity.starts_with(b"{") {
        return None;
    }
    let mut inner = Fields::default();
    match walk(identity, &mut inner, false) {
        Ok(Walk::End(_)) => account_id(identity, &inner, Field::AccountId),
        // Not reached: the record's own walk went over these bytes before.
        Ok(Walk::Container(_)) | Err(_) => None,
    }
}

/// Returns an account id of twelve digits: a number, which tools make of it, has lost leading zeros.
fn account_id<'a>(object: &'a [u8], fields: &Fields, field: Field) -> Option<Cow<'a, str>> {
    let written = fields.value(object, field)?;
    let text = match written {
        [b'0'..=b'9', ..] => Cow::Borrowed(std::str::from_utf8(written).ok()?),
        _ => string(written).ok()?,
    };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        0 => None,
        1..12 if is_number => Some(format!("{text:0>12}").into()),
        _ => Some(text),
    }
}

/// A record that every later reader accepts.
#[derive(Debug)]
pub(super) struct Valid<'a> {
    pub(super) raw: &'a str,
    /// Some object in it has a key twice: readers disagree on which one counts.
    pub(super) has_duplicate: bool,
}

/// Checks that a record is JSON that every later reader accepts, and returns it as text.
///
/// Nesting is limited as serde_json limits it where it builds values, which protects the stack of
/// every later reader, and the number of values, which protects its memory. Numbers are kept as they are
/// written, so `1e400` and integers of thirty digits pass.
///
/// # Errors
///
/// Says what is wrong, in words for a warning.
pub(super) fn validate(object: &[u8]) -> Result<Valid<'_>, String> {
    let raw = std::str::from_utf8(object)
        .map_err(|error| format!("not UTF-8 after {} bytes of it", error.valid_up_to()))?;
    let shape = shape(object);
    if shape.nesting > NESTING_MAX {
        return Err(format!("nested more than {NESTING_MAX} levels deep"));
    }
    if shape.values > VALUES_MAX {
        return Err(format!("more than {VALUES_MAX} values"));
    }
    // Interpretation builds a `Value` too. Only building one finds all that it stumbles over: a lone
    // surrogate, or a key that serde_json keeps for itself.
    let value: Value =
        serde_json::from_str(raw).map_err(|error| format!("no valid JSON: {error}"))?;
    // Of a key that comes twice, one member is left.
    let has_duplicate = members(&value) < shape.members;
    Ok(Valid { raw, has_duplicate })
}

/// Counts the members of all objects in a value; its nesting is limited.
fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        Value::Array(array) => array.iter().map(members).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_as_interpretation_reads_it() {
        for (record, expected) in [
            (r#"{"recipientAccountId":"111122223333"}"#, "111122223333"),
            (r#"{"recipientAccountId":111122223333}"#, "111122223333"),
            (r#"{"recipientAccountId":1234567890}"#, "001234567890"),
            (r#"{"recipientAccountId":"1234567890"}"#, "001234567890"),
            (
                r#"{"recipientAccountId":null,"userIdentity":{"accountId":42}}"#,
                "000000000042",
            ),
            (
                r#"{"recipientAccountId":"","userIdentity":{"accountId":"7"}}"#,
                "000000000007",
            ),
            (
                r#"{"recipientAccountId":5,"userIdentity":{"accountId":"7"}}"#,
                "000000000005",
            ),
            (r#"{"recipientAccountId":"anonymous"}"#, "anonymous"),
            (r#"{"userIdentity":"root"}"#, ""),
        ] {
            let mut fields = Fields::default();
            assert!(walk(record.as_bytes(), &mut fields, false).is_ok());
            let head = RawHead::read(record.as_bytes(), &fields);
            assert_eq!(head.account, expected, "{record}");
        }
    }

    #[test]
    fn a_time_is_the_same_whichever_way_it_is_read() {
        for (time, is_usual) in [
            ("2024-02-29T23:59:59Z", true),
            ("0000-01-01T00:00:00Z", true),
            ("9999-12-30T00:00:00Z", true),
            ("2023-02-29T23:59:59Z", false),
            ("2024-13-01T00:00:00Z", false),
            ("2024-03-01T24:00:00Z", false),
            ("2016-12-31T23:59:60Z", false),
            ("2024-03-01T10:00:00.5Z", false),
            ("2024-03-01T10:00:00+01:00", false),
            ("2024-03-01 10:00:00Z", false),
            ("2024/03/01T10:00:00Z", false),
            ("2024-03-01T1a:00:00Z", false),
            ("T10:00:00Z", false),
            ("2024-03-01T\u{7f}0:00:00Z", false),
            ("2024-03-01T10:0 :00Z", false),
            ("", false),
        ] {
            let expected: Option<Timestamp> = time.parse().ok();
            assert_eq!(instant(time), expected, "{time}");
            let usual = is_usual.then_some(expected).flatten();
            assert_eq!(usual_instant(time.as_bytes()), usual, "{time}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_anywhere_is_seen() {
        for (record, expected) in [
            (r#"{"a":1,"b":{"a":2}}"#, false),
            (r#"{"a":1,"a":2}"#, true),
            (r#"{"a":[{"b":{"c":1,"c":1}}]}"#, true),
            (r#"{"a":1,"\u0061":2}"#, true),
            (r#"{"a":"b:c,{\":\"","d":1e400}"#, false),
        ] {
            let valid = validate(record.as_bytes()).unwrap();
            assert_eq!(valid.has_duplicate, expected, "{record}");
        }
    }

    #[test]
    fn a_record_is_readable_or_says_why_not() {
        let many = format!("[1{}]", ",1".repeat(VALUES_MAX));
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for (bytes, reason) in [
            (
                &br#"{"n":1e400,"i":123456789012345678901234567890}"#[..],
                None,
            ),
            (br#"{"s":"\ud83d\ude00 \\ud800"}"#, None),
            (br#"{"s":"\ud800"}"#, Some("hex escape")),
            (b"{\"s\":\"caf\xe9\"}", Some("not UTF-8")),
            (b"{\"s\":\"\x1b[2J\"}", Some("control character")),
            (br#"{"n":NaN}"#, Some("expected value")),
            (br#"{"n":1,}"#, Some("trailing comma")),
            (
                br#"{"n":{"$serde_json::private::Number":"abc"}}"#,
                Some("invalid number"),
            ),
            (
                br#"{"n":{"$serde_json::private::RawValue":"abc"}}"#,
                Some("expected value"),
            ),
            (deep.as_bytes(), Some("nested more than 127")),
            (many.as_bytes(), Some("more than 1048576 values")),
        ] {
            match (validate(bytes), reason) {
                (Ok(_), None) => {}
                (Err(error), Some(reason)) => assert!(error.contains(reason), "{error}"),
                (result, _) => panic!("{}: {result:?}", String::from_utf8_lossy(bytes)),
            }
        }
    }
}
