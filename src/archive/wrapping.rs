//! The wrappings: where the records are in what investigators hold.
//!
//! A [`Scanner`] is fed the content piece by piece. It keeps the wrappings that are open on a stack
//! of its own; whatever is not complete yet stays with the caller and is offered again with more.
//! So memory follows the largest element, not the file, and the depth of the input is no recursion.
//!
//! Known shapes: `{"Records":[…]}` of a trail, arrays and lines of records, EventBridge (`detail`),
//! SNS (`Message`), `aws cloudtrail lookup-events` (`Events`, `CloudTrailEvent`), CloudWatch Logs
//! exports and subscriptions (`logEvents`), CloudTrail Lake (`QueryResultRows`, `eventJson`), and
//! any of these within another or one after another. What is none of them may hold records all the same:
//! see [`super::dig`].

use std::ops::Range;

use super::broken::Skipping;
use super::fields::{Fields, Walk, walk};
use super::ledger::Ledger;
use super::scan::{Scan, Stop, peek, space_end, value_end};

/// What the caller has of the content, and what follows it.
#[derive(Clone, Copy)]
pub(super) struct Page<'b> {
    /// The bytes that are there, from where the scanner left off.
    pub(super) bytes: &'b [u8],
    /// Where they begin in the content.
    pub(super) base: u64,
    /// What follows them.
    pub(super) ahead: Ahead,
}

/// What follows the bytes of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// More bytes.
    More,
    /// Nothing: the content ends here.
    End,
    /// Something that could not be read: the content was cut here.
    Cut,
}

/// Where the scanner goes next.
pub(super) enum Step {
    /// On at this index of the page.
    To(usize),
    /// Nowhere without more bytes after what begins at this index.
    Need(usize),
}

/// What kind of element is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A document of its own: the top level.
    Document,
    /// An element of a top-level array.
    Item,
    /// An element of `Records`.
    Record,
    /// An element of `Events` or `logEvents`.
    LogEvent,
    /// An element of `QueryResultRows`.
    Row,
    /// The message of an envelope that also carries other services' messages.
    Envelope,
    /// The `detail` of an EventBridge event.
    Detail,
    /// An element that says nothing, as in a control message of CloudWatch Logs.
    Ignored,
    /// A part of something of which only the records in it count.
    Inner,
}

/// A wrapping that is open.
pub(super) enum Frame {
    /// An array of elements.
    Array(Role),
    /// An object that proved to hold elements, or to be too large to be held in one piece.
    Wrapper(Box<Wrapper>),
}

/// What is known of an object whose members are read one by one.
#[derive(Default)]
pub(super) struct Wrapper {
    pub(super) start: u64,
    pub(super) event_source: Option<String>,
    pub(super) event_name: Option<String>,
    pub(super) is_control_message: bool,
    /// It is part of something larger, which is counted.
    pub(super) is_inner: bool,
    /// A member of it was read as holding elements.
    pub(super) holds_elements: bool,
    /// The keys that it had, one bit for each that the archive looks at.
    pub(super) keys: u32,
    /// It names its event twice.
    pub(super) has_second_name: bool,
}

/// What stood last in a wrapping: elements stand with one comma between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Opening,
    Comma,
    Element,
}

/// Finds the records in content that comes piece by piece.
pub(super) struct Scanner {
    pub(super) frames: Vec<Frame>,
    pub(super) skipping: Skipping,
    /// How many bytes were read again after damage; bounded, see [`super::broken`].
    pub(super) read_again_bytes: usize,
    /// Within how many strings holding JSON this scanner works.
    pub(super) depth: usize,
    /// What stands at the top level: documents, or the content of an envelope.
    pub(super) top: Role,
    /// The offset that all elements have: that of the string which holds them.
    pub(super) string_offset: Option<u64>,
    /// What stood last in the innermost wrapping.
    pub(super) last: Last,
}

impl Scanner {
    /// Makes a scanner of a file's content.
    pub(super) fn new() -> Self {
        Self {
            frames: Vec::new(),
            skipping: Skipping::None,
            read_again_bytes: 0,
            depth: 0,
            top: Role::Document,
            string_offset: None,
            last: Last::Opening,
        }
    }

    /// Reads the JSON within a string that stands at `offset`.
    pub(super) fn feed_string(
        &mut self,
        text: &str,
        offset: u64,
        top: Role,
        ledger: &mut Ledger<'_>,
    ) {
        let page = Page {
            bytes: text.as_bytes(),
            base: 0,
            ahead: Ahead::End,
        };
        let mut inner = Self {
            depth: self.depth + 1,
            top,
            string_offset: Some(offset),
            // All strings of a content together are read again so often at most.
            read_again_bytes: self.read_again_bytes,
            ..Self::new()
        };
        inner.feed(page, ledger);
        self.read_again_bytes = inner.read_again_bytes;
    }

    /// Reads on; returns how many bytes of the page are done with.
    ///
    /// Less than all of them only if more are ahead.
    pub(super) fn feed(&mut self, page: Page<'_>, ledger: &mut Ledger<'_>) -> usize {
        let mut at = 0;
        while at < page.bytes.len() {
            match self.step(page, at, ledger) {
                Step::To(next) => at = next,
                Step::Need(from) if page.ahead == Ahead::More => return from,
                Step::Need(from) => at = self.run_out(page, from, ledger),
            }
        }
        if page.ahead != Ahead::More {
            self.close(page, ledger);
        }
        at
    }

    /// Returns the offset of an index of the page in the content.
    pub(super) fn offset(&self, page: Page<'_>, at: usize) -> u64 {
        self.string_offset.unwrap_or(page.base + at as u64)
    }

    fn step(&mut self, page: Page<'_>, at: usize, ledger: &mut Ledger<'_>) -> Step {
        if self.skipping.is_active() {
            return Step::To(at + self.skipping.skip(&page.bytes[at..]));
        }
        match self.frames.last() {
            None => self.step_document(page, at, ledger),
            Some(Frame::Array(role)) => self.step_array(page, at, *role, ledger),
            Some(Frame::Wrapper(_)) => self.step_wrapper(page, at, ledger),
        }
    }

    fn step_array(
        &mut self,
        page: Page<'_>,
        at: usize,
        role: Role,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        let at = space_end(page.bytes, at);
        match page.bytes.get(at) {
            None => Step::To(at),
            Some(b',') => self.comma(at, ledger),
            Some(b']') => {
                self.closed(ledger);
                self.frames.pop();
                Step::To(at + 1)
            }
            Some(b'}') => {
                ledger.irregularities += self.countable();
                ledger.warn(Some(self.offset(page, at)), "a stray } between elements");
                Step::To(at + 1)
            }
            Some(_) => {
                let before = std::mem::replace(&mut self.last, Last::Element);
                let step = self.step_element(page, at, role, ledger);
                self.began(before, &step, ledger);
                step
            }
        }
    }

    fn step_element(
        &mut self,
        page: Page<'_>,
        at: usize,
        role: Role,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        if page.bytes[at] == b'{' && role != Role::Ignored {
            return self.step_object(page, at, role, ledger);
        }
        match limited(page, at, item_end(page.bytes, at), ledger) {
            Ok(end) => {
                self.other_element(page, at..end, role, ledger);
                Step::To(end)
            }
            Err(stop) => self.stopped(page, at, stop, ledger),
        }
    }

    /// Takes an element of an array that is no object.
    fn other_element(
        &mut self,
        page: Page<'_>,
        span: Range<usize>,
        role: Role,
        ledger: &mut Ledger<'_>,
    ) {
        let offset = self.offset(page, span.start);
        let element = &page.bytes[span];
        match (role, element[0]) {
            (Role::Ignored, _) => {}
            (Role::Row, b'[') => self.row(element, offset, ledger),
            (Role::Inner, _) => _ = self.part(element, offset, ledger),
            (_, b'[' | b'"') => self.holder(element, offset, ledger),
            (_, first) => ledger.no_record(element, offset, kind_word(first)),
        }
    }

    /// Takes a string or an array that stands where a record is expected, and may hold some.
    pub(super) fn holder(&mut self, element: &[u8], offset: u64, ledger: &mut Ledger<'_>) {
        if !self.part(element, offset, ledger) {
            ledger.no_record(element, offset, kind_word(element[0]));
        }
    }

    /// Takes the object that begins at `at`: a record, a wrapping, or neither.
    pub(super) fn step_object(
        &mut self,
        page: Page<'_>,
        at: usize,
        role: Role,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        let mut fields = Fields::default();
        let object = &page.bytes[at..];
        let walked = walk(object, &mut fields, true);
        let holds_elements = matches!(walked, Ok(Walk::Container(_)));
        let end = walked.map(|(Walk::End(index) | Walk::Container(index))| at + index);
        let end = end.map_err(|stop| match stop {
            Stop::Broken(index) => Stop::Broken(at + index),
            other => other,
        });
        match limited(page, at, end, ledger) {
            Ok(_) if holds_elements => self.open_wrapper(page, at, ledger),
            Ok(end) if fields.is_record(object) => {
                ledger.record(&page.bytes[at..end], &fields, self.offset(page, at));
                Step::To(end)
            }
            Ok(end) => match self.swallowing(page, at..end, role) {
                Some(damage) => self.broken(page, at, damage, ledger),
                None => {
                    let offset = self.offset(page, at);
                    self.object(&page.bytes[at..end], &fields, role, offset, ledger);
                    Step::To(end)
                }
            },
            Err(Stop::TooLarge) => {
                let end = at + ledger.limits.element_bytes_max();
                match self.swallowing(page, at..end, role) {
                    Some(damage) => self.broken(page, at, damage, ledger),
                    None => self.open_wrapper(page, at, ledger),
                }
            }
            Err(stop) => self.stopped(page, at, stop, ledger),
        }
    }
}

/// Returns the index after an element of an array that is no object.
///
/// What follows it shows whether it is one, or a piece of something that was torn apart.
fn item_end(bytes: &[u8], at: usize) -> Scan<usize> {
    if kind_word(peek(bytes, at)?) == BARE_WORD {
        return Err(Stop::Broken(at));
    }
    let end = value_end(bytes, at)?;
    let next = space_end(bytes, end);
    match peek(bytes, next)? {
        b',' | b']' => Ok(end),
        _ => Err(Stop::Broken(next)),
    }
}

/// Holds what was scanned from `at` on against the limit of what may be held in one piece.
///
/// The outcome depends on the content only, never on how much of it is there already.
pub(super) fn limited(
    page: Page<'_>,
    at: usize,
    scanned: Scan<usize>,
    ledger: &Ledger<'_>,
) -> Scan<usize> {
    let reached = match scanned {
        Ok(end) => end,
        Err(Stop::Broken(index)) => index,
        Err(Stop::Incomplete) => page.bytes.len(),
        Err(Stop::TooLarge) => return Err(Stop::TooLarge),
    };
    if reached - at > ledger.limits.element_bytes_max() {
        return Err(Stop::TooLarge);
    }
    scanned
}

const BARE_WORD: &str = "a bare word";

/// Names what a JSON value is, by its first byte.
pub(super) fn kind_word(first: u8) -> &'static str {
    match first {
        b'{' => "an object",
        b'[' => "an array",
        b'"' => "a string",
        b'n' => "null",
        b't' | b'f' => "true or false",
        b'-' | b'0'..=b'9' => "a number",
        _ => BARE_WORD,
    }
}
