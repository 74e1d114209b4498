//! The content of a file: as it is, or unpacked, gzip from all of its members.
//!
//! A compression is recognised by its magic bytes, never by a name. Whatever was inflated before a damage is
//! kept, and what the damage was is told. Not for: what the content says.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::input::Input;
use super::sniff::{GZIP, Packing, packing};
use super::unpack::{Bzip2, Unpack, Xz, Zstd};

/// Where in the file the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Plain,
    Packed,
    RawBody,
    Body,
    Trailer,
    BetweenMembers,
    Done,
}

/// What is missing or wrong where a content is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The checksum or the size does not fit.
    Checksum,
    /// There is neither.
    Trailer,
}

/// The content of a file, piece by piece.
pub(super) struct Inflater<'r> {
    pub(super) input: Input<'r>,
    raw: &'r mut Decompress,
    unpack: Option<Box<dyn Unpack>>,
    crc: Crc,
    stage: Stage,
    /// How many gzip members began; 0 where the file is no gzip.
    pub(super) members: u64,
    /// The content is not the file as it is.
    pub(super) is_packed: bool,
    /// What is told of a content that is all there and yet in doubt.
    pub(super) doubt: Option<Doubt>,
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
            unpack: None,
            crc: Crc::new(),
            stage: Stage::Start,
            members: 0,
            is_packed: false,
            doubt: None,
            damage: None,
            is_cut: false,
            trailing: (0, true),
        }
    }

    /// Makes one that gives out what is read as it is.
    pub(super) fn of_plain(input: Input<'r>, raw: &'r mut Decompress) -> Self {
        Self {
            stage: Stage::Plain,
            ..Self::new(input, raw)
        }
    }

    /// Makes one that inflates what has no header of its own, as in a zip archive.
    pub(super) fn of_raw_deflate(input: Input<'r>, raw: &'r mut Decompress) -> Self {
        raw.reset(false);
        Self {
            stage: Stage::RawBody,
            is_packed: true,
            ..Self::new(input, raw)
        }
    }

    /// Fills `output` from its start; returns how many bytes, 0 only at the end of the content.
    pub(super) fn fill(&mut self, output: &mut [u8]) -> usize {
        loop {
            let count = match self.stage {
                Stage::Start => self.start(),
                Stage::Plain => return self.copy(output),
                Stage::Packed => self.unpack(output),
                Stage::Body | Stage::RawBody => self.inflate(output),
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
        let packing = packing(self.input.peek(8));
        self.is_packed = packing.is_some();
        self.unpack = match packing {
            Some(Packing::Zstd) => Some(Box::new(Zstd::new())),
            Some(Packing::Bzip2) => Some(Box::new(Bzip2::new())),
            Some(Packing::Xz) => Some(Box::new(Xz::new())),
            Some(Packing::Gzip) | None => None,
        };
        match packing {
            None => self.stage = Stage::Plain,
            Some(Packing::Gzip) => self.begin_member(),
            Some(_) => self.stage = Stage::Packed,
        }
        0
    }

    fn begin_member(&mut self) {
        self.members += 1;
        self.stage = Stage::Body;
        self.crc.reset();
        self.raw.reset(false);
        if let Err(why) = read_header(&mut self.input) {
            self.cut(why);
        }
    }

    fn unpack(&mut self, output: &mut [u8]) -> usize {
        let Some(unpack) = &mut self.unpack else {
            return 0;
        };
        match unpack.fill(&mut self.input, output) {
            Ok(0) => self.stage = Stage::Done,
            Ok(count) => return count,
            Err(damage) if damage.is_cut => self.cut(&damage.what),
            Err(damage) => {
                self.doubt = Some(Doubt::Checksum);
                self.note_damage(&damage.what);
            }
        }
        0
    }

    fn copy(&mut self, output: &mut [u8]) -> usize {
        let available = self.input.available();
        let count = available.len().min(output.len());
        output[..count].copy_from_slice(&available[..count]);
        self.input.consume(count);
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
        self.input.consume(consumed);
        self.crc.update(&output[..produced]);
        match status {
            Ok(Status::StreamEnd) if self.stage == Stage::RawBody => self.stage = Stage::Done,
            Ok(Status::StreamEnd) => self.stage = Stage::Trailer,
            Ok(Status::Ok | Status::BufError) if is_at_end && produced == 0 => {
                self.cut(&format!("{} stream cut", self.name()));
            }
            Ok(Status::Ok | Status::BufError) => {}
            Err(error) => self.cut(&format!("{} stream damaged: {error}", self.name())),
        }
        produced
    }

    fn name(&self) -> &'static str {
        match self.stage {
            Stage::RawBody => "deflate",
            _ => "gzip",
        }
    }

    fn trailer(&mut self) -> usize {
        let sum = self.input.bytes().map(u32::from_le_bytes);
        let size = self.input.bytes().map(u32::from_le_bytes);
        self.stage = Stage::BetweenMembers;
        // The content is all there: what a trailer says of it does not end the reading.
        match (sum, size) {
            (Some(sum), Some(_)) if sum != self.crc.sum() => {
                self.doubt = Some(Doubt::Checksum);
                self.note_damage("gzip checksum does not match the content");
            }
            (Some(_), Some(size)) if size != self.raw.total_out() as u32 => {
                self.doubt = Some(Doubt::Checksum);
                self.note_damage("gzip size does not match the content");
            }
            (Some(_), Some(_)) => {}
            _ => {
                self.doubt = Some(Doubt::Trailer);
                self.note_damage("gzip trailer missing");
            }
        }
        0
    }

    fn between_members(&mut self) -> usize {
        self.stage = Stage::Done;
        // The method follows the magic bytes; without both, these are just bytes.
        if self.input.peek(3).starts_with(&[GZIP[0], GZIP[1], 8]) {
            self.begin_member();
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
        if let Some(error) = &self.input.doubt {
            self.doubt = Some(Doubt::Checksum);
            self.damage.get_or_insert(error.to_string());
        }
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
