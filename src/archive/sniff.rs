//! Formats that are told apart by their first bytes, and that this version cannot read.

/// How many bytes of a content are enough to tell its format.
pub(super) const SNIFFED_BYTES: usize = 512;

/// The first bytes of a gzip member with the one compression method there is.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Where a format's mark stands, the mark, and the format in words.
const MARKS: [(usize, &[u8], &str); 11] = [
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"PAR1", "parquet"),
    (257, b"ustar", "a tar archive"),
    (0, b"\xff\xfe", "utf-16 text"),
    (0, b"\xfe\xff", "utf-16 text"),
    (0, b"{\0", "utf-16 text without a byte order mark"),
    (0, b"\0{", "utf-16 text without a byte order mark"),
];

/// Names the format of a content that cannot be read, from its first bytes.
pub(super) fn unreadable_format(head: &[u8]) -> Option<&'static str> {
    MARKS
        .iter()
        .find(|(at, mark, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(mark)))
        .map(|(_, _, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_its_first_bytes() {
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, expected) in [
            (&b"PK\x03\x04"[..], Some("a zip archive")),
            (b"\x28\xb5\x2f\xfd", Some("zstd")),
            (b"BZh91AY", Some("bzip2")),
            (b"\xfd7zXZ\0", Some("xz")),
            (b"PAR1", Some("parquet")),
            (&tar, Some("a tar archive")),
            (b"\xff\xfe{\0", Some("utf-16 text")),
            (b"{\0\"\0", Some("utf-16 text without a byte order mark")),
            (b"{\"Records\":[]}", None),
            (b"", None),
        ] {
            assert_eq!(unreadable_format(head), expected);
        }
    }
}
