//! zip: a header before each member, and a list of all of them at the end.
//!
//! Members are read as they stand, by the headers before them, so an archive that is cut short or was
//! changed behind its list gives what is there. The list is read when it comes and held against them.

use std::cell::Cell;

use super::central::Register;
use super::descriptor::{self, UntilDescriptor};
use super::stream::{Portion, Stream};
use super::zip_header::{
    CENTRAL, CENTRAL_BYTES, END, END_64, EXTRA_DATA, Header, LOCAL, LOCAL_BYTES, LOCATOR_64,
    SIGNATURE, u16_at, u32_at, u64_of,
};
use super::{Each, Member, Notes, Packed, Sum, What, failed};

/// Reads a zip archive to the end of the content.
pub(super) fn walk(stream: &mut Stream<'_, '_>, notes: &mut Notes, each: Each<'_>) {
    let mut walk = Walk {
        notes,
        register: Register::default(),
        listed: None,
        has_end: false,
    };
    while !stream.peek(4).is_empty() {
        if !walk.step(stream, each) {
            return;
        }
    }
    walk.end(stream.position());
}

struct Walk<'n> {
    notes: &'n mut Notes,
    register: Register,
    /// How many members the end of the archive counts.
    listed: Option<u64>,
    has_end: bool,
}

impl Walk<'_> {
    /// Reads what stands next; says whether to go on.
    fn step(&mut self, stream: &mut Stream<'_, '_>, each: Each<'_>) -> bool {
        let mark = stream.peek(4);
        let mark = &mark[..mark.len().min(4)];
        match mark {
            LOCAL => return self.member(stream, each),
            CENTRAL => self.entry(stream),
            END => self.end_record(stream),
            END_64 => {
                let fixed = stream.read_out(56);
                if fixed.len() == 56 {
                    self.listed = Some(u64_of(&fixed[32..]));
                    stream.skip(u64_of(&fixed[4..]).saturating_sub(44));
                }
            }
            LOCATOR_64 => {
                stream.skip(20);
            }
            SIGNATURE => {
                let fixed = stream.read_out(6);
                let length = fixed.get(4..6).map_or(0, |_| u16_at(&fixed, 4));
                stream.skip(u64::from(length));
            }
            EXTRA_DATA => {
                let fixed = stream.read_out(8);
                let length = fixed.get(4..8).map_or(0, |_| u32_at(&fixed, 4));
                stream.skip(u64::from(length));
            }
            _ => self.stray(stream),
        }
        true
    }

    /// Reads a member; says whether to go on.
    fn member(&mut self, stream: &mut Stream<'_, '_>, each: Each<'_>) -> bool {
        let at = stream.position();
        let fixed = stream.peek(LOCAL_BYTES);
        let length = match fixed.len() {
            LOCAL_BYTES.. => Header::local_length(fixed),
            _ => LOCAL_BYTES,
        };
        let Some(mut header) = Header::local(stream.peek(length)) else {
            let length = stream.peek(1).len();
            stream.take(length);
            self.notes
                .damaged(at, "the zip archive ends within a header");
            return true;
        };
        stream.take(header.length);
        let sum = Cell::new(None);
        self.notes.after_end += u64::from(self.has_end);
        let goes_on = if header.has_descriptor() && header.packed_bytes == 0 {
            let mut source = UntilDescriptor::new(stream, &sum);
            let goes_on = hand_over(&header, &mut source, &sum, each);
            if goes_on && std::io::copy(&mut source, &mut std::io::sink()).is_err() {
                self.notes.cut_within(at);
            }
            header.packed_bytes = source.count;
            goes_on
        } else {
            if !header.has_descriptor() || header.crc != 0 {
                let (crc, size) = (header.crc, header.bytes);
                sum.set(Some(Sum { crc, size }));
            }
            let mut source = Portion::new(stream, header.packed_bytes);
            let goes_on = hand_over(&header, &mut source, &sum, each);
            match source.close() {
                Some(stream) if header.has_descriptor() => {
                    sum.set(descriptor::take(stream, header.packed_bytes));
                }
                Some(_) => {}
                None => self.notes.cut_within(at),
            }
            goes_on
        };
        if let Some(sum) = sum.get() {
            (header.crc, header.bytes) = (sum.crc, sum.size);
        }
        let is_full_folder = header.name.ends_with(b"/") && header.bytes > 0;
        self.notes.size_conflicts += u64::from(is_full_folder);
        self.register.meet(at, &header);
        goes_on
    }

    /// Reads an entry of the list.
    fn entry(&mut self, stream: &mut Stream<'_, '_>) {
        let at = stream.position();
        let fixed = stream.peek(CENTRAL_BYTES);
        let length = match fixed.len() {
            CENTRAL_BYTES.. => Header::central_length(fixed),
            _ => CENTRAL_BYTES,
        };
        match Header::central(stream.peek(length)) {
            Some(entry) => {
                stream.take(length);
                self.register.list(&entry);
            }
            None => {
                let length = stream.peek(1).len();
                stream.take(length);
                self.notes
                    .damaged(at, "the zip archive ends within its list");
            }
        }
    }

    fn end_record(&mut self, stream: &mut Stream<'_, '_>) {
        let fixed = stream.read_out(22);
        if fixed.len() < 22 {
            return;
        }
        let listed = u16_at(&fixed, 10);
        // Where 16 bits are too few, the longer record before has said it.
        if listed != u16::MAX {
            self.listed = Some(u64::from(listed));
        }
        stream.skip(u64::from(u16_at(&fixed, 20)));
        self.has_end = true;
    }

    /// Passes over bytes that belong to nothing, up to what looks like something.
    fn stray(&mut self, stream: &mut Stream<'_, '_>) {
        let at = stream.position();
        let bytes = stream.peek(64 << 10);
        let known = [LOCAL, CENTRAL, END, END_64];
        let next = memchr::memmem::find_iter(bytes, b"PK")
            .find(|at| *at > 0 && known.iter().any(|mark| bytes[*at..].starts_with(mark)));
        // A mark may begin where what is there ends.
        let length = next.unwrap_or_else(|| bytes.len().saturating_sub(3).max(1));
        if self.has_end {
            self.notes.trails(&bytes[..length]);
        } else {
            self.notes
                .damaged(at, "bytes of the zip archive belong to no member");
        }
        stream.take(length);
    }

    fn end(self, at: u64) {
        if !self.has_end {
            self.notes
                .damaged(at, "the zip archive ends without its list");
            return;
        }
        if self.register.unmet() > 0 {
            let what = "members that its list names do not stand where it says, and were not read";
            self.notes.damaged(at, what);
        }
        self.notes.differences = self.register.differences(self.listed);
    }
}

/// Hands a member over; says whether to go on.
fn hand_over(
    header: &Header,
    source: &mut dyn std::io::Read,
    sum: &Cell<Option<Sum>>,
    each: Each<'_>,
) -> bool {
    if header.name.ends_with(b"/") && header.bytes == 0 {
        return true;
    }
    let packed = match header.method {
        _ if header.is_encrypted() => {
            Err("encrypted: it cannot be read without its password".into())
        }
        0 => Ok(Packed::No),
        8 => Ok(Packed::Deflate),
        12 | 93 | 95 => Ok(Packed::Marked),
        method => Err(format!(
            "compressed by zip's method {method}, which this version cannot read"
        )),
    };
    let what = match packed {
        Err(reason) => What::Aside(failed(reason)),
        Ok(packed) => What::File {
            source,
            packed,
            sum: Some(sum),
        },
    };
    each(Member {
        name: &header.name,
        what,
    })
}
