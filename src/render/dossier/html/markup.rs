//! Markup that can only be built by escaping.
//!
//! [`Html`] has no way to take in text but [`Html::text`] and the values of attributes, both of which escape
//! it; names of elements and attributes are written in this program. What could deceive an eye is shown as
//! `\u{…}`, as on a terminal.

use std::fmt::Write as _;

use crate::text::Escaped;

/// Markup, in which all text is escaped.
#[derive(Debug, Clone, Default)]
pub(in crate::render::dossier) struct Html(String);

/// Attributes: a name of ours, and any value.
pub(in crate::render::dossier) type Attributes<'a> = [(&'static str, &'a str)];

impl Html {
    pub(in crate::render::dossier) fn new() -> Self {
        Self::default()
    }

    /// Escapes text.
    pub(in crate::render::dossier) fn text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len() + 8);
        escape(&Escaped(text).to_string(), &mut html);
        Self(html)
    }

    /// Puts an element around markup.
    pub(in crate::render::dossier) fn element(
        name: &'static str,
        attributes: &Attributes<'_>,
        inner: Self,
    ) -> Self {
        let mut html = Self::open(name, attributes);
        html.0.push_str(&inner.0);
        html.0.extend(["</", name, ">"]);
        html
    }

    /// Makes an element that has nothing in it.
    pub(super) fn empty(name: &'static str, attributes: &Attributes<'_>) -> Self {
        Self::open(name, attributes)
    }

    /// Puts an element around what is written in this program, and is no text.
    pub(super) fn ours(name: &'static str, inner: &'static str) -> Self {
        Self(format!("<{name}>\n{inner}</{name}>"))
    }

    fn open(name: &'static str, attributes: &Attributes<'_>) -> Self {
        let mut html = String::from("<");
        html.push_str(name);
        for (key, value) in attributes {
            html.extend([" ", key, "=\""]);
            escape(&Escaped(value).to_string(), &mut html);
            html.push('"');
        }
        html.push('>');
        Self(html)
    }

    /// Adds markup.
    #[must_use]
    pub(in crate::render::dossier) fn and(mut self, other: Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// Begins a new line of the source.
    #[must_use]
    pub(super) fn line(mut self) -> Self {
        self.0.push('\n');
        self
    }

    /// Returns the markup.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(parts: I) -> Self {
        parts.into_iter().fold(Self::new(), Self::and)
    }
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // Some old decoders took a grave accent for a quote.
            '`' => html.push_str("&#96;"),
            _ => html.push(character),
        }
    }
}

/// Shows a number of the picture: at most one digit behind the point, the same on every machine.
pub(in crate::render::dossier) fn number(value: f64) -> String {
    let mut text = String::new();
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    let (whole, rest) = (tenths / 10, tenths % 10);
    let written = match rest {
        0 => write!(text, "{sign}{whole}"),
        rest => write!(text, "{sign}{whole}.{rest}"),
    };
    written.map(|()| text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_in_text_and_attributes_is_text() {
        let hostile = "<script>alert('x')</script>\" onload=\"`&\u{202e}";
        let html = Html::element("p", &[("title", hostile)], Html::text(hostile));
        let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;&#96;&amp;\\u{202e}";
        assert_eq!(
            html.as_str(),
            format!("<p title=\"{escaped}\">{escaped}</p>")
        );
    }

    #[test]
    fn numbers_have_one_digit_behind_the_point_at_most() {
        for (value, shown) in [
            (0.0, "0"),
            (12.34, "12.3"),
            (12.96, "13"),
            (-0.26, "-0.3"),
            (5.0, "5"),
        ] {
            assert_eq!(number(value), shown);
        }
    }

    proptest! {
        #[test]
        fn no_text_opens_or_closes_anything(text: String) {
            let html = Html::element("p", &[("title", &text)], Html::text(&text));
            let inner = html.as_str();
            prop_assert_eq!(inner.matches('<').count(), 2);
            prop_assert_eq!(inner.matches('>').count(), 2);
            prop_assert_eq!(inner.matches('"').count(), 2);
            prop_assert!(!inner.chars().any(crate::text::is_deceptive));
        }
    }
}
