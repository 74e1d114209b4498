//! Named queries: what `@name` stands for in a query.
//!
//! Not for: where the file of them lies (the command line).

use std::collections::BTreeMap;
use std::fmt;

use super::failure::quoted;
use super::nearest;
use crate::text::Escaped;

/// The longest file of named queries, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;

/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Queries by name, as a person keeps them in a file.
///
/// One a line, `name = query`; lines that begin with `#` and empty ones are left away. A name begins with
/// a letter; letters, digits, `-` and `_` follow. A query may name others.
///
/// ```text
/// # Who walks in at night
/// night = actor:deploy NOT ip:10.0.0.0/8
/// refused-at-night = @night is:failed
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queries(BTreeMap<String, String>);

/// What cannot be read in a file of named queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueriesError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it; escaped, hence safe to show.
    pub message: String,
}

impl fmt::Display for QueriesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for QueriesError {}

impl Queries {
    /// Reads the text of a file. What a query asks is looked at only where it is used.
    ///
    /// # Errors
    ///
    /// A line that is neither a comment nor `name = query`, a name that cannot be one or stands twice, a
    /// name without a query, a text of more than [`FILE_BYTES_MAX`] bytes.
    pub fn parse(text: &str) -> Result<Self, QueriesError> {
        let mut queries = BTreeMap::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, row) in (1..).zip(text.lines()) {
            let wrong = |message: fmt::Arguments<'_>| QueriesError {
                line,
                message: Escaped(&message.to_string()).to_string(),
            };
            if line == 1 && text.len() > FILE_BYTES_MAX {
                return Err(wrong(format_args!(
                    "the file has more than {FILE_BYTES_MAX} bytes"
                )));
            }
            let row = row.trim();
            if row.is_empty() || row.starts_with('#') {
                continue;
            }
            let Some((name, query)) = row.split_once('=') else {
                return Err(wrong(format_args!("{} is not `name = query`", quoted(row))));
            };
            let (name, query) = (name.trim(), query.trim());
            if !is_name(name) {
                return Err(wrong(format_args!(
                    "{} is no name: a letter, then letters, digits, - and _, {NAME_BYTES_MAX} at most",
                    quoted(name)
                )));
            }
            if query.is_empty() {
                return Err(wrong(format_args!("{} has no query", quoted(name))));
            }
            let former = queries.insert(name.to_lowercase(), query.to_owned());
            if former.is_some() {
                return Err(wrong(format_args!("{} stands twice", quoted(name))));
            }
        }
        Ok(Self(queries))
    }

    /// Returns the query of a name; case does not matter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_lowercase()).map(String::as_str)
    }

    /// Lists the names, in order and lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the name that is nearest to a mistyped one.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }
}

/// Says whether a text can be the name of a query.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= NAME_BYTES_MAX
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_queries() {
        let text = "\u{feff}# at night\n\nNight = actor:deploy NOT ip:10.0.0.0/8\r\n  b-2=@night\n";
        let queries = Queries::parse(text).unwrap();
        assert_eq!(queries.names().collect::<Vec<_>>(), ["b-2", "night"]);
        assert_eq!(queries.get("NIGHT"), Some("actor:deploy NOT ip:10.0.0.0/8"));
        assert_eq!(queries.get("b-2"), Some("@night"));
        assert_eq!(queries.get("c"), None);
        assert_eq!(queries.nearest("nihgt"), Some("night"));
        assert_eq!(Queries::parse("").unwrap(), Queries::default());
    }

    #[test]
    fn what_is_no_file_of_queries_is_refused_with_its_line() {
        for (text, expected) in [
            ("a = b\nc", "line 2: `c` is not `name = query`"),
            (
                "1a = b",
                "line 1: `1a` is no name: a letter, then letters, digits, - and _, 64 at most",
            ),
            ("# x\na =  ", "line 2: `a` has no query"),
            ("a = b\nA = c", "line 2: `A` stands twice"),
            ("\u{1b}[2J", "line 1: `\\u{1b}[2J` is not `name = query`"),
        ] {
            assert_eq!(Queries::parse(text).unwrap_err().to_string(), expected);
        }
        let long = "#".repeat(FILE_BYTES_MAX + 1);
        assert!(Queries::parse(&long).is_err());
    }
}
