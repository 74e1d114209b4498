//! `explain`: what we know of an event.

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::event::{Event, Resolved};
use trailspan::index::Reader;
use trailspan::members::Members;
use trailspan::reconstruct::{self, Archive, Reading};
use trailspan::record::Record;
use trailspan::render::explain::{self, ExplanationObject};
use trailspan::render::json::Rows;
use trailspan::render::{Format, json};
use trailspan::search;

use super::status::{Outcome, Status};
use super::terminal::Terminal;
use super::{Global, not_found, refuse_csv};

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
    refuse_csv("explain", terminal)?;
    let format = terminal.options().format;
    let is_json = matches!(format, Format::Json | Format::Jsonl);
    let Some(asked) = arguments.event.as_deref().map(str::trim) else {
        let (out, options) = terminal.rows();
        if is_json {
            let mut rows = match format {
                Format::Json => Rows::array(out),
                _ => Rows::lines(out),
            };
            for (name, known) in catalogue.events() {
                rows.push(&ExplanationObject::new(catalogue, name, known, None))?;
            }
            rows.finish()?;
        } else {
            explain::write_overview(out, &options.style, catalogue)?;
        }
        return Ok(Status::Answered);
    };
    let (name, call) = match by_name(asked, catalogue) {
        Some(name) => (name, None),
        // A misspelt name needs no index.
        None if !asked.contains(['-', ':']) => return Err(unknown(asked, catalogue).into()),
        None => {
            let reader = global.reader()?;
            match find(asked, catalogue, &reader)? {
                Some(call) => (call.event.event_name.as_str().to_owned(), Some(call)),
                None if looks_like_event_id(asked) => return not_found(asked, &reader, terminal),
                None => return Err(unknown(asked, catalogue).into()),
            }
        }
    };
    let Some(known) = catalogue.event(&name) else {
        return Err(unknown(asked, catalogue).into());
    };
    let (out, options) = terminal.rows();
    if is_json {
        let object = ExplanationObject::new(catalogue, &name, known, call.as_ref());
        json::line(out, &object)?;
    } else {
        explain::write(out, &options.style, catalogue, &name, known, call.as_ref())?;
    }
    Ok(Status::Answered)
}

fn by_name(asked: &str, catalogue: &Catalogue) -> Option<String> {
    let mut names = catalogue.events().map(|(name, _)| name);
    let name = names.find(|name| name.eq_ignore_ascii_case(asked));
    name.map(str::to_owned)
}

/// Finds the event by its id; of several that share one, the one that is named, else the fullest.
fn find(asked: &str, catalogue: &Catalogue, reader: &Reader) -> Result<Option<Resolved>> {
    let Some(stored) = reader.by_event_id(asked)? else {
        return Ok(None);
    };
    let readings = Reading::all_of(catalogue, &stored.records);
    let is_it = |event: &&Event| event.event_id.as_str().eq_ignore_ascii_case(asked);
    let mut events = readings.iter().map(Reading::event);
    let Some(event) = events.clone().find(is_it).or_else(|| events.next()) else {
        return Ok(None);
    };
    let archive = Archive { reader, catalogue };
    let mut call = reconstruct::resolve(archive, event.clone())?;
    add_details(catalogue, &stored.records, &mut call.event);
    Ok(Some(call))
}

/// `0002a88a-aaaa-4bbb-8ccc-0123456789ab`, or the sum that stands for an id where a record has none.
fn looks_like_event_id(asked: &str) -> bool {
    let id = asked.strip_prefix("sha256:").unwrap_or(asked);
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-' || byte == b'#';
    id.len() >= 8 && id.bytes().all(is_part)
}

/// Adds what the event's record says besides the resources that it names; those count before a detail
/// of the same name.
fn add_details(catalogue: &Catalogue, records: &[Record], event: &mut Event) {
    let is_of_event = |record: &&Record| {
        let mut places = record.places.iter();
        places.any(|place| event.places.contains(place))
    };
    let record = records.iter().find(is_of_event);
    let details = record.map(|record| catalogue.details(&record.raw));
    for (name, values) in details.iter().flat_map(Members::iter) {
        if !event.mentions.contains_key(name) {
            event.mentions.insert(*name, values.clone());
        }
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
