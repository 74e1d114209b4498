//! What reads the words of others is fed with changed ones, and what changed its behaviour is changed on.
//!
//! No compiler counts branches here. Instead each target sums up what it made of its input (outcomes,
//! findings, kinds of errors); an input with a new sum is kept and changed further. A sample of fixed
//! seed is tried with all tests; the long runs are asked for by name:
//!
//! ```text
//! TRAILSPAN_FUZZ_MINUTES=20 cargo test --profile quick --test it fuzz:: -- --ignored --nocapture
//! ```
//!
//! An input that ends a target is written below the folder of the tests' temporary files and named; once
//! understood, it goes to `fixtures/fuzz/<target>/`, whence it is tried first, every time.
#![allow(clippy::print_stdout)] // the figures, for whoever asks

mod changes;
mod container;
mod digest;
mod escaping;
mod interpreter;
mod kept;
mod query;
mod splitter;

use std::any::Any;
use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use changes::Changes;

/// How many inputs are kept because they did something new, and how large one may grow.
const KEPT_MAX: usize = 4096;
const INPUT_BYTES_MAX: usize = 1 << 16;

/// How long one input may take in a long run: whatever takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_secs(60);

/// What is done with one input; returns what sums up what became of it.
type Run = Box<dyn FnMut(&[u8]) -> u64>;

/// A part of the program that reads what others wrote.
struct Target {
    name: &'static str,
    /// What is changed first.
    seeds: fn() -> Vec<Vec<u8>>,
    /// What is put into inputs besides bytes.
    words: &'static [&'static str],
    /// Makes what each thread needs for itself.
    start: fn() -> Run,
}

/// Since when which input runs.
type Running = Mutex<Option<(Instant, Vec<u8>)>>;

/// When to stop.
#[derive(Clone, Copy)]
enum Until {
    Executions(u64),
    Elapsed(Duration),
}

/// Sums up what became of an input.
fn sum_of(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// Tries the inputs that once ended this target.
fn regressions(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fuzz");
    let Ok(entries) = fs::read_dir(folder.join(name)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// What the threads share.
struct Shared {
    inputs: Vec<Vec<u8>>,
    sums: HashSet<u64>,
}

impl Shared {
    fn keep(&mut self, input: &[u8], sum: u64) {
        if self.sums.insert(sum) && self.inputs.len() < KEPT_MAX {
            self.inputs.push(input.to_vec());
        }
    }
}

/// Writes an input that ended a target where a person finds it.
fn saved(name: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}-{:016x}", sum_of(input)));
    fs::write(&path, input).unwrap();
    path
}

/// Runs one input; names it should it end the target.
fn guarded(name: &str, run: &mut Run, input: &[u8]) -> u64 {
    let ended = |cause: Box<dyn Any + Send>| -> u64 {
        println!("{name}: ended by {}", saved(name, input).display());
        resume_unwind(cause)
    };
    catch_unwind(AssertUnwindSafe(|| run(input))).unwrap_or_else(ended)
}

/// Changes inputs until it is time to stop; returns how many were run.
fn work(
    target: &Target,
    seed: u64,
    until: Until,
    shared: &Mutex<Shared>,
    running: &Running,
) -> u64 {
    let mut run = (target.start)();
    let mut changes = Changes::new(seed, target.words);
    let started = Instant::now();
    let mut executions = 0;
    let is_long = matches!(until, Until::Elapsed(_));
    loop {
        let is_over = match until {
            Until::Executions(most) => executions >= most,
            Until::Elapsed(most) => started.elapsed() >= most,
        };
        if is_over {
            return executions;
        }
        let input = {
            let shared = shared.lock().unwrap();
            let mut input = changes.choose(&shared.inputs).clone();
            changes.apply(&mut input, &shared.inputs);
            input.truncate(INPUT_BYTES_MAX);
            input
        };
        if is_long {
            *running.lock().unwrap() = Some((Instant::now(), input.clone()));
        }
        let sum = guarded(target.name, &mut run, &input);
        executions += 1;
        shared.lock().unwrap().keep(&input, sum);
        if is_long {
            *running.lock().unwrap() = None;
        }
    }
}

/// Ends the process should an input hang: it is named, which a killed test would not do.
fn watch(name: &str, running: &[Running], is_done: &dyn Fn() -> bool) {
    while !is_done() {
        std::thread::sleep(Duration::from_millis(200));
        for one in running {
            let one = one.lock().unwrap();
            if let Some((_, input)) = one.as_ref().filter(|(at, _)| at.elapsed() > HANGS_AFTER) {
                println!("{name}: hangs on {}", saved(name, input).display());
                std::process::abort();
            }
        }
    }
}

/// Runs a target on its seeds, then on changes of what did something new; returns how many executions.
fn fuzz(target: &Target, threads: usize, until: Until) -> u64 {
    let mut run = (target.start)();
    let mut seeds = regressions(target.name);
    seeds.extend((target.seeds)());
    let mut shared = Shared {
        inputs: Vec::new(),
        sums: HashSet::new(),
    };
    let mut executions = 0;
    for seed in &seeds {
        let sum = guarded(target.name, &mut run, seed);
        executions += 1;
        shared.sums.insert(sum);
        if seed.len() <= INPUT_BYTES_MAX {
            shared.inputs.push(seed.clone());
        }
    }
    assert!(!shared.inputs.is_empty(), "{}: no seeds", target.name);
    let shared = Mutex::new(shared);
    let running: Vec<_> = (0..threads).map(|_| Mutex::new(None)).collect();
    executions += std::thread::scope(|scope| {
        let workers: Vec<_> = (1..)
            .zip(&running)
            .map(|(seed, running)| {
                let shared = &shared;
                scope.spawn(move || work(target, seed, until, shared, running))
            })
            .collect();
        if matches!(until, Until::Elapsed(_)) {
            watch(target.name, &running, &|| {
                workers.iter().all(|worker| worker.is_finished())
            });
        }
        let counts = workers.into_iter().map(|worker| match worker.join() {
            Ok(count) => count,
            Err(cause) => resume_unwind(cause),
        });
        counts.sum::<u64>()
    });
    let shared = shared.into_inner().unwrap();
    println!(
        "{}: {executions} executions, {} inputs that did something new",
        target.name,
        shared.sums.len()
    );
    executions
}

/// Runs a target for the minutes that the environment names, else for one.
fn long(target: &Target) {
    let minutes = std::env::var("TRAILSPAN_FUZZ_MINUTES").map_or(1.0, |text| text.parse().unwrap());
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    let threads =
        std::env::var("TRAILSPAN_FUZZ_THREADS").map_or(threads, |text| text.parse().unwrap());
    fuzz(
        target,
        threads,
        Until::Elapsed(Duration::from_secs_f64(60.0 * minutes)),
    );
}

/// A sample with all tests, and the long run by name.
macro_rules! targets {
    ($($module:ident, $executions:literal, $sample:ident, $long:ident;)*) => {$(
        #[test]
        fn $sample() {
            let executions = fuzz(&$module::TARGET, 1, Until::Executions($executions));
            assert!(executions > $executions);
        }

        #[test]
        #[ignore = "takes as long as TRAILSPAN_FUZZ_MINUTES says"]
        fn $long() {
            long(&$module::TARGET);
        }
    )*};
}

targets! {
    container, 600, no_changed_container_is_misread, container_for_long;
    splitter, 600, no_changed_text_loses_a_record, splitter_for_long;
    interpreter, 400, no_changed_record_ends_an_interpretation, interpreter_for_long;
    digest, 300, no_changed_digest_passes_for_signed, digest_for_long;
    query, 1000, no_changed_query_ends_a_search, query_for_long;
    escaping, 1000, no_changed_text_leaves_unescaped, escaping_for_long;
    kept, 400, no_changed_manifest_passes_for_whole, kept_for_long;
}
