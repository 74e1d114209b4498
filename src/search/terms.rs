//! Terms: what one typed value asks of a record.
//!
//! Not for: where it begins and ends in the query (`lexer`).

use jiff::Timestamp;

use super::failure::quoted;
use super::fields::{Asks, FieldRow};
use super::shapes::ResourceName;
use super::time::Frame;
use super::tokens::{Form, Value};
use super::words::{phrase, undivided};
use super::{SearchError, foreign, shapes, states, time};
use crate::query::{Expression, Field, Network, Pattern, Term};

/// Returns what a value asks, of the field that it was typed for or of the whole record.
pub(super) fn ask(
    field: Option<&FieldRow>,
    value: &Value<'_>,
    frame: &Frame,
) -> Result<Expression, SearchError> {
    foreign::refuse(field, value)?;
    match (field.map(|row| row.asks), value.form) {
        (None, Form::Bare) => word(value, frame),
        (None, Form::Quoted) => quoted_words(value),
        (None, Form::QuotedPrefix) => {
            refuse_emptiness(value)?;
            Ok(Expression::Term(Term::Prefix(lower(&value.text))))
        }
        (None | Some(Asks::Time), Form::Bracketed) => bracketed(value, frame),
        (Some(Asks::Field(field)), _) => in_field(field, value),
        (Some(Asks::State), _) => states::ask(value),
        (Some(asks), _) => in_time(asks, value, frame),
    }
}

/// Whole values are compared in lower case.
fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// Reads a word of no field: the narrowest meaning that its shape allows.
fn word(value: &Value<'_>, frame: &Frame) -> Result<Expression, SearchError> {
    let raw: &str = &value.text;
    if raw == "*" {
        return Ok(Expression::All);
    }
    let plain = shapes::without_punctuation(raw);
    match star(value, plain)? {
        Star::None => {}
        Star::AtTheEnd(stem) => return Ok(beginning(stem)),
        Star::Elsewhere => return shape(value, plain),
    }
    if let Some(network) = network(value, plain)? {
        return Ok(Expression::Term(Term::Address(network)));
    }
    if is_time(plain) {
        let at = raw.find(plain).unwrap_or(0);
        let (from, to) =
            time::range(plain, frame).map_err(|error| error.shifted(value.span.start + at))?;
        return Ok(Expression::Term(Term::Time(from, to)));
    }
    if let Some(account) = shapes::account_without_hyphens(plain) {
        return Ok(Expression::Term(Term::Value(account)));
    }
    let words = words_of(value, plain)?;
    if plain.chars().all(char::is_alphanumeric) && !shapes::is_whole_value(plain) {
        return Ok(words);
    }
    // An id is a whole value where a record names it, and words where an error message does.
    let mut ways = vec![Expression::Term(Term::Value(lower(plain))), words];
    ways.extend(shapes::resource_name(plain).map(resource));
    Ok(Expression::Or(ways))
}

/// Records name a resource by its id; its account and region are those of the record.
fn resource(name: ResourceName<'_>) -> Expression {
    let in_place = |field: Field, value: Option<&str>| {
        let value = lower(value?);
        Some(Expression::Term(Term::Field {
            field,
            value,
            prefix: false,
        }))
    };
    let id = Expression::Term(Term::Value(lower(name.id)));
    let account = in_place(Field::Account, name.account);
    let region = in_place(Field::Region, name.region);
    Expression::And([Some(id), account, region].into_iter().flatten().collect())
}

/// Reads `"…"`: its words, one after the other.
fn quoted_words(value: &Value<'_>) -> Result<Expression, SearchError> {
    refuse_emptiness(value)?;
    words_of(value, &value.text)
}

fn refuse_emptiness(value: &Value<'_>) -> Result<(), SearchError> {
    match value.text.trim().is_empty() {
        true => Err(refuse(value, "the quotation marks are empty")),
        false => Ok(()),
    }
}

fn words_of(value: &Value<'_>, text: &str) -> Result<Expression, SearchError> {
    let words = phrase(text);
    if words.is_empty() {
        return Err(SearchError::new(
            value.span.clone(),
            format_args!(
                "{} has no letter or digit to search for",
                quoted(&value.text)
            ),
        ));
    }
    Ok(Expression::Term(Term::Words(words)))
}

/// Returns what the beginning of a value, or of a word where it can be one, asks.
fn beginning(stem: &str) -> Expression {
    let whole = Expression::Term(Term::Prefix(lower(stem)));
    if !stem.chars().all(char::is_alphanumeric) {
        return whole;
    }
    let word = Expression::Term(Term::WordPrefix(undivided(stem)));
    Expression::Or(vec![whole, word])
}

/// Says whether a word of no field is a time: a date, or a range of dates or years.
fn is_time(text: &str) -> bool {
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let is_side = |text: &str| text.is_empty() || is_year(text) || time::looks_like_a_date(text);
    match text.split_once("..") {
        Some((from, to)) => is_side(from) && is_side(to) && text != "..",
        None => time::looks_like_a_date(text) || time::looks_relative(text),
    }
}

/// Where the stars of a value stand.
enum Star<'a> {
    None,
    /// One, behind this.
    AtTheEnd(&'a str),
    Elsewhere,
}

/// Says where a value has stars; refuses them without anything else, and in times.
fn star<'a>(value: &Value<'_>, text: &'a str) -> Result<Star<'a>, SearchError> {
    let Some(at) = text.find('*') else {
        return Ok(Star::None);
    };
    let stem = &text[..at];
    if text.len() > 1 && text.bytes().all(|byte| byte == b'*') {
        return Err(refuse(value, "one `*` stands for everything").suggest("`*`"));
    }
    if time::looks_like_a_date(stem) {
        let plain = stem.trim_end_matches(['-', ':', 'T']);
        return Err(
            refuse(value, "a time is a period and needs no `*`").suggest(format_args!("`{plain}`"))
        );
    }
    Ok(match at + 1 == text.len() {
        true => Star::AtTheEnd(stem),
        false => Star::Elsewhere,
    })
}

/// Returns what a shape of a value, or of a word where it can be one, asks.
fn shape(value: &Value<'_>, text: &str) -> Result<Expression, SearchError> {
    let whole = Expression::Term(Term::Pattern(pattern(value, text)?));
    if !text.chars().all(|c| c == '*' || c.is_alphanumeric()) {
        return Ok(whole);
    }
    let word = Expression::Term(Term::WordPattern(pattern(value, text)?));
    Ok(Expression::Or(vec![whole, word]))
}

fn pattern(value: &Value<'_>, text: &str) -> Result<Pattern, SearchError> {
    Pattern::parse(&lower(text)).ok_or_else(|| refuse(value, "a `*` is missing"))
}

pub(super) fn refuse(value: &Value<'_>, message: &str) -> SearchError {
    SearchError::new(value.span.clone(), message)
}

/// Returns the address or network that a value is; refuses one with a prefix that cannot be.
fn network(value: &Value<'_>, text: &str) -> Result<Option<Network>, SearchError> {
    if let Some(network) = Network::parse(text) {
        return Ok(Some(network));
    }
    let Some((address, prefix)) = text.split_once('/') else {
        return Ok(None);
    };
    let looks_like_one = prefix.bytes().all(|byte| byte.is_ascii_digit());
    match Network::parse(address) {
        Some(host) if looks_like_one => Err(refuse(
            value,
            &format!(
                "a network of this kind has a prefix of 0 to {} bits",
                host.prefix
            ),
        )
        .suggest(format_args!("`{address}/{}`", host.prefix))),
        _ => Ok(None),
    }
}

/// Reads `[A TO B]`, where `*` stands for no bound.
fn bracketed(value: &Value<'_>, frame: &Frame) -> Result<Expression, SearchError> {
    let text: &str = &value.text;
    let Some((from, to)) = text.split_once(" TO ") else {
        return Err(refuse(value, "a range in brackets needs `TO`")
            .suggest("`time:[2024-03-01 TO 2024-03-05]`"));
    };
    let bound = |text| if str::trim(text) == "*" { "" } else { text };
    let to_at = from.len() + " TO ".len();
    let (from, to) = time::between(bound(from), 0, bound(to), to_at, frame)
        .map_err(|error| error.shifted(value.span.start))?;
    Ok(Expression::Term(Term::Time(from, to)))
}

fn in_field(field: Field, value: &Value<'_>) -> Result<Expression, SearchError> {
    let text: &str = &value.text;
    let stem = match value.form {
        Form::Bare if text == "*" => Some(""),
        Form::Bare => match star(value, text)? {
            Star::None => None,
            Star::AtTheEnd(stem) => Some(stem),
            Star::Elsewhere => {
                let pattern = pattern(value, text)?;
                return Ok(Expression::Term(Term::FieldPattern { field, pattern }));
            }
        },
        Form::QuotedPrefix => Some(text),
        Form::Quoted | Form::Bracketed => None,
    };
    let (prefix, text) = match stem {
        Some(stem) => (true, stem),
        None => (false, text),
    };
    if !prefix {
        refuse_emptiness(value)?;
    }
    if field == Field::Source
        && !prefix
        && let Some(network) = network(value, text)?
    {
        return Ok(Expression::Term(Term::SourceAddress(network)));
    }
    let account = shapes::account_without_hyphens(text).filter(|_| field == Field::Account);
    Ok(Expression::Term(Term::Field {
        field,
        value: account.unwrap_or_else(|| lower(text)),
        prefix,
    }))
}

/// Returns what `>2024-03-14` or `<=2024-03-14` is as a range: `2024-03-14..`, `..2024-03-14`.
fn compared(text: &str, frame: &Frame) -> Option<String> {
    let after = text.strip_prefix('>');
    let time = after.or_else(|| text.strip_prefix('<'))?;
    let time = time.strip_prefix('=').unwrap_or(time).trim();
    time::period(time, frame).ok()?;
    Some(match after {
        Some(_) => format!("{time}.."),
        None => format!("..{time}"),
    })
}

fn in_time(asks: Asks, value: &Value<'_>, frame: &Frame) -> Result<Expression, SearchError> {
    let text: &str = &value.text;
    if value.form == Form::Bare && !matches!(star(value, text)?, Star::None) {
        return Err(refuse(value, "a time has no `*`").suggest("`2024-03-01..`"));
    }
    let shift = |error: SearchError| match value.form {
        Form::Bare => error.shifted(value.span.start),
        // Behind a quotation mark and escapes, the bytes of the text are not those of the query.
        _ => SearchError {
            span: value.span.clone(),
            ..error
        },
    };
    if let Some(range) = compared(text, frame) {
        let all = 0..text.len();
        let what = "times are not compared with signs";
        return Err(shift(
            SearchError::new(all, what).suggest(format_args!("`time:{range}`")),
        ));
    }
    let (from, to): (Option<Timestamp>, Option<Timestamp>) = match asks {
        Asks::Since => (Some(time::instant(text, frame).map_err(shift)?), None),
        Asks::Until => (None, Some(time::instant(text, frame).map_err(shift)?)),
        Asks::Time | Asks::Field(_) | Asks::State => time::range(text, frame).map_err(shift)?,
    };
    Ok(Expression::Term(Term::Time(from, to)))
}
