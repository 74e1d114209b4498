//! Markdown that can only be built by escaping: CommonMark, with the tables that most readers know.
//!
//! [`Markdown`] has no way to take in text but [`Markdown::text`] and [`Markdown::code`].

use std::io::{self, Write};

use super::document::{Block, Document, Table, Word, Words};
use super::picture::Picture;
use crate::text::Escaped;

/// Characters that mean something somewhere in Markdown, HTML, or the extensions of GitHub.
const MARKS: &str = "\\`*_{}[]()<>#+-!|~&@$^=\"'";

/// Markup, in which all text is escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Markdown(String);

impl Markdown {
    /// Escapes text; it stays in its line.
    fn text(text: &str) -> Self {
        let text = Escaped(text).to_string();
        let mut escaped = String::with_capacity(text.len() + 8);
        let mut before = None;
        for (at, character) in text.char_indices() {
            let rest = &text[at + character.len_utf8()..];
            let is_mark = MARKS.contains(character) && !is_harmless(before, character);
            // What makes a link of an address: `://` and `www.`; what makes a list: `1.` at the beginning.
            let is_address = character == ':' && rest.starts_with("//")
                || character == '.' && text[..at].to_ascii_lowercase().ends_with("www");
            let is_number = ".)".contains(character)
                && (rest.is_empty() || rest.starts_with(char::is_whitespace))
                && !text[..at].is_empty()
                && text[..at].bytes().all(|byte| byte.is_ascii_digit());
            if is_mark || is_address || is_number {
                escaped.push('\\');
            }
            escaped.push(character);
            before = Some(character);
        }
        Self(escaped)
    }

    /// Shows what is not to be broken or changed; as code where no character of it can end that.
    fn code(text: &str) -> Self {
        let is_plain = |character: char| {
            character.is_ascii_alphanumeric() || " .,:/_-=@+#%".contains(character)
        };
        let has_room = text.starts_with(' ') || text.ends_with(' ');
        match !text.is_empty() && !has_room && text.chars().all(is_plain) {
            true => Self(format!("`{text}`")),
            false => Self::text(text),
        }
    }

    fn around(mark: &'static str, inner: Self) -> Self {
        Self(format!("{mark}{}{mark}", inner.0))
    }

    #[must_use]
    fn and(mut self, other: Self) -> Self {
        self.0.push_str(&other.0);
        self
    }
}

/// Says whether a mark means nothing behind another character: a hyphen makes no list there.
fn is_harmless(before: Option<char>, character: char) -> bool {
    match character {
        '\'' | '"' | '(' | ')' => before.is_some_and(|before| before != ']'),
        '-' | '=' | '+' => before.is_some(),
        _ => false,
    }
}

/// Writes a document.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write(out: &mut dyn Write, document: &Document) -> io::Result<()> {
    writeln!(out, "# {}", Markdown::text(&document.title).0)?;
    writeln!(out, "\n{}", words(&document.subtitle, " ").0)?;
    blocks(out, &document.blocks)
}

fn blocks(out: &mut dyn Write, all: &[Block]) -> io::Result<()> {
    all.iter().try_for_each(|part| block(out, part))
}

fn block(out: &mut dyn Write, block: &Block) -> io::Result<()> {
    match block {
        Block::Heading {
            level,
            words: title,
            ..
        } => {
            let marks = "#".repeat(usize::from(*level).clamp(2, 6));
            writeln!(out, "\n{marks} {}", words(title, " ").0)
        }
        Block::Paragraph(said) => writeln!(out, "\n{}", words(said, "  \n").0),
        Block::Warning(said) => writeln!(out, "\n> **Note:** {}", words(said, " ").0),
        Block::Facts(facts) => {
            writeln!(out)?;
            facts.iter().try_for_each(|(title, said)| {
                let title = Markdown::around("**", words(title, " "));
                writeln!(out, "- {}: {}", title.0, words(said, " · ").0)
            })
        }
        Block::Figures(figures) => {
            writeln!(out)?;
            figures.iter().try_for_each(|(figure, what)| {
                let figure = Markdown::around("**", Markdown::text(figure));
                writeln!(out, "- {} {}", figure.0, Markdown::text(what).0)
            })
        }
        Block::Table(rows) => table(out, rows),
        Block::List(points) => {
            writeln!(out)?;
            let mut points = points.iter();
            points.try_for_each(|point| writeln!(out, "- {}", words(point, " ").0))
        }
        Block::Command(text) => {
            writeln!(out)?;
            let mut lines = text.lines();
            lines.try_for_each(|line| writeln!(out, "    {}", Escaped(line)))
        }
        Block::Picture(picture) => drawn(out, picture),
        Block::Card { blocks: inner, .. } => blocks(out, inner),
    }
}

fn table(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    let titles: Vec<String> = table
        .head
        .iter()
        .map(|title| Markdown::text(title).0)
        .collect();
    writeln!(out, "\n| {} |", titles.join(" | "))?;
    let rules = (0..table.head.len()).map(|column| match table.numeric.contains(&column) {
        true => "---:",
        false => "---",
    });
    writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| words(cell, " · ").0).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// Lists what the picture draws.
fn drawn(out: &mut dyn Write, picture: &Picture) -> io::Result<()> {
    let text = |text: &str| Markdown::code(text).0;
    writeln!(out, "\n| kind | what | to | start | end |")?;
    writeln!(out, "| --- | --- | --- | --- | --- |")?;
    for group in &picture.groups {
        for lane in &group.lanes {
            for bar in &lane.bars {
                let cells = [
                    Markdown::text(&group.title).0,
                    text(&lane.label),
                    text(&bar.label),
                    Markdown::text(&bar.start_words).0,
                    Markdown::text(&bar.end_words).0,
                ];
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
        }
    }
    Ok(())
}

fn words(words: &Words, line_break: &'static str) -> Markdown {
    words.0.iter().fold(Markdown::default(), |all, word| {
        all.and(match word {
            Word::Plain(text)
            | Word::Faint(text)
            | Word::FaintId(text)
            | Word::Link { text, .. }
            | Word::Anchor { text, .. } => Markdown::text(text),
            Word::Code(text) => Markdown::code(text),
            Word::Strong(text) => emphasised(text),
            Word::Toned(_, text) => Markdown::text(text),
            Word::Page(address) => Markdown(format!("<{address}>")),
            Word::Break => Markdown(line_break.to_owned()),
        })
    })
}

/// Marks what stands out; spaces at its ends would keep the marks from being read.
fn emphasised(text: &str) -> Markdown {
    match text.trim() == text && !text.is_empty() {
        true => Markdown::around("**", Markdown::text(text)),
        false => Markdown::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_is_text() {
        for (text, shown) in [
            ("plain words, and more.", "plain words, and more."),
            ("eni-0123 (x)", "eni-0123 (x)"),
            ("a|b", "a\\|b"),
            ("[x](http://a)", "\\[x\\]\\(http\\://a)"),
            (
                "<img src=x onerror=alert(1)>",
                "\\<img src=x onerror=alert(1)\\>",
            ),
            ("1. x", "1\\. x"),
            ("- x", "\\- x"),
            ("www.example.com", "www\\.example.com"),
            ("a@example.com", "a\\@example.com"),
            ("*a* _b_ `c`", "\\*a\\* \\_b\\_ \\`c\\`"),
            ("line\nbreak", "line\\\\u\\{a\\}break"),
        ] {
            assert_eq!(Markdown::text(text).0, shown);
        }
    }

    #[test]
    fn code_has_nothing_that_ends_it() {
        for (text, shown) in [
            ("eni-0a", "`eni-0a`"),
            ("a`b", "a\\`b"),
            ("a|b", "a\\|b"),
            ("", ""),
            (" a", " a"),
            ("\u{1b}[2J", "\\\\u\\{1b\\}\\[2J"),
        ] {
            assert_eq!(Markdown::code(text).0, shown);
        }
    }
}
