//! Times with blanks in them, such as `2024-03-01 14:00 Europe/Berlin`, in the midst of a query.

use super::relative;
use super::text::{looks_like_a_date, named, offset};

/// Says whether `next`, behind blanks, belongs to the time or range at the end of `typed`.
///
/// A clock (`14:00`) goes on a day; a zone goes on a day or a clock. A word that is neither does
/// not, so that `2024-03-01 network` stays a day and a word.
pub(in crate::search) fn goes_on(typed: &str, next: &str) -> bool {
    if looks_relative(&format!("{typed} {next}")) {
        return true;
    }
    let last = typed.rsplit("..").next().unwrap_or(typed);
    if !looks_like_a_date(last) {
        return false;
    }
    match last.get(10..) {
        Some("") => begins_with_a_clock(next) || is_zone(next),
        Some(clock) => {
            let clock = clock.strip_prefix(['T', 't', ' ']);
            clock.is_some_and(|clock| {
                clock
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b":.".contains(&b))
            }) && is_zone(next)
        }
        None => false,
    }
}

/// Says whether a text of a query is a relative time: `last 7d`, `2h ago`; `7d` alone and `last week`
/// are words.
pub(in crate::search) fn looks_relative(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let has_count = lower.contains(|c: char| c.is_ascii_digit());
    let has_word = lower.starts_with("last ") || lower.ends_with(" ago");
    has_count && has_word && relative::is_relative(text)
}

fn begins_with_a_clock(text: &str) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit();
    matches!(text.as_bytes(), [a, b, b':', c, d, ..] if [a, b, c, d].into_iter().all(digit))
}

fn is_zone(text: &str) -> bool {
    let name = text.trim_end_matches([',', ';', '.']);
    match name.chars().next() {
        Some('+') => offset(name).is_some(),
        Some('-') => name.contains(':') && offset(name).is_some(),
        Some(_) if name.contains('/') => named(name).is_some(),
        _ => matches!(name, "UTC" | "GMT" | "Z"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_or_a_zone_goes_on_a_time() {
        for (typed, next, expected) in [
            ("2024-03-01", "14:00", true),
            ("2024-03-01", "14:00..2024-03-02", true),
            ("2024-03-01", "UTC", true),
            ("2024-03-01 14:00", "Europe/Berlin", true),
            ("2024-03-01T14:00:05.25", "+01:00", true),
            ("2024-03-01 10:00..2024-03-02", "14:00", true),
            ("last", "7d", true),
            ("LAST", "2w", true),
            ("2h", "ago", true),
            ("last", "week", false),
            ("last", "eni-0ab", false),
            ("the", "7d", false),
            ("2024-03-01", "network", false),
            ("2024-03-01", "a/b", false),
            ("2024-03-01T14:00Z", "UTC", false),
            ("2024-03-01 14:00", "15:00", false),
            ("2024-03", "14:00", false),
            ("eni-2024-03-01", "14:00", false),
        ] {
            assert_eq!(goes_on(typed, next), expected, "{typed} {next}");
        }
    }
}
