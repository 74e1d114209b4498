//! Keeps the segments of an index few.

use tantivy::SegmentMeta;

use super::believe::verify;
use super::boundary::{Inner, unreadable};
use super::write::Writer;

/// More segments than this are merged: every look-up asks each of them. A segment holds some 15,000
/// events.
const SEGMENTS_MAX: usize = 32;

/// How many segments are left by a merge.
const SEGMENTS_LEFT: usize = 24;

/// Merges the smallest segments into one where there are more than 32, so that 24 are left.
///
/// A merge copies what it reads and gives it a fresh checksum. So every byte of them is held against
/// its sum before, lest damage pass for evidence.
///
/// # Errors
///
/// Where a file is damaged, or cannot be written; what was committed stays.
pub(super) fn tidy(writer: &mut Writer) -> Inner<()> {
    let mut segments = writer.index.searchable_segment_metas()?;
    if segments.len() <= SEGMENTS_MAX {
        return Ok(());
    }
    segments.sort_by_key(SegmentMeta::max_doc);
    let merged = segments.len() + 1 - SEGMENTS_LEFT;
    let smallest: Vec<_> = segments[..merged].iter().map(SegmentMeta::id).collect();
    let stems: Vec<String> = smallest.iter().map(|id| id.uuid_string()).collect();
    if let Some(state) = writer.sealing.present() {
        let names = state.files.keys().map(String::as_str);
        let is_merged = |name: &&str| stems.iter().any(|stem| name.starts_with(stem.as_str()));
        let names: Vec<&str> = names.filter(is_merged).collect();
        verify(writer.disk.dir(), &state, &names).map_err(|cause| unreadable("a part", cause))?;
    }
    writer.writer.merge(&smallest).wait()?;
    Ok(())
}
