//! Prints what ingesting and asking costs: as ratios to the floor, to reading alone, to other programs, and
//! as what a question to a fresh process takes.
//!
//! `cargo bench --profile release --bench table [-- OPTIONS]`
//!
//! - `--dir DIR`: where archives are made and kept (below the build's own folder)
//! - `--sizes 20,300,2000`: millions of bytes of gz of the archives; the peers read that of 300, or the
//!   largest below
//! - `--small-files 100000`: how many files of 1 to 5 kB; 0 leaves them out
//! - `--events 1000000`: how many network events the questions are asked of; 0 leaves them out
//! - `--rounds 5`: how often each command is run, in turn with what it is compared to
//! - `--python PROGRAM`: the Python that has chdb and duckdb; `--no-peers`
//!
//! All are whole processes with a warm cache, on all processors; ratios are of two neighbours in one
//! round, and the middle one of all rounds is told, so that a busy machine shows least. `wall` is what a
//! person waits, `work` what all threads do. The floor is the reading and inflating of every file with
//! libdeflate. Each answer is held against the archive's truth. What needs more room than the disk has is
//! left out, and said; so is a program that is not installed.

#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

#[path = "../queries/asked.rs"]
mod asked;
#[path = "../calls/mod.rs"]
mod calls;
#[allow(dead_code)] // it measures processes, not its own work
#[path = "../floor/clock.rs"]
mod clock;
#[path = "../corpus/generator/mod.rs"]
mod generator;
#[path = "../floor/inflate.rs"]
mod inflate;
mod ingest;
mod measure;
mod peers;
#[allow(dead_code)] // the table tells the cost in columns
#[path = "../queries/process.rs"]
mod process;

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use generator::{Archive, Plan, Size};
use ingest::{Bench, Round};
use measure::{BETWEEN, median};
use trailspan::catalogue::Catalogue;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The arguments with which this program becomes the floor, and the look at every file.
const FLOOR: &str = "--floor";
const STAT: &str = "--stat";

fn main() -> Outcome<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some(BETWEEN) => {
            let measured = measure::between(Path::new(&arguments[1]), &arguments[2..])?;
            println!("{}", serde_json::to_string(&measured)?);
        }
        Some(FLOOR) => {
            let files = inflate::files(Path::new(&arguments[1]))?;
            println!("{}", inflate::pass(&files, true)?.json_bytes);
        }
        Some(STAT) => {
            let files = inflate::files(Path::new(&arguments[1]))?;
            let sizes = files.iter().map(|path| Ok(path.symlink_metadata()?.len()));
            println!("{}", sizes.sum::<std::io::Result<u64>>()?);
        }
        _ => table(&arguments)?,
    }
    Ok(())
}

fn table(arguments: &[OsString]) -> Outcome<()> {
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.to_str()
    };
    let dir = option("--dir").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpora"),
        PathBuf::from,
    );
    let sizes = option("--sizes").unwrap_or("20,300,2000").split(',');
    let sizes: Vec<u64> = sizes.map(str::parse).collect::<Result<_, _>>()?;
    let small_files: u64 = option("--small-files").unwrap_or("100000").parse()?;
    let events: usize = option("--events").unwrap_or("1000000").parse()?;
    let rounds: usize = option("--rounds").unwrap_or("5").parse()?;
    let python = option("--python").unwrap_or("python3");
    let bench = Bench::new(&dir, rounds)?;

    println!(
        "trailspan {}, {}, {} processors, {} rounds\n",
        env!("CARGO_PKG_VERSION"),
        jiff::Zoned::now().date(),
        rayon::current_num_threads(),
        rounds,
    );
    println!("| what | archive | wall | work | peak memory |");
    println!("|---|---|---|---|---|");
    let mut all = Vec::new();
    for megabytes in sizes {
        // The index, and what the file system needs, are a fraction of the archive.
        if !has_room(&dir, 3 * megabytes / 2)? {
            println!("| ingest ÷ floor | {megabytes} MB gz | no room on the disk | | |");
            continue;
        }
        let archive = made(&dir, Size::GzMegabytes(megabytes))?;
        let measured = bench.ingest(&archive)?;
        tell("ingest ÷ floor", &archive, &measured);
        tell("second ingest ÷ stat", &archive, &bench.second(&archive)?);
        println!(
            "| index ÷ JSON in scope | {} | {:.2} | | |",
            name(&archive),
            bench.index_bytes()? as f64 / archive.truth.event_bytes as f64
        );
        all.push((megabytes, archive, measured));
    }
    if let ([(_, _, first), .., (_, _, last)], true) = (&all[..], all.len() > 1) {
        let [wall, work] = [|round: &Round| round.walls(), |round: &Round| round.works()]
            .map(|ratio| median(last.iter().map(ratio)) / median(first.iter().map(ratio)));
        println!("| cost per byte, largest ÷ smallest | | {wall:.2} | {work:.2} | |");
    }
    if small_files > 0 {
        let archive = made(&dir, Size::SmallFiles(small_files))?;
        tell("ingest ÷ floor", &archive, &bench.ingest(&archive)?);
        tell("second ingest ÷ stat", &archive, &bench.second(&archive)?);
    }
    match has_room(&dir, events as u64 / 250)? {
        _ if events == 0 => {}
        true => questions(&dir.join(format!("{events}-events")), events),
        false => println!("| questions | {events} events | no room on the disk | | |"),
    }
    let peered = all.iter().rev().find(|(megabytes, _, _)| *megabytes <= 300);
    let without = arguments.iter().any(|argument| argument == "--no-peers");
    match peered {
        Some((_, archive, _)) if !without => beside(&bench, archive, python),
        _ => Ok(()),
    }
}

/// Says whether so many millions of bytes are free, and a thousand more.
fn has_room(dir: &Path, megabytes: u64) -> Outcome<bool> {
    Ok(fs4::available_space(dir)? > (megabytes + 1_000) * 1_000_000)
}

/// Asks questions of an index that holds nothing but network events.
fn questions(dir: &Path, events: usize) {
    eprintln!("{events} events …");
    let asked = asked::measure(dir, events);
    let corpus = format!("{events} network events");
    println!(
        "| index ÷ JSON in scope | {corpus} | {:.2} | | |",
        asked.index_bytes as f64 / asked.json_bytes as f64
    );
    let all = asked
        .answered
        .iter()
        .map(|one| (one.question.as_str(), &one.best));
    for (what, run) in asked.ingested.iter().map(|run| ("ingest", run)).chain(all) {
        println!(
            "| `{what}` | {corpus} | {:.3} s | | {} MB |",
            run.elapsed, run.memory_max
        );
    }
}

fn beside(bench: &Bench, archive: &Archive, python: &str) -> Outcome<()> {
    let names = Catalogue::embedded().events().map(|(name, _)| name);
    let names: Vec<&str> = names.collect();
    for peer in &peers::PEERS {
        match peer.version(python) {
            None => println!("| {} ÷ ingest | not installed here | | | |", peer.name),
            Some(version) => {
                let rounds = bench.peer(peer, python, archive, &names)?;
                tell(
                    &format!("{} {version} ÷ ingest", peer.name),
                    archive,
                    &rounds,
                );
            }
        }
    }
    Ok(())
}

fn made(dir: &Path, size: Size) -> Outcome<Archive> {
    let name = match size {
        Size::GzMegabytes(megabytes) => format!("{megabytes}-mb"),
        Size::SmallFiles(files) => format!("{files}-small-files"),
    };
    eprintln!("{name} …");
    Ok(generator::make(Plan { seed: 1, size }, &dir.join(name))?)
}

fn name(archive: &Archive) -> String {
    let truth = &archive.truth;
    format!(
        "{} MB gz, {} files, {} records",
        truth.gz_bytes / 1_000_000,
        truth.files,
        truth.records
    )
}

fn tell(what: &str, archive: &Archive, rounds: &[Round]) {
    let memory = rounds.iter().map(|round| round.measured.memory);
    println!(
        "| {what} | {} | {:.2} ({:.2} s) | {:.2} | {:.0} MB |",
        name(archive),
        median(rounds.iter().map(Round::walls)),
        median(rounds.iter().map(|round| round.measured.wall)),
        median(rounds.iter().map(Round::works)),
        memory.fold(0.0, f64::max),
    );
}
