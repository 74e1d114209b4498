//! Lengths of time, as entries write them.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

/// A length of time, written `30s`, `10m`, `24h` or `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(
    /// The length; never negative.
    pub SignedDuration,
);

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let number: u32 = number.parse().ok()?;
        Some(Self(SignedDuration::from_secs(i64::from(number) * seconds)))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no length of time")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit() {
        for (text, seconds) in [("30s", 30), ("10m", 600), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(Span::parse(text).unwrap().0.as_secs(), seconds, "{text}");
        }
        for text in ["", "h", "-1h", "1", "1w", "1 h", "99999999999d", "1é"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }
}
