//! Which file of the ledger a found file is: the one at its true path, however it is called this time.
//!
//! A file that is given as `logs/a.json`, then as `./logs/a.json` or through a symbolic link, is one file;
//! its first name stays. Two files that are given by one name, from two working folders, are two. Not for:
//! whether a file has changed.

use std::collections::BTreeMap;

use crate::archive::{Found, to_path};
use crate::report::FileEntry;
use crate::text::Text;

/// The names of the ledger, by the true paths of their files.
pub(super) struct Identities<'l> {
    ledger: &'l BTreeMap<Text, Vec<FileEntry>>,
    names: BTreeMap<&'l Text, &'l Text>,
}

impl<'l> Identities<'l> {
    /// Looks through the ledger.
    pub(super) fn of(ledger: &'l BTreeMap<Text, Vec<FileEntry>>) -> Self {
        let rows = ledger.values().filter_map(|rows| rows.first());
        let named = rows.filter(|row| !row.true_path.is_empty());
        Self {
            ledger,
            names: named.map(|row| (&row.true_path, &row.source)).collect(),
        }
    }

    /// Names a file as the ledger does, if it knows it, and else as nothing else is named.
    pub(super) fn name(&self, mut found: Found) -> Found {
        let true_path = found.true_path();
        if let Some(name) = self.names.get(&true_path) {
            found.rename((*name).clone());
        } else if self.is_of_another(found.source(), &true_path) {
            found.rename(true_path);
        }
        found
    }

    /// Says whether the ledger has this name for a file that is still there, at another true path.
    ///
    /// Where that file is gone, the evidence was moved as a whole.
    fn is_of_another(&self, name: &Text, true_path: &Text) -> bool {
        let known = self.ledger.get(name).and_then(|rows| rows.first());
        let former = known.map(|row| &row.true_path);
        former.is_some_and(|former| {
            !former.is_empty() && former != true_path && to_path(former).symlink_metadata().is_ok()
        })
    }
}
