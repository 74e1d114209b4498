//! Formats that are told apart by their first bytes, never by a name.

/// How many bytes of a content are enough to tell its format.
pub(super) const SNIFFED_BYTES: usize = 512;

/// The first bytes of a gzip member.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The first bytes of a zstd frame.
pub(super) const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The first bytes of a bzip2 stream; a digit from 1 to 9 follows.
pub(super) const BZIP2: &[u8] = b"BZh";

/// The first bytes of an xz stream.
pub(super) const XZ: &[u8] = b"\xfd7zXZ\0";

/// What a content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Text, or what is to be read as such.
    Text,
    /// Compressed.
    Packed(Packing),
    /// A tar archive.
    Tar,
    /// A zip archive.
    Zip,
    /// A format that this version cannot read, in words.
    Unreadable(&'static str),
}

/// A compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

/// Where a format's mark stands, the mark, and the format.
const MARKS: [(usize, &[u8], Format); 16] = [
    (0, b"PK\x03\x04", Format::Zip),
    (0, b"PK\x05\x06", Format::Zip),
    (
        0,
        b"PK\x07\x08",
        Format::Unreadable("a part of a split zip archive"),
    ),
    (257, b"ustar", Format::Tar),
    (0, b"7z\xbc\xaf\x27\x1c", Format::Unreadable("a 7z archive")),
    (0, b"Rar!\x1a\x07", Format::Unreadable("a rar archive")),
    (0, b"\x04\x22\x4d\x18", Format::Unreadable("lz4")),
    (0, b"LZIP", Format::Unreadable("lzip")),
    (0, b"PAR1", Format::Unreadable("parquet")),
    (
        0,
        b"SQLite format 3\0",
        Format::Unreadable("an SQLite database"),
    ),
    (
        0,
        b"bplist00",
        Format::Unreadable("a property list of macOS"),
    ),
    (
        0,
        b"version https://git-lfs.github.com/spec/",
        Format::Unreadable("a pointer of Git LFS to a file that is not here"),
    ),
    (0, b"\xff\xfe", Format::Unreadable(UTF_16)),
    (0, b"\xfe\xff", Format::Unreadable(UTF_16)),
    (0, b"{\0", Format::Unreadable(UTF_16_BARE)),
    (0, b"\0{", Format::Unreadable(UTF_16_BARE)),
];

const UTF_16: &str = "text in the encoding utf-16";
const UTF_16_BARE: &str = "text in the encoding utf-16, without a byte order mark";

/// Tells the format of a content from its first [`SNIFFED_BYTES`].
pub(super) fn format(head: &[u8]) -> Format {
    if let Some(packing) = packing(head) {
        return Format::Packed(packing);
    }
    let marked = MARKS
        .iter()
        .find(|(at, mark, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
    match marked {
        Some((_, _, format)) => *format,
        // tar's oldest form has no mark; that a sum over the block fits is hardly an accident.
        None if super::bundle::is_tar_header(head) => Format::Tar,
        None => Format::Text,
    }
}

/// Tells how a content is compressed, from its first bytes.
pub(super) fn packing(head: &[u8]) -> Option<Packing> {
    match head {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Packing::Bzip2),
        _ if head.starts_with(&ZSTD) || is_skippable_frame(head) => Some(Packing::Zstd),
        _ if head.starts_with(XZ) => Some(Packing::Xz),
        _ => None,
    }
}

/// Says whether these are the first bytes of a frame that zstd skips, as `pzstd` writes first.
pub(super) fn is_skippable_frame(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_its_first_bytes() {
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, expected) in [
            (&b"PK\x03\x04"[..], Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"\x1f\x8b\x08", Format::Packed(Packing::Gzip)),
            (b"\x28\xb5\x2f\xfd", Format::Packed(Packing::Zstd)),
            (b"\x50\x2a\x4d\x18", Format::Packed(Packing::Zstd)),
            (b"BZh91AY", Format::Packed(Packing::Bzip2)),
            (b"BZhang", Format::Text),
            (b"\xfd7zXZ\0", Format::Packed(Packing::Xz)),
            (b"PAR1", Format::Unreadable("parquet")),
            (&tar, Format::Tar),
            (b"\xff\xfe{\0", Format::Unreadable(UTF_16)),
            (b"{\0\"\0", Format::Unreadable(UTF_16_BARE)),
            (b"{\"Records\":[]}", Format::Text),
            (b"", Format::Text),
        ] {
            assert_eq!(format(head), expected, "{}", head.escape_ascii());
        }
    }
}
