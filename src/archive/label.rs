//! Labels: how names that may hold any bytes are written as text, different ones differently.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sha2::{Digest as _, Sha256};

use crate::text::Text;

/// What stands between the name of a bundle within another and that of its member.
const WITHIN: &str = "!/";

/// A longer label is cut, and told apart by its sum, in bytes: a bundle may give names of a megabyte, to
/// each of which the names within are added.
const LABEL_BYTES_MAX: usize = 1_024;

/// Writes a name as text, different names differently: bytes that are not UTF-8 as `%FF`, and a `%`
/// that could be taken for the beginning of such a byte, or of `%25`, as `%25`.
pub(super) fn written(name: &[u8]) -> Text {
    Text::from(escaped(name))
}

fn escaped(name: &[u8]) -> String {
    let mut written = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        let mut parts = chunk.valid().split('%');
        written.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let [high, low] = [0, 1].map(|at| part.as_bytes().get(at).copied().unwrap_or(0));
            let reads_as_byte = matches!(high, b'8' | b'9' | b'A'..=b'F')
                && matches!(low, b'0'..=b'9' | b'A'..=b'F')
                || [high, low] == *b"25";
            written.push_str(if reads_as_byte { "%25" } else { "%" });
            written.push_str(part);
        }
        for byte in chunk.invalid() {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

/// The labels of one file on disk, each with the next number for its name: 24 bytes for each member,
/// and what maps need.
#[derive(Default)]
pub(super) struct Labels(HashMap<[u8; 16], u64>);

impl Labels {
    /// Writes the label of a member: its name, within that of the bundle if it lies in another one.
    ///
    /// A name that was there before gets a number, as in `log.json.gz#2`. Says too whether it is new.
    pub(super) fn label(&mut self, bundle: Option<&Text>, name: &[u8]) -> (Text, bool) {
        let name = escaped(name);
        let label = match bundle {
            Some(bundle) => format!("{}{WITHIN}{name}", bundle.as_str()),
            None => name,
        };
        let label = shortened(label);
        let mut number = match self.0.entry(key(&label)) {
            Entry::Vacant(entry) => {
                entry.insert(2);
                return (Text::from(label), true);
            }
            Entry::Occupied(entry) => *entry.get(),
        };
        let numbered = loop {
            let numbered = format!("{label}#{number}");
            number += 1;
            if let Entry::Vacant(entry) = self.0.entry(key(&numbered)) {
                entry.insert(2);
                break numbered;
            }
        };
        self.0.insert(key(&label), number);
        (Text::from(numbered), false)
    }
}

fn shortened(label: String) -> String {
    if label.len() <= LABEL_BYTES_MAX {
        return label;
    }
    let sum: String = key(&label)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut kept = label;
    let mut end = LABEL_BYTES_MAX - sum.len() - "…".len();
    while !kept.is_char_boundary(end) {
        end -= 1;
    }
    kept.truncate(end);
    format!("{kept}…{sum}")
}

fn key(label: &str) -> [u8; 16] {
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::digest(label.as_bytes())[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_cut_where_it_is_too_long_and_told_apart() {
        let mut labels = Labels::default();
        let mut bundle = None;
        for _ in 0..8 {
            let (one, _) = labels.label(bundle.as_ref(), "é".repeat(5_000).as_bytes());
            let (other, is_new) = labels.label(bundle.as_ref(), "é".repeat(5_001).as_bytes());
            assert!(one.as_str().len() <= LABEL_BYTES_MAX && is_new && one != other);
            bundle = Some(one);
        }
    }

    #[test]
    fn a_member_has_a_label_of_its_own() {
        let mut labels = Labels::default();
        let tar = Text::from("b.tar");
        for (bundle, name, expected) in [
            (None, &b"a"[..], ("a", true)),
            (None, b"a", ("a#2", false)),
            (None, b"a#2", ("a#2#2", false)),
            (None, b"a", ("a#3", false)),
            (Some(&tar), b"a", ("b.tar!/a", true)),
            (None, b"b.tar!/a", ("b.tar!/a#2", false)),
            (None, b"caf\xe9%E9%", ("caf%E9%25E9%", true)),
        ] {
            let (label, is_new) = labels.label(bundle, name);
            assert_eq!((label.as_str(), is_new), expected);
        }
    }
}
