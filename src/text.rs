//! Text that came from evidence: a log, a file name, a directory entry.
//!
//! Whoever wrote the log may have wanted to reach the terminal of the person who reads it. So text
//! from evidence is a type of its own whose only [`Display`](fmt::Display) escapes what a terminal
//! or an eye could be deceived by. The original characters are reached by [`Text::as_str`] only,
//! for comparing, indexing, and for the lossless formats.
//!
//! Not for: escaping of CSV, HTML or JSON syntax, which belongs to `render`.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Owned text from evidence; cheap to clone, compared by its original characters.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Arc<str>);

impl Text {
    /// Wraps text that came from evidence.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// Returns the original characters, unescaped: never for a terminal.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether there is no character at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(&self.0).fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", Escaped(&self.0))
    }
}

/// Borrowed text from evidence that is about to be shown.
///
/// Escapes C0, DEL, C1, bidirectional controls, zero-width characters, line and paragraph
/// separators, and tag characters as `\u{…}`; everything else is shown as it is.
pub struct Escaped<'a>(
    /// The original characters.
    pub &'a str,
);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.chars().any(is_deceptive) {
            return f.pad(self.0);
        }
        let mut escaped = String::with_capacity(self.0.len() + 16);
        for character in self.0.chars() {
            if is_deceptive(character) {
                write!(escaped, "\\u{{{:x}}}", u32::from(character))?;
            } else {
                escaped.push(character);
            }
        }
        f.pad(&escaped)
    }
}

/// Says whether a character could change what a terminal shows or what an eye reads.
///
/// C0, DEL, C1 (U+0080–9F), soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width
/// and directional marks, line and paragraph separators, embeddings and isolates, word joiner and
/// invisible operators, variation selectors, byte order mark, interlinear and tag characters.
pub fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Shows a number with its thousands apart: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Says how much of something there is, in its own number: `1 file`, `2 files`, `1,000 records have`.
pub fn several(number: u64, one: &str, many: &str) -> String {
    let what = if number == 1 { one } else { many };
    format!("{} {what}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_a_terminal_or_an_eye_is_escaped() {
        for (text, shown) in [
            ("plain", "plain"),
            ("héllo — 日本", "héllo — 日本"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\u{9b}31m", "a\\u{9b}31m"),
            ("line\nbreak", "line\\u{a}break"),
            ("\u{e0041}", "\\u{e0041}"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
        ] {
            assert_eq!(Text::from(text).to_string(), shown);
        }
    }

    #[test]
    fn the_original_characters_stay_reachable() {
        assert_eq!(Text::from("\u{1b}[2J").as_str(), "\u{1b}[2J");
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), shown);
        }
    }

    #[test]
    fn a_number_agrees_with_what_it_counts() {
        for (number, said) in [
            (0, "0 files are"),
            (1, "1 file is"),
            (1_000, "1,000 files are"),
        ] {
            assert_eq!(several(number, "file is", "files are"), said);
        }
    }
}
