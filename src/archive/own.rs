//! The folder of the index, which may lie within the archive and is no part of it.

use std::path::{Path, PathBuf};

use super::Found;
use crate::error::{Error, ErrorKind, Result};
use crate::text::Text;

/// A folder whose files are not evidence.
#[derive(Debug, Clone)]
pub struct OwnFolder(Option<PathBuf>);

impl OwnFolder {
    /// Names the folder; it need not exist.
    pub fn of(folder: &Path) -> Self {
        // What cannot be resolved, or is a file, holds nothing that can be walked.
        let resolved = folder.canonicalize().ok();
        Self(resolved.filter(|folder| folder.is_dir()))
    }

    /// Says whether a file lies in the folder.
    pub fn holds(&self, found: &Found) -> bool {
        let Found::File(file) = found else {
            return false;
        };
        // A walk names files by their true paths.
        let own = self.0.as_ref();
        own.is_some_and(|own| file.path.starts_with(own))
    }

    /// Refuses a path that lies in the folder, as evidence.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Usage`], where one does.
    pub fn refuse(&self, paths: &[PathBuf]) -> Result<()> {
        let Some(own) = &self.0 else { return Ok(()) };
        let is_own = |path: &&PathBuf| path.canonicalize().is_ok_and(|path| path.starts_with(own));
        match paths.iter().find(is_own) {
            None => Ok(()),
            Some(path) => {
                let subject = Text::from(path.display().to_string());
                let what = "this is in the folder of the index, and no evidence";
                Err(Error::new(ErrorKind::Usage, subject, what)
                    .hint("name the archive, or another index with --index"))
            }
        }
    }
}
