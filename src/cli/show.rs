//! `show`: the original record, and where it was found.

use clap::Args;
use serde::Serialize;
use trailspan::reconstruct::Holes;
use trailspan::record::{Integrity, Place};
use trailspan::render::{Format, json};
use trailspan::text::{Escaped, Text};

use super::status::Outcome;
use super::terminal::Terminal;
use super::{Global, not_found, note_holes, refuse_csv, refuse_no_event, status};

/// The original record, byte for byte, and where it was found
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan show 0002a88a-aaaa-4bbb-8ccc-0123456789ab
  trailspan show 0002a88a-aaaa-4bbb-8ccc-0123456789ab --raw | jq .

Without --raw, and on a terminal, what could deceive a terminal is escaped.")]
pub(crate) struct Arguments {
    /// The eventID
    #[arg(value_name = "EVENT_ID")]
    pub(super) event_id: String,
    /// Print the record only, exactly as it was delivered
    #[arg(long, conflicts_with = "format")]
    raw: bool,
}

/// A record as JSON.
#[derive(Serialize)]
struct Shown<'r> {
    event_id: &'r Text,
    /// The record's text, unchanged.
    raw: &'r str,
    places: &'r [Place],
    /// What `verify` said of the files that hold it.
    integrity: Integrity,
}

/// Shows.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    refuse_csv("show", terminal)?;
    refuse_no_event(&arguments.event_id)?;
    let reader = global.reader()?;
    let holes = Holes::of(&reader);
    let event_id = arguments.event_id.trim();
    let Some(stored) = reader.by_event_id(event_id)? else {
        return not_found(event_id, &reader, terminal);
    };
    let is_terminal = terminal.is_terminal();
    let (out, options) = terminal.rows();
    if arguments.raw {
        if let Some(record) = stored.records.first() {
            match is_terminal {
                true => writeln!(out, "{}", Escaped(&record.raw))?,
                false => out.write_all(record.raw.as_bytes())?,
            }
        }
        note_holes(&reader, terminal)?;
        return Ok(status(holes.any(), 1));
    }
    match options.format {
        Format::Json | Format::Jsonl | Format::Csv => {
            for record in &stored.records {
                let shown = Shown {
                    event_id: &stored.event_id,
                    raw: &record.raw,
                    places: &record.places,
                    integrity: record.integrity,
                };
                json::line(out, &shown)?;
            }
        }
        Format::Table => {
            let several = stored.records.len() > 1;
            for (number, record) in (1..).zip(&stored.records) {
                if several {
                    writeln!(out, "content {number} of this event id")?;
                }
                for place in &record.places {
                    write_place(out, place)?;
                }
                if record.integrity != Integrity::NotChecked {
                    writeln!(out, "  integrity {}", record.integrity.name())?;
                }
                writeln!(out, "{}\n", Escaped(&record.raw))?;
            }
        }
    }
    note_holes(&reader, terminal)?;
    Ok(status(holes.any(), 1))
}

fn write_place(out: &mut dyn std::io::Write, place: &Place) -> std::io::Result<()> {
    write!(out, "{}: ", place.source)?;
    if let Some(member) = &place.member {
        write!(out, "{member}: ")?;
    }
    writeln!(
        out,
        "record {}, at byte {} of its content\n  sha256 {}",
        place.ordinal, place.offset, place.sha256
    )
}
