//! More of a file than its row of the ledger tells: for comparing it with what AWS signed.

use std::io::Read;

use super::Candidate;
use super::inflate::Inflater;
use super::input::Input;
use super::ledger::Ledger;
use super::open::open;
use super::outcome::Reading;
use super::pass::Level;
use super::read::Reader;
use super::seen::Seen;
use crate::record::Sha256;
use crate::report::FileEntry;
use crate::text::Text;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Its row of the ledger.
    pub entry: FileEntry,
    /// Whether there are records of CloudTrail in it.
    pub is_log: bool,
    /// Whether it is a digest of CloudTrail by its content.
    pub is_digest: bool,
    /// The SHA-256 and the size of what its first gzip member holds, where more members follow.
    pub first_member: Option<(Sha256, u64)>,
    /// Whether bytes that are no gzip, and not just zeros, follow the last member.
    pub has_trailing_bytes: bool,
    /// What damaged or padded its container, if anything did.
    pub damage: Option<Text>,
}

/// What a row of the ledger does not tell.
#[derive(Debug, Default)]
pub(super) struct Facts {
    is_log: bool,
    is_digest: bool,
    first_member: Option<(Sha256, u64)>,
    has_trailing_bytes: bool,
    damage: Option<Text>,
}

impl Facts {
    /// Keeps of what was read what the row does not tell.
    pub(super) fn of(reading: &Reading, ledger: &Ledger<'_>) -> Self {
        let (trailing_bytes, all_zero) = reading.trailing;
        let padding = match (trailing_bytes, all_zero) {
            (1.., true) => Some(format!("{trailing_bytes} zero bytes follow the content")),
            _ => None,
        };
        let damage = reading.damage.clone().or(padding);
        Self {
            is_log: ledger.is_recognised,
            is_digest: !ledger.is_recognised && ledger.seen == Some(Seen::Digest),
            first_member: reading.first_member,
            has_trailing_bytes: trailing_bytes > 0 && !all_zero,
            damage: damage.map(Text::from),
        }
    }
}

impl From<FileEntry> for Examined {
    /// Takes a file that could not be opened, or was set aside.
    fn from(entry: FileEntry) -> Self {
        Self::new(entry, Facts::default())
    }
}

impl Examined {
    pub(super) fn new(entry: FileEntry, facts: Facts) -> Self {
        Self {
            entry,
            is_log: facts.is_log,
            is_digest: facts.is_digest,
            first_member: facts.first_member,
            has_trailing_bytes: facts.has_trailing_bytes,
            damage: facts.damage,
        }
    }
}

impl Reader {
    /// Reads the content of a file, of its first gzip member only, which is the one that AWS writes.
    ///
    /// # Errors
    ///
    /// Says in words why it cannot be read to its end, or that it is larger than `bytes_max`.
    pub fn first_member(&mut self, file: &Candidate, bytes_max: usize) -> Result<Vec<u8>, Text> {
        let (mut opened, _) = open(file).map_err(|_| Text::from("cannot be opened"))?;
        let mut level = self.levels.pop().unwrap_or_else(Level::new);
        let content = first_member(opened.source(), &mut level, bytes_max);
        self.levels.push(level);
        content
    }
}

fn first_member(
    source: &mut dyn Read,
    level: &mut Level,
    bytes_max: usize,
) -> Result<Vec<u8>, Text> {
    let input = Input::new(source, &mut level.input);
    let mut inflater = Inflater::new(input, &mut level.inflate);
    let mut content = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        let count = inflater.fill(&mut chunk);
        if count == 0 || inflater.members > 1 {
            break;
        }
        content.extend_from_slice(&chunk[..count]);
        if content.len() > bytes_max {
            return Err(Text::from(format!(
                "more than {bytes_max} bytes of content"
            )));
        }
    }
    if let Some(error) = &inflater.input.error {
        return Err(Text::from(format!("cannot be read on: {error}")));
    }
    // Damage of a later member costs the first one nothing.
    match inflater
        .damage
        .filter(|_| inflater.is_cut && inflater.members < 2)
    {
        Some(damage) => Err(Text::from(damage)),
        None => Ok(content),
    }
}
