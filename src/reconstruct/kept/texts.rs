//! Texts in few bytes: most are ids, and half of an id's letters say nothing but that it is hexadecimal.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Stands before a UUID in lower case, as 16 bytes. No text in UTF-8 has such a byte.
const UUID: u8 = 0xf8;

/// Stands before hexadecimal digits in lower case: half their number, and that many bytes.
const DIGITS: u8 = 0xf9;

/// How many digits are worth it.
const DIGITS_MIN: usize = 8;

/// Packs a text.
pub(super) fn pack(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    if let Some(uuid) = uuid(bytes) {
        return [&[UUID][..], &uuid].concat();
    }
    let mut packed = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let digits = rest.iter().take_while(|byte| digit(**byte).is_some());
        let pairs = digits.take(2 * usize::from(u8::MAX)).count() / 2;
        if 2 * pairs < DIGITS_MIN {
            packed.push(*first);
            rest = &rest[1..];
        } else {
            packed.extend([DIGITS, pairs as u8]);
            packed.extend(halved(&rest[..2 * pairs]));
            rest = &rest[2 * pairs..];
        }
    }
    packed
}

/// Unpacks a text; `None` where these bytes are none.
pub(super) fn unpack(packed: &[u8]) -> Option<String> {
    let mut text = Vec::with_capacity(2 * packed.len());
    let mut rest = packed;
    while let [first, after @ ..] = rest {
        rest = match *first {
            UUID => {
                let (uuid, after) = after.split_at_checked(16)?;
                for (index, byte) in uuid.iter().enumerate() {
                    if matches!(index, 4 | 6 | 8 | 10) {
                        text.push(b'-');
                    }
                    text.extend(doubled(*byte));
                }
                after
            }
            DIGITS => {
                let (pairs, after) = after.split_first()?;
                let (digits, after) = after.split_at_checked(usize::from(*pairs))?;
                text.extend(digits.iter().copied().flat_map(doubled));
                after
            }
            other => {
                text.push(other);
                after
            }
        };
    }
    String::from_utf8(text).ok()
}

/// Reads `8-4-4-4-12` digits.
fn uuid(text: &[u8]) -> Option<Vec<u8>> {
    let is_hyphen = |index: usize| matches!(index, 8 | 13 | 18 | 23);
    let mut letters = text.iter().enumerate();
    let fits = text.len() == 36
        && letters.all(|(index, byte)| match is_hyphen(index) {
            true => *byte == b'-',
            false => digit(*byte).is_some(),
        });
    let digits = text.iter().filter(|byte| **byte != b'-');
    fits.then(|| halved(&digits.copied().collect::<Vec<u8>>()).collect())
}

fn halved(digits: &[u8]) -> impl Iterator<Item = u8> {
    let value = |byte: u8| digit(byte).unwrap_or(0);
    digits
        .chunks_exact(2)
        .map(move |pair| value(pair[0]) << 4 | value(pair[1]))
}

fn doubled(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [byte >> 4, byte & 15].map(|half| DIGITS[usize::from(half)])
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Things by number, each once, while a block is written.
pub(super) struct Numbers<K, V> {
    numbers: HashMap<K, u32, RandomState>,
    pub(super) things: Vec<V>,
}

impl<K: std::hash::Hash + Eq, V> Numbers<K, V> {
    /// Has none yet.
    pub(super) fn new() -> Self {
        Self {
            numbers: HashMap::default(),
            things: Vec::new(),
        }
    }

    /// Returns the number of a thing, which is made where it is new.
    pub(super) fn number(&mut self, key: K, make: impl FnOnce() -> V) -> u32 {
        let next = self.things.len() as u32;
        *self.numbers.entry(key).or_insert_with(|| {
            self.things.push(make());
            next
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_packed_and_everything_comes_back() {
        for (text, bytes) in [
            ("", 0),
            ("alice", 5),
            ("eni-0123456789abcdef0", 15),
            ("0a1b2c3d", 6),
            ("0a1b2c3D", 8),
            ("6b29fc40-ca47-4067-b31d-00dd010662da", 17),
            ("6b29fc40-ca47-4067-b31d-00dd010662dA", 31),
            ("日本", 6),
        ] {
            assert_eq!(pack(text).len(), bytes, "{text}");
            assert_eq!(unpack(&pack(text)).as_deref(), Some(text));
        }
        assert_eq!(pack(&"a".repeat(1_000)).len(), 2 + 255 + 2 + 245);
    }

    #[test]
    fn what_was_not_packed_is_no_text() {
        for bytes in [
            &[UUID, 1][..],
            &[DIGITS],
            &[DIGITS, 2, 0],
            &[0xff],
            &[b'a', 0x80],
        ] {
            assert_eq!(unpack(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "([a-f0-9]{0,20}-?|.{0,4}){0,6}") {
            prop_assert_eq!(unpack(&pack(&text)), Some(text));
        }
    }
}
