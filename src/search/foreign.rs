//! The syntax of other tools (Lucene, SQL, grep), which would be read as words without a word.
//!
//! Refused only where it surely is such syntax; in quotation marks everything is text. Not for: what is
//! wrong in our own language (`lexer`, `terms`).

use super::fields::{self, Asks, FieldRow};
use super::tokens::{Form, Value};
use super::{SearchError, ranges, shapes};
use crate::query::Field;

/// What is told where several values of a field are joined as in a regular expression.
const COMMAS: &str = "several values of a field are separated by commas";

/// Operators of other languages, and ours.
const OPERATORS: [(&str, &str); 4] = [("&&", "AND"), ("||", "OR"), ("|", "OR"), ("!", "NOT")];

/// Signs that other languages put between a field and its value, the longest first, and whether they
/// say that it has another value.
const COMPARISONS: [(&str, bool); 9] = [
    ("!=", true),
    ("<>", true),
    ("!~", true),
    ("==", false),
    ("=~", false),
    (">=", false),
    ("<=", false),
    ("=", false),
    ("~", false),
];

/// Refuses a value that stands as it is and is syntax of another language.
pub(super) fn refuse(field: Option<&FieldRow>, value: &Value<'_>) -> Result<(), SearchError> {
    if value.form != Form::Bare {
        return Ok(());
    }
    let typed = Typed { value, field };
    let found = match field {
        None => typed
            .operator()
            .or_else(|| typed.comparison())
            .or_else(|| typed.existence())
            .or_else(|| typed.choice_of_words()),
        Some(_) => typed.choice_of_values().or_else(|| typed.refused_value()),
    };
    let found = found
        .or_else(|| typed.range())
        .or_else(|| typed.single_wildcard())
        .or_else(|| typed.expression())
        .or_else(|| typed.nearness())
        .or_else(|| typed.percent())
        .or_else(|| {
            let network = ranges::network(typed.plain())?;
            let error = typed.wrong("a range of addresses is written as a network");
            Some(error.suggest(typed.named(&network)))
        });
    found.map_or(Ok(()), Err)
}

/// A value that stands as it is, and the field that it was typed for.
struct Typed<'a> {
    value: &'a Value<'a>,
    field: Option<&'a FieldRow>,
}

impl Typed<'_> {
    /// Returns what was typed, without the punctuation of a sentence around it.
    fn plain(&self) -> &str {
        shapes::without_punctuation(&self.value.text)
    }

    /// Tells what is wrong with all of it.
    fn wrong(&self, message: &str) -> SearchError {
        SearchError::new(self.value.span.clone(), message)
    }

    /// Returns a value as it is typed for the field.
    fn named(&self, value: &str) -> String {
        match self.field {
            Some(row) => format!("`{}:{value}`", row.name),
            None => format!("`{value}`"),
        }
    }

    /// Says whether all values of the field are letters, digits and the signs of names.
    fn is_of_names(&self) -> bool {
        let asks = self.field.map(|row| row.asks);
        matches!(
            asks,
            Some(
                Asks::State
                    | Asks::Field(
                        Field::Event
                            | Field::EventId
                            | Field::Account
                            | Field::Region
                            | Field::Kind
                    )
            )
        )
    }

    /// `&&`, `|`, `!x`
    fn operator(&self) -> Option<SearchError> {
        let text = &self.value.text;
        let (foreign, ours) = OPERATORS.into_iter().find(|(foreign, _)| {
            let rest = text.strip_prefix(foreign);
            rest.is_some_and(|rest| rest.is_empty() || *foreign == "!" && !rest.starts_with('='))
        })?;
        let start = self.value.span.start;
        let message = format!("`{foreign}` is written {ours}");
        let error = SearchError::new(start..start + foreign.len(), message);
        Some(error.suggest(format_args!("`{ours}`")))
    }

    /// `eventName=X`, `region != X`
    fn comparison(&self) -> Option<SearchError> {
        let text: &str = &self.value.text;
        let name_bytes = text.find(['=', '!', '<', '>', '~'])?;
        let (name, rest) = text.split_at(name_bytes);
        let found = COMPARISONS.iter().find(|(sign, _)| rest.starts_with(sign));
        let (sign, is_other) = match found {
            Some((sign, is_other)) => (*sign, *is_other),
            None if rest.starts_with(['<', '>']) => (&rest[..1], false),
            None => return None,
        };
        let row = match name {
            "" if rest == sign => None,
            "" => return None,
            _ => Some(fields::named(name)?),
        };
        let start = self.value.span.start + name.len();
        let message = "between a field and its value stands a colon";
        let error = SearchError::new(start..start + sign.len(), message);
        let asked = rest[sign.len()..].trim_matches(['\'', '`', ',', ';']);
        let asked = asked.replace('%', "*");
        let not = if is_other { "-" } else { "" };
        let literal = format!("`\"{text}\"`");
        Some(match row {
            None => error.suggest("`event:DetachNetworkInterface`"),
            Some(row) if asked.is_empty() => error.suggest(format_args!("`{not}{}:…`", row.name)),
            Some(row) if is_time(row) => {
                let (before, after) = match sign.as_bytes()[0] {
                    b'>' => ("", ".."),
                    b'<' if sign != "<>" => ("..", ""),
                    _ => ("", ""),
                };
                error.suggest(format_args!(
                    "`{not}time:{before}{asked}{after}` or {literal}"
                ))
            }
            Some(row) => error.suggest(format_args!("`{not}{}:{asked}` or {literal}", row.name)),
        })
    }

    /// `_exists_:errorCode`
    fn existence(&self) -> Option<SearchError> {
        let name = self.value.text.strip_prefix("_exists_:")?;
        let row = fields::named(name)?;
        let error = self.wrong("that a field has any value is asked with a star");
        Some(error.suggest(format_args!("`{}:*`", row.name)))
    }

    /// `attach|detach`
    fn choice_of_words(&self) -> Option<SearchError> {
        let words: Vec<&str> = self
            .plain()
            .split('|')
            .filter(|word| !word.is_empty())
            .collect();
        let is_choice = self.value.text.contains('|') && words.len() > 1;
        let error = || self.wrong("one of several words is asked with OR");
        (is_choice && words.iter().all(|word| is_word(word)))
            .then(|| error().suggest(format_args!("`{}`", words.join(" OR "))))
    }

    /// `event:A|B`
    fn choice_of_values(&self) -> Option<SearchError> {
        let text = &self.value.text;
        let is_choice = self.is_of_names() && text.contains('|');
        let values: Vec<&str> = text.split('|').filter(|value| !value.is_empty()).collect();
        is_choice.then(|| self.wrong(COMMAS).suggest(self.named(&values.join(","))))
    }

    /// `event:!Detach`
    fn refused_value(&self) -> Option<SearchError> {
        let other = self.value.text.strip_prefix(['!', '-']);
        let other = other.filter(|_| self.is_of_names())?;
        let error = self.wrong("what a field is not is asked with `-` before the field");
        let named = self.named(other);
        Some(error.suggest(format_args!("`-{}", &named[1..])))
    }

    /// `account:[1 TO 2]`, of which a blank leaves the beginning here.
    fn range(&self) -> Option<SearchError> {
        let is_range = self.is_of_names() && self.value.text.starts_with(['[', '{']);
        let error = || self.wrong("only times have ranges; several values are separated by commas");
        is_range.then(|| error().suggest("`time:[2024-03-01 TO 2024-03-05]`"))
    }

    /// `/Det.*/`, `^Detach`, `event:Det.*`
    fn expression(&self) -> Option<SearchError> {
        let text: &str = &self.value.text;
        let inner = text
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'));
        let is_expression = |text: &str| {
            text.contains(['\\', '^', '$', '|', '[', ']', '+', '?']) || text.contains(".*")
        };
        let is_anchored = text
            .strip_prefix('^')
            .is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
        let is_one = match inner {
            // In a field of free text it may be a path: `file:/cases/a+b/`.
            Some(inner) if self.field.is_some() => !inner.is_empty() && self.is_of_names(),
            Some(inner) => is_expression(inner),
            None => {
                is_anchored || self.is_of_names() && is_expression(text) && !text.starts_with('[')
            }
        };
        if !is_one {
            return None;
        }
        let error = self.wrong("regular expressions are not read; a `*` stands for any text");
        let shape = inner.unwrap_or(text).replace(".*", "*").replace(".+", "*");
        let shape = match shape.strip_prefix('^') {
            Some(anchored) if !anchored.ends_with(['*', '$']) => format!("{anchored}*"),
            _ => shape,
        };
        let shape = shape.trim_matches(['^', '$']);
        let is_shape = |c: char| c.is_alphanumeric() || "*-_.:".contains(c);
        Some(
            match shape.chars().all(is_shape) && shape.chars().any(char::is_alphanumeric) {
                true => error.suggest(self.named(shape)),
                false => error.suggest(self.named(&format!("\"{text}\""))),
            },
        )
    }

    /// `foo~2`, `"foo bar"~3`, `foo^2`
    fn nearness(&self) -> Option<SearchError> {
        let text: &str = &self.value.text;
        let at = text.rfind(['~', '^'])?;
        let (stem, sign) = (&text[..at], &text[at..at + 1]);
        let number = &text[at + 1..];
        let is_number = number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_number || (sign == "^" || stem.is_empty()) && number.is_empty() || !is_stem(stem) {
            return None;
        }
        let message = match sign {
            "~" => "similar words are not searched; a `*` stands for any text",
            _ => "terms have no weights",
        };
        let error = self.wrong(message);
        Some(match (stem, sign) {
            ("", _) => error,
            (_, "~") => error.suggest(self.named(&format!("{stem}*"))),
            _ => error.suggest(self.named(stem)),
        })
    }

    /// `Det?ch`
    fn single_wildcard(&self) -> Option<SearchError> {
        let text = match self.field {
            Some(_) => &self.value.text,
            None => self.plain(),
        };
        let is_one = text.contains('?') && is_stem(&text.replace(['?', '*'], ""));
        let error = || self.wrong("`?` stands for nothing; a `*` stands for any text");
        is_one.then(|| error().suggest(self.named(&text.replace('?', "*"))))
    }

    /// `Detach%`, `'%Interface'`
    fn percent(&self) -> Option<SearchError> {
        let text = self.plain();
        let stem = text.trim_matches('%');
        let is_word = is_word(stem) && stem.len() > 2 && stem.chars().any(char::is_alphabetic);
        // `%2F` stands for a sign in addresses of pages.
        let is_escaped = stem
            .get(..2)
            .is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
        let is_one = text.ends_with('%') || text.starts_with('%') && !is_escaped;
        let error = || self.wrong("`%` stands for nothing; a `*` stands for any text");
        (is_word && is_one).then(|| error().suggest(self.named(&text.replace('%', "*"))))
    }
}

fn is_time(row: &FieldRow) -> bool {
    matches!(row.asks, Asks::Time | Asks::Since | Asks::Until)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphanumeric)
}

/// Says whether a text is letters, digits and hyphens, as words and ids are.
fn is_stem(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '-')
}
