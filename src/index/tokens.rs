//! Hands the words of a record to the index, with positions that keep its values apart.

use tantivy::tokenizer::{Token, TokenStream};

use super::term;
use crate::search::words;

/// What stands between two values in the text of a document.
pub(super) const SEPARATOR: char = '\u{0}';

/// How many positions lie free between two values, so that no phrase runs from one into the next.
const GAP: usize = 1;

/// Cuts values that are separated by [`SEPARATOR`] into words; keeps its room between records.
#[derive(Clone, Default)]
pub(super) struct Tokenizer {
    text: String,
    words: Vec<Word>,
}

/// A word: its end in the text, where the next one begins, and its position.
#[derive(Clone, Copy)]
struct Word {
    end: usize,
    position: usize,
}

impl Tokenizer {
    fn cut(&mut self, values: &str) {
        self.text.clear();
        self.words.clear();
        let mut first = 0;
        for value in values.split(SEPARATOR) {
            let mut last = None;
            words(value, &mut |word, position| {
                self.text.push_str(&term::bounded(word));
                self.words.push(Word {
                    end: self.text.len(),
                    position: first + position,
                });
                last = last.max(Some(position));
            });
            first += last.map_or(0, |last| last + 1 + GAP);
        }
    }
}

impl tantivy::tokenizer::Tokenizer for Tokenizer {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.cut(text);
        Stream {
            text: &self.text,
            words: self.words.iter(),
            begin: 0,
            token: Token::default(),
        }
    }
}

/// The words of one record, one after the other.
pub(super) struct Stream<'a> {
    text: &'a str,
    words: std::slice::Iter<'a, Word>,
    begin: usize,
    token: Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else {
            return false;
        };
        self.token.text.clear();
        self.token.text.push_str(&self.text[self.begin..word.end]);
        self.token.position = word.position;
        self.begin = word.end;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use tantivy::tokenizer::Tokenizer as _;

    use super::*;

    #[test]
    fn values_are_kept_apart_by_a_free_position() {
        let mut tokenizer = Tokenizer::default();
        let mut stream = tokenizer.token_stream("DetachVolume now\u{0}\u{0}--\u{0}i-0a");
        let mut met = Vec::new();
        while let Some(token) = stream.next() {
            met.push((token.text.clone(), token.position));
        }
        let expected = [
            ("detachvolume", 0),
            ("detach", 0),
            ("volume", 1),
            ("now", 2),
            ("i", 4),
            ("0a", 5),
        ];
        assert_eq!(met, expected.map(|(text, at)| (text.to_owned(), at)));
    }
}
