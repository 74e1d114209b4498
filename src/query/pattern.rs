//! The shape of a value, such as `eni-*5f60`.

/// The shape of a value: literal parts with anything between them, as `eni-*5f60` has `eni-` and `5f60`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// The literal parts, of which the first stands at the beginning and the last at the end; either may
    /// be empty.
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a text in which each `*` stands for any characters, also none; absent without a `*`.
    pub fn parse(text: &str) -> Option<Self> {
        text.contains('*').then(|| Self {
            parts: text.split('*').map(str::to_owned).collect(),
        })
    }

    /// Returns what a value of this shape begins with; may be empty.
    pub fn beginning(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    /// Says whether a text has this shape. The time is that of one pass over the text for each part.
    ///
    /// ```
    /// use trailspan::query::Pattern;
    /// let pattern = Pattern::parse("eni-*5f60").expect("it has a star");
    /// assert!(pattern.matches("eni-0a1b2c3d4e5f60"));
    /// assert!(!pattern.matches("eni-0a1b2c3d4e5f601"));
    /// ```
    pub fn matches(&self, text: &str) -> bool {
        let (Some((first, rest)), true) = (self.parts.split_first(), self.parts.len() > 1) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return false;
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for part in middle {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }

    /// Returns the text that it was read from.
    pub fn text(&self) -> String {
        self.parts.join("*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_a_beginning_an_end_and_what_lies_between_in_order() {
        for (pattern, text, has_it) in [
            ("eni-*5f60", "eni-0a5f60", true),
            ("eni-*5f60", "eni-5f60", true),
            ("eni-*5f60", "eni-5f6", false),
            ("ab*ba", "aba", false),
            ("*7c", "0a7c", true),
            ("*7c", "7c0", false),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "ba", false),
            ("a**b", "ab", true),
            ("*", "", true),
            ("*é", "café", true),
        ] {
            let shape = Pattern::parse(pattern).expect("a star");
            assert_eq!(shape.matches(text), has_it, "{pattern} {text}");
            assert_eq!(shape.text(), pattern);
        }
        assert_eq!(Pattern::parse("eni-0a"), None);
    }
}
