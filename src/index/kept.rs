//! What was concluded from an index, kept beside it: blocks of bytes, and of which state they are.
//!
//! It may be missing, of another state, or damaged at any time: whoever asks concludes anew then. Not
//! for: what the blocks say (`reconstruct`).
//!
//! The file is the blocks, compressed; a table that says of each where it is and its sum; the sum of
//! table and state; and the length of the table, eight bytes, least significant first.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use sha2::Digest as _;

use super::disk::Disk;
use super::read::Reader;
use crate::error::{Error, ErrorKind, Result};

/// The file in the folder of the index.
const NAME: &str = "timeline.kept";

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
        if sum != self.sum(knowledge, &table) {
            return None;
        }
        let extents: Option<Vec<Extent>> = table.chunks(ROW_BYTES).map(Extent::of_row).collect();
        Some(Kept {
            file: Mutex::new(file),
            extents: extents?,
        })
    }

    /// Keeps the blocks that `add` adds, in the place of what was kept before; it is opened by those who
    /// know `knowledge`.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where the folder cannot be written.
    pub fn keep(
        &self,
        knowledge: &str,
        add: &dyn Fn(&mut Keeping<'_>) -> io::Result<()>,
    ) -> Result<()> {
        let disk = Disk::new(self.folder(), None);
        let kept = disk.replace(Path::new(NAME), &mut |out| {
            let mut keeping = Keeping {
                out,
                offset: 0,
                extents: Vec::new(),
            };
            add(&mut keeping)?;
            let table: Vec<u8> = keeping.extents.iter().flat_map(Extent::row).collect();
            out.write_all(&table)?;
            out.write_all(&self.sum(knowledge, &table))?;
            out.write_all(&(table.len() as u64).to_le_bytes())
        });
        kept.map_err(|error| {
            let folder = self.folder().display().to_string();
            let failed = Error::new(ErrorKind::Index, folder, "cannot keep the timeline");
            disk.explain(failed.because(error))
        })
    }

    /// Sums the table, the state of the index and what is known.
    fn sum(&self, knowledge: &str, table: &[u8]) -> [u8; 32] {
        let state = self.state();
        let mut sum = sha2::Sha256::new();
        for part in [knowledge.as_bytes(), state.as_bytes(), table] {
            sum.update((part.len() as u64).to_le_bytes());
            sum.update(part);
        }
        sum.finalize().into()
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

/// What is being kept.
pub struct Keeping<'o> {
    out: &'o mut dyn Write,
    offset: u64,
    extents: Vec<Extent>,
}

impl Keeping<'_> {
    /// Adds a block.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn add(&mut self, block: &[u8]) -> io::Result<()> {
        let packed = lz4_flex::compress_prepend_size(block);
        let length = packed.len() as u64;
        self.extents.push(Extent {
            offset: self.offset,
            length,
            sum: sha2::Sha256::digest(&packed).into(),
        });
        self.offset += length;
        self.out.write_all(&packed)
    }
}
