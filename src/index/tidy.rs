//! Keeps the segments of an index few.

use tantivy::{Index, IndexWriter, SegmentMeta};

use super::boundary::{Inner, unreadable};

/// More segments than this are merged: every look-up asks each of them. A segment holds some 15,000
/// events.
const SEGMENTS_MAX: usize = 32;

/// How many segments are left by a merge.
const SEGMENTS_LEFT: usize = 24;

/// Merges the smallest segments into one where there are more than 32, so that 24 are left.
///
/// A merge copies what it reads and gives it a fresh checksum. So the checksums are verified before,
/// lest damage pass for evidence.
///
/// # Errors
///
/// Where a file is damaged, or cannot be written; what was committed stays.
pub(super) fn tidy(index: &Index, writer: &mut IndexWriter) -> Inner<()> {
    let mut segments = index.searchable_segment_metas()?;
    if segments.len() <= SEGMENTS_MAX {
        return Ok(());
    }
    if let Some(file) = index.validate_checksum()?.into_iter().min() {
        return Err(unreadable("the checksum does not fit", file.display()));
    }
    segments.sort_by_key(SegmentMeta::max_doc);
    let merged = segments.len() + 1 - SEGMENTS_LEFT;
    let smallest: Vec<_> = segments[..merged].iter().map(SegmentMeta::id).collect();
    writer.merge(&smallest).wait()?;
    Ok(())
}
