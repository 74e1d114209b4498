//! The byte-level scan of JSON: where a string, a value or a member ends, without reading it.
//!
//! It follows the structure strictly (so that damage shows at once, not megabytes later) and the
//! content of strings and numbers not at all. It allocates nothing and never recurses. Not for:
//! validation, which `serde_json` does for the few records that matter.

use std::ops::Range;

/// Why a scan could not reach the end of what it scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes ran out first.
    Incomplete,
    /// The byte at this index cannot stand there.
    Broken(usize),
    /// The value is larger than what may be held in one piece.
    TooLarge,
}

/// The result of a scan.
pub(super) type Scan<T> = Result<T, Stop>;

/// A member of an object: the key between its quotes, and the index of its value's first byte.
pub(super) struct Member {
    pub(super) key: Range<usize>,
    pub(super) value: usize,
}

/// Returns the byte at `at`.
#[inline]
pub(super) fn peek(bytes: &[u8], at: usize) -> Scan<u8> {
    bytes.get(at).copied().ok_or(Stop::Incomplete)
}

/// Returns the index of the first byte from `at` on that is no white space.
#[inline]
pub(super) fn space_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Returns the index after the closing quote of the string whose first character is at `at`.
#[inline]
pub(super) fn string_end(bytes: &[u8], mut at: usize) -> Scan<usize> {
    // Most strings are short: a few words of eight bytes each find their end sooner than a call of
    // memchr does.
    let short = at + 32;
    loop {
        let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return long_string_end(bytes, at);
        };
        let word = u64::from_le_bytes(*word);
        let hits = zero_bytes(word ^ (LOW * b'"' as u64)) | zero_bytes(word ^ (LOW * b'\\' as u64));
        if hits != 0 {
            at += hits.trailing_zeros() as usize / 8;
            if bytes[at] == b'"' {
                return Ok(at + 1);
            }
            at += 2;
        } else {
            at += 8;
            if at >= short {
                return long_string_end(bytes, at);
            }
        }
    }
}

const LOW: u64 = 0x0101_0101_0101_0101;

/// Sets the high bit of the lowest byte that is zero; what is set above it means nothing.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & (LOW << 7)
}

fn long_string_end(bytes: &[u8], mut at: usize) -> Scan<usize> {
    loop {
        let rest = bytes.get(at..).ok_or(Stop::Incomplete)?;
        let found = memchr::memchr2(b'"', b'\\', rest).ok_or(Stop::Incomplete)?;
        if rest[found] == b'"' {
            return Ok(at + found + 1);
        }
        at += found + 2;
    }
}

/// Returns the index after the number or word at `at`, whatever it says.
#[inline]
pub(super) fn scalar_end(bytes: &[u8], mut at: usize) -> Scan<usize> {
    loop {
        match peek(bytes, at)? {
            b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']' => {
                return Ok(at);
            }
            _ => at += 1,
        }
    }
}

/// Reads the key whose opening quote is at `at`, and finds its value.
#[inline]
pub(super) fn member(bytes: &[u8], at: usize) -> Scan<Member> {
    if peek(bytes, at)? != b'"' {
        return Err(Stop::Broken(at));
    }
    let end = string_end(bytes, at + 1)?;
    let colon = space_end(bytes, end);
    if peek(bytes, colon)? != b':' {
        return Err(Stop::Broken(colon));
    }
    Ok(Member {
        key: at + 1..end - 1,
        value: space_end(bytes, colon + 1),
    })
}

/// Returns the index after the value whose first byte is at `at`.
///
/// A number or word needs a byte after it to be complete.
#[inline]
pub(super) fn value_end(bytes: &[u8], at: usize) -> Scan<usize> {
    match peek(bytes, at)? {
        b'"' => string_end(bytes, at + 1),
        open @ (b'{' | b'[') => container_end(bytes, at + 1, open),
        b',' | b':' | b'}' | b']' => Err(Stop::Broken(at)),
        _ => scalar_end(bytes, at),
    }
}

/// Returns the index after the container that `open` opened just before `at`.
///
/// A comma before the closing bracket is let pass.
fn container_end(bytes: &[u8], mut at: usize, open: u8) -> Scan<usize> {
    let mut opened = Opened::default();
    opened.push(open);
    'item: loop {
        at = space_end(bytes, at);
        let mut byte = peek(bytes, at)?;
        if byte != b'}' && byte != b']' {
            if opened.is_object() {
                at = member(bytes, at)?.value;
                byte = peek(bytes, at)?;
            }
            at = match byte {
                b'"' => string_end(bytes, at + 1)?,
                b'{' | b'[' => {
                    opened.push(byte);
                    at += 1;
                    continue 'item;
                }
                b',' | b':' | b'}' | b']' => return Err(Stop::Broken(at)),
                _ => scalar_end(bytes, at)?,
            };
            at = space_end(bytes, at);
            byte = peek(bytes, at)?;
        }
        while byte != b',' {
            if !opened.pop(byte) {
                return Err(Stop::Broken(at));
            }
            at += 1;
            if opened.depth == 0 {
                return Ok(at);
            }
            at = space_end(bytes, at);
            byte = peek(bytes, at)?;
        }
        at += 1;
    }
}

/// How a value is built, as far as its brackets tell.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// How many containers stand one in another at the deepest place.
    pub(super) nesting: usize,
    /// How many members its objects have, of which several may have one key.
    pub(super) members: usize,
    /// How many values there are at most.
    pub(super) values: usize,
}

/// Tells the shape of a value.
pub(super) fn shape(value: &[u8]) -> Shape {
    let mut shape = Shape::default();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                shape.values += 1;
                shape.nesting = shape.nesting.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => shape.values += 1,
            b':' => shape.members += 1,
            b'"' => at = string_end(value, at).unwrap_or(value.len()),
            _ => {}
        }
    }
    shape
}

/// Which brackets are open: one bit for each of the outermost 64, only a count beyond.
#[derive(Default)]
struct Opened {
    objects: u64,
    depth: u32,
    /// Kinds deeper than 64, one byte each; records that nest so deeply are malformed anyway.
    deep: Vec<bool>,
}

impl Opened {
    #[inline]
    fn push(&mut self, open: u8) {
        let is_object = open == b'{';
        if self.depth >= 64 {
            self.deep.push(is_object);
        } else {
            self.objects = self.objects << 1 | u64::from(is_object);
        }
        self.depth += 1;
    }

    #[inline]
    fn is_object(&self) -> bool {
        match self.deep.last() {
            Some(is_object) => *is_object,
            None => self.objects & 1 == 1,
        }
    }

    /// Closes the innermost container, unless `close` is no bracket or another's.
    #[inline]
    fn pop(&mut self, close: u8) -> bool {
        let is_object = self.is_object();
        if close != (if is_object { b'}' } else { b']' }) {
            return false;
        }
        if self.deep.pop().is_none() {
            self.objects >>= 1;
        }
        self.depth -= 1;
        true
    }
}

/// A skip over a value that is too large to be held, chunk by chunk.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Discard {
    depth: u64,
    in_string: bool,
    escaped: bool,
}

impl Discard {
    /// Skips on; returns how many bytes belong to the value, and whether it ended there.
    pub(super) fn skip(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            let ended = if self.in_string {
                self.skip_in_string(*byte)
            } else {
                self.skip_structure(*byte)
            };
            if let Some(its_own) = ended {
                return (at + its_own, true);
            }
        }
        (bytes.len(), false)
    }

    /// Takes a byte of a string; returns how many bytes of it are the value's if it ended there.
    fn skip_in_string(&mut self, byte: u8) -> Option<usize> {
        let was_escaped = self.escaped;
        self.escaped = byte == b'\\' && !was_escaped;
        self.in_string = byte != b'"' || was_escaped;
        (!self.in_string && self.depth == 0).then_some(1)
    }

    /// Takes a byte outside of strings; returns how many bytes of it are the value's if it ended.
    fn skip_structure(&mut self, byte: u8) -> Option<usize> {
        match (byte, self.depth) {
            (b',' | b'}' | b']', 0) => return Some(0),
            (b'}' | b']', 1) => return Some(1),
            (b'}' | b']', _) => self.depth -= 1,
            (b'{' | b'[', _) => self.depth += 1,
            _ => self.in_string = byte == b'"',
        }
        None
    }
}
