//! What cannot be understood in a query or a time, where it stands, and what may have been meant.

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::error::{Error, ErrorKind};
use crate::text::Escaped;

/// How many columns of a query are shown around what is wrong with it.
const COLUMNS_MAX: usize = 72;

/// How many characters of a typed word are repeated in a message.
const QUOTED_CHARACTERS_MAX: usize = 40;

/// What cannot be understood in a query or a time.
///
/// Displayed as `message; did you mean suggestion?`; [`SearchError::render`] shows the place too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchError {
    /// What is wrong, lower case, no full stop; escaped, hence safe to show.
    pub message: String,
    /// Where it stands in the text that was parsed, in bytes; empty at the end of an unfinished text.
    pub span: Range<usize>,
    /// What to type instead, in backticks, such as `` `event:` ``; escaped, hence safe to show.
    pub suggestion: Option<String>,
}

impl SearchError {
    /// Makes an error at `span`; escapes the message.
    pub(super) fn new(span: Range<usize>, message: impl fmt::Display) -> Self {
        Self {
            message: Escaped(&message.to_string()).to_string(),
            span,
            suggestion: None,
        }
    }

    /// Adds what to type instead; escapes it.
    #[must_use]
    pub(super) fn suggest(mut self, suggestion: impl fmt::Display) -> Self {
        self.suggestion = Some(Escaped(&suggestion.to_string()).to_string());
        self
    }

    /// Moves the place by `bytes`: from a part of the query to the query.
    #[must_use]
    pub(super) fn shifted(mut self, bytes: usize) -> Self {
        self.span = self.span.start + bytes..self.span.end + bytes;
        self
    }

    /// Returns three lines: the query, carets under what is wrong with it, and why.
    ///
    /// The query is escaped; a long one is shown around the place only, with `…` where it was cut.
    /// The last line has no line break.
    ///
    /// ```text
    /// colour:red network
    /// ^^^^^^
    /// there is no field `colour`; did you mean `"colour:red"`?
    /// ```
    pub fn render(&self, query: &str) -> String {
        let (line, carets) = Cells::of(query, &self.span).window();
        format!("{line}\n{carets}\n{self}")
    }

    /// Returns the suggestion as a hint, else what always helps.
    pub fn hint(&self) -> String {
        match &self.suggestion {
            Some(suggestion) => format!("did you mean {suggestion}?"),
            None => "\"…\" finds what is between literally; `trailspan search --help` has examples"
                .into(),
        }
    }

    /// Returns the error of the whole program about what was typed for `subject`, such as `--since`:
    /// kind `Usage`, suggestion as hint.
    pub fn into_error(self, subject: &str) -> Error {
        let hint = self
            .suggestion
            .map(|suggestion| format!("did you mean {suggestion}?"));
        let error = Error::new(ErrorKind::Usage, subject, self.message);
        error.hint(
            hint.unwrap_or_else(|| "write a date, or a time such as 2024-03-01T10:00Z".into()),
        )
    }
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean {suggestion}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SearchError {}

/// Returns a typed text in backticks, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARACTERS_MAX) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// The characters of a query as they are shown, and which of them the carets stand under.
struct Cells {
    /// What is shown for each character, and how many columns it takes.
    shown: Vec<(String, usize)>,
    /// The characters that are wrong; one past the last where something is missing at the end.
    wrong: Range<usize>,
}

impl Cells {
    fn of(query: &str, span: &Range<usize>) -> Self {
        let shown = query
            .chars()
            .map(|character| {
                let mut buffer = [0; 4];
                let text = Escaped(character.encode_utf8(&mut buffer)).to_string();
                let columns = text.chars().filter_map(UnicodeWidthChar::width).sum();
                (text, columns)
            })
            .collect();
        let character_at = |byte: usize| {
            query
                .char_indices()
                .take_while(|(at, _)| *at < byte)
                .count()
        };
        let start = character_at(span.start);
        let wrong = start..character_at(span.end).max(start + 1);
        Self { shown, wrong }
    }

    /// Returns the line of the query and the line of the carets, both cut to what fits.
    fn window(&self) -> (String, String) {
        let (first, end) = self.visible();
        let mut line = String::new();
        let mut carets = String::new();
        if first > 0 {
            line.push('…');
            carets.push(' ');
        }
        for (at, (text, columns)) in self.shown[first..end].iter().enumerate() {
            line.push_str(text);
            let mark = if self.wrong.contains(&(first + at)) {
                "^"
            } else {
                " "
            };
            carets.push_str(&mark.repeat(*columns));
        }
        if end < self.shown.len() {
            line.push('…');
        }
        if !carets.contains('^') {
            carets.push('^');
        }
        (line, carets.trim_end().to_owned())
    }

    /// Returns which characters are shown: those that are wrong, then as many on both sides as fit.
    fn visible(&self) -> (usize, usize) {
        let count = self.shown.len();
        let (mut first, mut end) = (self.wrong.start.min(count), self.wrong.start.min(count));
        let mut left = COLUMNS_MAX;
        let mut take = |at: usize| {
            let fits = self.shown[at].1 <= left;
            left -= if fits { self.shown[at].1 } else { left };
            fits
        };
        while end < self.wrong.end.min(count) && take(end) {
            end += 1;
        }
        loop {
            let before = first > 0 && take(first - 1);
            first -= usize::from(before);
            let after = end < count && take(end);
            end += usize::from(after);
            if !before && !after {
                return (first, end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_what_is_wrong() {
        for (query, span, expected) in [
            ("one two", 4..7, "one two\n    ^^^\nwrong"),
            ("one", 3..3, "one\n   ^\nwrong"),
            ("", 0..0, "\n^\nwrong"),
            ("日本 two", 7..10, "日本 two\n     ^^^\nwrong"),
            ("e\u{301}x y", 5..6, "e\u{301}x y\n   ^\nwrong"),
            ("\u{1b}[2J x", 5..6, "\\u{1b}[2J x\n          ^\nwrong"),
        ] {
            assert_eq!(SearchError::new(span, "wrong").render(query), expected);
        }
    }

    #[test]
    fn a_long_query_is_shown_around_the_place() {
        let query = format!("{} WRONG {}", "a".repeat(100), "b".repeat(100));
        let rendered = SearchError::new(101..106, "wrong").render(&query);
        let expected = format!(
            "…{} WRONG {}…\n{}^^^^^\nwrong",
            "a".repeat(33),
            "b".repeat(32),
            " ".repeat(35)
        );
        assert_eq!(rendered, expected);
    }

    #[test]
    fn what_was_typed_never_reaches_the_terminal_raw() {
        let error = SearchError::new(0..1, quoted("\u{1b}]0;")).suggest("`\u{202e}`");
        assert_eq!(error.to_string(), "`\\u{1b}]0;`; did you mean `\\u{202e}`?");
        let error = error.into_error("\u{1b}");
        assert_eq!(error.kind, ErrorKind::Usage);
        assert!(!error.to_string().contains('\u{1b}'));
    }
}
