//! Damage: how reading goes on after an element that cannot be read to its end.
//!
//! One bad record costs no neighbours: reading resumes where the next record begins or seems to begin.
//! Where none does within the largest size of a record, the rest of the file is given up, and says so.

use std::ops::Range;

use super::ledger::Ledger;
use super::resume::{Found, Search, work_max};
use super::scan::{Discard, Stop, member};
use super::wrapping::{Ahead, Frame, Last, Page, Role, Scanner, Step, limited};

/// How many bytes of a file may be read again behind damage. Bounds the work on a file that was
/// made to look damaged everywhere; beyond it, what was read once is not looked through again.
pub(super) const READ_AGAIN_BYTES_MAX: usize = 256 << 20;

/// How records begin that CloudTrail itself has written.
const RECORD_START: &[u8] = b"{\"eventVersion\"";

/// The longest first key that is looked for to find the next record, in bytes.
const START_BYTES_MAX: usize = 96;

/// What is being skipped.
#[derive(Debug, Clone, Copy)]
pub(super) enum Skipping {
    /// Nothing.
    None,
    /// A value too large to be held in one piece.
    Value(Discard),
    /// Everything that follows.
    Rest,
}

impl Skipping {
    /// Skips the value that begins next.
    pub(super) fn value() -> Self {
        Self::Value(Discard::default())
    }

    #[inline]
    pub(super) fn is_active(self) -> bool {
        !matches!(self, Self::None)
    }

    /// Skips on; returns how many of the bytes.
    pub(super) fn skip(&mut self, bytes: &[u8]) -> usize {
        match self {
            Self::None => 0,
            Self::Rest => bytes.len(),
            Self::Value(discard) => {
                let (skipped, has_ended) = discard.skip(bytes);
                if has_ended {
                    *self = Self::None;
                }
                skipped
            }
        }
    }
}

/// What is wrong with an element, and where that shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Damage {
    /// An index of the page.
    pub(super) index: usize,
    /// What is wrong there.
    pub(super) what: &'static str,
}

impl Scanner {
    /// Goes on after a scan from `at` that did not reach the end of the element.
    pub(super) fn stopped(
        &mut self,
        page: Page<'_>,
        at: usize,
        stop: Stop,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        match limited(page, at, Err(stop), ledger) {
            Err(Stop::Broken(index)) => {
                let what = "damaged JSON";
                self.broken(page, at, Damage { index, what }, ledger)
            }
            Err(Stop::TooLarge) => {
                let reason = format!("more than {} bytes", ledger.limits.element_bytes_max());
                ledger.malformed(&[], self.offset(page, at), &reason);
                self.skipping = Skipping::value();
                Step::To(at)
            }
            Ok(_) | Err(Stop::Incomplete) => Step::Need(at),
        }
    }

    /// Takes an element that is not complete although no more bytes will come.
    pub(super) fn run_out(&mut self, page: Page<'_>, at: usize, ledger: &mut Ledger<'_>) -> usize {
        let end = page.bytes.len();
        if page.ahead == Ahead::Cut && !self.finds_record(page, at, ledger) {
            ledger.lose(self.offset(page, at), "cut in the middle of a record");
            return end;
        }
        let damage = Damage {
            index: end,
            what: "not closed",
        };
        match self.broken(page, at, damage, ledger) {
            Step::To(next) => next,
            Step::Need(_) => end,
        }
    }

    /// Finds the damage of an element that is no record but holds others, as one does that was cut
    /// short inside of an array.
    pub(super) fn swallowing(
        &self,
        page: Page<'_>,
        span: Range<usize>,
        role: Role,
    ) -> Option<Damage> {
        let may_resume = self.read_again_bytes <= READ_AGAIN_BYTES_MAX;
        let is_element = matches!(role, Role::Record | Role::Item);
        let index = span.end;
        let holds_others = may_resume
            && is_element
            && next_after_comma(&page.bytes[span], 1, RECORD_START).is_some();
        holds_others.then_some(Damage {
            index,
            what: "holds its neighbours, up to the end",
        })
    }

    /// Counts the element at `at`, which broke as told, and looks for the next one.
    pub(super) fn broken(
        &mut self,
        page: Page<'_>,
        at: usize,
        damage: Damage,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        let max = ledger.limits.element_bytes_max();
        let from = if self.read_again_bytes > READ_AGAIN_BYTES_MAX {
            damage.index.max(at + 1)
        } else {
            at + 1
        };
        let reach = page.bytes.len().min(at + max);
        let seeming = self.next_start(&page.bytes[at..reach], from - at);
        // What only seems to be a record ends the search for a whole one.
        let end = seeming.map_or(reach, |next| at + next);
        let may_grow = seeming.is_none() && reach < at + max;
        let start = match self.frames.last() {
            // What broke may be a record that stands where a key is expected.
            Some(Frame::Wrapper(_)) => at,
            // Up to where it broke, what is in an object belongs to it.
            _ if page.bytes[at] == b'{' => damage.index.clamp(from, end),
            _ => from,
        };
        let (found, work) = self.find(page, at..end, start.min(end)..end, (may_grow, false));
        let next = match found {
            Found::At(next) => Some(next),
            Found::Undecided => return Step::Need(at),
            Found::Nothing | Found::GaveUp => seeming.map(|next| at + next),
        };
        if next.is_none() && page.ahead == Ahead::More && reach < at + max {
            return Step::Need(at);
        }
        self.read_again_bytes += work;
        let place = self.offset(page, damage.index);
        let span = at..next.unwrap_or(reach);
        self.count_broken(page, span, (damage.what, place), found, ledger);
        match next {
            Some(next) => {
                // What is malformed is told: that no comma stands behind it says no more.
                self.last = Last::Comma;
                self.read_again_bytes += damage.index.saturating_sub(next);
                Step::To(next)
            }
            None => {
                if self.depth == 0 {
                    let is_all = page.ahead != Ahead::More && reach == page.bytes.len();
                    ledger.lose(place, rest_lost(found, is_all));
                }
                self.skipping = Skipping::Rest;
                Step::To(page.bytes.len())
            }
        }
    }

    /// Says whether a whole record begins behind what begins at `at` and is cut.
    fn finds_record(&self, page: Page<'_>, at: usize, ledger: &Ledger<'_>) -> bool {
        if page.bytes[at] == b'{' {
            return false; // what is in it belongs to it
        }
        let reach = page.bytes.len().min(at + ledger.limits.element_bytes_max());
        let (found, _) = self.find(page, at..reach, at + 1..reach, (false, false));
        matches!(found, Found::At(_))
    }

    /// Looks for the next whole record that begins within `starts` and ends within `span`; returns how
    /// many bytes were read for it too.
    pub(super) fn find(
        &self,
        page: Page<'_>,
        span: Range<usize>,
        starts: Range<usize>,
        (may_grow, is_text): (bool, bool),
    ) -> (Found, usize) {
        let role = match self.frames.last() {
            Some(Frame::Array(role)) => *role,
            Some(Frame::Wrapper(_)) | None => Role::Document,
        };
        let base = self.string_offset.unwrap_or(page.base);
        let content_bytes = base.saturating_add(span.end as u64);
        let work_max = work_max(content_bytes);
        let mut search = Search {
            work_max: work_max.saturating_sub(self.read_again_bytes),
            work_may_grow: work_max < READ_AGAIN_BYTES_MAX,
            work: 0,
            may_grow: may_grow && page.ahead == Ahead::More,
            is_text,
        };
        let found = search.run(&page.bytes[..span.end], starts, role);
        (found, search.work)
    }

    fn count_broken(
        &mut self,
        page: Page<'_>,
        span: Range<usize>,
        (what, place): (&str, u64),
        found: Found,
        ledger: &mut Ledger<'_>,
    ) {
        let offset = self.offset(page, span.start);
        if let Some(Frame::Wrapper(wrapper)) = self.frames.last() {
            match found {
                // The array that the records stand in was left too early.
                Found::At(_) if wrapper.holds_elements => {
                    self.frames.push(Frame::Array(Role::Record));
                }
                // What is damaged is no element, but what holds them: nothing tells where it ends.
                _ => self.frames.clear(),
            }
            return ledger.lose(offset, "the JSON around the records is damaged");
        }
        let reason = format!("{what} at byte {place}");
        ledger.malformed(&page.bytes[span], offset, &reason);
    }

    /// Finds where the next element seems to begin, from `from` on, counted from the broken one.
    fn next_start(&self, element: &[u8], from: usize) -> Option<usize> {
        let Some(Frame::Array(role)) = self.frames.last() else {
            return next_line_start(element, from);
        };
        if matches!(role, Role::Row | Role::Ignored) {
            return None;
        }
        [opening(element), Some(RECORD_START)]
            .into_iter()
            .flatten()
            .filter_map(|opening| next_after_comma(element, from, opening))
            .min()
    }
}

/// Says why the rest of a file was given up; `is_all` if all of it was looked through.
fn rest_lost(found: Found, is_all: bool) -> &'static str {
    match (found, is_all) {
        (Found::GaveUp, _) => "damaged in so many places that no more records were looked for",
        (_, true) => "damaged, and no whole record begins after it",
        (_, false) => "damaged, and no record was found within the largest size of one after it",
    }
}

/// Finds the next line that begins as a document or a line of an export does.
fn next_line_start(element: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', &element[from - 1..])
        .map(|newline| from + newline)
        .find(|start| matches!(element.get(*start), Some(b'{' | b'[' | b'0'..=b'9')))
}

/// Finds the next place where `opening` follows a comma.
fn next_after_comma(element: &[u8], from: usize, opening: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(element.get(from..)?, opening)
        .map(|found| from + found)
        .find(|found| element[..*found].trim_ascii_end().ends_with(b","))
}

/// Returns how an element begins, up to the end of its first key: the next one, written by the same
/// program, probably begins so too.
fn opening(element: &[u8]) -> Option<&[u8]> {
    let start = &element[..element.len().min(START_BYTES_MAX)];
    if start.first() != Some(&b'{') {
        return None;
    }
    let key = super::scan::space_end(start, 1);
    match member(start, key) {
        Ok(member) => Some(&start[..member.key.end + 1]),
        Err(_) => None,
    }
}
