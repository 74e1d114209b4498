//! The records of one file, held until the file's hash is known.

use std::collections::BTreeMap;

use crate::archive::Cut;
use crate::error::{Error, ErrorKind, Result, Warning};
use crate::record::Sha256;
use crate::report::{FileEntry, MalformedRecord};
use crate::text::Text;

/// What is read of one file before its hash is known and its records can be handed to the index, in
/// bytes; beyond it the file is hashed in a pass of its own.
pub(super) const HELD_BYTES_MAX: usize = 16 << 20;

/// What is read of standard input at most, in bytes of records in scope: it cannot be read again for its
/// hash, so all of them are held until it ends.
const HELD_OF_INPUT_BYTES_MAX: usize = 1 << 30;

/// Records of one file whose hash is not known yet.
#[derive(Default)]
pub(super) struct Held {
    pub records: Vec<HeldRecord>,
    pub bytes: usize,
    /// The hash, once it was asked for; none where the file cannot be read again.
    pub sha256: Option<Option<Sha256>>,
    /// The records that the catalogue could not read, by the member of the bundle that they are in.
    pub unreadable: BTreeMap<Option<Text>, Vec<MalformedRecord>>,
}

/// One of them.
pub(super) struct HeldRecord {
    pub raw: String,
    pub member: Option<Text>,
    pub ordinal: u64,
    pub offset: u64,
}

impl Held {
    /// Keeps one record of standard input, up to the limit.
    pub(super) fn keep_of_input(&mut self, cut: &Cut<'_>) {
        if self.bytes <= HELD_OF_INPUT_BYTES_MAX {
            self.keep(cut);
        }
    }

    /// Checks that all records of standard input were kept.
    ///
    /// # Errors
    ///
    /// Where they were not.
    pub(super) fn check_input(&self, source: &Text) -> Result<()> {
        if self.bytes <= HELD_OF_INPUT_BYTES_MAX {
            return Ok(());
        }
        let what =
            format!("more than {HELD_OF_INPUT_BYTES_MAX} bytes of records by standard input");
        Err(Error::new(ErrorKind::Input, source.clone(), what)
            .hint("save it to a file, and ingest that"))
    }

    /// Keeps one record.
    pub(super) fn keep(&mut self, cut: &Cut<'_>) {
        self.bytes += cut.raw.len();
        self.records.push(HeldRecord {
            raw: cut.raw.to_owned(),
            member: cut.member.cloned(),
            ordinal: cut.ordinal,
            offset: cut.offset,
        });
    }
}

/// Counts records as malformed that the reader took for readable.
pub(super) fn count_unreadable(
    entry: &mut FileEntry,
    unreadable: Vec<MalformedRecord>,
    warnings_max: usize,
) {
    let count = unreadable.len() as u64;
    entry.records.in_scope -= count;
    entry.records.malformed += count;
    entry.records.malformed_in_scope += count;
    let room = warnings_max.saturating_sub(entry.warnings.len());
    if unreadable.len() > room {
        let more = unreadable.len() - room;
        entry.warnings.push(Warning {
            source: entry.source.clone(),
            member: entry.member.clone(),
            offset: None,
            reason: Text::from(format!("{more} more records were read two ways")),
        });
    }
    let warning = |record: &MalformedRecord| Warning {
        source: entry.source.clone(),
        member: entry.member.clone(),
        offset: Some(record.offset),
        reason: record.reason.clone(),
    };
    let warnings: Vec<Warning> = unreadable.iter().take(room).map(warning).collect();
    entry.warnings.extend(warnings);
    entry.malformed.extend(unreadable);
    entry.malformed.sort_by_key(|record| record.ordinal);
    entry.malformed.truncate(warnings_max);
}
