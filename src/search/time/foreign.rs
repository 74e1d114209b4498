//! Dates as other conventions write them: refused, since some of them mean two days, with ours instead.

use jiff::civil::Date;

use crate::search::SearchError;

/// Months by the first three letters of their English names.
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Puts into the refusal of a time what was probably meant.
pub(super) fn explained(text: &str, error: SearchError) -> SearchError {
    let meant = readings(text.trim());
    match &meant[..] {
        [] => error,
        [one] => error.suggest(format_args!("`{one}`")),
        [one, other, ..] => {
            let message = format!("{}: it could be two days", error.message);
            SearchError::new(error.span, message).suggest(format_args!("`{one}` or `{other}`"))
        }
    }
}

/// Lists what a date of another convention can mean, in our writing.
fn readings(text: &str) -> Vec<String> {
    if let Some(seconds) = epoch(text) {
        return vec![seconds];
    }
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "/.,-".contains(c))
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second, third] = parts[..] else {
        return Vec::new();
    };
    // Year first, as in 2024/03/04; else day or month first, as the world does.
    let orders = match first.len() {
        4 => vec![(first, second, third)],
        _ => vec![(third, first, second), (third, second, first)],
    };
    let mut meant: Vec<String> = Vec::new();
    for (year, month, day) in orders {
        let written = date(year, month, day).map(|date| date.to_string());
        meant.extend(written.filter(|date| !meant.contains(date)));
    }
    meant
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    let lower = month.to_ascii_lowercase();
    let named = || MONTHS.iter().position(|name| lower.starts_with(name));
    let month = match month.parse().ok() {
        Some(number) => number,
        None => i8::try_from(named()? + 1).ok()?,
    };
    let ordinal = ["st", "nd", "rd", "th"];
    let digits = ordinal.iter().find_map(|end| day.strip_suffix(end));
    Date::new(year, month, digits.unwrap_or(day).parse().ok()?).ok()
}

/// Returns the second of an epoch in milliseconds, microseconds or nanoseconds.
fn epoch(text: &str) -> Option<String> {
    let is_finer = matches!(text.len(), 13 | 16 | 19);
    (is_finer && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text[..10].to_owned())
}
