//! What `verify` said, for people: the time line, what is not proven, and what it comes to.

mod sentences;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::grid::{self, Plan, Row};
use super::stack::write_labelled;
use super::{time, words};
use crate::text::{Text, count};
use crate::verification::{
    Chain, DigestRow, LogRow, Meaning, Note, PeriodRow, TrailChange, Verification, Weight,
};

pub use sentences::sentences;

pub(super) const PERIODS: Plan = Plan {
    fields: &[
        "STATUS", "ACCOUNT", "REGION", "TRAIL", "FROM", "UNTIL", "DIGESTS", "WHY",
    ],
    layouts: &[
        "STATUS | ACCOUNT | REGION | TRAIL | FROM | UNTIL | DIGESTS | WHY",
        "STATUS | ACCOUNT+REGION | TRAIL | FROM+UNTIL | DIGESTS | WHY",
        "STATUS+DIGESTS | ACCOUNT+REGION+TRAIL | FROM+UNTIL+WHY",
    ],
};

pub(super) const FILES: Plan = Plan {
    fields: &["STATUS", "FILE", "NOTES", "WHY"],
    layouts: &["STATUS | FILE | NOTES | WHY", "STATUS+NOTES | FILE+WHY"],
};

/// Writes the periods, then the digests and logs that are not proven, or with `all` every one, then
/// what to ask next, and last what it comes to.
///
/// Returns how many rows were written.
///
/// # Errors
///
/// What the writer says.
pub fn write(
    out: &mut dyn Write,
    style: &Style,
    verification: &Verification,
    all: bool,
) -> io::Result<usize> {
    let mut sections = Sections {
        out,
        style,
        is_first: true,
        rows: 0,
    };
    let periods = verification.periods.iter();
    sections.write("PERIODS", &PERIODS, periods.map(|row| period(style, row)))?;
    let is_told = |weight: Weight| all || weight > Weight::Good;
    let digests = verification.digests.iter();
    let digests = digests.filter(|row| is_told(row.weight())).map(digest);
    let heading = if all {
        "DIGEST FILES"
    } else {
        "DIGEST FILES THAT ARE NOT SIGNED, OR IN DOUBT"
    };
    sections.write(heading, &FILES, digests)?;
    let logs = verification.logs.iter();
    let logs = logs.filter(|row| is_told(row.weight())).map(log);
    let heading = if all {
        "LOG FILES"
    } else {
        "LOG FILES THAT ARE NOT VALID"
    };
    sections.write(heading, &FILES, logs)?;
    let rows = sections.rows;
    write_questions(out, style, verification, rows > 0)?;
    for sentence in sentences(verification, &style.zone) {
        super::stack::write_flowing(out, style, 0, &Cell::prose(sentence))?;
    }
    Ok(rows)
}

struct Sections<'w, 's> {
    out: &'w mut dyn Write,
    style: &'s Style,
    is_first: bool,
    rows: usize,
}

impl Sections<'_, '_> {
    fn write(
        &mut self,
        heading: &str,
        plan: &Plan,
        rows: impl Iterator<Item = Row> + Clone,
    ) -> io::Result<()> {
        if rows.clone().next().is_none() {
            return Ok(());
        }
        if !std::mem::take(&mut self.is_first) {
            writeln!(self.out)?;
        }
        writeln!(
            self.out,
            "{}",
            Tone::Strong.paint(heading, self.style.color)
        )?;
        self.rows += grid::write(self.out, self.style, plan, rows)?.rows;
        Ok(())
    }
}

fn status_cell(name: &str, weight: Weight) -> Cell {
    Cell::fixed(name).tone(match weight {
        Weight::Good => Tone::Plain,
        Weight::Open => Tone::Doubtful,
        Weight::Bad => Tone::Bad,
    })
}

fn period(style: &Style, row: &PeriodRow) -> Row {
    let instant = |instant: Option<jiff::Timestamp>| match instant {
        Some(instant) => Cell::fixed(time::show(instant, &style.zone)),
        None => Cell::fixed(words::UNKNOWN),
    };
    let digests = match (row.digests, row.signed) {
        (0, _) => Cell::default(),
        (digests, 0) => Cell::fixed(count(digests)),
        (digests, signed) => {
            Cell::fixed(count(digests)).and_fixed(format!("({} signed)", count(signed)))
        }
    };
    let chain = &row.chain;
    let mut why = reason(row.reason.as_ref());
    for (number, change) in row.changes.iter().enumerate() {
        let joint = if number == 0 { "with" } else { "and" };
        why = why.and_fixed(joint).and(change_cell(style, change));
    }
    vec![
        status_cell(row.status.name(), row.weight()),
        known(&chain.account),
        known(&chain.region),
        known(&chain.trail),
        instant(row.from),
        instant(row.until),
        digests,
        why,
    ]
}

fn change_cell(style: &Style, change: &TrailChange) -> Cell {
    let cell = Cell::fixed(&change.event_name)
        .and_fixed("at")
        .and_fixed(time::show(change.time, &style.zone));
    match &change.actor {
        Some(actor) => cell.and_fixed("by").and(Cell::label(actor)),
        None => cell,
    }
}

fn digest(row: &DigestRow) -> Row {
    file(
        status_cell(row.status.name(), row.weight()),
        (row.source.as_ref(), row.object.as_ref()),
        &row.notes,
        row.reason.as_ref(),
    )
}

fn log(row: &LogRow) -> Row {
    file(
        status_cell(row.status.name(), row.weight()),
        (row.source.as_ref(), row.object.as_ref()),
        &row.notes,
        row.reason.as_ref(),
    )
}

fn file(
    status: Cell,
    (source, object): (Option<&Text>, Option<&Text>),
    notes: &[Note],
    why: Option<&Text>,
) -> Row {
    let notes = notes.iter().map(|note| Cell::fixed(note.name()));
    vec![
        status,
        match source.or(object) {
            Some(path) => Cell::fixed(path),
            None => Cell::fixed(words::UNKNOWN),
        },
        notes.fold(Cell::default(), Cell::and),
        reason(why),
    ]
}

fn reason(reason: Option<&Text>) -> Cell {
    reason.map(Cell::prose).unwrap_or_default()
}

fn known(text: &Text) -> Cell {
    match text.is_empty() {
        true => Cell::fixed(words::UNKNOWN),
        false => Cell::fixed(text),
    }
}

/// Writes what each status that is not good means, and what to ask then.
fn write_questions(
    out: &mut dyn Write,
    style: &Style,
    verification: &Verification,
    has_rows: bool,
) -> io::Result<()> {
    let summary = &verification.summary;
    let mut told: BTreeMap<&str, &Meaning> = BTreeMap::new();
    told.extend(
        summary
            .periods
            .keys()
            .map(|status| (status.name(), status.meaning())),
    );
    told.extend(
        summary
            .digests
            .keys()
            .map(|status| (status.name(), status.meaning())),
    );
    // A log file and a digest that are missing, or noted alike, raise the same question.
    told.extend(
        summary
            .logs
            .keys()
            .map(|status| (status.name(), status.meaning())),
    );
    told.retain(|_, meaning| meaning.weight > Weight::Good);
    if has_rows {
        writeln!(out)?;
    }
    if told.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", Tone::Strong.paint("ASK NEXT", style.color))?;
    let columns = told.keys().map(|name| name.len()).max().unwrap_or(0);
    for (name, meaning) in told {
        let words = format!("{} {}", meaning.meaning, meaning.ask_next);
        write_labelled(out, style, name, columns, &Cell::prose(words))?;
    }
    writeln!(out)
}

/// Names a chain: `111122223333/us-east-1 main`.
pub(super) fn chain_name(chain: &Chain) -> String {
    let part = |text: &Text| match text.is_empty() {
        true => words::UNKNOWN.to_owned(),
        false => text.to_string(),
    };
    format!(
        "{}/{} {}",
        part(&chain.account),
        part(&chain.region),
        part(&chain.trail)
    )
}
