//! tar: blocks of 512 bytes, a header before each member, two blocks of zeros at the end.
//!
//! Behind damage, reading goes on at the next header. Members behind the end are read too: `tar` itself
//! shows them only with `--ignore-zeros`.

use super::pax::Said;
use super::stream::{Portion, Stream};
use super::tar_header::{BLOCK_BYTES, Header, OCTAL_SIZE_MAX};
use super::{Each, Member, Notes, Packed, What, failed, skipped};
use crate::report::FileOutcome;

/// An extended header larger than this is passed over, in bytes.
const EXTENDED_BYTES_MAX: u64 = 1 << 20;

/// Reads a tar archive to the end of the content.
pub(super) fn walk(stream: &mut Stream<'_, '_>, notes: &mut Notes, each: Each<'_>) {
    let mut zero_blocks = 0_u64;
    let mut said = Said::default();
    loop {
        let at = stream.position();
        let block = stream.peek(BLOCK_BYTES);
        let is_short = block.len() < BLOCK_BYTES;
        let block = &block[..block.len().min(BLOCK_BYTES)];
        if block.iter().all(|byte| *byte == 0) {
            zero_blocks += u64::from(!is_short);
            let length = block.len();
            stream.take(length);
            if is_short {
                return end(notes, at, zero_blocks);
            }
            continue;
        }
        if let Some(header) = Header::read(block) {
            notes.after_end += u64::from(zero_blocks > 0);
            zero_blocks = 0;
            let met = Met::of(&header, at);
            stream.take(BLOCK_BYTES);
            if !met.member(stream, &mut said, notes, each) {
                return;
            }
            continue;
        }
        let length = block.len();
        if zero_blocks > 0 {
            notes.trails(block);
        } else if is_short {
            notes.damaged(at, "the tar archive ends within a header");
        } else {
            notes.damaged(at, "no header of tar stands where one should");
        }
        stream.take(length);
        if is_short {
            return;
        }
    }
}

fn end(notes: &mut Notes, at: u64, zero_blocks: u64) {
    if zero_blocks == 0 {
        notes.damaged(at, "the tar archive ends without the mark of its end");
    }
}

/// What a header says, apart from its bytes.
struct Met {
    at: u64,
    letter: u8,
    size: Option<u64>,
    name: Vec<u8>,
    has_map: bool,
}

/// What the type of a member means for what follows its header.
enum Kind {
    /// A file, whose content follows.
    File,
    /// A folder, of which nothing follows.
    Folder,
    /// Something of which nothing follows.
    Empty(FileOutcome),
    /// Something whose content follows in a form that is not the file's.
    Coded(FileOutcome),
}

impl Met {
    fn of(header: &Header<'_>, at: u64) -> Self {
        Self {
            at,
            letter: header.letter(),
            size: header.size(),
            name: header.name(),
            has_map: header.has_further_map(),
        }
    }

    /// Takes what follows the header; says whether to go on.
    fn member(
        self,
        stream: &mut Stream<'_, '_>,
        said: &mut Said,
        notes: &mut Notes,
        each: Each<'_>,
    ) -> bool {
        let Some(size) = self.size else {
            notes.damaged(self.at, "a header of tar gives a size that is no number");
            return true;
        };
        match self.letter {
            b'x' | b'L' => self.extended(size, stream, said, notes),
            b'g' => {
                // What is said of all members that follow must not change where they end.
                let mut of_all = Said::default();
                self.extended(size, stream, &mut of_all, notes);
                notes.size_conflicts += u64::from(of_all.size.is_some());
            }
            // Names of links, labels of volumes, lists of folders.
            b'K' | b'V' | b'N' | b'D' | b'I' => {
                close(Portion::new(stream, size), size, self.at, notes);
            }
            _ => return self.file(size, stream, std::mem::take(said), notes, each),
        }
        true
    }

    /// Reads what is said of the next member.
    fn extended(&self, size: u64, stream: &mut Stream<'_, '_>, said: &mut Said, notes: &mut Notes) {
        if size > EXTENDED_BYTES_MAX {
            notes.damaged(self.at, "an extended header of tar is too large to be one");
            return close(Portion::new(stream, size), size, self.at, notes);
        }
        let records = stream.read_out(size as usize);
        let rest = size - records.len() as u64;
        close(Portion::new(stream, rest), size, self.at, notes);
        if self.letter != b'L' {
            return said.read(&records);
        }
        let name = records.split(|byte| *byte == 0).next().unwrap_or_default();
        said.name.get_or_insert_with(|| name.to_vec());
    }

    fn file(
        self,
        written: u64,
        stream: &mut Stream<'_, '_>,
        said: Said,
        notes: &mut Notes,
        each: Each<'_>,
    ) -> bool {
        let mut size = said.size.unwrap_or(written);
        let name = said.name.unwrap_or(self.name);
        let kind = kind(self.letter, said.is_sparse, name.ends_with(b"/"));
        let is_empty = matches!(kind, Kind::Folder | Kind::Empty(_));
        // Only a size that the header has no room for may be said elsewhere alone.
        let differs = size != written && size <= OCTAL_SIZE_MAX;
        let is_doubtful = said.is_damaged || differs || is_empty && size > 0;
        notes.size_conflicts += u64::from(is_doubtful);
        if is_empty && size > 0 && is_boundary(stream.peek(BLOCK_BYTES)) {
            size = 0;
        }
        let mut has_map = self.has_map;
        while has_map {
            // The map of a sparse file goes on in blocks of its own.
            let block = stream.read_out(BLOCK_BYTES);
            has_map = block.get(504).is_some_and(|flag| *flag == 1);
        }
        let mut portion = Portion::new(stream, size);
        let what = match kind {
            Kind::Folder => None,
            Kind::Empty(outcome) | Kind::Coded(outcome) => Some(What::Aside(outcome)),
            Kind::File => Some(What::File {
                source: &mut portion,
                packed: Packed::No,
                sum: None,
            }),
        };
        let goes_on = what.is_none_or(|what| each(Member { name: &name, what }));
        if goes_on {
            close(portion, size, self.at, notes);
        }
        goes_on
    }
}

/// Passes over what is left of a member and its last block.
fn close(portion: Portion<'_, '_, '_>, size: u64, at: u64, notes: &mut Notes) {
    let stream = portion.close();
    let padding = size.wrapping_neg() % BLOCK_BYTES as u64;
    let is_whole = stream.is_some_and(|stream| stream.skip(padding) == padding);
    if !is_whole {
        notes.cut_within(at);
    }
}

/// Says whether a member, or the end, begins here.
fn is_boundary(block: &[u8]) -> bool {
    block.iter().all(|byte| *byte == 0) || Header::read(block).is_some()
}

/// Says what the letter of a type means; letters that are not known mean a file, as POSIX has it.
fn kind(letter: u8, is_sparse: bool, is_folder: bool) -> Kind {
    match letter {
        b'5' => Kind::Folder,
        0 | b'0' if is_folder => Kind::Folder,
        b'1' => Kind::Empty(skipped("a hard link to another member")),
        b'2' => Kind::Empty(skipped("a symbolic link, which is not followed")),
        b'3' | b'4' => Kind::Empty(skipped("a device")),
        b'6' => Kind::Empty(skipped("a FIFO")),
        b'M' => Kind::Coded(failed(
            "it began on another volume of the tar archive, which is not here",
        )),
        _ if is_sparse || letter == b'S' => Kind::Coded(failed(
            "a sparse file of tar, which this version cannot read",
        )),
        _ => Kind::File,
    }
}
