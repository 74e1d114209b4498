//! Compressions other than gzip: zstd, bzip2 and xz, each stream by stream.
//!
//! Several streams one after another are one content, as their own programs have it. What was unpacked
//! before a damage is given out first. Not for: gzip, whose members are told apart (`inflate`).

use std::panic::{AssertUnwindSafe, catch_unwind};

use lzma_rust2::{Action, Status as XzStatus, XzStream};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::Read as _;

use super::input::Input;
use super::sniff::{BZIP2, XZ, ZSTD, is_skippable_frame};

/// How much memory one stream of zstd or xz may ask for, in bytes: what their programs grant unasked.
pub(super) const STREAM_BYTES_MAX: u64 = 128 << 20;

/// Why unpacking stops or is in doubt.
#[derive(Debug)]
pub(super) struct Damage {
    pub(super) what: String,
    /// Nothing more can be unpacked; else the content is there, and its checksum does not fit.
    pub(super) is_cut: bool,
}

fn cut(what: impl Into<String>) -> Damage {
    Damage {
        what: what.into(),
        is_cut: true,
    }
}

/// A compression that is not gzip.
pub(super) trait Unpack {
    /// Fills `output` from its start; returns how many bytes, 0 only at the end of the last stream.
    ///
    /// # Errors
    ///
    /// Tells damage, after all that was unpacked before it was given out.
    fn fill(&mut self, input: &mut Input<'_>, output: &mut [u8]) -> Result<usize, Damage>;
}

/// Calls a decoder; one that panics on what it reads has found it damaged.
fn guarded<T, E>(what: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, Damage>
where
    E: std::fmt::Display,
{
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(cut(format!("{what} stream damaged: {error}"))),
        Err(_) => Err(cut(format!("{what} stream damaged: its decoder gave up"))),
    }
}

/// bzip2, as RFC-less as it is: blocks with checksums of their own.
pub(super) struct Bzip2 {
    raw: bzip2::Decompress,
    has_ended: bool,
    damage: Option<Damage>,
}

impl Bzip2 {
    pub(super) fn new() -> Self {
        Self {
            raw: bzip2::Decompress::new(false),
            has_ended: false,
            damage: None,
        }
    }
}

impl Unpack for Bzip2 {
    fn fill(&mut self, input: &mut Input<'_>, output: &mut [u8]) -> Result<usize, Damage> {
        loop {
            if let Some(damage) = self.damage.take() {
                return Err(damage);
            }
            if self.has_ended {
                if !input.peek(BZIP2.len() + 1).starts_with(BZIP2) {
                    return Ok(0);
                }
                *self = Self::new();
            }
            let available = input.available();
            let is_at_end = available.is_empty();
            let (before_in, before_out) = (self.raw.total_in(), self.raw.total_out());
            let raw = &mut self.raw;
            let status = guarded("bzip2", || raw.decompress(available, output));
            input.consume((self.raw.total_in() - before_in) as usize);
            let produced = (self.raw.total_out() - before_out) as usize;
            match status {
                Ok(bzip2::Status::StreamEnd) => self.has_ended = true,
                Ok(_) if is_at_end && produced == 0 => return Err(cut("bzip2 stream cut")),
                Ok(_) => {}
                Err(damage) => self.damage = Some(damage),
            }
            if produced > 0 {
                return Ok(produced);
            }
        }
    }
}

/// xz: streams of LZMA2 blocks, each with a checksum.
pub(super) struct Xz {
    raw: XzStream,
    has_ended: bool,
    damage: Option<Damage>,
}

impl Xz {
    pub(super) fn new() -> Self {
        Self {
            raw: XzStream::new_mem_limit(false, (STREAM_BYTES_MAX >> 10) as u32),
            has_ended: false,
            damage: None,
        }
    }
}

impl Unpack for Xz {
    fn fill(&mut self, input: &mut Input<'_>, output: &mut [u8]) -> Result<usize, Damage> {
        loop {
            if let Some(damage) = self.damage.take() {
                return Err(damage);
            }
            if self.has_ended {
                // Streams may be padded with zeros, four by four.
                while input.peek(4).starts_with(&[0; 4]) {
                    input.consume(4);
                }
                if !input.peek(XZ.len()).starts_with(XZ) {
                    return Ok(0);
                }
                *self = Self::new();
            }
            let available = input.available();
            let is_at_end = available.is_empty();
            let action = if is_at_end {
                Action::Finish
            } else {
                Action::Run
            };
            let (before_in, before_out) = (self.raw.total_in(), self.raw.total_out());
            let raw = &mut self.raw;
            let result = guarded("xz", || raw.process(available, output, action));
            let consumed = (self.raw.total_in() - before_in) as usize;
            input.consume(consumed);
            let produced = (self.raw.total_out() - before_out) as usize;
            match result {
                Ok(result) if result.status == XzStatus::StreamEnd => self.has_ended = true,
                Ok(_) if consumed == 0 && produced == 0 => return Err(cut("xz stream cut")),
                Ok(_) => {}
                Err(_) if is_at_end => self.damage = Some(cut("xz stream cut")),
                Err(damage) => self.damage = Some(damage),
            }
            if produced > 0 {
                return Ok(produced);
            }
        }
    }
}

/// zstd, as RFC 8878 has it: frames, and frames to be skipped.
pub(super) struct Zstd {
    frame: FrameDecoder,
    is_within: bool,
    /// What is told when all that was unpacked before is given out.
    damage: Option<Damage>,
}

impl Zstd {
    pub(super) fn new() -> Self {
        let mut frame = FrameDecoder::new();
        frame.set_max_window_size(STREAM_BYTES_MAX);
        Self {
            frame,
            is_within: false,
            damage: None,
        }
    }

    /// Begins the next frame; false where none follows.
    fn begin(&mut self, input: &mut Input<'_>) -> Result<bool, Damage> {
        let head = input.peek(ZSTD.len());
        if !head.starts_with(&ZSTD) && !is_skippable_frame(head) {
            return Ok(false);
        }
        let frame = &mut self.frame;
        let begun = catch_unwind(AssertUnwindSafe(|| frame.reset(&mut *input)));
        match begun {
            Ok(Ok(())) => {
                self.is_within = true;
                Ok(true)
            }
            Ok(Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            }))) => {
                input.skip(u64::from(length));
                Ok(true)
            }
            Ok(Err(error)) => Err(cut(format!("zstd frame cannot be begun: {error}"))),
            Err(_) => Err(cut("zstd frame cannot be begun: its decoder gave up")),
        }
    }

    /// Unpacks the next block; a damaged one ends the frame, and with it the reading.
    fn decode(&mut self, input: &mut Input<'_>) {
        let frame = &mut self.frame;
        let block = BlockDecodingStrategy::UptoBlocks(1);
        let decoded = guarded("zstd", || frame.decode_blocks(&mut *input, block));
        let Err(damage) = decoded else { return };
        let is_at_end = input.available().is_empty();
        self.damage = Some(if is_at_end {
            cut("zstd stream cut")
        } else {
            damage
        });
        // What was unpacked already is held back for later blocks to refer to. An empty last block, and
        // a checksum if one is due, make the decoder give it out.
        let last: &[u8] = &[1, 0, 0, 0, 0, 0, 0];
        let block = BlockDecodingStrategy::UptoBlocks(1);
        if guarded("zstd", || frame.decode_blocks(last, block)).is_err() {
            self.is_within = false;
        }
    }

    fn check(&self) -> Result<(), Damage> {
        match self.frame.get_checksum_from_data() {
            Some(sum) if self.frame.get_calculated_checksum() != Some(sum) => Err(Damage {
                what: "zstd checksum does not match the content".to_owned(),
                is_cut: false,
            }),
            _ => Ok(()),
        }
    }
}

impl Unpack for Zstd {
    fn fill(&mut self, input: &mut Input<'_>, output: &mut [u8]) -> Result<usize, Damage> {
        loop {
            if !self.is_within {
                if let Some(damage) = self.damage.take() {
                    return Err(damage);
                }
                if !self.begin(input)? {
                    return Ok(0);
                }
                continue;
            }
            if self.frame.can_collect() > 0 {
                let frame = &mut self.frame;
                return guarded("zstd", || frame.read(output));
            }
            if !self.frame.is_finished() {
                self.decode(input);
                continue;
            }
            self.is_within = false;
            if self.damage.is_none() {
                self.check()?;
            }
        }
    }
}
