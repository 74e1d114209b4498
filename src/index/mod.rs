//! The index: finds records by what is in them, and says where each was found.
//!
//! Not for: what a record means (`catalogue`), or what a person typed (`search`).
//!
//! One index lies in one folder. Its documents are of three kinds, described field by field in
//! `schema/index.json`:
//!
//! - An *event* document holds one content of one event, verbatim, and the keys to find it by.
//! - A *place* document says where a content was found. It is tied to the event document by a sum of
//!   the content, so no file owns an event: which of many copies came first shows nowhere, and a file
//!   that has changed takes its places with it, and only what was found nowhere else.
//! - A *file* document is one row of the ledger.
//!
//! What is added becomes visible in one commit, which also carries a stamp: format, version, coverage
//! and totals, so that a query need not read the ledger. What an answer contains and its order depend
//! on the archive alone, not on threads, the order of files, or the number of runs.
//!
//! The library verifies nothing that it reads, and a merge would give damage a fresh checksum. So the
//! SHA-256 of every file is taken while it is written and kept in `checksums.json`; what is read is
//! held against it before it is believed, and what is merged once more. The library's own list of files
//! is not kept, and nothing merges segments while they are written.
//!
//! | before | how thoroughly |
//! |---|---|
//! | reading an index of up to 64 MiB | every byte, in memory, from where it is then read |
//! | reading a larger one | sizes, `meta.json`, and whether the system says that the files are those that were written; every byte where it does not, as in a copy |
//! | writing, and `check` | every byte |
//! | a merge | every byte of what is merged, once more |

mod any;
mod believe;
mod beside;
mod boundary;
mod commit;
mod disk;
mod document;
mod folder;
mod frozen;
mod groups;
mod hits;
mod inspect;
mod kept;
mod known;
mod leaves;
mod outside;
mod parts;
mod query;
mod read;
mod schema;
mod seal;
mod sealing;
mod select;
mod shapes;
mod snapshot;
mod stamp;
mod stored;
mod suggest;
mod term;
#[cfg(test)]
mod tests;
mod tidy;
mod tokens;
mod verified;
mod whole;
mod write;

pub(crate) use disk::Gate;
pub use document::Occurrence;
pub use hits::{Hits, Order};
pub use inspect::inspect;
pub use kept::{Keeping, Kept};
pub use known::Added;
pub use query::cost;
pub use read::{InTurn, Reader};
pub use seal::SEAL;
pub use select::{Selection, Which};
pub use stamp::{FORMAT, Totals};
pub use stored::Stored;
pub use verified::Verified;
pub use write::Writer;
