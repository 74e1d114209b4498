//! `explain`: what we know of an event.

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind};
use trailspan::event::Resolved;
use trailspan::findings::Rules;
use trailspan::reconstruct::{self, Archive, Holes};
use trailspan::render::explain::{self, ExplanationObject};
use trailspan::render::found;
use trailspan::render::json::{Rows, RuleObject};
use trailspan::render::{Format, json};
use trailspan::search;

use super::conclude::note_doubts;
use super::status::{Outcome, Status, Step};
use super::terminal::Terminal;
use super::{Global, not_found, note_gaps, note_holes, refuse_csv, status};

/// What we know of an event or a finding: meaning, why it matters, what to ask next, how to contain and undo it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan explain
  trailspan explain DisassociateAddress
  trailspan explain 0002a88a-aaaa-4bbb-8ccc-0123456789ab")]
pub(crate) struct Arguments {
    /// The name of a call, the eventID of one in the index, or the code of a finding; without it, all
    /// calls and findings are listed
    #[arg(value_name = "EVENT")]
    pub(super) event: Option<String>,
}

/// Explains.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    refuse_csv("explain", terminal)?;
    let Some(asked) = arguments.event.as_deref().map(str::trim) else {
        write_overview(catalogue, terminal)?;
        return Ok(Status::Answered);
    };
    if let Some(rule) = Rules::embedded().get(&asked.to_ascii_lowercase()) {
        let (out, options) = terminal.rows();
        match options.format {
            Format::Json | Format::Jsonl => json::line(out, &RuleObject::new(rule))?,
            Format::Table | Format::Csv => found::write_rule(out, &options.style, rule)?,
        }
        return Ok(Status::Answered);
    }
    if let Some(name) = by_name(asked, catalogue) {
        write(catalogue, &name, None, terminal)?;
        return Ok(Status::Answered);
    }
    // A misspelt name needs no index.
    if !asked.contains(['-', ':']) {
        return Err(unknown(asked, catalogue).into());
    }
    let reader = global.reader()?;
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let Some(explained) = reconstruct::explain(archive, asked)? else {
        return match looks_like_event_id(asked) {
            true => not_found(asked, &reader, terminal),
            false => Err(unknown(asked, catalogue).into()),
        };
    };
    let name = explained.call.event.event_name.as_str();
    write(catalogue, name, Some(&explained.call), terminal)?;
    note_doubts(&explained.findings, terminal)?;
    let holes = Holes::of(&reader);
    note_holes(&reader, terminal)?;
    note_gaps(&explained.gaps, terminal)?;
    Ok(status(holes.any() || !explained.gaps.is_empty(), 1))
}

fn write_overview(catalogue: &Catalogue, terminal: &mut Terminal) -> Step<()> {
    let (out, options) = terminal.rows();
    let mut rows = match options.format {
        Format::Json => Rows::array(out),
        Format::Jsonl => Rows::lines(out),
        Format::Table | Format::Csv => {
            explain::write_overview(out, &options.style, catalogue)?;
            found::write_rules(out, &options.style, Rules::embedded())?;
            return Ok(());
        }
    };
    for (name, known) in catalogue.events() {
        rows.push(&ExplanationObject::new(catalogue, name, known, None))?;
    }
    for rule in Rules::embedded().iter() {
        rows.push(&RuleObject::new(rule))?;
    }
    Ok(rows.finish()?)
}

/// Writes what is known of a call, and of an event where one is asked for.
fn write(
    catalogue: &Catalogue,
    name: &str,
    call: Option<&Resolved>,
    terminal: &mut Terminal,
) -> Step<()> {
    let Some(known) = catalogue.event(name) else {
        return Err(unknown(name, catalogue).into());
    };
    let (out, options) = terminal.rows();
    match options.format {
        Format::Json | Format::Jsonl => {
            let object = ExplanationObject::new(catalogue, name, known, call);
            json::line(out, &object)?;
        }
        Format::Table | Format::Csv => {
            explain::write(out, &options.style, catalogue, name, known, call)?;
        }
    }
    Ok(())
}

fn by_name(asked: &str, catalogue: &Catalogue) -> Option<String> {
    let mut names = catalogue.events().map(|(name, _)| name);
    let name = names.find(|name| name.eq_ignore_ascii_case(asked));
    name.map(str::to_owned)
}

/// `0002a88a-aaaa-4bbb-8ccc-0123456789ab`, or the sum that stands for an id where a record has none.
fn looks_like_event_id(asked: &str) -> bool {
    let id = asked.strip_prefix("sha256:").unwrap_or(asked);
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-' || byte == b'#';
    id.len() >= 8 && id.bytes().all(is_part)
}

fn unknown(asked: &str, catalogue: &Catalogue) -> Error {
    let hint = match search::nearest(asked, catalogue.events().map(|(name, _)| name)) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "`trailspan explain` lists the calls".to_owned(),
    };
    Error::new(
        ErrorKind::Usage,
        asked,
        "no call of the catalogue, and no event of this archive",
    )
    .hint(hint)
}
