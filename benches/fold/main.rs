//! Measures interpreting and folding: seconds and memory for a case of so many events, one process.
//!
//! Without a name, the corpus is the life cycles of instances with two interfaces and an Elastic IP
//! (launch, allocate, associate, move, detach, terminate, release), ten events each, 500 sessions, one
//! account and region; its answer is asserted. With the name of a crowd, or `crowds` for all of them,
//! much happens to one thing, and it is measured at two sizes: twice the events should take twice the
//! time. Records are made as they are needed and are not counted. Interpreting uses all threads,
//! folding one account and region one.
//!
//! `cargo bench --bench fold [-- EVENTS] [-- CROWD]`

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../calls/mod.rs"]
mod calls;

use std::time::{Duration, Instant};

use rayon::prelude::*;
use trailspan::catalogue::{Catalogue, Interpreters};
use trailspan::coverage::Coverage;
use trailspan::interval::Timeline;
use trailspan::reconstruct::{Reading, assemble};
use trailspan::record::Record;

use calls::{crowds, lives};

/// How many lives are made at once.
const LIVES: usize = 5_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok());
    let events = numbers.into_iter().next();
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let crowds = crowds::CROWDS
        .iter()
        .filter(|(name, _)| named(name) || named("crowds"))
        .collect::<Vec<_>>();
    println!("threads {}", rayon::current_num_threads());
    if crowds.is_empty() {
        lives(events.unwrap_or(1_000_000));
    }
    for (name, crowd) in crowds {
        let events = events.unwrap_or(50_000);
        for events in [events / 2, events] {
            let (readings, interpreted) = interpret(&crowd(events));
            let (timeline, folded) = fold(readings);
            print(name, events, interpreted, folded, &timeline);
        }
    }
}

fn lives(events: usize) {
    let cycles = events / lives::EVENTS;
    let mut readings = Vec::new();
    let mut interpreted = Took::default();
    for first in (0..cycles).step_by(LIVES) {
        let some = first..cycles.min(first + LIVES);
        let records: Vec<Record> = some
            .into_par_iter()
            .flat_map_iter(|cycle| lives::life(cycle, |number| number / 3))
            .collect();
        let (more, took) = interpret(&records);
        readings.extend(more);
        interpreted.elapsed += took.elapsed;
        interpreted.worked += took.worked;
    }
    println!("memory     {:8} MB at most, interpreted", memory_max());
    let (timeline, folded) = fold(readings);
    for relation in ["eni-attachment", "eip-association"] {
        let told = timeline.intervals.iter();
        let count = told.filter(|told| told.relation == relation).count();
        assert_eq!(count, 2 * cycles, "{relation}");
    }
    print("lives", events, interpreted, folded, &timeline);
}

/// What was measured of a step: how long it took, and how much work of all threads that was.
#[derive(Default, Clone, Copy)]
struct Took {
    elapsed: Duration,
    worked: Duration,
}

impl Took {
    fn of<T>(work: impl FnOnce() -> T) -> (T, Self) {
        let (started, before) = (Instant::now(), worked());
        let done = work();
        let took = Self {
            elapsed: started.elapsed(),
            worked: worked().saturating_sub(before),
        };
        (done, took)
    }
}

fn interpret(records: &[Record]) -> (Vec<Reading>, Took) {
    let interpreters = Interpreters::new(Catalogue::embedded());
    let read = |record: &Record| {
        interpreters.with(|interpreter| Reading::all_by(interpreter, std::slice::from_ref(record)))
    };
    Took::of(|| records.par_iter().flat_map_iter(read).collect())
}

fn fold(readings: Vec<Reading>) -> (Timeline, Took) {
    Took::of(|| assemble(Catalogue::embedded(), readings, &Coverage::default()))
}

fn print(name: &str, events: usize, interpreted: Took, folded: Took, timeline: &Timeline) {
    println!(
        "{name}, {events} events, {} intervals",
        timeline.intervals.len()
    );
    for (step, took) in [("interpret", interpreted), ("fold", folded)] {
        let [elapsed, worked] = [took.elapsed, took.worked].map(|took| took.as_secs_f64());
        println!("{step:10} {elapsed:8.3} s, worked {worked:8.2} s");
    }
    println!("memory     {:8} MB at most", memory_max());
}

/// Returns how long the process has worked, all threads together and without the system's part; the
/// system counts hundredths of a second. Zero where it does not tell.
fn worked() -> Duration {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = status.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().nth(11);
    Duration::from_millis(10 * ticks.and_then(|ticks| ticks.parse().ok()).unwrap_or(0))
}

/// Returns how much memory the process has held at most, in MB; 0 where the system does not tell.
fn memory_max() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
