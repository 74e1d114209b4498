//! Bytes as they lie in a file or in a bundle, read through a buffer and hashed on the way.

use std::io::{self, ErrorKind, Read};

use sha2::{Digest, Sha256 as Hasher};

/// How many bytes are read at once.
pub(super) const INPUT_BYTES: usize = 128 << 10;

/// A source of bytes, read once from its first to its last.
pub(super) struct Input<'r> {
    source: &'r mut dyn Read,
    buffer: &'r mut [u8],
    at: usize,
    filled: usize,
    hash: Hasher,
    pub(super) read_bytes: u64,
    has_ended: bool,
    pub(super) error: Option<io::Error>,
    /// All of it was read, and it is not what its bundle says.
    pub(super) doubt: Option<io::Error>,
}

impl<'r> Input<'r> {
    /// Makes an input of what `source` gives; `buffer` is best [`INPUT_BYTES`] long.
    ///
    /// A failure ends it, one of the kind `InvalidData` as the end of a whole source in doubt.
    pub(super) fn new(source: &'r mut dyn Read, buffer: &'r mut [u8]) -> Self {
        Self {
            source,
            buffer,
            at: 0,
            filled: 0,
            hash: Hasher::new(),
            read_bytes: 0,
            has_ended: false,
            error: None,
            doubt: None,
        }
    }

    /// Returns what is read but not used yet; nothing only where the source ends or fails.
    pub(super) fn available(&mut self) -> &[u8] {
        if self.at == self.filled && !self.has_ended {
            self.refill(0);
        }
        &self.buffer[self.at..self.filled]
    }

    /// Returns what comes next, at least `count` bytes of it unless the source ends before.
    pub(super) fn peek(&mut self, count: usize) -> &[u8] {
        if self.filled - self.at < count && !self.has_ended {
            self.buffer.copy_within(self.at..self.filled, 0);
            self.refill(self.filled - self.at);
        }
        &self.buffer[self.at..self.filled]
    }

    /// Reads on behind the first `kept` bytes of the buffer.
    fn refill(&mut self, kept: usize) {
        (self.at, self.filled) = (0, kept);
        while self.filled < self.buffer.len() && !self.has_ended {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.has_ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    self.doubt = Some(error);
                    self.has_ended = true;
                }
                Err(error) => {
                    self.error = Some(error);
                    self.has_ended = true;
                }
            }
        }
        self.hash.update(&self.buffer[kept..self.filled]);
        self.read_bytes += (self.filled - kept) as u64;
    }

    /// Uses bytes that are available.
    pub(super) fn consume(&mut self, count: usize) {
        self.at += count;
    }

    /// Uses the next byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = self.available().first().copied()?;
        self.at += 1;
        Some(byte)
    }

    /// Uses the next bytes.
    pub(super) fn bytes<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        let mut bytes = [0; COUNT];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Some(bytes)
    }

    /// Passes over the next bytes; fewer only where the source ends.
    pub(super) fn skip(&mut self, mut count: u64) {
        while count > 0 {
            let available = self.available().len() as u64;
            if available == 0 {
                return;
            }
            let step = available.min(count);
            self.at += step as usize;
            count -= step;
        }
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

impl Read for Input<'_> {
    /// Copies what is available; the end and a failure look alike, see [`Input::error`].
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let available = self.available();
        let count = available.len().min(output.len());
        output[..count].copy_from_slice(&available[..count]);
        self.at += count;
        Ok(count)
    }
}
