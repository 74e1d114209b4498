//! The archive: the files of a dump, and the records in them, exactly as AWS delivered them.
//!
//! [`walk()`] lists the files below the given paths; a [`Reader`] reads one of them, hands every record
//! that the catalogue knows to the caller as it goes, and returns the file's row of the ledger. What
//! cannot be used is counted and told, never dropped: a file ends in exactly one
//! [`FileOutcome`](crate::report::FileOutcome), an element in exactly one of in scope, out of scope,
//! malformed. The archive is only ever opened for reading.
//!
//! ```text
//! walk ─► open ─► inflate ─► wrapping ──────────► object ─► ledger ─► head ─► Cut
//!                            (document, array,    (record, envelope,
//!                             wrapper, broken)     neither)
//! ```
//!
//! The rules that shape it:
//!
//! - *Content decides, never the name.* A name only explains what cannot be read otherwise.
//! - *Memory follows the largest record*, not the file: half a megabyte for what AWS writes, and a few
//!   times [`Limits::record_bytes_max`] per thread for what was made to fill it.
//! - *No event is missed for how it is written*: white space, key order and escapes do not matter,
//!   and of a key that comes twice the last counts, as in serde_json.
//! - *The outcome depends on the bytes alone*, not on how they arrive.
//!
//! Not for: what a record means (`catalogue`), which of several copies is the duplicate (`ingest`),
//! or whether AWS signed the file (`digest`).

mod broken;
mod content;
mod document;
mod fields;
mod head;
mod inflate;
mod keys;
mod ledger;
mod name;
mod object;
mod open;
mod outcome;
mod own;
mod read;
mod scan;
mod sniff;
#[cfg(test)]
mod tests;
mod walk;
mod wrapper;
mod wrapping;

pub use content::Examined;
pub use head::Head;
pub use open::sha256;
pub use own::OwnFolder;
pub use read::Reader;
pub use walk::{Candidate, Found, path_bytes, path_text, walk};

/// The deepest nesting of wrappings that is followed, and of a record in scope that is accepted;
/// the latter is serde_json's own limit.
pub const NESTING_MAX: usize = 127;

/// What is read at most; each limit that cut something is told in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The inflated content of one file, in bytes; 4 GiB. What is beyond it makes the file partial.
    pub decoded_bytes_max: u64,
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
    /// Its number among all elements of the file, from 1.
    pub ordinal: u64,
    /// Where it, or the string that holds it, begins in the inflated content, in bytes.
    pub offset: u64,
}
