//! `coverage`: which time the archive covers, and what of it is damaged.

use clap::Args;
use trailspan::coverage::Coverage;
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Holes};
use trailspan::render::coverage::Covered;
use trailspan::render::rows;

use super::filter::{Places, check_accounts};
use super::status::Outcome;
use super::terminal::Terminal;
use super::{Global, note_unfinished, status};

/// Per account and region: which time the archive covers, gaps, damaged files
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan coverage --format json
  trailspan coverage --account 111122223333 --region us-east-1

Damaged files are told whatever is asked, unless they are known to be of other accounts and regions.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    places: Places,
}

/// Tells the coverage.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    check_accounts(&arguments.places.account)?;
    let reader = global.reader()?;
    let mut files = reader.files()?;
    let Places { account, region } = &arguments.places;
    let mut coverage = Coverage::default();
    files.retain(|file| {
        let asked = file.coverage.narrowed(account, region);
        coverage.merge(&asked);
        // What tells nothing of itself may be of any account.
        file.coverage.accounts.is_empty() || !asked.accounts.is_empty()
    });
    let asked = Filter {
        accounts: account.clone(),
        regions: region.clone(),
        ..Filter::default()
    };
    let gaps = reconstruct::gaps(&reader, &asked);
    let (out, options) = terminal.rows();
    let covered = Covered {
        coverage: &coverage,
        gaps: &gaps,
        files: &files,
        unfinished: reader.unfinished(),
    };
    let shown = rows::coverage(out, options, &covered)?;
    terminal.note_shown(&shown)?;
    note_unfinished(&reader, terminal)?;
    let has_holes = Holes::of(&reader).any() || !gaps.is_empty();
    Ok(status(has_holes, shown.rows))
}
