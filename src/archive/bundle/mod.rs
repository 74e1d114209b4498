//! Bundles: files that hold files, read from their first byte to their last and never unpacked.
//!
//! What is found is handed over member by member, as a stream. Where two programs may see different
//! members in the same bytes, all that is there is read, and the difference is told. Not for: what a
//! member holds (`read`).

mod central;
mod descriptor;
mod pax;
mod stream;
mod tar;
mod tar_header;
mod zip;
mod zip_header;

use std::cell::Cell;
use std::io::Read;

pub(super) use stream::Stream;
pub(super) use tar_header::is_header as is_tar_header;

use crate::report::{BundleFormat, FileOutcome};

/// A member of a bundle as it is met.
pub(super) struct Member<'m> {
    /// Its name as it is written there.
    pub(super) name: &'m [u8],
    pub(super) what: What<'m>,
}

/// What a member is.
pub(super) enum What<'m> {
    /// Something without content, or of which no content can be had.
    Aside(FileOutcome),
    /// A file, given out as it stands in the bundle.
    File {
        source: &'m mut dyn Read,
        packed: Packed,
        /// What the bundle says of its content; known when `source` has ended.
        sum: Option<&'m Cell<Option<Sum>>>,
    },
}

/// How a member is compressed by the bundle itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// Not at all.
    No,
    /// As a bare deflate stream.
    Deflate,
    /// In a form that is known by its first bytes.
    Marked,
}

/// What a bundle says of a member's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) crc: u32,
    pub(super) size: u64,
}

/// Takes a member; says whether to go on.
pub(super) type Each<'e> = &'e mut dyn FnMut(Member<'_>) -> bool;

/// What is told of a bundle, apart from its members.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Where it was first damaged, and how.
    pub(super) damage: Option<(u64, String)>,
    /// How many members say two things of their size.
    pub(super) size_conflicts: u64,
    /// How many members have the name of one before.
    pub(super) repeated: u64,
    /// How many members stand behind the mark of the end.
    pub(super) after_end: u64,
    /// How many bytes belong to no member, and whether all are zero.
    pub(super) trailing: (u64, bool),
    /// How the members differ from what the bundle's own list says.
    pub(super) differences: Vec<String>,
}

impl Notes {
    /// Starts with nothing to tell.
    pub(super) fn new() -> Self {
        Self {
            trailing: (0, true),
            ..Self::default()
        }
    }

    /// Notes a damage, unless one was met before.
    fn damaged(&mut self, offset: u64, what: impl Into<String>) {
        self.damage.get_or_insert_with(|| (offset, what.into()));
    }

    /// Notes that the content ends within a member.
    fn cut_within(&mut self, offset: u64) {
        self.damaged(offset, "the content ends within a member");
    }

    fn trails(&mut self, bytes: &[u8]) {
        self.trailing.0 += bytes.len() as u64;
        self.trailing.1 &= bytes.iter().all(|byte| *byte == 0);
    }
}

/// Reads a bundle to its end, or until `each` says to stop.
pub(super) fn walk(
    format: BundleFormat,
    stream: &mut Stream<'_, '_>,
    notes: &mut Notes,
    each: Each<'_>,
) {
    match format {
        BundleFormat::Tar => tar::walk(stream, notes, each),
        BundleFormat::Zip => zip::walk(stream, notes, each),
    }
}

fn failed(reason: impl Into<String>) -> FileOutcome {
    FileOutcome::Failed {
        reason: reason.into().into(),
    }
}

fn skipped(reason: &str) -> FileOutcome {
    FileOutcome::Skipped {
        reason: reason.into(),
    }
}
