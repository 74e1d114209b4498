//! How a value becomes a term, alike for what is written and for what is asked.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// A term's greatest size in bytes.
const TERM_BYTES_MAX: usize = 512;

/// How many bytes of a longer value its term begins with.
pub(super) const HEAD_BYTES_MAX: usize = 448;

/// Returns the first 128 bits of the SHA-256 of `bytes`: what tells contents, and event ids, apart.
pub(super) fn key(bytes: &[u8]) -> u128 {
    let sum: [u8; 32] = Sha256::digest(bytes).into();
    sum[..16]
        .iter()
        .fold(0, |key, byte| key << 8 | u128::from(*byte))
}

/// Returns the term of a value: the value, or for one of more than 512 bytes its first 448 and a sum
/// of all of it, so that values of any length are found.
pub(super) fn bounded(value: &str) -> Cow<'_, str> {
    if value.len() <= TERM_BYTES_MAX {
        return Cow::Borrowed(value);
    }
    let mut head = HEAD_BYTES_MAX;
    while !value.is_char_boundary(head) {
        head -= 1;
    }
    Cow::Owned(format!("{}…{:032x}", &value[..head], key(value.as_bytes())))
}

/// Says whether a term is that of a longer value; one that only looks so is taken for one, too.
pub(super) fn is_cut(term: &str) -> bool {
    let is_sum = |sum: &str| sum.len() == 32 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    term.len() > HEAD_BYTES_MAX && term.rsplit_once('…').is_some_and(|(_, sum)| is_sum(sum))
}

/// Returns the term of a value whose case does not matter.
pub(super) fn folded(value: &str) -> Cow<'_, str> {
    if is_folded(value) {
        bounded(value)
    } else {
        Cow::Owned(bounded(&value.to_lowercase()).into_owned())
    }
}

/// Says whether a value is ASCII without capitals.
pub(super) fn is_folded(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

/// Returns the first text after all texts that begin with `prefix`; `None` where there is none.
pub(super) fn after_prefix(prefix: &str) -> Option<String> {
    let mut after = prefix.to_owned();
    while let Some(last) = after.pop() {
        // The order of UTF-8 is that of the code points, which have a hole where the surrogates are.
        let next = match u32::from(last) + 1 {
            0xD800 => Some('\u{E000}'),
            next => char::from_u32(next),
        };
        if let Some(next) = next {
            after.push(next);
            return Some(after);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_keep_their_beginning_and_stay_apart() {
        let (one, other) = (
            format!("{}a", "é".repeat(400)),
            format!("{}b", "é".repeat(400)),
        );
        assert_ne!(bounded(&one), bounded(&other));
        for value in [&one, &other] {
            assert!(bounded(value).len() <= TERM_BYTES_MAX);
            assert!(bounded(value).starts_with(&"é".repeat(224)));
        }
        assert!(is_cut(&bounded(&one)));
        assert_eq!(bounded("short"), "short");
        let whole = "é".repeat(256);
        assert!(!is_cut(&bounded(&whole)) && !is_cut("short"));
    }

    #[test]
    fn case_is_folded_beyond_ascii() {
        for (value, term) in [
            ("ENI-0A", "eni-0a"),
            ("ÄPFEL", "äpfel"),
            ("eni-0a", "eni-0a"),
        ] {
            assert_eq!(folded(value), term);
        }
    }

    #[test]
    fn what_begins_with_a_prefix_lies_before_what_comes_after_it() {
        for (prefix, after) in [
            ("eni-", Some("eni.")),
            ("a\u{10FFFF}", Some("b")),
            ("\u{D7FF}", Some("\u{E000}")),
            ("\u{7F}", Some("\u{80}")),
            ("\u{10FFFF}", None),
            ("", None),
        ] {
            assert_eq!(after_prefix(prefix).as_deref(), after, "{prefix:?}");
        }
    }

    #[test]
    fn a_key_is_the_beginning_of_the_sum() {
        // The SHA-256 of nothing begins e3b0c442 98fc1c14 9afbf4c8 996fb924.
        assert_eq!(key(b""), 0xe3b0_c442_98fc_1c14_9afb_f4c8_996f_b924);
    }
}
