//! The archive: the files of a dump, and the records in them, exactly as AWS delivered them.
//!
//! [`walk()`] lists the files below the given paths; a [`Reader`] reads one of them, hands every record
//! that the catalogue knows to the caller as it goes, and returns the file's rows of the ledger. What
//! cannot be used is counted and told, never dropped: a file ends in exactly one
//! [`FileOutcome`](crate::report::FileOutcome), an element in exactly one of in scope, out of scope,
//! malformed. The archive is only ever opened for reading.
//!
//! ```text
//! walk ─► open ─► input ─► inflate, unpack ─► pass ─► wrapping ──────────► object ─► ledger ─► head ─► Cut
//!                   ▲                          │      (document, array,    (record, envelope,
//!                   │ member                   │       wrapper, broken)     neither)
//!                   └── bundle (tar, zip) ◄────┘
//! ```
//!
//! The rules that shape it:
//!
//! - *Content decides, never the name.* A name only explains what cannot be read otherwise.
//! - *A bundle is a file, and so is each of its members*: each has a row, each row one outcome. The
//!   bundle's row has the SHA-256 of the file on disk and tells whether all members could be found; a
//!   member's has the SHA-256 of what the bundle gives out for it, and of its inflated content. Members
//!   are read as they stand, by the headers before them; nothing is unpacked to disk. Where programs
//!   would see different members in the same bytes, all that is there is read, and the difference is a
//!   finding.
//! - *Memory follows the largest record*, not the file: half a megabyte for what AWS writes.
//! - *No event is missed for how it is written*: white space, key order and escapes do not matter,
//!   and of a key that comes twice the last counts, as in serde_json. A record that names its event
//!   twice is malformed where only another of its names is in scope.
//! - *The outcome depends on the bytes alone*, not on how they arrive.
//!
//! # How much memory
//!
//! With [`Limits`] as they are by default, each thread that reads needs at most
//!
//! ```text
//!   1.25 × (record_bytes_max + 256 KiB)           the window over one content        21 MiB
//! + embedded_depth_max × record_bytes_max         records in strings in strings      64 MiB
//! + record_bytes_max + 64 bytes × VALUES_MAX      one record in scope, as values     80 MiB
//! + bundle_depth_max × (512 KiB + decoder)        gzip 50 KiB, bzip2 4 MiB, zstd and
//!                                                 xz what they ask for, up to 136 MiB
//! + 100 bytes for each of 2^20 hours of accounts and regions                      100 MiB
//! + 16 bytes for each block of an xz stream, 24 for each member of a bundle, 80 more where it is a
//!   zip, and its row: up to 1 KiB of names, and 4 KiB; 10,000 warnings more for all of them
//! ```
//!
//! That is some 270 MiB for a plain file that was made to fill it, and 0.6 MiB for one of AWS. Who calls
//! [`Reader::read`] holds the rows, and what it keeps of the records; `ingest` keeps 16 MiB and one record.
//! The index takes more, its arenas, mapped segments and threads. Where the system refuses memory (`ulimit
//! -v`), Rust ends the program with status 134, and nothing that runs in it can tell why: what was committed
//! stays, and the same command goes on. With 1 GiB of address space 50,000 records in scope were read; with
//! 768 MiB it was refused memory and said so, with 512 MiB it was ended.
//!
//! Not for: what a record means (`catalogue`), which of several copies is the duplicate (`ingest`),
//! or whether AWS signed the file (`digest`).

mod broken;
mod budget;
mod bundle;
mod commas;
mod content;
mod contradiction;
mod covered;
mod dig;
mod document;
mod fields;
mod findings;
mod head;
mod inflate;
mod input;
mod keys;
mod label;
mod layer;
mod ledger;
mod name;
mod object;
mod open;
mod outcome;
mod own;
mod pass;
mod read;
mod resemblance;
mod resume;
mod scan;
mod seen;
mod sniff;
#[cfg(test)]
mod tests;
mod unpack;
mod walk;
mod wrapper;
mod wrapping;

use crate::report::FileEntry;
use crate::text::Text;
pub use content::Examined;
pub use contradiction::FileFindings;
pub use findings::changed_since;

pub use head::Head;
pub use name::account_and_region;
pub use open::sha256;
pub use own::OwnFolder;
pub use read::Reader;
pub use walk::{
    Candidate, Found, is_standard_input, path_bytes, path_text, to_path, true_paths, walk,
};

/// The deepest nesting of wrappings that is followed, and of a record in scope that is accepted;
/// the latter is serde_json's own limit.
pub const NESTING_MAX: usize = 127;

/// The most values that a record in scope may have: what a reader builds of one takes some 64 bytes.
pub const VALUES_MAX: usize = 1 << 20;

/// What is read at most; each limit that cut something is told in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The inflated content of one file, in bytes; 4 GiB. What is beyond it makes the file partial.
    pub decoded_bytes_max: u64,
    /// All that is unpacked from one file on disk, over all compressions and members, in bytes; 1 TiB.
    pub unpacked_bytes_max: u64,
    /// The same, as a multiple of the size on disk; 256. It cuts nothing below `decoded_bytes_max`.
    pub ratio_max: u64,
    /// How many members the bundles of one file on disk may have; 1,000,000.
    pub members_max: u64,
    /// How many bundles and compressions may lie in one another; 8. A `.tar.gz` of `.json.gz` has 2.
    pub bundle_depth_max: usize,
    /// One record, or other element held in one piece, in bytes; 16 MiB. AWS writes at most 1 MiB.
    /// A larger one is malformed. Values above 1 GiB count as 1 GiB.
    pub record_bytes_max: usize,
    /// How many strings may hold one another's JSON; 4. AWS uses at most 3.
    pub embedded_depth_max: usize,
    /// How many warnings are kept of one file; 20. One more says how many were left out.
    pub file_warnings_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            decoded_bytes_max: 4 << 30,
            unpacked_bytes_max: 1 << 40,
            ratio_max: 256,
            members_max: 1_000_000,
            bundle_depth_max: 8,
            record_bytes_max: 16 << 20,
            embedded_depth_max: 4,
            file_warnings_max: 20,
        }
    }
}

impl Limits {
    /// Returns the most bytes that are held in one piece.
    fn element_bytes_max(&self) -> usize {
        self.record_bytes_max.min(1 << 30)
    }
}

/// Which events are in scope: those of the catalogue.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Says whether the event of this `eventSource` and `eventName` is in scope.
    pub contains: &'a (dyn Fn(&str, &str) -> bool + Sync),
    /// The names of the events in scope: a record that cannot be read but contains one is told apart.
    pub names: &'a [&'a str],
}

/// A record in scope, cut out of its file; the text lives only as long as the call.
#[derive(Debug, Clone, Copy)]
pub struct Cut<'a> {
    /// The record as delivered, valid JSON; where a string held it, that string unescaped.
    pub raw: &'a str,
    /// Its fields that all records share.
    pub head: &'a Head<'a>,
    /// The path of the file that it is in, where that lies inside a bundle.
    pub member: Option<&'a Text>,
    /// Its number among all elements of the file, from 1.
    pub ordinal: u64,
    /// Where it, or the string that holds it, begins in the inflated content, in bytes.
    pub offset: u64,
}

/// What reading one file on disk gave: the rows of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The row of the file itself.
    pub file: FileEntry,
    /// The rows of what lies in it if it is a bundle, at any depth, in reading order.
    pub members: Vec<FileEntry>,
}

impl Rows {
    /// Lends all rows for change, the file's own first.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut FileEntry> {
        std::iter::once(&mut self.file).chain(&mut self.members)
    }
}

impl IntoIterator for Rows {
    type Item = FileEntry;
    type IntoIter = std::iter::Chain<std::iter::Once<FileEntry>, std::vec::IntoIter<FileEntry>>;

    /// Gives all rows, the file's own first.
    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self.file).chain(self.members)
    }
}
