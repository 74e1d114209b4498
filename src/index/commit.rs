//! Commits a run: documents, ledger and stamp in one step.

use std::collections::BTreeSet;

use super::boundary::{Inner, guarded, unreadable};
use super::document;
use super::snapshot::{Snapshot, content, optional_text};
use super::stamp::Stamp;
use super::tidy;
use super::write::{Run, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Place;
use crate::report::FileEntry;
use crate::text::Text;

impl Writer {
    /// Commits everything since the last commit, with the rows of the ledger of all files that were
    /// read: all of it is visible afterwards, or nothing of it.
    ///
    /// A row replaces the one of the same file. `catalogue` names what the records were chosen by.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where something was added of a file that has no row, two rows are of
    /// one file, an earlier step of the run failed, or the index cannot be written: the former state
    /// stays. Where damage or a full disk is met only when segments are merged afterwards, the new
    /// state stays.
    pub fn commit(&mut self, mut files: Vec<FileEntry>, catalogue: &str) -> Result<()> {
        let named = Text::from(catalogue);
        for entry in &mut files {
            entry.catalogue = named.clone();
        }
        let dir = self.committed.dir.clone();
        self.check(&self.run(), &files)?;
        let run = std::mem::take(&mut *self.run());
        // Until it has succeeded.
        self.set_broken();
        let disk = self.disk.clone();
        guarded(&dir, "cannot commit to the index", || {
            self.write_all(&run, &files, catalogue)
        })
        .map_err(|error| disk.explain(error))?;
        self.known.clear();
        self.set_whole();
        Ok(())
    }

    /// Checks that the index will not hold what it does not say that it read.
    fn check(&self, run: &Run, files: &[FileEntry]) -> Result<()> {
        let dir = &self.committed.dir;
        if self.is_broken() {
            let what = "an earlier failure left this run incomplete, nothing of it is kept";
            return Err(
                Error::new(ErrorKind::Index, dir.clone(), what).hint("run the same command again")
            );
        }
        let mut rows: BTreeSet<(&Text, Option<&Text>)> = BTreeSet::new();
        for entry in files {
            if !rows.insert((&entry.source, entry.member.as_ref())) {
                let what = "a file has two rows in the ledger";
                return Err(Error::new(ErrorKind::Index, entry.source.clone(), what));
            }
        }
        let has_row = |source: &&Text| rows.contains(&(*source, None));
        match run.added.iter().find(|source| !has_row(source)) {
            Some(source) => {
                let what = "a file was read that has no row in the ledger";
                Err(Error::new(ErrorKind::Index, source.clone(), what))
            }
            None => Ok(()),
        }
    }

    fn write_all(&mut self, run: &Run, files: &[FileEntry], catalogue: &str) -> Inner<()> {
        let fields = self.committed.fields;
        for orphan in self.orphans(run)? {
            self.writer.delete_term(fields.content(orphan));
        }
        let mut gone = run.forgotten.clone();
        // The rows of a bundle and of its members go together.
        let sources: BTreeSet<&Text> = files.iter().map(|entry| &entry.source).collect();
        for source in sources {
            let rows = fields.ledger(source.as_str());
            if self.committed.holds(&rows)? {
                self.writer.delete_term(rows);
                gone.insert(source.clone());
            }
        }
        for entry in files {
            self.writer.add_document(document::file(&fields, entry)?)?;
        }
        let stamp = self.next_stamp(&gone, files, catalogue)?;
        let payload = serde_json::to_string(&stamp)?;
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        self.stamp = stamp;
        tidy::tidy(self)?;
        self.reader.reload()?;
        self.committed.searcher = self.reader.searcher();
        // The former state held on to segments that were merged away.
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }

    /// Lists the contents that no place is left of.
    fn orphans(&self, run: &Run) -> Inner<Vec<u128>> {
        let mut orphans = Vec::new();
        for content in &run.perhaps_orphaned {
            if !self.known.has_met(*content) && !has_place(&self.committed, *content, run)? {
                orphans.push(*content);
            }
        }
        Ok(orphans)
    }

    /// Returns what the commit says of the whole index: from the ledger anew where rows went, else
    /// from what it said before.
    fn next_stamp(
        &self,
        gone: &BTreeSet<Text>,
        files: &[FileEntry],
        catalogue: &str,
    ) -> Inner<Stamp> {
        let mut stamp = Stamp {
            unfinished: self.unfinished.clone(),
            ..Stamp::default()
        };
        if gone.is_empty() {
            stamp.coverage = self.stamp.coverage.clone();
            stamp.totals = self.stamp.totals;
        } else {
            let kept = self.committed.ledger()?;
            let kept = kept.iter().filter(|entry| !gone.contains(&entry.source));
            kept.for_each(|entry| stamp.add(entry));
        }
        files.iter().for_each(|entry| stamp.add(entry));
        catalogue.clone_into(&mut stamp.catalogue);
        Ok(stamp)
    }
}

/// Says whether a content was committed with a place in a file that is not forgotten.
fn has_place(committed: &Snapshot, orphan: u128, run: &Run) -> Inner<bool> {
    for address in committed.having(&committed.fields.content(orphan))? {
        let document = committed.document(address)?;
        debug_assert_eq!(content(&document, &committed.fields).ok(), Some(orphan));
        let Some(place) = optional_text(&document, committed.fields.place) else {
            continue;
        };
        let place: Place =
            serde_json::from_str(place).map_err(|error| unreadable("a place", error))?;
        if !run.forgotten.contains(&place.source) {
            return Ok(true);
        }
    }
    Ok(false)
}
