//! The content of a bundle, looked at before it is used.

use std::io::{self, ErrorKind, Read};

use crate::archive::pass::Pass;

/// The content of a bundle from where the reading is.
pub(in crate::archive) struct Stream<'p, 'r> {
    pass: &'p mut Pass<'r>,
    at: usize,
}

impl<'p, 'r> Stream<'p, 'r> {
    /// Makes a stream of what a pass holds and will give.
    pub(in crate::archive) fn new(pass: &'p mut Pass<'r>) -> Self {
        Self { pass, at: 0 }
    }

    /// Returns what comes next, at least `count` bytes of it unless the content ends before.
    pub(super) fn peek(&mut self, count: usize) -> &[u8] {
        if self.pass.held().len() - self.at < count {
            self.settle();
            self.pass.fill(count, u64::MAX);
        }
        &self.pass.held()[self.at..]
    }

    /// Uses bytes that were looked at.
    pub(super) fn take(&mut self, count: usize) {
        self.at += count;
    }

    /// Returns where in the content the reading is, in bytes.
    pub(super) fn position(&self) -> u64 {
        self.pass.base() + self.at as u64
    }

    /// Passes over bytes; returns how many there were.
    pub(super) fn skip(&mut self, count: u64) -> u64 {
        let mut left = count;
        while left > 0 {
            let step = (self.peek(1).len() as u64).min(left);
            if step == 0 {
                break;
            }
            self.take(step as usize);
            left -= step;
        }
        count - left
    }

    /// Uses the next `count` bytes; fewer only where the content ends.
    pub(super) fn read_out(&mut self, count: usize) -> Vec<u8> {
        let available = self.peek(count);
        let bytes = available[..available.len().min(count)].to_vec();
        self.take(bytes.len());
        bytes
    }

    /// Copies what comes next; fails where the content was cut.
    pub(in crate::archive) fn copy(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let available = self.peek(1);
        let count = available.len().min(output.len());
        output[..count].copy_from_slice(&available[..count]);
        if count == 0 && self.pass.was_cut() {
            return Err(cut_short());
        }
        self.take(count);
        Ok(count)
    }

    /// Gives back what was used.
    pub(in crate::archive) fn settle(&mut self) {
        self.pass.release(self.at);
        self.at = 0;
    }
}

/// A member whose size is known.
pub(super) struct Portion<'s, 'p, 'r> {
    stream: &'s mut Stream<'p, 'r>,
    left: u64,
}

impl<'s, 'p, 'r> Portion<'s, 'p, 'r> {
    pub(super) fn new(stream: &'s mut Stream<'p, 'r>, size: u64) -> Self {
        Self { stream, left: size }
    }

    /// Passes over what was not read; returns the stream behind it, if all of it was there.
    pub(super) fn close(self) -> Option<&'s mut Stream<'p, 'r>> {
        let skipped = self.stream.skip(self.left);
        (skipped == self.left).then_some(self.stream)
    }
}

impl Read for Portion<'_, '_, '_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || output.is_empty() {
            return Ok(0);
        }
        let available = self.stream.peek(1);
        if available.is_empty() {
            return Err(cut_short());
        }
        let count = available.len().min(output.len());
        let count = count.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        output[..count].copy_from_slice(&available[..count]);
        self.stream.take(count);
        self.left -= count as u64;
        Ok(count)
    }
}

/// What a member tells whose bundle ends within it.
pub(super) fn cut_short() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "what it lies in ends there")
}
