//! Writes the manifest of an index.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256 as Hasher};

use super::MANIFEST;
use super::files::{FileLine, MalformedLine};
use super::lines::{Content, EndLine, OptionsLine, OutputLine, RunLine, Tool, TotalsLine, written};
use super::read::{Contents, read};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Sha256;
use crate::report::{FileEntry, FileOutcome, Sealed};

/// The manifest that a run found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Previous {
    /// Its SHA-256; none where there was no manifest.
    pub sha256: Option<Sha256>,
    /// Its lines of runs, as they stand there.
    pub runs: Vec<Value>,
}

/// Reads the manifest that is in the folder of an index.
///
/// # Errors
///
/// With [`ErrorKind::Integrity`], where there is one that is not what was written: a run would lay
/// a sound one over it.
pub fn previous(dir: &Path) -> Result<Previous> {
    let contents = contents(dir)?;
    Ok(
        contents.map_or_else(Previous::default, |contents| Previous {
            sha256: Some(contents.sha256),
            runs: contents.runs,
        }),
    )
}

/// Reads the manifest that is in the folder of an index, but for its files; none where there is none.
///
/// # Errors
///
/// With [`ErrorKind::Integrity`], where there is one that is not what was written.
pub fn contents(dir: &Path) -> Result<Option<Contents>> {
    let path = dir.join(MANIFEST);
    let subject = path.display().to_string();
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Error::new(ErrorKind::Index, subject, "cannot be read").because(error));
        }
    };
    let contents = read(&mut BufReader::new(file), &mut |_| ()).map_err(|why| {
        Error::new(
            ErrorKind::Integrity,
            subject,
            "the manifest is not what was written",
        )
        .because(why)
        .hint("keep it, find out who changed it, and build a new index in another folder")
    })?;
    Ok(Some(contents))
}

/// What a manifest tells.
pub struct Draft<'a> {
    /// The runs before this one, and this one.
    pub previous: &'a Previous,
    /// This run.
    pub run: RunLine,
    /// What made the index.
    pub tool: Tool,
    /// The limits.
    pub options: OptionsLine,
    /// The ledger, in order of the files.
    pub ledger: &'a [FileEntry],
    /// The sums over the ledger.
    pub totals: TotalsLine,
    /// What the index holds.
    pub content: Content,
    /// The files of the index, in order.
    pub outputs: Vec<OutputLine>,
}

/// Writes a manifest; returns what it is known by.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, draft: &Draft<'_>) -> io::Result<Sealed> {
    let mut lines = Lines {
        out,
        hash: Hasher::new(),
        count: 0,
    };
    let catalogue = draft.tool.catalogue_sha256.to_string();
    for run in &draft.previous.runs {
        lines.push("run", run)?;
    }
    lines.push("run", &draft.run)?;
    lines.push("tool", &draft.tool)?;
    lines.push("options", &draft.options)?;
    let is_skipped = |entry: &&FileEntry| matches!(entry.outcome, FileOutcome::Skipped { .. });
    for entry in draft.ledger.iter().filter(|entry| !is_skipped(entry)) {
        lines.push("file", &FileLine::of(entry, &catalogue))?;
    }
    for entry in draft.ledger.iter().filter(is_skipped) {
        lines.push("skipped", &FileLine::of(entry, &catalogue))?;
    }
    for entry in draft.ledger {
        for record in &entry.malformed {
            lines.push("malformed", &MalformedLine::of(entry, record))?;
        }
    }
    lines.push("totals", &draft.totals)?;
    lines.push("content", &draft.content)?;
    for output in &draft.outputs {
        lines.push("output", output)?;
    }
    let sha256 = lines.finish()?;
    Ok(Sealed {
        sha256,
        content_sha256: draft.content.digest,
    })
}

/// The lines as they are written.
struct Lines<'w> {
    out: &'w mut dyn Write,
    hash: Hasher,
    count: u64,
}

impl Lines<'_> {
    fn push(&mut self, section: &str, line: &impl Serialize) -> io::Result<()> {
        let bytes = written(section, line)?;
        self.hash.update(&bytes);
        self.count += 1;
        self.out.write_all(&bytes)
    }

    /// Writes the last line; returns the SHA-256 of everything.
    fn finish(mut self) -> io::Result<Sha256> {
        let end = EndLine {
            lines: self.count,
            sha256: Sha256(self.hash.clone().finalize().into()),
        };
        self.push("end", &end)?;
        Ok(Sha256(self.hash.finalize().into()))
    }
}
