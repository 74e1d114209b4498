//! The headers of a zip archive: the one before each member, and the one in the list at the end.
//!
//! As APPNOTE.TXT 6.3.10 of PKWARE has them.

/// Where the fixed part of the header before a member ends.
pub(super) const LOCAL_BYTES: usize = 30;

/// Where the fixed part of an entry of the list ends.
pub(super) const CENTRAL_BYTES: usize = 46;

/// The marks of what follows.
pub(super) const LOCAL: &[u8] = b"PK\x03\x04";
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";
pub(super) const END: &[u8] = b"PK\x05\x06";
pub(super) const END_64: &[u8] = b"PK\x06\x06";
pub(super) const LOCATOR_64: &[u8] = b"PK\x06\x07";
pub(super) const SIGNATURE: &[u8] = b"PK\x05\x05";
pub(super) const EXTRA_DATA: &[u8] = b"PK\x06\x08";

/// What both headers of a member say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    /// How many bytes stand in the archive.
    pub(super) packed_bytes: u64,
    /// How many bytes the content has.
    pub(super) bytes: u64,
    /// Sizes are written with 64 bits, behind the member too.
    pub(super) is_64: bool,
    pub(super) name: Vec<u8>,
    /// Where the header before the member stands; 0 in that header itself.
    pub(super) offset: u64,
    /// The length of the header in bytes, with all that varies.
    pub(super) length: usize,
}

impl Header {
    /// Returns the length of the header that begins with these [`LOCAL_BYTES`].
    pub(super) fn local_length(fixed: &[u8]) -> usize {
        LOCAL_BYTES
            + [26, 28]
                .map(|at| usize::from(u16_at(fixed, at)))
                .iter()
                .sum::<usize>()
    }

    /// Returns the length of the entry that begins with these [`CENTRAL_BYTES`].
    pub(super) fn central_length(fixed: &[u8]) -> usize {
        let parts = [28, 30, 32].map(|at| usize::from(u16_at(fixed, at)));
        CENTRAL_BYTES + parts.iter().sum::<usize>()
    }

    /// Reads the header before a member; nothing where not all of it is there.
    pub(super) fn local(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..Self::local_length(bytes.get(..LOCAL_BYTES)?))?;
        let name_end = LOCAL_BYTES + usize::from(u16_at(bytes, 26));
        let mut header = Self::common(bytes, 6);
        header.name = bytes[LOCAL_BYTES..name_end].to_vec();
        header.widen(&bytes[name_end..]);
        Some(header)
    }

    /// Reads an entry of the list; nothing where not all of it is there.
    pub(super) fn central(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..Self::central_length(bytes.get(..CENTRAL_BYTES)?))?;
        let name_end = CENTRAL_BYTES + usize::from(u16_at(bytes, 28));
        let extra_end = name_end + usize::from(u16_at(bytes, 30));
        let mut header = Self::common(bytes, 8);
        header.name = bytes[CENTRAL_BYTES..name_end].to_vec();
        header.offset = u64::from(u32_at(bytes, 42));
        header.widen(&bytes[name_end..extra_end]);
        Some(header)
    }

    /// Reads what both headers have in the same order, from the flags on.
    fn common(bytes: &[u8], at: usize) -> Self {
        Self {
            flags: u16_at(bytes, at),
            method: u16_at(bytes, at + 2),
            crc: u32_at(bytes, at + 8),
            packed_bytes: u64::from(u32_at(bytes, at + 12)),
            bytes: u64::from(u32_at(bytes, at + 16)),
            is_64: false,
            name: Vec::new(),
            offset: 0,
            length: bytes.len(),
        }
    }

    /// Takes the sizes from the extra field where 32 bits are too few.
    fn widen(&mut self, mut extra: &[u8]) {
        while extra.len() >= 4 {
            let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
            let Some(value) = extra.get(4..4 + length) else {
                return;
            };
            if id == 1 {
                self.is_64 = true;
                let mut wide = value.chunks_exact(8).map(u64_of);
                for field in [&mut self.bytes, &mut self.packed_bytes, &mut self.offset] {
                    if *field == u64::from(u32::MAX)
                        && let Some(wide) = wide.next()
                    {
                        *field = wide;
                    }
                }
                return;
            }
            extra = &extra[4 + length..];
        }
    }

    /// Says whether the content cannot be read without a password.
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & 0b10_0000_0100_0001 != 0
    }

    /// Says whether sum and sizes stand behind the content.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_of(bytes: &[u8]) -> u64 {
    u64::from(u32_at(bytes, 0)) | u64::from(u32_at(bytes, 4)) << 32
}
