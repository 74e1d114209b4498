//! The forms in which a time can be written, as a table that people are shown.

/// A form in which a time can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Times of this form; the tests read each of them.
    pub examples: &'static [&'static str],
    /// Which period it is.
    pub period: &'static str,
}

const fn form(examples: &'static [&'static str], period: &'static str) -> Form {
    Form { examples, period }
}

/// The forms that [`super::period`] reads, the coarse ones first, those that count back last.
pub const FORMS: [Form; 10] = [
    form(&["2024"], "that year"),
    form(&["2024-03"], "that month"),
    form(&["2024-W10"], "that week of ISO 8601, from its Monday on"),
    form(&["2024-03-01", "2024-W10-5"], "that day"),
    form(
        &["2024-03-01T10", "2024-03-01 10:00"],
        "that hour, that minute",
    ),
    form(
        &["2024-03-01T10:00:05Z", "2024-03-01T10:00:05.25+01:00"],
        "that second, whatever the fraction: CloudTrail writes whole seconds",
    ),
    form(
        &["2024-03-01 14:00 Europe/Berlin"],
        "that minute of a zone of the IANA database, which is in the program",
    ),
    form(&["1709287205", "@1709287205"], "that second since 1970"),
    form(
        &["last 7d", "7d", "last week"],
        "from so long before the newest event of the archive, up to and with it",
    ),
    form(
        &["2h ago", "10 days ago"],
        "that second, so long before the newest event of the archive",
    ),
];
