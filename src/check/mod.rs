//! Checking: the files of an index against its sums, what it holds against its manifest, and the
//! evidence against both.
//!
//! Not for: whether AWS signed the evidence.

mod evidence;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use crate::archive::is_standard_input;
use crate::audit::{AuditRow, Status, What};
use crate::error::{Error, ErrorKind, Result};
use crate::index::{self, Reader};
use crate::manifest::{self, Contents, FileLine, MANIFEST, content, export};
use crate::report::FileEntry;
use crate::text::Text;

pub use crate::manifest::export::Form;

/// What of the manifest is known of each file of the evidence, and of what lies in it.
type Known = BTreeMap<Text, Vec<FileLine>>;

/// What to check.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of the index.
    pub index: PathBuf,
    /// The archive, as it was given to `ingest`; none to check the index alone.
    pub archive: Vec<PathBuf>,
    /// How many files of the archive are read at once; 0 means one per processor.
    pub threads: usize,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// A row for each thing, in order of kind and path.
    pub rows: Vec<AuditRow>,
    /// The SHA-256 of the manifest, where it is what was written.
    pub manifest_sha256: Option<crate::record::Sha256>,
}

/// Checks an index, and the archive where one is given.
///
/// # Errors
///
/// Where there is no index, one of another format, or a path does not exist.
pub fn check(options: &Options) -> Result<Audit> {
    let mut rows = index::inspect(&options.index)?;
    // How its bytes compare with what was written; what its lines say is told below.
    let written = rows.iter().position(|row| row.path.as_str() == MANIFEST);
    let written = written.map(|at| rows.remove(at));
    let is_whole = !rows.iter().any(AuditRow::has_failed);
    let mut known = Known::new();
    let contents = read(&options.index, &mut |line| {
        known.entry(line.path.clone()).or_default().push(line);
    });
    let mut manifest_sha256 = None;
    match contents {
        Err(why) => rows.push(AuditRow::new(What::Manifest, MANIFEST, Status::Changed).note(why)),
        Ok(None) => {
            let why = match written.is_some() {
                true => "it was written; run the same ingest again to make it anew",
                false => "no run has come to its end; run the same ingest again",
            };
            rows.push(AuditRow::new(What::Manifest, MANIFEST, Status::Missing).note(why));
        }
        Ok(Some(contents)) => {
            manifest_sha256 = Some(contents.sha256);
            let tells = of_manifest(&contents, &rows);
            let is_current = tells.status == Status::Matched;
            // One that was sealed anew by other hands may tell the same.
            rows.push(written.filter(AuditRow::has_failed).unwrap_or(tells));
            if is_whole && is_current {
                rows.extend(of_content(&options.index, &contents, &known)?);
            }
        }
    }
    if !options.archive.is_empty() {
        rows.extend(evidence::compare(options, &known)?);
    }
    Ok(Audit {
        rows,
        manifest_sha256,
    })
}

/// Writes the sums of the evidence in a form that others check; returns how many files have none.
///
/// # Errors
///
/// Where the manifest is missing or not what was written, or `out` cannot be written.
pub fn write_sums(index: &Path, form: Form, out: &mut dyn Write) -> Result<u64> {
    let mut lines = Vec::new();
    let subject = || index.join(MANIFEST).display().to_string();
    let contents = read(index, &mut |line| lines.push(line)).map_err(|why| {
        let what = "the manifest is not what was written";
        Error::new(ErrorKind::Integrity, subject(), what).because(why)
    })?;
    if contents.is_none() {
        let what = "there is no manifest";
        return Err(Error::new(ErrorKind::Index, subject(), what)
            .hint("no run has come to its end; run the same ingest again"));
    }
    export_all(out, form, &lines).map_err(|error| {
        Error::new(
            ErrorKind::Input,
            "sums of the evidence",
            "cannot be written",
        )
        .because(error)
    })
}

fn export_all(out: &mut dyn Write, form: Form, lines: &[FileLine]) -> io::Result<u64> {
    export::begin(out, form)?;
    let mut without = 0;
    // What lies in a bundle, or came by standard input, is no file to be checked.
    let is_on_disk = |line: &&FileLine| line.member.is_none() && !is_standard_input(&line.path);
    for line in lines.iter().filter(is_on_disk) {
        without += u64::from(!export::file(out, form, line)?);
    }
    out.flush()?;
    Ok(without)
}

/// Reads the manifest of an index; none where there is none.
fn read(
    index: &Path,
    each: &mut dyn FnMut(FileLine),
) -> std::result::Result<Option<Contents>, String> {
    match File::open(index.join(MANIFEST)) {
        Ok(file) => manifest::read(&mut BufReader::new(file), each).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Holds what the manifest says of the files of the index against what was found.
fn of_manifest(contents: &Contents, rows: &[AuditRow]) -> AuditRow {
    let found: BTreeMap<&str, &AuditRow> =
        rows.iter().map(|row| (row.path.as_str(), row)).collect();
    let differs = contents.outputs.iter().find(|output| {
        let row = found.get(output.file.as_str());
        // The file of the sums is known by itself.
        let expected = row.and_then(|row| row.expected_sha256);
        output.file.as_str() != index::SEAL && expected != Some(output.sha256)
    });
    match differs {
        None => AuditRow::new(What::Manifest, MANIFEST, Status::Matched),
        Some(output) => AuditRow::new(What::Manifest, MANIFEST, Status::Outdated).note(format!(
            "it tells of another {}: a run after it did not come to its end; run the same ingest again",
            output.file
        )),
    }
}

/// Reads back what the index holds, and compares it with the manifest.
fn of_content(index: &Path, contents: &Contents, known: &Known) -> Result<Vec<AuditRow>> {
    let reader = match Reader::open_unverified(index) {
        Ok(reader) => reader,
        Err(error) => return Ok(vec![unreadable(&error)]),
    };
    let read = content::digest(&reader).and_then(|content| Ok((content, reader.files()?)));
    let (content, ledger) = match read {
        Ok(read) => read,
        Err(error) => return Ok(vec![unreadable(&error)]),
    };
    let is_same = content == contents.content && tells_the_same(&ledger, known);
    let status = if is_same {
        Status::Matched
    } else {
        Status::Changed
    };
    let mut row = AuditRow::new(What::Content, "records", status);
    row.expected_sha256 = Some(contents.content.digest);
    row.found_sha256 = Some(content.digest);
    Ok(vec![row])
}

fn unreadable(error: &Error) -> AuditRow {
    AuditRow::new(What::Content, "records", Status::Changed).note(error.to_string())
}

/// Says whether the ledger of the index is that of the manifest.
fn tells_the_same(ledger: &[FileEntry], known: &Known) -> bool {
    let lines: BTreeMap<(&Text, Option<&Text>), &FileLine> = known
        .values()
        .flatten()
        .map(|line| ((&line.path, line.member.as_ref()), line))
        .collect();
    let is_told = |entry: &FileEntry| {
        let key = (&entry.source, entry.member.as_ref());
        lines.get(&key).is_some_and(|line| {
            let told = FileLine::of(entry, "");
            let told = FileLine {
                catalogue_sha256: line.catalogue_sha256.clone(),
                ..told
            };
            told == **line
        })
    };
    ledger.len() == lines.len() && ledger.iter().all(is_told)
}
