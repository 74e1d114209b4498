//! The evidence as it is now, against the manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use super::{Known, Options};
use crate::archive::{self, Found, OwnFolder, path_text};
use crate::audit::{AuditRow, Status, What};
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::FileLine;
use crate::record::Sha256;
use crate::text::Text;

/// What of the manifest is known of the files on disk.
type OnDisk<'k> = BTreeMap<&'k Text, &'k FileLine>;

/// One file as it is now.
struct Now {
    path: Text,
    size_bytes: u64,
    sha256: Option<Sha256>,
}

/// Reads every file of the archive and says how it compares; in order of the paths.
pub(super) fn compare(options: &Options, known: &Known) -> Result<Vec<AuditRow>> {
    // What lies in a bundle is what it was if the bundle is, and standard input is gone.
    let on_disk = known
        .values()
        .flatten()
        .filter(|line| line.member.is_none());
    let known: &OnDisk = &on_disk
        .filter(|line| !archive::is_standard_input(&line.path))
        .map(|line| (&line.path, line))
        .collect();
    let own = OwnFolder::of(&options.index);
    own.refuse(&options.archive)?;
    let found = archive::walk(&options.archive)?;
    let found: Vec<Found> = found
        .into_iter()
        .filter(|found| !own.holds(found))
        .collect();
    let true_paths = true_paths(known);
    let mut now = sums(&found, options.threads)?;
    for (file, found) in now.iter_mut().zip(&found) {
        // However it is called now, it is the file that the manifest names.
        let name = true_paths.get(&found.true_path());
        file.path = name.map_or_else(|| file.path.clone(), |name| (*name).clone());
    }
    let missing = missing(&now, options, known, &true_paths)?;
    let mut sought = by_sum(&missing, known);
    let mut rows = Vec::new();
    let mut claimed = BTreeSet::new();
    for file in &now {
        rows.push(match known.get(&file.path) {
            Some(line) => known_file(file, line),
            None => unknown_file(file, &mut sought, &mut claimed),
        });
    }
    let missing = missing.into_iter().filter(|path| !claimed.contains(*path));
    rows.extend(missing.filter_map(|path| {
        let line = known.get(path)?;
        let row = AuditRow::new(What::Evidence, path.clone(), Status::Missing);
        Some(row.expected(line.size_bytes, line.sha256))
    }));
    rows.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(rows)
}

/// The known files by the true paths at which they lie now.
fn true_paths<'k>(known: &OnDisk<'k>) -> BTreeMap<Text, &'k Text> {
    let paths = known.keys().copied();
    let found = paths.filter_map(|path| {
        let true_path = archive::to_path(path).canonicalize().ok()?;
        Some((path_text(&true_path), path))
    });
    found.collect()
}

fn sums(found: &[Found], threads: usize) -> Result<Vec<Now>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Input, "check", "cannot start threads")
                .because(error)
                .hint("ask for fewer with --threads")
        })?;
    let sum = |found: &Found| match found {
        Found::File(file) => Now {
            path: file.source.clone(),
            size_bytes: file.size_bytes,
            sha256: archive::sha256(file),
        },
        Found::Aside(entry) => Now {
            path: entry.source.clone(),
            size_bytes: entry.size_bytes,
            sha256: None,
        },
    };
    Ok(pool.install(|| found.par_iter().with_max_len(1).map(sum).collect()))
}

/// Lists what is known and was not found: below the given paths, or anywhere, where nothing is known
/// below them, as in a copy of the archive in another place.
fn missing<'k>(
    now: &[Now],
    options: &Options,
    known: &OnDisk<'k>,
    true_paths: &BTreeMap<Text, &'k Text>,
) -> Result<Vec<&'k Text>> {
    let there: BTreeSet<&Text> = now.iter().map(|file| &file.path).collect();
    let given: Vec<Text> = options.archive.iter().map(|path| path_text(path)).collect();
    let truly_given = archive::true_paths(&options.archive)?;
    let is_in = |path: &Text, given: &Text| Path::new(path.as_str()).starts_with(given.as_str());
    let truly_below: BTreeSet<&Text> = true_paths
        .iter()
        .filter(|(path, _)| truly_given.iter().any(|given| is_in(path, given)))
        .map(|(_, known)| *known)
        .collect();
    let is_below =
        |path: &&Text| truly_below.contains(*path) || given.iter().any(|given| is_in(path, given));
    let any_below = known.keys().any(&is_below);
    let missing = known.keys().copied();
    Ok(missing
        .filter(|path| !there.contains(path) && (is_below(path) || !any_below))
        .collect())
}

/// The missing files by their sum, the first in order last.
fn by_sum<'k>(missing: &[&'k Text], known: &OnDisk<'k>) -> BTreeMap<Sha256, Vec<&'k Text>> {
    let mut by_sum: BTreeMap<Sha256, Vec<&Text>> = BTreeMap::new();
    for path in missing.iter().rev() {
        if let Some(sum) = known.get(path).and_then(|line| line.sha256) {
            by_sum.entry(sum).or_default().push(path);
        }
    }
    by_sum
}

/// Compares a file whose path is known.
fn known_file(file: &Now, line: &FileLine) -> AuditRow {
    let row = |status| {
        AuditRow::new(What::Evidence, file.path.clone(), status)
            .expected(line.size_bytes, line.sha256)
            .found(file.size_bytes, file.sha256)
    };
    match (line.sha256, file.sha256) {
        (Some(then), Some(now)) if then == now => row(Status::Matched),
        (Some(_), Some(_)) => row(Status::Changed),
        (Some(_), None) => row(Status::Unreadable),
        (None, Some(_)) => row(Status::New).note("it could not be read when it was ingested"),
        // What is no regular file has no bytes to compare.
        (None, None) if line.outcome.as_str() == "skipped" => row(Status::Matched),
        (None, None) => row(Status::Unreadable).note("nor could it be when it was ingested"),
    }
}

/// Compares a file whose path is not known.
fn unknown_file<'k>(
    file: &Now,
    sought: &mut BTreeMap<Sha256, Vec<&'k Text>>,
    claimed: &mut BTreeSet<&'k Text>,
) -> AuditRow {
    let row = |status| {
        AuditRow::new(What::Evidence, file.path.clone(), status).found(file.size_bytes, file.sha256)
    };
    let Some(sum) = file.sha256 else {
        return row(Status::New).note("it cannot be read");
    };
    match sought.get_mut(&sum).and_then(Vec::pop) {
        Some(former) => {
            claimed.insert(former);
            row(Status::Moved)
                .expected(file.size_bytes, Some(sum))
                .note(format!("it was {}", former.as_str()))
        }
        None => row(Status::New),
    }
}
