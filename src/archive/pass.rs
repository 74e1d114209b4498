//! One content being read: a window over what is unpacked, a sum over all of it, and its limits.

use flate2::Decompress;
use sha2::{Digest, Sha256 as Hasher};

use super::budget::Budget;
use super::inflate::Inflater;
use super::input::{INPUT_BYTES, Input};
use super::ledger::Ledger;
use super::outcome::Reading;
use super::wrapping::{Ahead, Page, Scanner};
use crate::record::Sha256;
use crate::text::Text;

/// A window larger than this is given back after the content that needed it.
const WINDOW_KEPT_BYTES: usize = 4 << 20;

/// The buffers of one content, used again for the next.
pub(super) struct Level {
    pub(super) input: Vec<u8>,
    window: Vec<u8>,
    pub(super) inflate: Decompress,
}

impl Level {
    pub(super) fn new() -> Self {
        Self {
            input: vec![0; INPUT_BYTES],
            window: Vec::new(),
            inflate: Decompress::new(false),
        }
    }

    /// Gives back what only an unusual content needed.
    pub(super) fn shrink(&mut self) {
        self.window.truncate(WINDOW_KEPT_BYTES);
        self.window.shrink_to(WINDOW_KEPT_BYTES);
    }
}

/// One content being read.
pub(super) struct Pass<'r> {
    inflater: Inflater<'r>,
    window: &'r mut Vec<u8>,
    /// How many bytes of the window are content.
    filled: usize,
    /// Where the window begins in the content.
    base: u64,
    chunk_bytes: usize,
    hash: Hasher,
    /// The sum and the size of what the first member holds, once another one follows.
    first_member: Option<(Hasher, u64)>,
    budget: &'r Budget,
    /// A limit ended the reading.
    is_limited: bool,
}

impl<'r> Pass<'r> {
    /// Begins to read what `source` gives, asking for `chunk_bytes` of content at once.
    pub(super) fn new(
        source: &'r mut dyn std::io::Read,
        level: &'r mut Level,
        chunk_bytes: usize,
        budget: &'r Budget,
    ) -> Self {
        let input = Input::new(source, &mut level.input);
        Self {
            inflater: Inflater::new(input, &mut level.inflate),
            window: &mut level.window,
            filled: 0,
            base: 0,
            chunk_bytes,
            hash: Hasher::new(),
            first_member: None,
            budget,
            is_limited: false,
        }
    }

    /// Returns what the window holds.
    pub(super) fn held(&self) -> &[u8] {
        &self.window[..self.filled]
    }

    /// Returns where the window begins in the content.
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// Forgets the first bytes of the window.
    pub(super) fn release(&mut self, count: usize) {
        self.window.copy_within(count..self.filled, 0);
        self.filled -= count;
        self.base += count as u64;
    }

    /// Reads records up to the end.
    pub(super) fn scan(&mut self, mut ahead: Ahead, ledger: &mut Ledger<'_>) {
        let mut scanner = Scanner::new();
        loop {
            let page = Page {
                bytes: &self.window[..self.filled],
                base: self.base,
                ahead,
            };
            let done = scanner.feed(page, ledger);
            self.release(done);
            if ahead != Ahead::More {
                return;
            }
            // What is left is one element: twice as much of it is looked at next time, or as much
            // as decides that it is too large.
            let deciding = self.filled.max(ledger.limits.element_bytes_max()) + 1;
            let wanted = (self.filled * 2 + 1).min(deciding);
            ahead = self.fill(wanted, ledger.limits.decoded_bytes_max);
        }
    }

    /// Reads the content of the first gzip member, which is the one that AWS writes, or all of a content
    /// that is no gzip.
    ///
    /// # Errors
    ///
    /// Says in words why it cannot be read to its end, or that it is larger than `bytes_max`.
    pub(super) fn first_content(
        &mut self,
        mut ahead: Ahead,
        bytes_max: usize,
    ) -> Result<Vec<u8>, Text> {
        let mut content = Vec::new();
        loop {
            content.extend_from_slice(self.held());
            self.release(self.filled);
            if let Some((_, bytes)) = &self.first_member {
                // What the first member holds was held at once with what follows it, at most.
                content.truncate(usize::try_from(*bytes).unwrap_or(usize::MAX));
                return Ok(content);
            }
            if content.len() > bytes_max {
                return Err(Text::from(format!(
                    "more than {bytes_max} bytes of content"
                )));
            }
            if ahead != Ahead::More {
                break;
            }
            ahead = self.fill(1, u64::MAX);
        }
        match (ahead, &self.inflater.damage) {
            (Ahead::Cut, Some(damage)) => Err(Text::from(damage.as_str())),
            (Ahead::Cut, None) => Err(Text::from("cannot be read on")),
            _ => Ok(content),
        }
    }

    /// Reads the content to its end without looking at it.
    pub(super) fn pass_over(&mut self, limit: u64) {
        while self.fill(1, limit) == Ahead::More {
            self.release(self.filled);
        }
    }

    /// Says whether the content ended before its end.
    pub(super) fn was_cut(&self) -> bool {
        self.inflater.is_cut || self.inflater.input.error.is_some()
    }

    /// Ends the reading at a limit.
    pub(super) fn stop(&mut self, why: &str) {
        self.inflater.cut(why);
        self.is_limited = true;
    }

    /// Ends the reading at a limit, with the content that was used so far.
    pub(super) fn stop_here(&mut self, why: &str) {
        self.filled = 0;
        self.stop(why);
    }

    /// Fills the window up to `wanted` bytes at least, unless the content ends before.
    pub(super) fn fill(&mut self, wanted: usize, limit: u64) -> Ahead {
        loop {
            let room = self.filled + self.chunk_bytes;
            if self.window.len() < room {
                let spare = room / 4;
                self.window.resize(room + spare, 0);
            }
            let allowed = self.allowed(limit);
            let end = self.filled + self.chunk_bytes.min(allowed.min(1 << 40) as usize);
            if end == self.filled {
                return self.at_limit();
            }
            let count = self.inflater.fill(&mut self.window[self.filled..end]);
            if count == 0 {
                return self.ahead_at_end();
            }
            // What is filled at once comes from one member.
            if self.inflater.members > 1 && self.first_member.is_none() {
                let bytes = self.base + self.filled as u64;
                self.first_member = Some((self.hash.clone(), bytes));
            }
            if self.inflater.is_packed {
                self.hash
                    .update(&self.window[self.filled..self.filled + count]);
                self.budget.spend(count);
            }
            self.filled += count;
            if self.filled >= wanted {
                return Ahead::More;
            }
        }
    }

    fn allowed(&self, limit: u64) -> u64 {
        let of_content = limit.saturating_sub(self.base + self.filled as u64);
        // Before the first bytes it is not known whether there is anything to unpack.
        match self.inflater.is_packed {
            true => of_content.min(self.budget.left()),
            false => of_content,
        }
    }

    /// Says whether the content ends exactly at the limit, or is cut there.
    fn at_limit(&mut self) -> Ahead {
        if self.inflater.fill(&mut [0]) == 0 {
            return self.ahead_at_end();
        }
        let limit = self.base + self.filled as u64;
        if self.inflater.is_packed && self.budget.is_used_up() {
            self.stop(&self.budget.reason());
        } else {
            self.stop(&format!("more than {limit} bytes of content"));
        }
        Ahead::Cut
    }

    fn ahead_at_end(&self) -> Ahead {
        match self.was_cut() {
            true => Ahead::Cut,
            false => Ahead::End,
        }
    }

    /// Ends the reading and tells what came of it.
    pub(super) fn reading(mut self) -> Reading {
        let content_bytes = self.base + self.filled as u64;
        let was_cut = self.inflater.is_cut;
        self.inflater.finish();
        let failed = self.inflater.input.error.is_some();
        let input_bytes = self.inflater.input.read_bytes;
        let Inflater {
            input,
            members,
            is_packed,
            doubt,
            damage,
            is_cut,
            trailing,
            ..
        } = self.inflater;
        let sha256 = (!failed).then(|| Sha256(input.sha256()));
        let first_member = match (self.first_member, members) {
            (Some((hash, bytes)), _) => Some((Sha256(hash.finalize().into()), bytes)),
            // What follows the first member holds nothing.
            (None, 2..) => Some((Sha256(self.hash.clone().finalize().into()), content_bytes)),
            (None, _) => None,
        };
        let content_sha256 = match is_packed {
            // Without compression the content is the file, and was hashed as such.
            false => sha256,
            true => (!is_cut).then(|| Sha256(self.hash.finalize().into())),
        };
        Reading {
            format: None,
            input_bytes,
            content_bytes,
            members,
            first_member,
            doubt,
            damage,
            is_limited: self.is_limited,
            trailing: if was_cut { (0, true) } else { trailing },
            sha256,
            content_sha256,
        }
    }
}
