//! Records as they were delivered.

use std::borrow::Cow;
use std::io::Write;

use super::{Source, Step, Written};

/// What the rows are called.
const WHAT: &str = "records";

/// Writes one record a line.
///
/// In JSON a line break can stand only between the parts of a record; where one does, it becomes a blank,
/// and is counted.
pub(super) fn lines(source: &Source<'_>, out: &mut dyn Write) -> Step<Written> {
    let mut written = Written::of(source);
    written.left_out = source.each_record(|record| {
        let line = on_one_line(&record.raw);
        written.joined_records += u64::from(matches!(line, Cow::Owned(_)));
        written.count(WHAT);
        out.write_all(line.as_bytes())?;
        Ok(out.write_all(b"\n")?)
    })?;
    Ok(written)
}

/// Writes all records byte for byte in one document, as CloudTrail delivers them.
pub(super) fn document(source: &Source<'_>, out: &mut dyn Write) -> Step<Written> {
    let mut written = Written::of(source);
    out.write_all(b"{\"Records\":[")?;
    written.left_out = source.each_record(|record| {
        let before: &[u8] = if written.total() == 0 { b"" } else { b"," };
        out.write_all(before)?;
        written.count(WHAT);
        Ok(out.write_all(record.raw.as_bytes())?)
    })?;
    out.write_all(b"]}\n")?;
    Ok(written)
}

fn on_one_line(raw: &str) -> Cow<'_, str> {
    match raw.contains(['\n', '\r']) {
        false => Cow::Borrowed(raw),
        true => Cow::Owned(raw.replace(['\n', '\r'], " ")),
    }
}
