//! Every file in the folder of an index, held against its sum.

use std::fs;
use std::io;
use std::path::Path;

use super::believe::{read_seal, sum_of};
use super::disk::{is_beside, is_part};
use super::folder::{self, Folder};
use super::seal::{META, SEAL, State, Sum};
use crate::audit::{AuditRow, Status, What};
use crate::error::Result;

/// What is told of parts that no state names.
const LEFT_BEHIND: &str = "left behind by a run that was ended; the next run removes it";

/// Reads every byte of an index and compares; rows in order of the names.
///
/// Files that others put into the folder are not looked at.
///
/// # Errors
///
/// With [`ErrorKind::Index`](crate::error::ErrorKind::Index), where there is no index, or one of another
/// format.
pub fn inspect(dir: &Path) -> Result<Vec<AuditRow>> {
    let meta = fs::read(dir.join(META)).ok();
    let seal = read_seal(dir);
    let present = meta.as_deref().zip(seal.as_ref().ok());
    let present = present.and_then(|(meta, seal)| seal.state_of(meta));
    // What cannot be told apart from another index is told as such, before its files are looked at.
    if present.is_some() || seal.is_err() {
        match folder::look(dir) {
            Ok(Folder::Missing | Folder::Empty) => {
                return Err(folder::missing(&folder::subject(dir)));
            }
            Err(error) if present.is_some() || !dir.join(SEAL).exists() => return Err(error),
            Ok(Folder::Begun(_) | Folder::Ours(..)) | Err(_) => {}
        }
    }
    let mut rows = Vec::new();
    let state = match &seal {
        Ok(seal) => {
            rows.push(AuditRow::new(What::Index, SEAL, Status::Matched));
            let beside = seal.beside.iter();
            rows.extend(beside.map(|(name, sum)| compare(dir, name, sum)));
            present.or(seal.states.last())
        }
        Err(why) => {
            let row = AuditRow::new(What::Index, SEAL, Status::Changed).note(why.as_str());
            rows.push(row);
            None
        }
    };
    if let Some(state) = state {
        rows.push(compare(dir, META, &state.meta));
        let files = state.files.iter();
        rows.extend(files.map(|(name, sum)| compare(dir, name, sum)));
    }
    rows.extend(left_behind(dir, state));
    rows.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(rows)
}

fn compare(dir: &Path, name: &str, known: &Sum) -> AuditRow {
    let row = |status| {
        AuditRow::new(What::Index, name, status).expected(known.size_bytes, Some(known.sha256))
    };
    match sum_of(&dir.join(name)) {
        Ok(sum) => {
            let fits = (sum.size_bytes, sum.sha256) == (known.size_bytes, known.sha256);
            let status = if fits {
                Status::Matched
            } else {
                Status::Changed
            };
            row(status).found(sum.size_bytes, Some(sum.sha256))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => row(Status::Missing),
        Err(error) => row(Status::Unreadable).note(error.to_string()),
    }
}

fn left_behind(dir: &Path, state: Option<&State>) -> Vec<AuditRow> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Vec::new();
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_named = |name: &String| state.is_some_and(|state| state.files.contains_key(name));
    names
        .filter(|name| (is_part(name) || is_beside(name)) && !is_named(name))
        .map(|name| AuditRow::new(What::Index, name, Status::New).note(LEFT_BEHIND))
        .collect()
}
