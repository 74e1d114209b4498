//! JSON as other programs read it: one array, or one object a line.
//!
//! The objects are described by `schema/*.schema.json`. Characters that could deceive a terminal or
//! an eye are written as `\u…` escapes, so the text is safe to look at and still reads back equal.

mod coverage;
mod found;
mod objects;
mod values;
mod verified;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::text::is_deceptive;

pub use super::change::Change;
pub use coverage::{BadRecord, CoverageObject, CoverageSpan, DamagedFile, Hour, Silence};
pub use found::{FoundObject, RuleObject};
pub use objects::{
    AttemptObject, BoundObject, DifferenceObject, EventObject, HitObject, InstantObject,
    IntervalObject,
};
pub use verified::{DigestObject, LogObject, PeriodObject, SummaryObject};

/// Writes one value on one line, without a line end.
///
/// # Errors
///
/// What the writer says.
///
/// # Examples
///
/// ```
/// let mut out = Vec::new();
/// trailspan::render::json::value(&mut out, &"a\u{202e}b").expect("a vector takes everything");
/// assert_eq!(out, br#""a\u202eb""#);
/// ```
pub fn value<T: Serialize + ?Sized>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Guarded);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Writes one object and ends its line.
///
/// # Errors
///
/// What the writer says.
pub fn line<T: Serialize + ?Sized>(out: &mut dyn Write, object: &T) -> io::Result<()> {
    value(out, object)?;
    out.write_all(b"\n")
}

/// Rows of JSON: an array with one object a line, or just one object a line.
///
/// ```text
/// [                       {"relation":…}
/// {"relation":…},         {"relation":…}
/// {"relation":…}
/// ]
/// ```
pub struct Rows<'w> {
    out: &'w mut dyn Write,
    array: bool,
    rows: usize,
}

impl<'w> Rows<'w> {
    /// Begins an array.
    pub fn array(out: &'w mut dyn Write) -> Self {
        Self {
            out,
            array: true,
            rows: 0,
        }
    }

    /// Begins lines.
    pub fn lines(out: &'w mut dyn Write) -> Self {
        Self {
            out,
            array: false,
            rows: 0,
        }
    }

    /// Writes one row.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn push<T: Serialize + ?Sized>(&mut self, row: &T) -> io::Result<()> {
        if self.array {
            let before: &[u8] = if self.rows == 0 { b"[\n" } else { b",\n" };
            self.out.write_all(before)?;
        }
        value(self.out, row)?;
        self.rows += 1;
        if self.array {
            return Ok(());
        }
        self.out.write_all(b"\n")
    }

    /// Ends the array, which is `[]` where there was no row.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn finish(self) -> io::Result<()> {
        match (self.array, self.rows) {
            (false, _) => Ok(()),
            (true, 0) => self.out.write_all(b"[]\n"),
            (true, _) => self.out.write_all(b"\n]\n"),
        }
    }
}

/// Compact JSON in which deceptive characters are escaped.
struct Guarded;

impl Formatter for Guarded {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, c)| is_deceptive(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + character.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        value(&mut out, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_could_deceive_is_written_as_an_escape() {
        for (text, json) in [
            ("plain ☃", "\"plain ☃\""),
            ("\u{1b}[2J", r#""\u001b[2J""#),
            ("a\u{7f}b\u{9b}", r#""a\u007fb\u009b""#),
            ("\u{202e}x\u{2066}", r#""\u202ex\u2066""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
            ("\"\\\n", r#""\"\\\n""#),
        ] {
            assert_eq!(written(text), json);
        }
    }

    #[test]
    fn rows_are_an_array_or_lines() {
        let shown = |array: bool, rows: &[u8]| {
            let mut out = Vec::new();
            let mut writer = match array {
                true => Rows::array(&mut out),
                false => Rows::lines(&mut out),
            };
            for row in rows {
                writer.push(row).unwrap();
            }
            writer.finish().unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(true, &[]), "[]\n");
        assert_eq!(shown(true, &[1, 2]), "[\n1,\n2\n]\n");
        assert_eq!(shown(false, &[1, 2]), "1\n2\n");
        assert_eq!(shown(false, &[]), "");
    }

    proptest! {
        #[test]
        fn every_text_reads_back_equal_and_holds_nothing_deceptive(text: String) {
            let json = written(&text);
            prop_assert!(!json.chars().any(is_deceptive));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
