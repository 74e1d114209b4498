//! Reading one file from its first byte to its last.

use flate2::Decompress;
use sha2::{Digest, Sha256 as Hasher};

use super::content::Examined;
use super::inflate::{INPUT_BYTES, Inflater, Input};
use super::ledger::Ledger;
use super::open::{State, open};
use super::outcome::Reading;
use super::sniff::{GZIP, SNIFFED_BYTES, unreadable_format};
use super::wrapping::{Ahead, Page, Scanner};
use super::{Candidate, Cut, Limits, Scope};
use crate::record::Sha256;
use crate::report::{FileEntry, FileOutcome};

/// How many bytes of content are asked for at once.
const CHUNK_BYTES: usize = 256 << 10;

/// A window larger than this is given back after the file that needed it.
const WINDOW_KEPT_BYTES: usize = 4 << 20;

/// Reads files one after another, with buffers that are used again; one per thread.
pub struct Reader {
    pub(super) input: Vec<u8>,
    window: Vec<u8>,
    pub(super) inflate: Decompress,
    chunk_bytes: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// Makes a reader.
    pub fn new() -> Self {
        Self::with_chunks(CHUNK_BYTES)
    }

    /// Makes a reader that asks for that many bytes of content at once; the result is the same.
    pub(super) fn with_chunks(chunk_bytes: usize) -> Self {
        Self {
            input: vec![0; INPUT_BYTES],
            window: Vec::new(),
            inflate: Decompress::new(false),
            chunk_bytes,
        }
    }

    /// Reads a file and hands each record in scope to `sink`, in reading order.
    ///
    /// The file is read once, so its SHA-256 is known only when all records have been handed over:
    /// it is in the row that is returned, and callers put it into the
    /// [`Place`](crate::record::Place)s of the records they kept. In the same way a file that turns
    /// out to be damaged near its end has already handed over what stood before.
    ///
    /// Whatever is wrong with the file is told in the row: this does not fail.
    pub fn read(
        &mut self,
        file: &Candidate,
        limits: &Limits,
        scope: Scope<'_>,
        sink: &mut dyn FnMut(Cut<'_>),
    ) -> FileEntry {
        self.examine(file, limits, scope, sink).entry
    }

    /// Reads a file as [`Reader::read`] does, and tells more of its container.
    pub fn examine(
        &mut self,
        file: &Candidate,
        limits: &Limits,
        scope: Scope<'_>,
        sink: &mut dyn FnMut(Cut<'_>),
    ) -> Examined {
        let (handle, before) = match open(&file.path) {
            Ok(opened) => opened,
            Err(outcome) => return file.entry(outcome).into(),
        };
        let mut entry = file.entry(FileOutcome::Read);
        entry.size_bytes = before.size_bytes;
        entry.modified_ns = before.modified_ns;
        // The second handle to the same open file tells at the end whether it has changed.
        let watch = handle.try_clone();
        let input = Input::new(handle, &mut self.input);
        let pass = Pass {
            inflater: Inflater::new(input, &mut self.inflate),
            window: &mut self.window,
            filled: 0,
            base: 0,
            chunk_bytes: self.chunk_bytes,
            hash: Hasher::new(),
            first_member: None,
        };
        let mut ledger = Ledger::new(&file.source, limits, scope, sink);
        let mut reading = pass.run(&mut ledger);
        reading.has_changed = watch
            .and_then(|watch| watch.metadata())
            .map_or(true, |after| State::of(&after) != before)
            || reading.input_bytes != before.size_bytes && reading.sha256.is_some();
        self.window.truncate(WINDOW_KEPT_BYTES);
        self.window.shrink_to(WINDOW_KEPT_BYTES);
        Examined::settle(entry, reading, ledger)
    }
}

/// One file being read.
struct Pass<'r> {
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
}

impl Pass<'_> {
    fn run(mut self, ledger: &mut Ledger<'_>) -> Reading {
        let limit = ledger.limits.decoded_bytes_max;
        let mut scanner = Scanner::new();
        let mut wanted = SNIFFED_BYTES;
        let mut format = None;
        let mut is_first = true;
        loop {
            let ahead = self.fill(wanted, limit);
            if std::mem::take(&mut is_first) {
                format = self.sniff();
            }
            if format.is_none() {
                self.scan(&mut scanner, ahead, ledger);
            } else {
                self.base += self.filled as u64;
                self.filled = 0;
            }
            if ahead != Ahead::More {
                break;
            }
            // What is left is one element: twice as much of it is looked at next time, or as much
            // as decides that it is too large.
            let deciding = self.filled.max(ledger.limits.element_bytes_max()) + 1;
            wanted = (self.filled * 2 + 1).min(deciding);
        }
        self.reading(format)
    }

    /// Fills the window up to `wanted` bytes at least, unless the content ends before.
    fn fill(&mut self, wanted: usize, limit: u64) -> Ahead {
        loop {
            let room = self.filled + self.chunk_bytes;
            if self.window.len() < room {
                let spare = room / 4;
                self.window.resize(room + spare, 0);
            }
            let allowed = limit.saturating_sub(self.base + self.filled as u64);
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
            if self.inflater.members > 0 {
                self.hash
                    .update(&self.window[self.filled..self.filled + count]);
            }
            self.filled += count;
            if self.filled >= wanted {
                return Ahead::More;
            }
        }
    }

    /// Says whether the content ends exactly at the limit, or is cut there.
    fn at_limit(&mut self) -> Ahead {
        if self.inflater.fill(&mut [0]) == 0 {
            return self.ahead_at_end();
        }
        let limit = self.base + self.filled as u64;
        self.inflater
            .cut(&format!("more than {limit} bytes of content"));
        Ahead::Cut
    }

    fn ahead_at_end(&self) -> Ahead {
        if self.inflater.is_cut || self.inflater.input.error.is_some() {
            Ahead::Cut
        } else {
            Ahead::End
        }
    }

    fn sniff(&self) -> Option<&'static str> {
        let head = &self.window[..self.filled];
        if head.starts_with(&GZIP) {
            return Some("gzip within gzip");
        }
        unreadable_format(head)
    }

    fn scan(&mut self, scanner: &mut Scanner, ahead: Ahead, ledger: &mut Ledger<'_>) {
        let page = Page {
            bytes: &self.window[..self.filled],
            base: self.base,
            ahead,
        };
        let done = scanner.feed(page, ledger);
        self.window.copy_within(done..self.filled, 0);
        self.filled -= done;
        self.base += done as u64;
    }

    fn reading(mut self, format: Option<&'static str>) -> Reading {
        let content_bytes = self.base + self.filled as u64;
        let was_cut = self.inflater.is_cut;
        self.inflater.finish();
        let failed = self.inflater.input.error.is_some();
        let input_bytes = self.inflater.input.read_bytes;
        let Inflater {
            input,
            members,
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
        let content_sha256 = match members {
            // Without gzip the content is the file, and was hashed as such.
            0 => sha256,
            _ => (!is_cut).then(|| Sha256(self.hash.finalize().into())),
        };
        Reading {
            format,
            input_bytes,
            content_bytes,
            members,
            first_member,
            damage,
            trailing: if was_cut { (0, true) } else { trailing },
            sha256,
            content_sha256,
            has_changed: false,
        }
    }
}
