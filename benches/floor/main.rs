//! Measures the floor: reading an archive, and inflating it with libdeflate, on all processors.
//!
//! `cargo bench --bench floor [-- --archive DIR]`; without an archive, one of 20 MB is made. Of
//! five passes the one with the least work counts: `s` is that of the wall, `work` of all threads.

#![allow(clippy::print_stdout, missing_docs)]

mod clock;
#[path = "../corpus/generator/mod.rs"]
mod generator;
mod inflate;

use std::error::Error;
use std::path::{Path, PathBuf};

use clock::Took;
use generator::{Plan, Size};

fn main() -> Result<(), Box<dyn Error>> {
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
    let files = inflate::files(&folder)?;
    println!(
        "threads {}, files {}",
        rayon::current_num_threads(),
        files.len()
    );
    for (what, inflates) in [("read", false), ("inflate", true)] {
        let mut passes = Vec::new();
        for _ in 0..5 {
            passes.push(Took::of(|| inflate::pass(&files, inflates))?);
        }
        passes.sort_by(|(one, _), (other, _)| one.cpu.total_cmp(&other.cpu));
        let (took, sizes) = passes[0];
        if let Some(truth) = &truth {
            assert_eq!((sizes.files, sizes.gz_bytes), (truth.files, truth.gz_bytes));
            assert!(!inflates || sizes.json_bytes == truth.json_bytes);
        }
        let Took { wall, cpu } = took;
        println!(
            "{what:8} {wall:8.3} s {cpu:8.3} s work {:6.2} GB of gz {:6.2} GB of JSON a second of work",
            sizes.gz_bytes as f64 / cpu / 1e9,
            sizes.json_bytes as f64 / cpu / 1e9,
        );
    }
    Ok(())
}
