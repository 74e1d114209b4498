//! Sentences for people beside the answer: notes, errors and hints.

use std::io::{self, Write};

use super::Style;
use super::cell::Cell;
use super::stack::write_flowing;

/// Writes `label: text`, broken between words where it is wider than the style allows.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, label: &str, text: &str) -> io::Result<()> {
    let cell = Cell::fixed(format!("{label}:")).and(Cell::prose(text));
    write_flowing(out, style, 0, &cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(width: Option<usize>, text: &str) -> String {
        let style = Style {
            width,
            ..Style::default()
        };
        let mut out = Vec::new();
        write(&mut out, &style, "note", text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_note_is_broken_between_words_where_the_terminal_ends() {
        let text = "one two three four five six seven eight nine ten eleven";
        assert_eq!(written(None, text), format!("note: {text}\n"));
        assert_eq!(
            written(Some(40), text),
            "note: one two three four five six seven\neight nine ten eleven\n"
        );
        let hostile = written(Some(40), "a\u{1b}[2Jb");
        assert_eq!(hostile, "note: a\\u{1b}[2Jb\n");
    }
}
