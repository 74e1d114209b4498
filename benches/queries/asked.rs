//! An index of nothing but network events, and the questions that are asked of it, a fresh process each.
//!
//! The corpus is the life cycles of `fold`, ten events each over two years, one account and region, in
//! files of 500 records as S3 delivers them; every record is in scope.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;

use super::calls::lives;
use super::process::{Run, run};

/// How many records a file holds.
const RECORDS: usize = 500;

/// How many seconds lie between the first event and the last: two years.
const SPAN_SECONDS: usize = 2 * 365 * 86_400;

/// How often each question is asked.
const ROUNDS: usize = 5;

/// What takes so many seconds is asked once.
const SLOW: f64 = 5.0;

/// What was measured of an index.
pub(crate) struct Asked {
    /// What ingesting cost; nothing where the index was there already.
    pub(crate) ingested: Option<Run>,
    /// The bytes of the index, and of the JSON of its records.
    pub(crate) index_bytes: u64,
    pub(crate) json_bytes: u64,
    /// The questions.
    pub(crate) answered: Vec<Answered>,
}

/// Makes the index in a folder, unless it is there, and asks each question of it.
pub(crate) fn measure(folder: &Path, events: usize) -> Asked {
    let lives = events / lives::EVENTS;
    let index = folder.join("index");
    let ingested = (!index.exists()).then(|| build(folder, lives));
    Asked {
        ingested,
        index_bytes: bytes_in(&index),
        json_bytes: json_bytes(lives),
        answered: ask(&index, lives),
    }
}

/// Writes the archive and ingests it.
fn build(folder: &Path, lives: usize) -> Run {
    let archive = folder.join("archive");
    fs::create_dir_all(&archive).expect("a folder for the archive");
    let files: Vec<usize> = (0..lives).step_by(RECORDS / lives::EVENTS).collect();
    files
        .par_iter()
        .for_each(|first| write(&archive, *first, lives));
    run(
        &folder.join("index"),
        &["ingest", &archive.display().to_string()],
    )
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

/// What one question cost.
pub(crate) struct Answered {
    /// The command.
    pub(crate) question: String,
    /// The fastest of all rounds.
    pub(crate) best: Run,
}

/// Asks each question; the first one opens no index.
fn ask(index: &Path, lives: usize) -> Vec<Answered> {
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
    let answered = asked.into_iter().map(|(question, is_right)| {
        let best = best(index, &question);
        let question = question.join(" ");
        assert!(is_right(&best), "{question}: {} lines", best.lines);
        Answered { question, best }
    });
    answered.collect()
}

fn best(index: &Path, question: &[&str]) -> Run {
    let arguments = match question[0] {
        "--version" => question.to_vec(),
        _ => [question, &["--format", "jsonl"]].concat(),
    };
    let mut best = run(index, &arguments);
    for _ in 1..ROUNDS {
        if best.elapsed < SLOW {
            let again = run(index, &arguments);
            if again.elapsed < best.elapsed {
                best = again;
            }
        }
    }
    best
}
