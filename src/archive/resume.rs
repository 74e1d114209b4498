//! Where reading goes on behind what is no record: at the next object that is one.
//!
//! What stands between is junk, whatever it holds: brackets and quotes in it mean nothing.

use super::fields::{Fields, Walk, walk};
use super::keys::{EMBEDDING, Field};
use super::scan::{Stop, value_end};
use super::wrapping::Role;

/// What a row of CloudTrail Lake must contain to be one with a record.
const ROW_KEY: &[u8] = b"eventJson";

/// What a string must contain to be taken for one with a record.
const RECORD_KEY: &[u8] = b"eventName";

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
    /// How many were.
    pub(super) work: usize,
    /// More bytes may follow, so that what is not complete decides nothing.
    pub(super) may_grow: bool,
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
                return Found::GaveUp;
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
