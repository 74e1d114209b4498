//! One block of a tar archive that describes a member, as POSIX, GNU tar and the tar of 1979 write it.

/// The size of a block in bytes; everything in a tar archive begins at a multiple of it.
pub(super) const BLOCK_BYTES: usize = 512;

/// The largest size that fits into the header's octal digits, in bytes.
pub(super) const OCTAL_SIZE_MAX: u64 = 0o777_7777_7777;

/// A header whose sum fits.
pub(super) struct Header<'b> {
    block: &'b [u8],
}

/// Says whether these bytes begin with a header.
pub(in crate::archive) fn is_header(bytes: &[u8]) -> bool {
    Header::read(bytes).is_some_and(|header| !header.name().is_empty())
}

impl<'b> Header<'b> {
    /// Reads a header; nothing where the sum over the block does not fit.
    pub(super) fn read(bytes: &'b [u8]) -> Option<Self> {
        let block = bytes.get(..BLOCK_BYTES)?;
        let written = octal(&block[148..156])?;
        // Where the sum itself stands, spaces are summed. Some old programs summed signed bytes.
        let (mut unsigned, mut signed) = (0_i64, 0_i64);
        for (index, byte) in block.iter().enumerate() {
            let byte = if (148..156).contains(&index) {
                b' '
            } else {
                *byte
            };
            unsigned += i64::from(byte);
            signed += i64::from(byte as i8);
        }
        let fits = [unsigned, signed].contains(&i64::try_from(written).ok()?);
        fits.then_some(Self { block })
    }

    /// Returns the letter of the type.
    pub(super) fn letter(&self) -> u8 {
        self.block[156]
    }

    /// Says whether the map of a sparse file of GNU goes on in a block after the header.
    pub(super) fn has_further_map(&self) -> bool {
        self.letter() == b'S' && self.block[482] == 1
    }

    /// Returns the size of what follows, in bytes; nothing where it is no number.
    pub(super) fn size(&self) -> Option<u64> {
        let field = &self.block[124..136];
        match field[0] {
            // Binary, as GNU writes sizes from 8 GiB on.
            0x80 => {
                let (high, low) = field[1..].split_at(3);
                let low = <[u8; 8]>::try_from(low).ok()?;
                high.iter()
                    .all(|byte| *byte == 0)
                    .then_some(u64::from_be_bytes(low))
            }
            0x81.. => None,
            _ => octal(field),
        }
    }

    /// Returns the name, without what a header before it may say.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = until_zero(&self.block[..100]);
        let prefix = until_zero(&self.block[345..500]);
        // GNU keeps other things there, and says so by another magic.
        if &self.block[257..263] != b"ustar\0" || prefix.is_empty() {
            return name.to_vec();
        }
        [prefix, b"/", name].concat()
    }
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Reads octal digits between spaces and zeros; no digits at all are nought.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = until_zero(field).trim_ascii();
    digits.iter().try_fold(0_u64, |number, digit| match digit {
        b'0'..=b'7' => Some(number.checked_mul(8)? + u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(size: &[u8], magic: &[u8], prefix: &[u8]) -> Vec<u8> {
        let mut block = vec![0; BLOCK_BYTES];
        block[..5].copy_from_slice(b"a.gz\0");
        block[124..124 + size.len()].copy_from_slice(size);
        block[257..257 + magic.len()].copy_from_slice(magic);
        block[345..345 + prefix.len()].copy_from_slice(prefix);
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block
    }

    #[test]
    fn a_header_is_read_as_tar_reads_it() {
        for (size, magic, prefix, expected) in [
            (
                &b"00000000017\0"[..],
                &b"ustar\0"[..],
                &b""[..],
                (Some(15), "a.gz"),
            ),
            (b"         17 ", b"", b"", (Some(15), "a.gz")),
            (
                b"\x80\0\0\0\0\0\0\x02\0\0\0\x01",
                b"ustar  ",
                b"b",
                (Some((2 << 32) + 1), "a.gz"),
            ),
            (
                b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                b"ustar  ",
                b"",
                (None, "a.gz"),
            ),
            (b"0000000001x\0", b"ustar\0", b"p/q", (None, "p/q/a.gz")),
        ] {
            let block = block(size, magic, prefix);
            let header = Header::read(&block).unwrap();
            assert_eq!(
                (header.size(), header.name()),
                (expected.0, expected.1.into())
            );
            assert!(is_header(&block));
        }
    }

    #[test]
    fn a_block_whose_sum_does_not_fit_is_no_header() {
        let mut changed = block(b"00000000017\0", b"ustar\0", b"");
        changed[0] ^= 1;
        assert!(Header::read(&changed).is_none());
        assert!(!is_header(&[0; 512]));
        assert!(!is_header(br#"{"Records":[]}"#));
    }
}
