//! Our guidance for a call: what it means, why it matters, what to ask and to do next, and how we read
//! it; and the list of all calls.

mod effects;
mod fill;
mod guidance;
mod object;
mod proofs;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::stack::write_labelled;
use super::time;
use super::words::ABSENT;
use crate::catalogue::entry::{Act, Evidence, Family, Purpose};
use crate::catalogue::{Catalogue, Event as Known};
use crate::event::{Event, Outcome, Resolved};
use crate::text::Text;
use fill::Filler;

pub use effects::EffectObject;
pub(super) use guidance::{Guidance, purpose_title};
pub use object::ExplanationObject;
pub use proofs::ProofObject;

/// The purposes of actions in the order in which an investigator comes to them.
const PURPOSES: [Purpose; 5] = [
    Purpose::Look,
    Purpose::Preserve,
    Purpose::Contain,
    Purpose::Undo,
    Purpose::Prevent,
];

/// Writes all that is known of a call.
///
/// Sentences name members as `NETWORK_INTERFACE`; with a concrete call, by the ids that are known of it.
/// In commands only ids made of harmless characters are filled in, since a command is meant to be
/// pasted into a shell. Commands are never wrapped.
///
/// # Errors
///
/// What the writer says.
pub fn write(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    name: &str,
    known: &Known,
    call: Option<&Resolved>,
) -> io::Result<()> {
    let filler = Filler::new(catalogue, known, call);
    let mut page = Page { out, style };
    page.heading(name)?;
    if let Some(call) = call {
        page.labelled("event", &Cell::prose(event_words(style, &call.event)))?;
    }
    page.labelled(
        "meaning",
        &Cell::prose(filler.sentence(&known.entry.meaning)),
    )?;
    page.labelled("source", &Cell::fixed(&known.entry.source))?;
    page.labelled("record", &Cell::prose(shape_words(known)))?;
    page.list("WHAT IT DOES", effects::all_words(catalogue, known))?;
    let filled = |sentences: &[String]| -> Vec<String> {
        sentences
            .iter()
            .map(|sentence| filler.sentence(sentence))
            .collect()
    };
    page.list("WHY IT MATTERS", filled(&known.entry.why))?;
    page.list("ASK NEXT", filled(&known.entry.ask))?;
    page.acts(&filler, &known.entry.act)?;
    page.list("HOW IT IS READ", filled(&known.entry.reading))?;
    page.section("REFERENCE")?;
    page.bullet(&Cell::fixed(&known.entry.reference))?;
    if !known.entry.attack.is_empty() {
        page.section("ATT&CK TECHNIQUES THAT PUBLIC RULES MAP IT TO")?;
        let ids = known.entry.attack.iter();
        page.bullet(&ids.fold(Cell::default(), |cell, id| cell.and_fixed(id)))?;
    }
    Ok(())
}

fn said(text: &Option<Text>) -> String {
    text.as_ref()
        .map_or_else(|| ABSENT.to_owned(), Text::to_string)
}

/// Tells who made the call and what became of it: the sentences after it speak of success.
fn event_words(style: &Style, event: &Event) -> String {
    let call = format!(
        "{} by {} from {}",
        time::show(event.time, &style.zone),
        event.actor.label,
        said(&event.source_ip),
    );
    let code = said(&event.error_code);
    match event.outcome {
        Outcome::Succeeded => format!("{call}: it succeeded"),
        Outcome::DryRun => format!(
            "{call}: a dry run, which changed nothing; what follows is what success would have meant"
        ),
        Outcome::Failed => format!(
            "{call}: refused with {code}, so it changed nothing; what follows is what success would have meant"
        ),
        Outcome::Uncertain => {
            format!("{call}: ended with {code}, which leaves open whether it took effect")
        }
    }
}

/// Writes the names of all calls with their meanings, grouped by resource.
///
/// # Errors
///
/// What the writer says.
pub fn write_overview(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
) -> io::Result<usize> {
    let mut resources: BTreeMap<&str, Vec<(&str, &Known)>> = BTreeMap::new();
    for (name, known) in catalogue.events() {
        resources
            .entry(&known.resource)
            .or_default()
            .push((name, known));
    }
    let mut page = Page { out, style };
    let mut is_first = true;
    for (resource, events) in resources {
        if !std::mem::take(&mut is_first) {
            writeln!(page.out)?;
        }
        page.heading(resource)?;
        let columns = events.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, known) in events {
            let meaning = Filler::new(catalogue, known, None).sentence(&known.entry.meaning);
            let name = format!("  {name}");
            write_labelled(page.out, style, &name, columns + 2, &Cell::prose(meaning))?;
        }
    }
    Ok(catalogue.events().count())
}

/// Says how a record is written and how sure that is.
fn shape_words(known: &Known) -> String {
    let family = family_words(known.entry.shape.family);
    match known.entry.shape.evidence {
        Evidence::Real => format!("{family}; seen in real records"),
        Evidence::Derived => {
            format!("{family}; derived from AWS's service model, not yet seen in a real record")
        }
    }
}

fn family_words(family: Family) -> &'static str {
    match family {
        Family::Flat => "parameters at the top level",
        Family::Wrapped => "parameters inside a request object",
        Family::Service => "an event of the service itself, in serviceEventDetails",
    }
}

fn purpose_words(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Look => "LOOK",
        Purpose::Preserve => "PRESERVE",
        Purpose::Contain => "CONTAIN",
        Purpose::Undo => "UNDO",
        Purpose::Prevent => "PREVENT",
    }
}

/// A page being written.
struct Page<'a> {
    out: &'a mut dyn Write,
    style: &'a Style,
}

impl Page<'_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", Tone::Strong.paint(text, self.style.color))
    }

    fn section(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.heading(text)
    }

    fn labelled(&mut self, title: &str, cell: &Cell) -> io::Result<()> {
        write_labelled(self.out, self.style, &format!("  {title}"), 9, cell)
    }

    fn bullet(&mut self, cell: &Cell) -> io::Result<()> {
        write_labelled(self.out, self.style, "", 0, cell)
    }

    fn list(&mut self, heading: &str, sentences: Vec<String>) -> io::Result<()> {
        if sentences.is_empty() {
            return Ok(());
        }
        self.section(heading)?;
        for sentence in sentences {
            write_labelled(self.out, self.style, "  -", 2, &Cell::prose(sentence))?;
        }
        Ok(())
    }

    fn acts(&mut self, filler: &Filler<'_>, acts: &[Act]) -> io::Result<()> {
        for purpose in PURPOSES {
            let mut acts = acts.iter().filter(|act| act.purpose == purpose).peekable();
            if acts.peek().is_none() {
                continue;
            }
            self.section(purpose_words(purpose))?;
            for act in acts {
                let (note, command) = filler.act(act);
                write_labelled(self.out, self.style, "  -", 2, &Cell::prose(note))?;
                if let Some(command) = command {
                    for line in command.lines() {
                        writeln!(
                            self.out,
                            "    {}",
                            Tone::Faint.paint(line, self.style.color)
                        )?;
                    }
                }
            }
        }
        Ok(())
    }
}
