//! `findings`: what in the archive deserves a look.

use clap::{Args, ValueEnum};
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::findings::{Rules, Severity};
use trailspan::reconstruct::{self, Archive, FindingFilter};
use trailspan::render::rows;
use trailspan::search;

use super::conclude::{note_limit, note_nothing};
use super::filter::Filters;
use super::status::Outcome;
use super::terminal::Terminal;
use super::{Global, note_gaps, note_holes, status};

/// What deserves a look: moves, takeovers, bursts, attempts, contradictions, and what was silent
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan findings --severity medium
  trailspan findings --finding interface-hop,address-taken-over --since 2024-03-01
  trailspan explain interface-hop")]
pub(crate) struct Arguments {
    /// Only findings that are at least so severe
    #[arg(long, value_enum, value_name = "LEVEL")]
    severity: Option<Level>,
    /// Only this finding, such as interface-hop; `trailspan explain` lists them
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    finding: Vec<String>,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Info,
    Low,
    Medium,
    High,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
        }
    }
}

/// Lists what was found.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    let (reader, (filter, wanted)) = global.ask(terminal, |frame| {
        let filter = arguments.filters.read(catalogue, frame)?;
        Ok((filter, arguments.wanted()?))
    })?;
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let answer = reconstruct::findings(archive, &filter, &wanted)?;
    let (out, options) = terminal.rows();
    let shown = rows::findings(out, options, &answer.findings)?;
    terminal.note_shown(&shown)?;
    note_limit(&shown, answer.rows_total, terminal)?;
    if shown.rows == 0 {
        note_nothing(&filter, &reader, terminal)?;
    }
    note_holes(&reader, terminal)?;
    note_gaps(&answer.gaps, terminal)?;
    let has_holes = answer.holes.any() || !answer.gaps.is_empty();
    Ok(status(has_holes, shown.rows))
}

impl Arguments {
    fn wanted(&self) -> Result<FindingFilter> {
        let rules = Rules::embedded();
        for code in &self.finding {
            let mut known = rules.iter().map(|rule| rule.code.as_str());
            if !known.any(|known| known.eq_ignore_ascii_case(code)) {
                return Err(unknown(rules, code));
            }
        }
        Ok(FindingFilter {
            codes: self.finding.clone(),
            severity_min: self.severity.map(Severity::from),
        })
    }
}

fn unknown(rules: &Rules, code: &str) -> Error {
    let hint = match search::nearest(code, rules.iter().map(|rule| rule.code.as_str())) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "`trailspan explain` lists the findings".to_owned(),
    };
    Error::new(
        ErrorKind::Usage,
        format!("--finding {code}"),
        "no such finding",
    )
    .hint(hint)
}
