//! Measures each stage of ingesting by itself: what a file costs on its way into the index.
//!
//! `cargo bench --bench stages [-- --archive DIR]`; without an archive, one of 20 MB is made, and every
//! count is held against its truth. One process, all processors. Each line includes what stands above it
//! up to the rule, the others stand for themselves. Of three times the one with the least work counts:
//! `s` is that of the wall, `work` that of all threads together, the ratio is that of the work to
//! `inflate` with libdeflate.

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../floor/clock.rs"]
mod clock;
#[path = "../corpus/generator/mod.rs"]
mod generator;
#[path = "../floor/inflate.rs"]
mod inflate;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clock::Took;
use generator::{Plan, Size, Truth};
use rayon::prelude::*;
use trailspan::archive::{self, Candidate, Found, Limits, Reader, Scope};
use trailspan::catalogue::{Catalogue, Interpretation};
use trailspan::index::{Occurrence, Writer};
use trailspan::record::Place;
use trailspan::report::FileEntry;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A record in scope, and where it was found.
struct Kept {
    raw: String,
    place: Place,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named = arguments
        .iter()
        .position(|argument| argument == "--archive");
    let (folder, truth) = match named.and_then(|at| arguments.get(at + 1)) {
        Some(folder) => (PathBuf::from(folder), None),
        None => {
            let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus-20");
            let size = Size::GzMegabytes(20);
            let made = generator::make(Plan { seed: 1, size }, &out)?;
            (made.folder, Some(made.truth))
        }
    };
    measure(&folder, truth.as_ref())
}

fn measure(folder: &Path, truth: Option<&Truth>) -> Outcome<()> {
    let paths = inflate::files(folder)?;
    let found = archive::walk(&[folder.to_owned()])?;
    let is_file = |found| match found {
        Found::File(file) => Some(file),
        Found::Aside(_) => None,
    };
    let files: Vec<Candidate> = found.into_iter().filter_map(is_file).collect();
    println!(
        "threads {}, files {}",
        rayon::current_num_threads(),
        files.len()
    );

    let (floor, sizes) = best(|| Ok(inflate::pass(&paths, true)?))?;
    println!(
        "threads {}, files {}, MB of gz {}, MB of JSON {}",
        rayon::current_num_threads(),
        sizes.files,
        sizes.gz_bytes / 1_000_000,
        sizes.json_bytes / 1_000_000,
    );
    let line = |what: &str, took: Took| {
        let ratio = took.cpu / floor.cpu;
        let Took { wall, cpu } = took;
        println!("{what:10} {wall:8.3} s {cpu:8.3} s work {ratio:6.2} × inflate");
    };
    line("read", best(|| Ok(inflate::pass(&paths, false)?))?.0);
    line("inflate", floor);
    let (took, (entries, _)) = best(|| Ok(read(&files, &|_, _| false)))?;
    line("split", took);
    let records: u64 = entries.iter().map(|entry| entry.records.seen).sum();
    let catalogue = Catalogue::embedded();
    let in_scope = |source: &str, name: &str| catalogue.recognises(source, name);
    let (took, (entries, kept)) = best(|| Ok(read(&files, &in_scope)))?;
    line("recognise", took);
    println!("---");
    if let Some(truth) = truth {
        assert_eq!(records, truth.records);
        assert_eq!(kept.len() as u64, truth.events + truth.duplicates);
    }
    let (took, events) = best(|| interpret(catalogue, &kept))?;
    line("interpret", took);
    let index = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut writer = Writer::open(index.path(), rayon::current_num_threads())?;
    line(
        "index",
        Took::of(|| add(&writer, catalogue, &kept, &events))?.0,
    );
    let digest = catalogue.digest().to_string();
    line(
        "commit",
        Took::of(|| Outcome::Ok(writer.commit(entries, &digest)?))?.0,
    );
    Ok(())
}

/// Does something three times; returns how long it took at best, and what came of it.
fn best<T>(work: impl Fn() -> Outcome<T>) -> Outcome<(Took, T)> {
    let mut best = Took::of(&work)?;
    for _ in 0..2 {
        let next = Took::of(&work)?;
        if next.0.cpu < best.0.cpu {
            best = next;
        }
    }
    Ok(best)
}

/// Reads files to their end, and keeps the records in scope.
fn read(
    files: &[Candidate],
    contains: &(dyn Fn(&str, &str) -> bool + Sync),
) -> (Vec<FileEntry>, Vec<Kept>) {
    let limits = Limits::default();
    let scope = Scope {
        contains,
        names: &[],
    };
    let read = |reader: &mut Reader, file: &Candidate| {
        let mut kept = Vec::new();
        let rows = reader.read(file, &limits, scope, &mut |cut| {
            let member = cut.member.cloned();
            kept.push((cut.raw.to_owned(), member, cut.ordinal, cut.offset));
        });
        let sha256 = rows.file.sha256.unwrap_or_default();
        let placed = kept.into_iter().map(|(raw, member, ordinal, offset)| {
            let source = file.source.clone();
            let place = Place {
                source,
                member,
                ordinal,
                offset,
                sha256,
            };
            Kept { raw, place }
        });
        (rows, placed.collect::<Vec<_>>())
    };
    let next = AtomicUsize::new(0);
    let by_thread = rayon::broadcast(|_| {
        let mut reader = Reader::new();
        let mut done = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(read(&mut reader, file));
        }
        done
    });
    let (rows, kept): (Vec<_>, Vec<_>) = by_thread.into_iter().flatten().unzip();
    (
        rows.into_iter().flatten().collect(),
        kept.into_iter().flatten().collect(),
    )
}

fn interpret(catalogue: &Catalogue, kept: &[Kept]) -> Outcome<Vec<Interpretation>> {
    let interpret = |kept: &Kept| {
        let read = catalogue
            .interpret(&kept.raw)
            .map_err(|error| error.to_string())?;
        read.ok_or_else(|| "it is not in the catalogue".to_owned())
    };
    let all: Result<_, String> = kept.par_iter().map(interpret).collect();
    Ok(all?)
}

fn add(
    writer: &Writer,
    catalogue: &Catalogue,
    kept: &[Kept],
    events: &[Interpretation],
) -> Outcome<()> {
    let kinds = |name: &str| -> Vec<&str> {
        let known = catalogue.event(name).into_iter();
        known
            .flat_map(|known| &known.relations)
            .map(|id| catalogue.relation(*id))
            .flat_map(|relation| [relation.name.as_str(), relation.short.as_str()])
            .collect()
    };
    let all = kept.par_iter().zip(events).try_for_each(|(kept, read)| {
        let occurrence = Occurrence {
            raw: &kept.raw,
            event: &read.event,
            place: &kept.place,
            kinds: &kinds(read.event.event_name.as_str()),
        };
        writer.add(occurrence).map(|_| ())
    });
    Ok(all?)
}
