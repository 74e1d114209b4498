//! What stands in a cell: parts that may stand on lines of their own, and how each may give way.
//!
//! Every text that enters is escaped here, so nothing deceptive can reach a table.

use std::fmt::Display;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::text::{Escaped, Text};

/// Labels are never shortened below this many columns.
const LABEL_COLUMNS_MIN: usize = 12;

/// Words of evidence longer than this give way like labels: no id is that long.
const WORD_COLUMNS_MAX: usize = 64;

/// What a part is painted with where colours are on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// As the terminal has it.
    #[default]
    Plain,
    /// Headings.
    Strong,
    /// What matters less.
    Faint,
    /// What follows from a record but is not in it.
    Derived,
    /// What the record leaves open.
    Doubtful,
    /// What failed or was lost.
    Bad,
}

impl Tone {
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Faint => Some("2"),
            Self::Derived => Some("2;33"),
            Self::Doubtful => Some("33"),
            Self::Bad => Some("31"),
        }
    }

    /// Paints a text, or leaves it where colours are off.
    pub(super) fn paint(self, text: &str, color: bool) -> String {
        match self.code() {
            Some(code) if color && !text.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }
}

/// Names a file, and what is meant inside it if it is a bundle.
pub(super) fn file(source: &Text, member: Option<&Text>) -> Cell {
    match member {
        Some(member) => Cell::fixed(source).and_fixed(member),
        None => Cell::fixed(source),
    }
}

/// A text that is not broken: it goes to the next line as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    text: String,
    /// What stays when the text is shortened, such as `'s`.
    tail: &'static str,
    can_shorten: bool,
    tone: Tone,
}

impl Part {
    fn width(&self) -> usize {
        self.text.width() + self.tail.width()
    }

    fn least(&self) -> usize {
        match self.can_shorten {
            true => self.width().min(LABEL_COLUMNS_MIN),
            false => self.width(),
        }
    }

    fn fitted(&self, columns: Option<usize>) -> String {
        match columns {
            Some(columns) if self.can_shorten && self.width() > columns => {
                let room = columns.saturating_sub(self.tail.width());
                format!("{}{}", shorten(&self.text, room), self.tail)
            }
            _ => format!("{}{}", self.text, self.tail),
        }
    }
}

/// What stands in one cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell(Vec<Part>);

/// A line of a laid out cell: text and colour of each part, joined by one space.
pub(super) type Line = Vec<(String, Tone)>;

impl Cell {
    /// A text that is never shortened: an id, a time, a word of ours.
    pub(super) fn fixed(text: impl Display) -> Self {
        Self::part(text, "", false)
    }

    /// A text that may be shortened: a name or a user agent.
    pub(super) fn label(text: impl Display) -> Self {
        Self::part(text, "", true)
    }

    /// A label with an ending that is kept.
    pub(super) fn label_before(text: impl Display, tail: &'static str) -> Self {
        Self::part(text, tail, true)
    }

    /// Prose, which may be broken between any two words.
    pub(super) fn prose(text: impl Display) -> Self {
        let text = Escaped(&text.to_string()).to_string();
        let parts = text
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| Part {
                text: word.to_owned(),
                tail: "",
                can_shorten: word.width() > WORD_COLUMNS_MAX,
                tone: Tone::Plain,
            });
        Self(parts.collect())
    }

    fn part(text: impl Display, tail: &'static str, can_shorten: bool) -> Self {
        let text = Escaped(&text.to_string()).to_string();
        Self(vec![Part {
            text,
            tail,
            can_shorten,
            tone: Tone::Plain,
        }])
    }

    /// Adds the parts of another cell.
    #[must_use]
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Adds a text that is never shortened.
    #[must_use]
    pub(super) fn and_fixed(self, text: impl Display) -> Self {
        self.and(Self::fixed(text))
    }

    /// Paints all parts that have no colour yet.
    #[must_use]
    pub(super) fn tone(mut self, tone: Tone) -> Self {
        let plain = self.0.iter_mut().filter(|part| part.tone == Tone::Plain);
        plain.for_each(|part| part.tone = tone);
        self
    }

    /// Returns the columns that it takes on one line.
    pub(super) fn natural(&self) -> usize {
        self.0.iter().map(Part::width).sum::<usize>() + self.0.len().saturating_sub(1)
    }

    /// Returns the columns of its widest part, labels shortened.
    pub(super) fn least(&self) -> usize {
        self.0.iter().map(Part::least).max().unwrap_or(0)
    }

    /// Lays it out in lines of `columns`; a part that cannot be shortened may be wider.
    pub(super) fn lines(&self, columns: Option<usize>) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut used = 0;
        for part in self.0.iter().filter(|part| part.width() > 0) {
            let text = part.fitted(columns);
            let width = text.width();
            let fits = columns.is_none_or(|columns| used + 1 + width <= columns);
            match lines.last_mut() {
                Some(line) if fits => {
                    used += 1 + width;
                    line.push((text, part.tone));
                }
                _ => {
                    used = width;
                    lines.push(vec![(text, part.tone)]);
                }
            }
        }
        lines
    }
}

/// Cuts a text to `columns` and ends it with `…`.
fn shorten(text: &str, columns: usize) -> String {
    let room = columns.saturating_sub(1);
    let mut used = 0;
    let kept = text.chars().take_while(|character| {
        used += character.width().unwrap_or(0);
        used <= room
    });
    let mut short: String = kept.collect();
    short.push('…');
    short
}

/// Joins the parts of a laid out line, each in its colour.
pub(super) fn paint(line: &Line, color: bool) -> String {
    let parts: Vec<String> = line
        .iter()
        .map(|(text, tone)| tone.paint(text, color))
        .collect();
    parts.join(" ")
}

/// Returns the columns of a laid out line.
pub(super) fn line_width(line: &Line) -> usize {
    line.iter().map(|(text, _)| text.width()).sum::<usize>() + line.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cell: &Cell, columns: usize) -> Vec<String> {
        let lines = cell.lines(Some(columns));
        let join = |line: &Line| {
            line.iter()
                .map(|(text, _)| text.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        lines.iter().map(join).collect()
    }

    #[test]
    fn labels_give_way_and_ids_do_not() {
        for (cell, columns, lines) in [
            (Cell::label("a rather long name"), 13, vec!["a rather lon…"]),
            (
                Cell::label_before("a rather long name", "'s"),
                13,
                vec!["a rather l…'s"],
            ),
            (
                Cell::fixed("eni-0123456789abcdef0"),
                13,
                vec!["eni-0123456789abcdef0"],
            ),
            (
                Cell::label("日本日本日本日本日本"),
                13,
                vec!["日本日本日本…"],
            ),
            (Cell::fixed("one").and_fixed("two"), 7, vec!["one two"]),
            (Cell::fixed("one").and_fixed("two"), 6, vec!["one", "two"]),
            (
                Cell::prose("some words of prose"),
                10,
                vec!["some words", "of prose"],
            ),
            (Cell::label("\u{1b}[2J"), 20, vec!["\\u{1b}[2J"]),
            (Cell::default(), 5, vec![]),
        ] {
            assert_eq!(shown(&cell, columns), lines);
        }
    }
}
