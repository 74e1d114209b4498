//! The content of a file: as it is, or inflated from all of its gzip members.
//!
//! gzip is recognised by its magic bytes, never by a name. Whatever was inflated before a damage is
//! kept, and what the damage was is told. Not for: what the content says.

use std::fs::File;
use std::io::Read;

use flate2::{Crc, Decompress, FlushDecompress, Status};
use sha2::{Digest, Sha256 as Hasher};

use super::sniff::GZIP;

/// How many bytes are read from disk at once.
pub(super) const INPUT_BYTES: usize = 128 << 10;

/// The file as it lies on disk, read through a buffer and hashed on the way.
pub(super) struct Input<'r> {
    file: File,
    buffer: &'r mut [u8],
    at: usize,
    filled: usize,
    hash: Hasher,
    pub(super) read_bytes: u64,
    has_ended: bool,
    pub(super) error: Option<std::io::Error>,
}

impl<'r> Input<'r> {
    pub(super) fn new(file: File, buffer: &'r mut [u8]) -> Self {
        Self {
            file,
            buffer,
            at: 0,
            filled: 0,
            hash: Hasher::new(),
            read_bytes: 0,
            has_ended: false,
            error: None,
        }
    }

    /// Returns what is read but not used yet; nothing only where the file ends or fails.
    pub(super) fn available(&mut self) -> &[u8] {
        if self.at == self.filled && !self.has_ended {
            self.refill();
        }
        &self.buffer[self.at..self.filled]
    }

    fn refill(&mut self) {
        (self.at, self.filled) = (0, 0);
        while self.filled < self.buffer.len() && !self.has_ended {
            match self.file.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.has_ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error = Some(error);
                    self.has_ended = true;
                }
            }
        }
        self.hash.update(&self.buffer[..self.filled]);
        self.read_bytes += self.filled as u64;
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.available().first().copied()?;
        self.at += 1;
        Some(byte)
    }

    fn bytes<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        let mut bytes = [0; COUNT];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Some(bytes)
    }

    /// Reads what is left; returns how many bytes that were, and whether all of them were zero.
    pub(super) fn drain(&mut self) -> (u64, bool) {
        let (mut count, mut all_zero) = (0, true);
        loop {
            let rest = self.available();
            if rest.is_empty() {
                return (count, all_zero);
            }
            all_zero &= rest.iter().all(|byte| *byte == 0);
            let length = rest.len();
            count += length as u64;
            self.at += length;
        }
    }

    /// Returns the SHA-256 of what was read.
    pub(super) fn sha256(self) -> [u8; 32] {
        self.hash.finalize().into()
    }
}

/// Where in the file the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Plain,
    Body,
    Trailer,
    BetweenMembers,
    Done,
}

/// The content of a file, piece by piece.
pub(super) struct Inflater<'r> {
    pub(super) input: Input<'r>,
    raw: &'r mut Decompress,
    crc: Crc,
    stage: Stage,
    /// How many gzip members began; 0 where the file is no gzip.
    pub(super) members: u64,
    /// What damaged the file, if anything did.
    pub(super) damage: Option<String>,
    /// The damage cost content: what was inflated is not all there was.
    pub(super) is_cut: bool,
    /// How many bytes follow the last member, and whether all are zero; known at the end.
    pub(super) trailing: (u64, bool),
}

impl<'r> Inflater<'r> {
    pub(super) fn new(input: Input<'r>, raw: &'r mut Decompress) -> Self {
        Self {
            input,
            raw,
            crc: Crc::new(),
            stage: Stage::Start,
            members: 0,
            damage: None,
            is_cut: false,
            trailing: (0, true),
        }
    }

    /// Fills `output` from its start; returns how many bytes, 0 only at the end of the content.
    pub(super) fn fill(&mut self, output: &mut [u8]) -> usize {
        loop {
            let count = match self.stage {
                Stage::Start => self.start(),
                Stage::Plain => return self.copy(output),
                Stage::Body => self.inflate(output),
                Stage::Trailer => self.trailer(),
                Stage::BetweenMembers => self.between_members(),
                Stage::Done => return 0,
            };
            if count > 0 {
                return count;
            }
        }
    }

    fn start(&mut self) -> usize {
        self.stage = Stage::Plain;
        if self.input.available().starts_with(&GZIP) {
            self.members = 1;
            self.stage = Stage::Body;
            self.raw.reset(false);
            if let Err(why) = read_header(&mut self.input) {
                self.cut(why);
            }
        }
        0
    }

    fn copy(&mut self, output: &mut [u8]) -> usize {
        let available = self.input.available();
        let count = available.len().min(output.len());
        output[..count].copy_from_slice(&available[..count]);
        self.input.at += count;
        if count == 0 {
            self.stage = Stage::Done;
        }
        count
    }

    fn inflate(&mut self, output: &mut [u8]) -> usize {
        let available = self.input.available();
        let is_at_end = available.is_empty();
        let (before_in, before_out) = (self.raw.total_in(), self.raw.total_out());
        let status = self
            .raw
            .decompress(available, output, FlushDecompress::None);
        let consumed = (self.raw.total_in() - before_in) as usize;
        let produced = (self.raw.total_out() - before_out) as usize;
        self.input.at += consumed;
        self.crc.update(&output[..produced]);
        match status {
            Ok(Status::StreamEnd) => self.stage = Stage::Trailer,
            Ok(Status::Ok | Status::BufError) if is_at_end && produced == 0 => {
                self.cut("gzip stream cut");
            }
            Ok(Status::Ok | Status::BufError) => {}
            Err(error) => self.cut(&format!("gzip stream damaged: {error}")),
        }
        produced
    }

    fn trailer(&mut self) -> usize {
        let sum = self.input.bytes().map(u32::from_le_bytes);
        let size = self.input.bytes().map(u32::from_le_bytes);
        self.stage = Stage::BetweenMembers;
        // The content is all there: what a trailer says of it does not end the reading.
        match (sum, size) {
            (Some(sum), Some(_)) if sum != self.crc.sum() => {
                self.note_damage("gzip checksum does not match the content");
            }
            (Some(_), Some(size)) if size != self.raw.total_out() as u32 => {
                self.note_damage("gzip size does not match the content");
            }
            (Some(_), Some(_)) => {}
            _ => self.note_damage("gzip trailer missing"),
        }
        0
    }

    fn between_members(&mut self) -> usize {
        self.stage = Stage::Done;
        // The method follows the magic bytes; without both, these are just bytes.
        if self.input.available().starts_with(&[GZIP[0], GZIP[1], 8]) {
            self.members += 1;
            self.stage = Stage::Body;
            self.crc.reset();
            self.raw.reset(false);
            if let Err(why) = read_header(&mut self.input) {
                self.cut(why);
            }
        }
        0
    }

    /// Ends the reading, because the content goes no further.
    pub(super) fn cut(&mut self, what: &str) {
        self.note_damage(what);
        self.is_cut = true;
        self.stage = Stage::Done;
    }

    fn note_damage(&mut self, what: &str) {
        let member = match self.members {
            0 | 1 => String::new(),
            number => format!(" in member {number}"),
        };
        self.damage.get_or_insert(format!("{what}{member}"));
    }

    /// Reads the rest of the file, so that its hash is that of all of it.
    pub(super) fn finish(&mut self) {
        self.stage = Stage::Done;
        self.trailing = self.input.drain();
        if let Some(error) = &self.input.error {
            self.damage = Some(format!("cannot be read on: {error}"));
            self.is_cut = true;
        }
    }
}

/// Reads a member's header, as RFC 1952 has it.
fn read_header(input: &mut Input<'_>) -> Result<(), &'static str> {
    let cut = || "gzip header cut";
    let [_, _, method, flags, _, _, _, _, _, _] = input.bytes::<10>().ok_or_else(cut)?;
    if method != 8 || flags & 0b1110_0000 != 0 {
        return Err("gzip header damaged");
    }
    if flags & 4 != 0 {
        let length = u16::from_le_bytes(input.bytes().ok_or_else(cut)?);
        for _ in 0..length {
            input.byte().ok_or_else(cut)?;
        }
    }
    // A file name, then a comment, each ended by a zero byte.
    for flag in [8, 16] {
        if flags & flag != 0 {
            while input.byte().ok_or_else(cut)? != 0 {}
        }
    }
    if flags & 2 != 0 {
        input.bytes::<2>().ok_or_else(cut)?;
    }
    Ok(())
}
