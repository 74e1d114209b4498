//! Tokens: where a term of a query begins and ends, and whether it names a field.
//!
//! Not for: what a term asks (`terms`), or how terms are joined (`parser`).

use std::borrow::Cow;

use super::failure::quoted;
use super::fields::{self, Asks, FieldRow};
use super::tokens::{Form, Kind, Token, Value};
use super::{SearchError, names, nearest, ranges, shapes, time};
use crate::query::{Field, Network};
use crate::text::is_deceptive;

/// Cuts a query into tokens.
pub(super) fn tokens(query: &str) -> Result<Vec<Token<'_>>, SearchError> {
    let mut lexer = Lexer { query, at: 0 };
    let mut found = Vec::new();
    while let Some(token) = lexer.token()? {
        found.push(token);
    }
    Ok(found)
}

/// Says whether a character separates terms; invisible ones, pasted from a page, do.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || is_deceptive(character)
}

fn no_field(name: &str) -> String {
    let names: Vec<&str> = fields::fields()
        .iter()
        .map(|row| row.name.as_str())
        .collect();
    format!(
        "there is no field {} among {}",
        quoted(name),
        names.join(", ")
    )
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„')
}

/// Reads the tokens from left to right.
struct Lexer<'a> {
    query: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn token(&mut self) -> Result<Option<Token<'a>>, SearchError> {
        self.skip_blanks();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(None);
        };
        let kind = match first {
            '(' => self.take(1, Kind::Open),
            ')' => self.take(1, Kind::Close),
            '-' if self.negates()? => self.take(1, Kind::Not),
            '[' if self.rest().contains(" TO ") => self.values(None, false)?,
            _ if is_quote(first) => self.quoted_term()?,
            _ => self.bare_term()?,
        };
        let span = start..self.at;
        Ok(Some(Token { kind, span }))
    }

    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    fn take(&mut self, bytes: usize, kind: Kind<'a>) -> Kind<'a> {
        self.at += bytes;
        kind
    }

    fn skip_blanks(&mut self) {
        self.at = self.query.len() - self.rest().trim_start_matches(is_blank).len();
    }

    /// Says whether the `-` here stands before a term.
    fn negates(&self) -> Result<bool, SearchError> {
        let after = &self.rest()[1..];
        if after.starts_with('-') {
            let word = &self.query[self.at..self.chunk_end(false)];
            let message = format_args!("{} is an option, not a term", quoted(word)).to_string();
            return Err(SearchError::new(self.at..self.at + word.len(), message)
                .suggest(format_args!("`\"{word}\"`")));
        }
        Ok(!after.starts_with(|next| next == ')' || is_blank(next)) && !after.is_empty())
    }

    /// Returns where the text without blanks that begins here ends.
    fn chunk_end(&self, is_list: bool) -> usize {
        let ends =
            |c: char| is_blank(c) || is_quote(c) || matches!(c, '(' | ')') || (is_list && c == ',');
        self.at + self.rest().find(ends).unwrap_or(self.rest().len())
    }

    fn bare_term(&mut self) -> Result<Kind<'a>, SearchError> {
        let chunk = &self.query[self.at..self.chunk_end(false)];
        match chunk {
            "AND" => Ok(self.take(3, Kind::And)),
            "OR" => Ok(self.take(2, Kind::Or)),
            "NOT" => Ok(self.take(3, Kind::Not)),
            _ if chunk.strip_prefix('@').is_some_and(names::is_name) => {
                Ok(self.take(chunk.len(), Kind::Name(&chunk[1..])))
            }
            _ => match self.field(chunk)? {
                Some((row, name)) => {
                    self.at += name.len() + 1;
                    self.values(Some(row), false)
                }
                None => self.values(None, false),
            },
        }
    }

    /// Reads `"…"`, or a field as JSON has it: `"eventName": "…",`.
    fn quoted_term(&mut self) -> Result<Kind<'a>, SearchError> {
        let value = self.quoted()?;
        match fields::named(&value.text) {
            Some(row) if self.rest().starts_with(':') => {
                self.at += 1;
                self.values(Some(row), true)
            }
            _ => Ok(Kind::Term {
                field: None,
                values: vec![value],
            }),
        }
    }

    /// Returns the field that a chunk names, if it is `field:value` and not a value with colons.
    fn field(&self, chunk: &'a str) -> Result<Option<(&'static FieldRow, &'a str)>, SearchError> {
        let Some((name, after)) = chunk.split_once(':') else {
            return Ok(None);
        };
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || b"_.-".contains(&b));
        let plain = shapes::without_punctuation(chunk);
        if !is_name || shapes::is_value_with_colons(plain) || Network::parse(plain).is_some() {
            return Ok(None);
        }
        let row = fields::named(name);
        // A name of a language or a URL; `ip:::1` is an address of a field.
        let is_source = row.is_some_and(|row| row.asks == Asks::Field(Field::Source));
        if after.starts_with("//") || (after.starts_with(':') && !is_source) {
            return Ok(None);
        }
        if row.is_some() || after.starts_with('\\') {
            return Ok(row.map(|row| (row, name)));
        }
        let span = self.at..self.at + name.len();
        let error = SearchError::new(span, no_field(name));
        let near = nearest(name, fields::fields().iter().flat_map(FieldRow::words));
        Err(match near {
            Some(near) => error.suggest(format_args!("`{near}:`")),
            None if after.is_empty() => error,
            // Fields of a record, such as `attachmentId`: their values are found without them.
            None if shapes::is_whole_value(after) => error.suggest(format_args!("`{after}`")),
            None => error.suggest(format_args!("`\"{chunk}\"`")),
        })
    }

    /// Reads the values of a term; `in_json` lets a comma end them.
    fn values(
        &mut self,
        field: Option<&'static FieldRow>,
        in_json: bool,
    ) -> Result<Kind<'a>, SearchError> {
        let mut values = Vec::new();
        if field.is_some() {
            self.skip_blanks();
        }
        loop {
            values.push(self.value(field)?);
            if field.is_none() || !self.rest().starts_with(',') {
                break;
            }
            self.at += 1;
            if in_json && !self.rest().starts_with(|c| !is_blank(c)) {
                break;
            }
        }
        Ok(Kind::Term { field, values })
    }

    fn value(&mut self, field: Option<&'static FieldRow>) -> Result<Value<'a>, SearchError> {
        let is_time =
            field.is_none_or(|row| matches!(row.asks, Asks::Time | Asks::Since | Asks::Until));
        if self.rest().starts_with(is_quote) {
            return self.quoted();
        }
        if is_time && self.rest().starts_with('[') && self.rest().contains(" TO ") {
            return self.bracketed();
        }
        if is_time {
            ranges::refuse_range(self.rest(), self.at)?;
        }
        let start = self.at;
        let mut end = self.chunk_end(field.is_some());
        if let (true, Some(row)) = (start == end, field) {
            return Err(self.without_value(row));
        }
        while is_time && let Some(longer) = self.longer_time(start, end, field.is_some()) {
            end = longer;
        }
        self.at = end;
        Ok(Value {
            text: Cow::Borrowed(&self.query[start..end]),
            form: Form::Bare,
            span: start..end,
        })
    }

    fn without_value(&self, row: &FieldRow) -> SearchError {
        let next = self.rest().chars().next();
        let end = self.at + next.map_or(0, char::len_utf8);
        let message = match next {
            Some('(') => format!("several values of `{}:` are separated by commas", row.name),
            _ => format!("a value of `{}:` is missing", row.name),
        };
        SearchError::new(self.at..end, message).suggest(format_args!("`{}`", row.example))
    }

    /// Returns a later end, where a time with blanks in it goes on behind `end`:
    /// `2024-03-01 14:00 Europe/Berlin`.
    fn longer_time(&self, start: usize, end: usize, is_list: bool) -> Option<usize> {
        let after = &self.query[end..];
        let next_at = self.query.len() - after.trim_start_matches(' ').len();
        let next_end = Lexer {
            at: next_at,
            query: self.query,
        }
        .chunk_end(is_list);
        let goes_on = time::goes_on(&self.query[start..end], &self.query[next_at..next_end]);
        (next_at > end && goes_on).then_some(next_end)
    }

    /// Reads `[A TO B]`.
    fn bracketed(&mut self) -> Result<Value<'a>, SearchError> {
        let start = self.at + 1;
        let Some(length) = self.rest().find(']') else {
            return Err(
                SearchError::new(self.at..start, "the bracket is not closed")
                    .suggest("`time:[2024-03-01 TO 2024-03-05]`"),
            );
        };
        let end = self.at + length;
        self.at = end + 1;
        Ok(Value {
            text: Cow::Borrowed(&self.query[start..end]),
            form: Form::Bracketed,
            span: start..end,
        })
    }

    /// Reads what stands in quotation marks, straight or typographic; `\"` is one of its characters.
    fn quoted(&mut self) -> Result<Value<'a>, SearchError> {
        let start = self.at;
        let mut characters = self.rest().char_indices().peekable();
        let (_, open) = characters.next().unwrap_or((0, '"'));
        let closes = |c: char| is_quote(c) && (open != '"' || c == '"');
        let mut text = String::new();
        while let Some((offset, character)) = characters.next() {
            if closes(character) {
                self.at += offset + character.len_utf8();
                let form = match self.rest().starts_with('*') {
                    true => Form::QuotedPrefix,
                    false => Form::Quoted,
                };
                self.at += usize::from(form == Form::QuotedPrefix);
                return Ok(Value {
                    text: Cow::Owned(text),
                    form,
                    span: start..self.at,
                });
            }
            let escaped = characters
                .next_if(|(_, next)| character == '\\' && (*next == '\\' || closes(*next)));
            text.push(escaped.map_or(character, |(_, escaped)| escaped));
        }
        let end = start + open.len_utf8();
        Err(
            SearchError::new(start..end, "the quotation mark is not closed")
                .suggest(format_args!("`{}\"`", &self.query[start..])),
        )
    }
}
