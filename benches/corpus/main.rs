//! Makes an archive to measure with, and says what is in it; see `generator`.
//!
//! `cargo bench --bench corpus -- --out DIR [--gz-mb 300 | --small-files 100000] [--seed 1]`
//!
//! The archive is `DIR/archive`, what is in it `DIR/truth.json`. Without `--out` a small one is made
//! twice in the build's own folder, and compared: the same plan gives the same truth.

#![allow(clippy::print_stdout, missing_docs)]

mod generator;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use generator::{Plan, Size};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let number = |name: &str| value(name).map(|value| value.parse::<u64>()).transpose();
    let size = match (number("--small-files")?, number("--gz-mb")?) {
        (Some(files), _) => Size::SmallFiles(files),
        (None, megabytes) => Size::GzMegabytes(megabytes.unwrap_or(20)),
    };
    let plan = Plan {
        seed: number("--seed")?.unwrap_or(1),
        size,
    };
    if let Some(out) = value("--out") {
        let started = Instant::now();
        let made = generator::make(plan, &PathBuf::from(out))?;
        println!("{}", serde_json::to_string_pretty(&made.truth)?);
        println!(
            "{} in {:.1} s",
            made.folder.display(),
            started.elapsed().as_secs_f64()
        );
        return Ok(());
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let plan = Plan {
        size: Size::GzMegabytes(2),
        ..plan
    };
    let one = generator::make(plan, &folder.path().join("one"))?.truth;
    let other = generator::make(plan, &folder.path().join("other"))?.truth;
    assert_eq!(one, other);
    println!("{}", serde_json::to_string_pretty(&one)?);
    Ok(())
}
