//! Made archives: as S3 delivers them, from a seed, with a ground truth.
//!
//! Nine streams (an account in a region) write a file every five minutes; the last sixteenth of them
//! is delivered once more by an organisation's trail. One record in a hundred is a step in the life of
//! a network, told in `lives.json` with the number of ends that it makes; the others are drawn from
//! `calls.json`. Sizes are those of busy accounts: a record has about 1,530 bytes, and 175 once
//! compressed; a file holds 200 records, a few hold thousands.
//!
//! The same plan gives the same bytes, on any machine and with any number of threads.

#![allow(dead_code)]

mod calls;
mod file;
mod random;
mod streams;
mod template;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use calls::{Ends, Repertoire};
use file::{File, Written};
use streams::Moment;

/// How large a file is on average, in bytes of gz; measured.
const FILE_BYTES: u64 = 38_000;

/// Where the truth is kept, beside the archive.
const TRUTH: &str = "truth.json";

/// What is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// The same seed gives the same archive.
    pub(crate) seed: u64,
    /// How large.
    pub(crate) size: Size,
}

/// How large an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Size {
    /// So many millions of bytes of gz, about.
    GzMegabytes(u64),
    /// So many files of 1 to 5 kB, about.
    SmallFiles(u64),
}

/// What is in an archive, as its maker knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Truth {
    /// What it was made from.
    pub(crate) plan: Plan,
    /// How many files, with how many bytes, and how many once inflated.
    pub(crate) files: u64,
    pub(crate) gz_bytes: u64,
    pub(crate) json_bytes: u64,
    /// How many records, duplicates counted.
    pub(crate) records: u64,
    /// How many of them are in scope, each event once.
    pub(crate) events: u64,
    /// The bytes of their JSON.
    pub(crate) event_bytes: u64,
    /// How many more copies of these there are.
    pub(crate) duplicates: u64,
    /// How many attachments and associations end, by relation and by how that is known.
    pub(crate) ends: Ends,
}

/// A made archive.
pub(crate) struct Archive {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// What is in it.
    pub(crate) truth: Truth,
}

impl Size {
    fn files(self) -> u64 {
        let files = match self {
            Self::GzMegabytes(megabytes) => megabytes * 1_000_000 / FILE_BYTES,
            Self::SmallFiles(files) => files,
        };
        // One in sixteen is there twice.
        files * 16 / 17
    }
}

/// Makes the archive below `out`, unless it is there already.
///
/// # Errors
///
/// Where it cannot be written, or `out` holds something else.
pub(crate) fn make(plan: Plan, out: &Path) -> io::Result<Archive> {
    let (folder, told) = (out.join("archive"), out.join(TRUTH));
    if let Ok(known) = fs::read(&told) {
        let truth: Truth = serde_json::from_slice(&known)?;
        if truth.plan == plan {
            return Ok(Archive { folder, truth });
        }
    }
    if folder.exists() {
        let what = format!("{} holds another archive: remove it", out.display());
        return Err(io::Error::other(what));
    }
    let truth = write(plan, &folder)?;
    fs::write(told, serde_json::to_vec_pretty(&truth)?)?;
    Ok(Archive { folder, truth })
}

fn write(plan: Plan, folder: &Path) -> io::Result<Truth> {
    let repertoire = Repertoire::embedded();
    let mut truth = Truth {
        plan,
        files: 0,
        gz_bytes: 0,
        json_bytes: 0,
        records: 0,
        events: 0,
        event_bytes: 0,
        duplicates: 0,
        ends: Ends::new(),
    };
    let mut lives = 0;
    for stream in streams::streams(plan.size.files()) {
        let counts: Vec<u64> = (0..stream.slots)
            .map(|slot| file::records_count(plan, &stream, slot))
            .collect();
        let (chosen, moments) = stream.lives(&repertoire, plan.seed, counts.iter().sum(), lives);
        lives += chosen.len() as u64;
        for life in &chosen {
            truth.add_ends(&repertoire.lives[*life].ends);
        }
        let written: io::Result<Vec<Written>> = counts
            .into_par_iter()
            .enumerate()
            .map(|(slot, records)| {
                let slot = slot as u64;
                let file = File {
                    plan,
                    stream: &stream,
                    slot,
                    records,
                    moments: of_slot(&moments, slot),
                };
                file.write(&repertoire, folder)
            })
            .collect();
        written?.iter().for_each(|written| truth.add(written));
    }
    Ok(truth)
}

/// Returns what happens while one file is written to.
fn of_slot<'m, 'r>(moments: &'m [Moment<'r>], slot: u64) -> &'m [Moment<'r>] {
    let index_of =
        |slot: u64| moments.partition_point(|moment| moment.second < slot * streams::SLOT_SECONDS);
    &moments[index_of(slot)..index_of(slot + 1)]
}

impl Truth {
    fn add_ends(&mut self, ends: &Ends) {
        for (relation, by_kind) in ends {
            let sums = self.ends.entry(relation.clone()).or_default();
            for (kind, count) in by_kind {
                *sums.entry(kind.clone()).or_default() += count;
            }
        }
    }

    fn add(&mut self, written: &Written) {
        self.files += written.copies;
        self.gz_bytes += written.gz_bytes;
        self.json_bytes += written.copies * written.json_bytes;
        self.records += written.copies * written.records;
        self.events += written.events;
        self.event_bytes += written.event_bytes;
        self.duplicates += (written.copies - 1) * written.events;
    }
}
