//! Measures the questions: seconds and memory of a fresh process each, over so many network events.
//!
//! See `asked` for the corpus. It is ingested once, into a temporary folder that is removed at the end, or
//! into a folder that is named and then used again. Answers are asserted. `floor` is a process that opens
//! no index: `trailspan --version`. Each question is asked several times, of which the fastest counts; all
//! threads, warm cache.
//!
//! `cargo bench --profile release --bench queries [-- EVENTS] [-- FOLDER]`

#![allow(clippy::print_stdout, missing_docs)]

mod asked;
#[path = "../calls/mod.rs"]
mod calls;
mod process;

use std::path::PathBuf;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok());
    let named = arguments.iter().find(|argument| argument.contains('/'));
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = named.map_or(temporary.path().to_owned(), PathBuf::from);
    let asked = asked::measure(&folder, numbers.next().unwrap_or(1_000_000));
    if let Some(ingested) = &asked.ingested {
        println!("{:44} {}", "ingest", ingested.cost());
    }
    println!(
        "index {} MB, {:.1} % of {} MB of JSON",
        asked.index_bytes >> 20,
        100.0 * asked.index_bytes as f64 / asked.json_bytes as f64,
        asked.json_bytes >> 20
    );
    println!("threads {}", rayon::current_num_threads());
    let floor = asked.answered[0].best.elapsed;
    for answered in &asked.answered {
        println!(
            "{:44} {} {:8.1} × floor {:8} rows",
            answered.question,
            answered.best.cost(),
            answered.best.elapsed / floor,
            answered.best.lines
        );
    }
}
