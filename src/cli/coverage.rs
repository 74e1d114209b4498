//! `coverage`: which time the archive covers, and what of it is damaged.

use clap::Args;
use trailspan::coverage::Coverage;
use trailspan::reconstruct::Holes;
use trailspan::render::rows;

use super::status::Outcome;
use super::terminal::Terminal;
use super::{Global, status};

/// Per account and region: which time the archive covers, gaps, damaged files
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  trailspan coverage --format json")]
pub(crate) struct Arguments {}

/// Tells the coverage.
pub(crate) fn run(_: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let reader = global.reader()?;
    let files = reader.files()?;
    let mut coverage = Coverage::default();
    for file in &files {
        coverage.merge(&file.coverage);
    }
    let gaps = reader.verified().gaps();
    let (out, options) = terminal.rows();
    let shown = rows::coverage(out, options, &coverage, gaps, &files)?;
    terminal.note_guarded(&shown)?;
    let has_holes = Holes::of(&reader).any() || !gaps.is_empty();
    Ok(status(has_holes, shown.rows))
}
