//! The manifest: what an index was made of, by what, and with which outcome, in a form that somebody else
//! can check without this program.
//!
//! `manifest.jsonl` lies in the folder of the index. One JSON object a line, keys sorted, UTF-8:
//!
//! | section | lines | holds |
//! |---|---|---|
//! | `run` | one for each run that ended | when, where, by whom, the accounting of the run, the SHA-256 of the manifest before it |
//! | `tool` | 1 | program, binary, libraries, catalogue |
//! | `options` | 1 | every limit in force |
//! | `file` | one for each file read | path, sums, size, time, outcome, counts, coverage |
//! | `skipped` | one for each file left aside | path, reason |
//! | `malformed` | one for each record that could not be read | where, how large, its SHA-256, why |
//! | `totals` | 1 | the sums over all files, and the identities that they keep |
//! | `content` | 1 | the *content digest* ([`content::digest`]) |
//! | `output` | one for each file of the index | size, SHA-256 |
//! | `end` | 1 | how many lines stand above, and their SHA-256 |
//!
//! Two runs over the same files, with the same binary, give the same lines, whatever the threads, the
//! order of files, the interruptions or the number of runs; apart from `run` (times), `output` (the
//! library names its files at random) and so `end`. The SHA-256 of the whole file is what is printed
//! at the end of a run: it seals everything, and is the one thing to write down, to sign, or to have
//! time-stamped.
//!
//! Not for: which files an index consists of while it is written (`index` keeps its own sums), or
//! whether AWS signed a file.

pub mod account;
pub mod content;
pub mod export;
mod files;
mod lines;
mod name;
mod read;
mod write;

pub use files::{Covered, FileLine, MalformedLine, NameSays};
pub use lines::{
    Content, CrateVersions, Identity, OptionsLine, Origin, OutputLine, RunLine, Tool, TotalsLine,
};
pub use read::{Contents, read};
pub use write::{Draft, Previous, contents, previous, write};

use std::io::{self, Read};

use sha2::Digest as _;

use crate::record::Sha256;

/// The name of the manifest in the folder of an index.
pub const MANIFEST: &str = "manifest.jsonl";

/// Sums whatever can be read, such as the running program.
///
/// # Errors
///
/// What reading says.
pub fn sum_of(bytes: &mut dyn Read) -> io::Result<Sha256> {
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match bytes.read(&mut buffer) {
            Ok(0) => return Ok(Sha256(hash.finalize().into())),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
