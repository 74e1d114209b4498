//! What `verify` said, beside the index: of each file of the ledger, and of the gaps.
//!
//! It lies in a file of its own, `verify.jsonl`, in the folder of the index, and is replaced as a whole.
//! A file is named by its sum, what lies in a bundle by that of the bundle with the path inside it.
//! Records are marked with it when they are read. The last line seals those above it, so that damage is
//! told and never believed; it does not keep anybody from writing another one.
//!
//! ```text
//! {"program":"trailspan","format":1,"version":"0.1.0"}
//! {"integrity":"valid","files":["9f86…","60ec…"]}
//! {"integrity":"valid","listed_bytes":4711,"files":["4bf5…"]}
//! {"gap":{"account":"111122223333","region":"us-east-1","from":"…","until":"…","status":"GAP","trail":"main"}}
//! {"end":{"lines":4,"sha256":"2c26…"}}
//! ```

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::beside;
use super::boundary::guarded;
use super::disk::Disk;
use super::folder::subject;
use super::outside::named_holder;
use super::sealing::Sealing;
use super::stored::Stored;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Integrity, Place, Sha256};
use crate::verification::{Gap, LogRow};

/// The file in the folder of the index.
const NAME: &str = "verify.jsonl";

/// The number of this format.
const FORMAT: u64 = 1;

/// So many files stand on one line.
const FILES_A_LINE: usize = 1000;

/// What was said of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    integrity: Integrity,
    /// What stands behind so many bytes of content is not what a digest lists.
    listed_bytes: Option<u64>,
}

/// What `verify` said last.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    files: HashMap<Sha256, Said>,
    gaps: Vec<Gap>,
    /// The sum in the last line of the file that it was read from.
    seal: Option<Sha256>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    Head {
        program: String,
        format: u64,
        version: String,
    },
    Files {
        integrity: Integrity,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        listed_bytes: Option<u64>,
        files: Vec<Sha256>,
    },
    Gap {
        gap: Gap,
    },
    End {
        end: End,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    lines: u64,
    sha256: Sha256,
}

impl Verified {
    /// Takes what was said of log files, and the gaps; of equal files the best that was said.
    pub fn new<'r>(logs: impl IntoIterator<Item = &'r LogRow>, gaps: &[Gap]) -> Self {
        let mut files: HashMap<Sha256, Said> = HashMap::new();
        for row in logs {
            let Some(holder) = row.holder else { continue };
            let said = Said {
                integrity: row.integrity,
                listed_bytes: row.listed_bytes,
            };
            let known = files.entry(holder).or_insert(said);
            *known = said.min(*known);
        }
        Self {
            files,
            gaps: gaps.to_vec(),
            seal: None,
        }
    }

    /// Returns the sum of what was read beside an index, where anything was.
    pub(super) fn seal(&self) -> Option<Sha256> {
        self.seal
    }

    /// Keeps only files that are asked for; returns how many are left.
    pub fn retain(&mut self, is_wanted: impl Fn(&Sha256) -> bool) -> usize {
        self.files.retain(|sha256, _| is_wanted(sha256));
        self.files.len()
    }

    /// Lists the times of which digests prove that the archive lacks something, in order.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Says whether nothing was verified.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.gaps.is_empty()
    }

    fn at(&self, place: &Place) -> Integrity {
        let Some(said) = self.files.get(&place.holder_sum()) else {
            return Integrity::NotChecked;
        };
        match said.listed_bytes {
            Some(listed_bytes) if place.offset >= listed_bytes => Integrity::TrailingData,
            _ => said.integrity,
        }
    }

    /// Marks records with the best that was said of their places: one signed copy proves the bytes.
    pub(super) fn mark(&self, mut stored: Stored) -> Stored {
        if !self.files.is_empty() {
            for record in &mut stored.records {
                let places = record.places.iter().map(|place| self.at(place));
                record.integrity = places.min().unwrap_or_default();
            }
        }
        stored
    }

    /// Reads what is kept beside the index in the folder `dir`; nothing where nothing is kept.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Integrity`] where it is damaged or not as it was written.
    pub(super) fn read(dir: &Path) -> Result<Self> {
        let bytes = match fs::read(dir.join(NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(unusable(ErrorKind::Index, dir, "cannot be read").because(error));
            }
        };
        Self::parse(&bytes).map_err(|why| {
            unusable(ErrorKind::Integrity, dir, "is not as it was written")
                .because(why)
                .hint("run `trailspan verify` again: it is made anew from the archive")
        })
    }

    fn parse(bytes: &[u8]) -> std::result::Result<Self, String> {
        let mut verified = Self::default();
        let (mut lines, mut at) = (0, 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let number = lines + 1;
            let wrong = |why: &dyn std::fmt::Display| format!("line {number}: {why}");
            let parsed = serde_json::from_slice(line).map_err(|error| wrong(&error))?;
            match parsed {
                Line::Head { format, .. } if number == 1 && format == FORMAT => {}
                Line::End { end } => {
                    let sum = Sha256(sha2::Sha256::digest(&bytes[..at]).into());
                    let is_last = at + line.len() == bytes.len();
                    let is_whole = end.lines == lines && end.sha256 == sum;
                    verified.seal = Some(sum);
                    return match is_last && is_whole {
                        true => Ok(verified),
                        false => Err(wrong(&"the seal does not fit what stands above it")),
                    };
                }
                _ if number == 1 => return Err(wrong(&"of another format")),
                Line::Head { .. } => return Err(wrong(&"a second beginning")),
                Line::Files {
                    integrity,
                    listed_bytes,
                    files,
                } => verified.files.extend(files.into_iter().map(|sha256| {
                    let said = Said {
                        integrity,
                        listed_bytes,
                    };
                    (sha256, said)
                })),
                Line::Gap { gap } => verified.gaps.push(gap),
            }
            lines = number;
            at += line.len();
        }
        Err("the end is missing".to_owned())
    }

    /// Keeps it beside the index in the folder `dir`, in place of what was kept before.
    ///
    /// # Errors
    ///
    /// Where it cannot be written, or a run is writing the index; then the former one stays.
    pub fn keep(&self, dir: &Path) -> Result<()> {
        let bytes = self.to_bytes();
        let disk = Disk::new(dir, None);
        // A run that commits meanwhile would write the sums of the files too.
        let lock = guarded(&subject(dir), "cannot be locked", || {
            Sealing::lock(disk.clone())
        });
        let lock = lock.map_err(|error| named_holder(dir, error))?;
        let written = beside::put(&disk, NAME, &mut |out| out.write_all(&bytes));
        drop(lock);
        written.map_err(|error| unusable(ErrorKind::Index, dir, "cannot be written").because(error))
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut by_said: BTreeMap<Said, Vec<Sha256>> = BTreeMap::new();
        let mut files: Vec<(&Sha256, &Said)> = self.files.iter().collect();
        files.sort_unstable();
        for (sha256, said) in files {
            by_said.entry(*said).or_default().push(*sha256);
        }
        let mut lines = vec![Line::Head {
            program: "trailspan".to_owned(),
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }];
        for (said, files) in by_said {
            lines.extend(files.chunks(FILES_A_LINE).map(|files| Line::Files {
                integrity: said.integrity,
                listed_bytes: said.listed_bytes,
                files: files.to_vec(),
            }));
        }
        lines.extend(self.gaps.iter().cloned().map(|gap| Line::Gap { gap }));
        let mut bytes = Vec::new();
        for line in &lines {
            push(&mut bytes, line);
        }
        let end = End {
            lines: lines.len() as u64,
            sha256: Sha256(sha2::Sha256::digest(&bytes).into()),
        };
        push(&mut bytes, &Line::End { end });
        bytes
    }
}

fn push(bytes: &mut Vec<u8>, line: &Line) {
    let line = serde_json::to_vec(line).expect("plain data can be written as JSON");
    bytes.extend(line);
    bytes.push(b'\n');
}

fn unusable(kind: ErrorKind, dir: &Path, what: &str) -> Error {
    Error::new(kind, subject(&dir.join(NAME)), what)
}
