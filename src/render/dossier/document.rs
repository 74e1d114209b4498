//! A document without markup: blocks, and the words in them.

use std::fmt::Display;

use super::picture::Picture;

/// A document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) subtitle: Words,
    pub(super) blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug)]
pub(super) enum Block {
    /// A heading that can be pointed to; the first level is 2.
    Heading {
        level: u8,
        anchor: String,
        words: Words,
    },
    /// A paragraph.
    Paragraph(Words),
    /// Something that must not be overlooked.
    Warning(Words),
    /// A title and what there is to say of it, several times.
    Facts(Vec<(Words, Words)>),
    /// Figures that stand out, each with what it counts.
    Figures(Vec<(String, String)>),
    /// Rows below a head.
    Table(Table),
    /// Points.
    List(Vec<Words>),
    /// A command to be copied.
    Command(String),
    /// The timeline.
    Picture(Picture),
    /// A finding or the like: blocks that belong together.
    Card { tone: Tone, blocks: Vec<Block> },
}

/// Rows below a head.
#[derive(Debug)]
pub(super) struct Table {
    /// The titles of the columns.
    pub(super) head: Vec<&'static str>,
    /// The rows, each as long as the head.
    pub(super) rows: Vec<Vec<Words>>,
    /// Columns that hold numbers.
    pub(super) numeric: Vec<usize>,
}

/// Text in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(pub(super) Vec<Word>);

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Prose.
    Plain(String),
    /// An id, a time, an address, a name: not to be broken or changed.
    Code(String),
    /// What stands out.
    Strong(String),
    /// What stands back.
    Faint(String),
    /// A name that stands back, not to be broken.
    FaintId(String),
    /// A word that has a tone.
    Toned(Tone, String),
    /// A reference to an anchor of the same document.
    Link { anchor: String, text: String },
    /// What can be pointed to.
    Anchor { anchor: String, text: String },
    /// A page of the reference of AWS, or of ATT&CK: an address of ours, never of the evidence.
    Page(String),
    /// A new line.
    Break,
}

/// What a word or a card says by its colour, besides its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Derived, not observed.
    Derived,
    /// In doubt.
    Doubtful,
    /// Refused, damaged, severe.
    Bad,
    /// Worth a look.
    Notable,
    /// In order, or of no weight.
    Quiet,
}

impl Tone {
    /// Returns a word for the tone.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Derived => "derived",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
            Self::Notable => "notable",
            Self::Quiet => "quiet",
        }
    }
}

impl Words {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn plain(text: impl Display) -> Self {
        Self(vec![Word::Plain(text.to_string())])
    }

    /// Words of ours, in which backticks stand around what is to be typed.
    pub(super) fn prose(text: impl Display) -> Self {
        let text = text.to_string();
        let parts = text
            .split('`')
            .enumerate()
            .filter(|(_, part)| !part.is_empty());
        let words = parts.map(|(number, part)| match number % 2 {
            0 => Word::Plain(part.to_owned()),
            _ => Word::Code(part.to_owned()),
        });
        Self(words.collect())
    }

    pub(super) fn code(text: impl Display) -> Self {
        Self(vec![Word::Code(text.to_string())])
    }

    #[must_use]
    pub(super) fn and(mut self, word: Word) -> Self {
        self.0.push(word);
        self
    }

    #[must_use]
    pub(super) fn and_plain(self, text: impl Display) -> Self {
        self.and(Word::Plain(text.to_string()))
    }

    #[must_use]
    pub(super) fn and_code(self, text: impl Display) -> Self {
        self.and(Word::Code(text.to_string()))
    }

    #[must_use]
    pub(super) fn and_faint(self, text: impl Display) -> Self {
        self.and(Word::Faint(text.to_string()))
    }

    #[must_use]
    pub(super) fn and_faint_id(self, text: impl Display) -> Self {
        self.and(Word::FaintId(text.to_string()))
    }

    #[must_use]
    pub(super) fn and_all(mut self, words: Self) -> Self {
        self.0.extend(words.0);
        self
    }

    #[must_use]
    pub(super) fn on_a_new_line(self) -> Self {
        match self.0.is_empty() {
            true => self,
            false => self.and(Word::Break),
        }
    }
}

impl Block {
    pub(super) fn heading(level: u8, anchor: impl Display, words: Words) -> Self {
        Self::Heading {
            level,
            anchor: anchor.to_string(),
            words,
        }
    }

    /// A paragraph of words of ours.
    pub(super) fn paragraph(text: impl Display) -> Self {
        Self::Paragraph(Words::prose(text))
    }
}
