//! Where reading goes on behind what is no record: at the next object that is one.
//!
//! What stands between is junk, whatever it holds: brackets and quotes in it mean nothing. But what is the
//! value of a member, or stands in an array that is one, is a part of what broke, however like a record it
//! looks: whoever can call AWS can write such an object into a request.

use super::broken::READ_AGAIN_BYTES_MAX;
use super::fields::{Fields, Walk, walk};
use super::keys::{EMBEDDING, Field, field};
use super::scan::{Stop, value_end};
use super::wrapping::Role;

/// What a row of CloudTrail Lake must contain to be one with a record.
const ROW_KEY: &[u8] = b"eventJson";

/// What a string must contain to be taken for one with a record.
const RECORD_KEY: &[u8] = b"eventName";

/// How many bytes may be read again for each byte of the content: rows lie in rows, and each of them may
/// be the next record.
const READ_AGAIN_TIMES_MAX: u64 = 32;

/// How many bytes may be read again of any content.
const READ_AGAIN_BYTES_MIN: u64 = 64 << 10;

/// Returns how many bytes of a content that is known so far may be read again.
pub(super) fn work_max(content_bytes: u64) -> usize {
    let max = content_bytes.saturating_mul(READ_AGAIN_TIMES_MAX);
    let max = max.saturating_add(READ_AGAIN_BYTES_MIN);
    usize::try_from(max).map_or(READ_AGAIN_BYTES_MAX, |max| max.min(READ_AGAIN_BYTES_MAX))
}

/// What came of looking for the next record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// One begins at this index.
    At(usize),
    /// None does.
    Nothing,
    /// More bytes would tell.
    Undecided,
    /// So much was read again that no more is looked through.
    GaveUp,
}

/// A search for the next record, and how much work it may be.
#[derive(Debug)]
pub(super) struct Search {
    /// How many bytes may be read.
    pub(super) work_max: usize,
    /// More may be, if more bytes follow.
    pub(super) work_may_grow: bool,
    /// How many were.
    pub(super) work: usize,
    /// More bytes may follow, so that what is not complete decides nothing.
    pub(super) may_grow: bool,
    /// What stands before the record is a line of text, in which a colon follows other things than keys.
    pub(super) is_text: bool,
}

impl Search {
    /// Finds the first whole record that begins within `starts` of `bytes`, or what wraps one where
    /// elements have that role.
    pub(super) fn run(
        &mut self,
        bytes: &[u8],
        starts: std::ops::Range<usize>,
        role: Role,
    ) -> Found {
        let open = match role {
            Role::Ignored => return Found::Nothing,
            Role::Row => b'[',
            _ => b'{',
        };
        let Some(candidates) = bytes.get(starts.clone()) else {
            return Found::Nothing;
        };
        for found in memchr::memchr_iter(open, candidates) {
            let at = starts.start + found;
            if self.work >= self.work_max {
                // Of a longer content more may be read again, up to a bound.
                return match self.may_grow && self.work_may_grow {
                    true => Found::Undecided,
                    false => Found::GaveUp,
                };
            }
            if is_part(&bytes[..at], self.is_text) {
                continue;
            }
            match element(&bytes[at..], role) {
                Ok((_, true)) => return Found::At(at),
                Err(Stop::Incomplete) if self.may_grow => return Found::Undecided,
                Ok((read, false)) | Err(Stop::Broken(read)) => self.work += read + 1,
                Err(Stop::Incomplete | Stop::TooLarge) => self.work += bytes.len() - at,
            }
        }
        Found::Nothing
    }
}

/// Says whether what begins behind these bytes is a part of what stands before it.
fn is_part(before: &[u8], is_text: bool) -> bool {
    let before = before.trim_ascii_end();
    let mut outside = before;
    while let [rest @ .., b'['] = outside {
        outside = rest.trim_ascii_end();
    }
    match outside {
        [key @ .., b':'] => {
            let key = key.trim_ascii_end();
            let is_key = key.ends_with(b"\"");
            let holds_elements = outside.len() < before.len() && names_elements(key);
            (is_key || !is_text) && !holds_elements
        }
        // A colon of which one bit was changed.
        [.., b'"', other] => (other ^ b':').count_ones() == 1,
        _ => false,
    }
}

/// Says whether the key that ends here is one of an array of elements.
fn names_elements(before: &[u8]) -> bool {
    let Some((b'"', key)) = before.split_last() else {
        return false;
    };
    let key = key.rsplit(|byte| *byte == b'"').next().unwrap_or_default();
    field(key).is_some_and(Field::is_container)
}

/// Walks over what begins here; tells where it ends and whether it is a record or wraps one.
fn element(bytes: &[u8], role: Role) -> Result<(usize, bool), Stop> {
    if role == Role::Row {
        let end = value_end(bytes, 0)?;
        return Ok((end, contains(&bytes[..end], ROW_KEY)));
    }
    let mut fields = Fields::default();
    let (Walk::End(end) | Walk::Container(end)) = walk(bytes, &mut fields, false)?;
    Ok((end, fields.is_record(bytes) || wraps(&fields, bytes)))
}

/// Says whether an object is a known wrapping of a record.
fn wraps(fields: &Fields, object: &[u8]) -> bool {
    let has_record = |field: Field| {
        let value = fields.value(object, field);
        value.is_some_and(|value| matches!(value[0], b'"' | b'{') && contains(value, RECORD_KEY))
    };
    has_record(Field::Detail) || EMBEDDING.into_iter().any(has_record)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::budget::Budget;
    use crate::archive::ledger::Ledger;
    use crate::archive::wrapping::{Ahead, Page, Scanner};
    use crate::archive::{Cut, Limits, Scope};
    use crate::text::Text;

    /// Returns how many bytes of a content are read again.
    fn read_again(content: &[u8]) -> usize {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let scope = Scope {
            contains: &|_, _| true,
            names: &[],
        };
        let (source, mut sink) = (Text::from("x"), |_: Cut<'_>| ());
        let mut ledger = Ledger::new((&source, None), (&limits, &budget), scope, &mut sink);
        let mut scanner = Scanner::new();
        let page = Page {
            bytes: content,
            base: 0,
            ahead: Ahead::End,
        };
        scanner.feed(page, &mut ledger);
        scanner.read_again_bytes
    }

    /// What begins many things that do not end, or end as something else.
    const HOSTILE: [&str; 13] = [
        "[",
        "{",
        "{\"",
        "{\"a\":",
        "{\"a\":[",
        "{\"a\":\"",
        "{\"a\":1,",
        "{\"{\":1,\"",
        "{\"a\":{}},",
        "{\"\\\"",
        "{\"a\":\"{\\\"",
        "[[{",
        "{\"eventName\":",
    ];

    #[test]
    fn what_is_read_again_of_a_hostile_content_grows_as_it_does() {
        let mut most = 0;
        for part in HOSTILE {
            for head in [
                "x ",
                "{\"Records\":[x",
                "{\"QueryResultRows\":[x",
                "[x ",
                "{x ",
            ] {
                for end in ["", "\n"] {
                    let line = format!("{head}{}{end}", part.repeat(20_000 / part.len()));
                    let content = line.repeat(3);
                    let read = read_again(content.as_bytes());
                    // What is begun is read to its end.
                    let max = work_max(content.len() as u64) + content.len();
                    assert!(read <= max, "{head}{part}: {read} bytes");
                    most = most.max(read);
                }
            }
        }
        // Without the bound it is the square of the length.
        assert!(most > 1 << 20, "{most}");
    }

    #[test]
    fn no_content_is_read_again_without_end() {
        assert_eq!(work_max(0), 64 << 10);
        assert_eq!(work_max(1 << 20), (64 << 10) + (32 << 20));
        assert_eq!(work_max(u64::MAX), READ_AGAIN_BYTES_MAX);
    }
}
