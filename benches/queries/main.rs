//! Measures the questions: seconds and memory of a fresh process each, over so many network events.
//!
//! The corpus is the life cycles of `fold`, ten events each over two years, one account and region, in
//! files of 500 records as S3 delivers them; every record is in scope. It is ingested once, into a
//! temporary folder that is removed at the end, or into a folder that is named and then used again.
//! Answers are asserted. `floor` is a process that opens no index: `trailspan --version`. Each question
//! is asked several times, of which the fastest counts; all threads, warm cache.
//!
//! `cargo bench --bench queries [-- EVENTS] [-- FOLDER]`

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../calls/mod.rs"]
mod calls;
mod process;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;

use calls::lives;
use process::{Run, run};

/// How many records a file holds.
const RECORDS: usize = 500;

/// How many seconds lie between the first event and the last: two years.
const SPAN_SECONDS: usize = 2 * 365 * 86_400;

/// How often each question is asked.
const ROUNDS: usize = 5;

/// What takes so many seconds is asked once.
const SLOW: f64 = 5.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok());
    let lives = numbers.next().unwrap_or(1_000_000) / lives::EVENTS;
    let named = arguments.iter().find(|argument| argument.contains('/'));
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = named.map_or(temporary.path().to_owned(), PathBuf::from);
    let index = folder.join("index");
    if !index.exists() {
        build(&folder, lives);
    }
    let bytes = bytes_in(&index);
    let json = json_bytes(lives);
    println!(
        "index {} MB, {:.1} % of {} MB of JSON",
        bytes >> 20,
        100.0 * bytes as f64 / json as f64,
        json >> 20
    );
    println!("threads {}", rayon::current_num_threads());
    questions(&index, lives);
}

/// Writes the archive and ingests it.
fn build(folder: &Path, lives: usize) {
    let archive = folder.join("archive");
    fs::create_dir_all(&archive).expect("a folder for the archive");
    let files: Vec<usize> = (0..lives).step_by(RECORDS / lives::EVENTS).collect();
    files
        .par_iter()
        .for_each(|first| write(&archive, *first, lives));
    let index = folder.join("index");
    let ingested = run(&index, &["ingest", &archive.display().to_string()]);
    println!("{:44} {}", "ingest", ingested.cost());
}

fn records(first: usize, lives: usize) -> String {
    let some = first..lives.min(first + RECORDS / lives::EVENTS);
    let pace = SPAN_SECONDS / (lives * lives::EVENTS);
    let records = some.flat_map(|cycle| lives::life(cycle, |number| pace * number));
    let records: Vec<_> = records.map(|record| record.raw).collect();
    records.join(",")
}

fn write(archive: &Path, first: usize, lives: usize) {
    let path = archive.join(format!("{first:09}.json.gz"));
    let file = BufWriter::new(File::create(path).expect("a file"));
    let mut file = GzEncoder::new(file, Compression::fast());
    write!(file, "{{\"Records\":[{}]}}", records(first, lives)).expect("room on the disk");
    file.finish()
        .and_then(|mut file| file.flush())
        .expect("room on the disk");
}

/// Says how many bytes the records have, by a part of them.
fn json_bytes(lives: usize) -> u64 {
    let part = RECORDS / lives::EVENTS;
    (records(0, lives).len() / part * lives) as u64
}

fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).expect("a folder");
    let sizes = files.map(|file| file.and_then(|file| file.metadata()).map(|data| data.len()));
    sizes.map(|size| size.expect("a file")).sum()
}

/// Says whether an answer can be right.
type Right = fn(&Run) -> bool;

/// Asks each question and prints what it cost.
fn questions(index: &Path, lives: usize) {
    let interface = lives::interface(lives / 2);
    let month = ["--since", "2024-07-01", "--until", "2024-08-01"];
    let asked: Vec<(Vec<&str>, Right)> = vec![
        (vec!["--version"], |run| run.lines == 1),
        (vec!["history", &interface], |run| run.lines > 0),
        (vec!["search", &interface], |run| run.lines > 0),
        (vec!["at", "2024-06-01", &interface], |_| true),
        ([&["detachments"], &month[..]].concat(), |run| run.lines > 0),
        (vec!["at", "2024-06-01"], |run| run.lines > 0),
        (vec!["timeline", "--limit", "1000"], |run| {
            run.lines == 1_000
        }),
        (vec!["timeline"], |run| run.lines > 1_000),
    ];
    let mut floor = None;
    for (question, is_right) in asked {
        let arguments = match question[0] {
            "--version" => question.clone(),
            _ => [&question[..], &["--format", "jsonl"]].concat(),
        };
        let mut best = run(index, &arguments);
        for _ in 1..ROUNDS {
            if best.elapsed < SLOW {
                let again = run(index, &arguments);
                best = if again.elapsed < best.elapsed {
                    again
                } else {
                    best
                };
            }
        }
        let shown = question.join(" ");
        assert!(is_right(&best), "{shown}: {} lines", best.lines);
        let floor = *floor.get_or_insert(best.elapsed);
        println!(
            "{shown:44} {} {:8.1} × floor {:8} rows",
            best.cost(),
            best.elapsed / floor,
            best.lines
        );
    }
}
