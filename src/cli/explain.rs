//! `explain`: what we know of an event.

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::event::Event;
use trailspan::reconstruct::{self, Archive, Reading};
use trailspan::render::explain::{self, ExplanationObject};
use trailspan::render::{Format, json};
use trailspan::search;

use super::Global;
use super::status::{Outcome, Status};
use super::terminal::Terminal;

/// What we know of an event: meaning, why it matters, what to ask next, how to contain and undo it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan explain
  trailspan explain DisassociateAddress
  trailspan explain 0002a88a-aaaa-4bbb-8ccc-0123456789ab")]
pub(crate) struct Arguments {
    /// The name of a call, or the eventID of one in the index; without it, all calls are listed
    #[arg(value_name = "EVENT")]
    event: Option<String>,
}

/// Explains.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    let is_json = matches!(terminal.options().format, Format::Json | Format::Jsonl);
    let Some(asked) = arguments.event.as_deref().map(str::trim) else {
        let (out, options) = terminal.rows();
        if is_json {
            for (name, known) in catalogue.events() {
                json::line(out, &ExplanationObject::new(catalogue, name, known, None))?;
            }
        } else {
            explain::write_overview(out, &options.style, catalogue)?;
        }
        return Ok(Status::Answered);
    };
    let (name, event) = find(asked, catalogue, global)?;
    let Some(known) = catalogue.event(&name) else {
        return Err(unknown(asked, catalogue).into());
    };
    let (out, options) = terminal.rows();
    if is_json {
        let object = ExplanationObject::new(catalogue, &name, known, event.as_ref());
        json::line(out, &object)?;
    } else {
        explain::write(out, &options.style, catalogue, &name, known, event.as_ref())?;
    }
    Ok(Status::Answered)
}

/// Finds the call by its name, else the event by its id.
fn find(asked: &str, catalogue: &Catalogue, global: &Global) -> Result<(String, Option<Event>)> {
    let by_name = catalogue
        .events()
        .find(|(name, _)| name.eq_ignore_ascii_case(asked));
    if let Some((name, _)) = by_name {
        return Ok((name.to_owned(), None));
    }
    // An event id has a hyphen or a colon; a misspelt name has not, and needs no index.
    if !asked.contains(['-', ':']) {
        return Err(unknown(asked, catalogue));
    }
    let reader = global.reader()?;
    let stored = reader.by_event_id(asked)?;
    let mut readings = stored.map_or_else(Vec::new, |stored| {
        Reading::all_of(catalogue, &stored.records)
    });
    let named = readings.iter().position(|reading| {
        reading
            .event()
            .event_id
            .as_str()
            .eq_ignore_ascii_case(asked)
    });
    let reading = (!readings.is_empty()).then(|| readings.swap_remove(named.unwrap_or(0)));
    match reading {
        Some(reading) => {
            let archive = Archive {
                reader: &reader,
                catalogue,
            };
            let event = reconstruct::resolve(archive, reading.event().clone())?;
            Ok((event.event_name.as_str().to_owned(), Some(event)))
        }
        None => Err(unknown(asked, catalogue)),
    }
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
