//! The forms that a query can have, as a table that people are shown; the fields have their own.

/// A form of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Queries of this form; the tests read each of them.
    pub examples: &'static [&'static str],
    /// What it asks.
    pub asks: &'static str,
}

const fn form(examples: &'static [&'static str], asks: &'static str) -> Form {
    Form { examples, asks }
}

/// The forms, the plain ones first.
pub const FORMS: [Form; 15] = [
    form(
        &["eni-0a1b2c3d4e5f60718", "ASIAH2ZCEPPOFEXAMPLE"],
        "this whole value, or these words within one; so an ARN, a key, an account, an event's id",
    ),
    form(
        &["eni-0a1*", "Terminat*"],
        "values, and words, that begin so",
    ),
    form(
        &["eni-*5f60", "*7c"],
        "values of this shape; of letters and digits alone also words",
    ),
    form(
        &["10.0.0.0/8", "2001:db8::1"],
        "any address of the record in this network",
    ),
    form(
        &["2024-03", "2024-03-01T10:00Z", "2024-03-01..2024-03-05"],
        "events of that time, with the whole of the day behind .. too (`help times`)",
    ),
    form(&["last 7d"], "so long before the archive's newest event"),
    form(&["network interface"], "both words, anywhere in the record"),
    form(
        &["NetworkInterface", "\"detach network\""],
        "these words, one after the other",
    ),
    form(
        &["region:us-east-1,eu-west-1"],
        "a field with any of these values; the fields are listed below",
    ),
    form(
        &["a AND b", "a b", "a OR b"],
        "both; both; one of them, or both. AND binds before OR; capitals matter",
    ),
    form(&["NOT a", "-a"], "what is not so; NOT binds before AND"),
    form(
        &["(kind:eni OR kind:eip) is:failed"],
        "parentheses say what belongs together",
    ),
    form(
        &["time:[2024-03-01 TO 2024-03-05]"],
        "a range as other languages write it; * leaves a side open",
    ),
    form(
        &["since:2024-03-01 until:2024-03-05"],
        "from the first instant on, up to and without the second",
    ),
    form(&["*"], "every record"),
];
