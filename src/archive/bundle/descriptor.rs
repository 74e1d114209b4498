//! A member of a zip archive whose size stands behind it, as programs write that cannot go back.
//!
//! The end is where the size that is written fits the number of bytes before it. The list at the end of
//! the archive has its say too, see [`super::central`].

use std::cell::Cell;
use std::io::{self, Read};

use super::Sum;
use super::stream::{Stream, cut_short};
use super::zip_header::{u32_at, u64_of};

const MARK: &[u8] = b"PK\x07\x08";

/// The longest descriptor, and the mark after it, in bytes.
const REACH_BYTES: usize = 24 + 4;

/// How much is looked through at once, in bytes.
const LOOK_BYTES: usize = 64 << 10;

/// What stands behind a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Descriptor {
    sum: Sum,
    length: usize,
}

/// Reads what stands behind a member of `count` bytes.
fn descriptor(bytes: &[u8], count: u64) -> Option<Descriptor> {
    let mark = if bytes.starts_with(MARK) {
        MARK.len()
    } else {
        0
    };
    let narrow = bytes.get(mark..mark + 12).and_then(|bytes| {
        let fits = u64::from(u32_at(bytes, 4)) == count;
        let size = u64::from(u32_at(bytes, 8));
        fits.then_some((u32_at(bytes, 0), size, mark + 12))
    });
    let wide = bytes.get(mark..mark + 20).and_then(|bytes| {
        let fits = u64_of(&bytes[4..]) == count;
        fits.then_some((u32_at(bytes, 0), u64_of(&bytes[12..]), mark + 20))
    });
    // Where both fit, what follows tells.
    let is_followed = |length: usize| bytes.get(length..length + 2) == Some(b"PK");
    let both = [narrow, wide].into_iter().flatten();
    let followed = both.clone().find(|(_, _, length)| is_followed(*length));
    // Without a mark of its own, only that of what follows makes it one.
    let found = followed.or_else(|| both.clone().next().filter(|_| mark > 0));
    found.map(|(crc, size, length)| Descriptor {
        sum: Sum { crc, size },
        length,
    })
}

/// Uses what stands behind a member of a known number of bytes, if it does.
pub(super) fn take(stream: &mut Stream<'_, '_>, count: u64) -> Option<Sum> {
    let found = descriptor(stream.peek(REACH_BYTES), count)?;
    stream.take(found.length);
    Some(found.sum)
}

/// A member that ends where its descriptor stands.
pub(super) struct UntilDescriptor<'s, 'p, 'r> {
    stream: &'s mut Stream<'p, 'r>,
    pub(super) count: u64,
    sum: &'s Cell<Option<Sum>>,
    has_ended: bool,
}

impl<'s, 'p, 'r> UntilDescriptor<'s, 'p, 'r> {
    /// Makes one that tells `sum` when it has ended.
    pub(super) fn new(stream: &'s mut Stream<'p, 'r>, sum: &'s Cell<Option<Sum>>) -> Self {
        Self {
            stream,
            count: 0,
            sum,
            has_ended: false,
        }
    }

    /// Returns how many of the next bytes belong to the member for certain; 0 at its end.
    fn certain(&mut self) -> Option<usize> {
        let count = self.count;
        let bytes = self.stream.peek(LOOK_BYTES);
        let is_last = bytes.len() < LOOK_BYTES;
        for at in memchr::memmem::find_iter(bytes, b"PK") {
            let reach = &bytes[at..];
            let starts = [at, at.wrapping_sub(12), at.wrapping_sub(20)];
            let found = starts.into_iter().find_map(|start| {
                let found = descriptor(bytes.get(start..)?, count + start as u64)?;
                (start == at || start + found.length == at).then_some((start, found))
            });
            if let Some((start, found)) = found {
                if start == 0 {
                    self.sum.set(Some(found.sum));
                    self.stream.take(found.length);
                    return Some(0);
                }
                return Some(start);
            }
            if reach.len() < REACH_BYTES && !is_last {
                return Some(at.saturating_sub(REACH_BYTES).max(1));
            }
        }
        match (bytes.len(), is_last) {
            (0, _) => None,
            (length, true) => Some(length),
            (length, false) => Some(length - REACH_BYTES),
        }
    }
}

impl Read for UntilDescriptor<'_, '_, '_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.has_ended || output.is_empty() {
            return Ok(0);
        }
        let Some(certain) = self.certain() else {
            self.has_ended = true;
            return Err(cut_short());
        };
        self.has_ended = certain == 0;
        let count = certain.min(output.len());
        output[..count].copy_from_slice(&self.stream.peek(count)[..count]);
        self.stream.take(count);
        self.count += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_member_is_where_its_size_fits() {
        let narrow = [MARK, &[1, 0, 0, 0], &[9, 0, 0, 0], &[7, 0, 0, 0]].concat();
        let wide = [
            MARK,
            &[1, 0, 0, 0],
            &[9, 0, 0, 0, 0, 0, 0, 0],
            &[7, 0, 0, 0, 0, 0, 0, 0],
        ]
        .concat();
        let followed = |bytes: &[u8]| [bytes, b"PK\x03\x04"].concat();
        let bare = followed(&narrow[4..]);
        for (bytes, count, expected) in [
            (followed(&narrow), 9, Some(16)),
            (narrow.clone(), 9, Some(16)),
            (followed(&narrow), 8, None),
            (followed(&wide), 9, Some(24)),
            (bare.clone(), 9, Some(12)),
            (bare[..12].to_vec(), 9, None),
            (b"PK".to_vec(), 0, None),
        ] {
            let found = descriptor(&bytes, count);
            assert_eq!(
                found.map(|found| found.length),
                expected,
                "{}",
                bytes.escape_ascii()
            );
            assert!(found.is_none_or(|found| found.sum == Sum { crc: 1, size: 7 }));
        }
    }
}
