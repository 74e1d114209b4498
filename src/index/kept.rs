//! What was concluded from an index, kept beside it: blocks of bytes, and of which state they are.
//!
//! It may be missing, of another state, or damaged at any time: whoever asks concludes anew then. Not
//! for: what the blocks say (`reconstruct`).
//!
//! The file is the blocks, compressed; a table that says of each where it is and its sum; the sum of
//! table and state; and the length of the table, eight bytes, least significant first.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use sha2::Digest as _;

use super::read::Reader;
use crate::error::{Error, ErrorKind, Result};

/// The file in the folder of the index.
const NAME: &str = "timeline.kept";

/// The same while it is written.
const BESIDE: &str = ".timeline.kept.new";

/// How many bytes follow the table: a sum and a length.
const END_BYTES: u64 = 32 + 8;

/// How many bytes a row of the table has.
const ROW_BYTES: usize = 8 + 8 + 32;

/// Where a block is, and the sum of its bytes as they lie there.
#[derive(Debug)]
struct Extent {
    offset: u64,
    length: u64,
    sum: [u8; 32],
}

impl Extent {
    fn row(&self) -> Vec<u8> {
        let [offset, length] = [self.offset, self.length].map(u64::to_le_bytes);
        [&offset[..], &length, &self.sum].concat()
    }

    fn of_row(row: &[u8]) -> Option<Self> {
        let number = |bytes: &[u8]| Some(u64::from_le_bytes(bytes.try_into().ok()?));
        Some(Self {
            offset: number(row.get(..8)?)?,
            length: number(row.get(8..16)?)?,
            sum: row.get(16..)?.try_into().ok()?,
        })
    }
}

/// Blocks that were kept beside an index, of the very state that is read.
#[derive(Debug)]
pub struct Kept {
    file: Mutex<File>,
    extents: Vec<Extent>,
}

impl Reader {
    /// Opens what was kept of this state by those who know `knowledge`; `None` where there is nothing
    /// that can be relied on.
    pub fn kept(&self, knowledge: &str) -> Option<Kept> {
        let mut file = File::open(self.folder().join(NAME)).ok()?;
        let length = file.metadata().ok()?.len();
        let mut end = [0; END_BYTES as usize];
        file.seek(SeekFrom::Start(length.checked_sub(END_BYTES)?))
            .ok()?;
        file.read_exact(&mut end).ok()?;
        let (sum, table_length) = end.split_at(32);
        let table_length = u64::from_le_bytes(table_length.try_into().ok()?);
        let begin = length.checked_sub(END_BYTES)?.checked_sub(table_length)?;
        let mut table = vec![0; usize::try_from(table_length).ok()?];
        file.seek(SeekFrom::Start(begin)).ok()?;
        file.read_exact(&mut table).ok()?;
        if sum != self.sum(knowledge, &table).ok()? {
            return None;
        }
        let extents: Option<Vec<Extent>> = table.chunks(ROW_BYTES).map(Extent::of_row).collect();
        Some(Kept {
            file: Mutex::new(file),
            extents: extents?,
        })
    }

    /// Begins to keep something of this state, in the place of what was kept before.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be written.
    pub fn keep(&self) -> Result<Keeping<'_>> {
        let path = self.folder().join(BESIDE);
        let file = File::create(&path).map_err(|error| self.cannot_keep(&error))?;
        Ok(Keeping {
            reader: self,
            path,
            file: BufWriter::new(file),
            offset: 0,
            extents: Vec::new(),
        })
    }

    /// Sums the table, the state of the index and what is known.
    fn sum(&self, knowledge: &str, table: &[u8]) -> io::Result<[u8; 32]> {
        let state = self.state()?;
        let mut sum = sha2::Sha256::new();
        for part in [knowledge.as_bytes(), state.as_bytes(), table] {
            sum.update((part.len() as u64).to_le_bytes());
            sum.update(part);
        }
        Ok(sum.finalize().into())
    }

    fn cannot_keep(&self, error: &io::Error) -> Error {
        let folder = self.folder().display().to_string();
        Error::new(ErrorKind::Index, folder, "cannot keep the timeline")
            .because(error)
            .hint("all records are in the index, and questions are answered, only slower; look for room on the disk, then run the same command again")
    }
}

impl Kept {
    /// Reads a block; `None` where it is damaged or there is none.
    pub fn block(&self, number: usize) -> Option<Vec<u8>> {
        let extent = self.extents.get(number)?;
        let length = usize::try_from(extent.length).ok()?;
        let mut packed = vec![0; length];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(extent.offset)).ok()?;
            file.read_exact(&mut packed).ok()?;
        }
        let sum: [u8; 32] = sha2::Sha256::digest(&packed).into();
        (sum == extent.sum)
            .then(|| lz4_flex::decompress_size_prepended(&packed).ok())
            .flatten()
    }
}

/// What is being kept; nothing of it is seen before [`Keeping::finish`].
pub struct Keeping<'r> {
    reader: &'r Reader,
    path: PathBuf,
    file: BufWriter<File>,
    offset: u64,
    extents: Vec<Extent>,
}

impl Keeping<'_> {
    /// Adds blocks, in order.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn add(&mut self, blocks: &[Vec<u8>]) -> Result<()> {
        let packed = blocks.iter().map(|block| {
            let packed = lz4_flex::compress_prepend_size(block);
            let sum: [u8; 32] = sha2::Sha256::digest(&packed).into();
            (packed, sum)
        });
        for (packed, sum) in packed {
            let length = packed.len() as u64;
            self.extents.push(Extent {
                offset: self.offset,
                length,
                sum,
            });
            self.offset += length;
            self.write(&packed)?;
        }
        Ok(())
    }

    /// Puts what was added in the place of what was kept before.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn finish(mut self, knowledge: &str) -> Result<()> {
        let table: Vec<u8> = self.extents.iter().flat_map(Extent::row).collect();
        let sum = self.reader.sum(knowledge, &table);
        let sum = sum.map_err(|error| self.reader.cannot_keep(&error))?;
        self.write(&table)?;
        self.write(&sum)?;
        self.write(&(table.len() as u64).to_le_bytes())?;
        let Self {
            reader, path, file, ..
        } = self;
        let file = file.into_inner().map_err(|error| error.into_error());
        file.and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(path, reader.folder().join(NAME)))
            .map_err(|error| reader.cannot_keep(&error))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| self.reader.cannot_keep(&error))
    }
}
