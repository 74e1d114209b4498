//! `detachments`, `timeline`, `history`, `at`, `diff`: intervals, asked for in five ways.

use clap::Args;
use jiff::Timestamp;
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::index::{Order, Reader};
use trailspan::reconstruct::{self, Archive, Subject};
use trailspan::render::{Format, rows};
use trailspan::search;
use trailspan::search::time::Frame;
use trailspan::text::Escaped;
use trailspan::timeline::Instant;

use super::Global;
use super::conclude::conclude;
use super::filter::Filters;
use super::outside::note_outside;
use super::status::{Outcome, Step};
use super::terminal::Terminal;

/// Every end of an attachment or association: when, what, from what, by whom, and how it is known
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan detachments
  trailspan detachments --kind eni,eip --since 2024-03-01 --actor alice
  trailspan detachments --attempts --format jsonl")]
pub(crate) struct Detachments {
    /// Also the calls to end something that failed, were dry runs, or changed nothing; `history` tells the
    /// other calls in vain
    #[arg(long)]
    attempts: bool,
    #[command(flatten)]
    filters: Filters,
}

/// Every interval, ended or not
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan timeline --kind igw
  trailspan timeline --kind eip --since 2024-03-01 --bars
  trailspan timeline --account 111122223333 --region us-east-1 --format csv")]
pub(crate) struct TimelineArguments {
    #[command(flatten)]
    bars: Bars,
    #[command(flatten)]
    filters: Filters,
}

/// Everything about one resource, address, attachment id, ARN, access key or principal
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan history eni-0123456789abcdef0
  trailspan history 203.0.113.10
  trailspan history 203.0.113.10 --bars
  trailspan history arn:aws:iam::111122223333:user/alice")]
pub(crate) struct History {
    /// An id, an address, an ARN, an access key, or the name of an actor
    #[arg(value_name = "ID")]
    pub(super) id: String,
    #[command(flatten)]
    bars: Bars,
    #[command(flatten)]
    filters: Filters,
}

/// How intervals are drawn.
#[derive(Debug, Args)]
struct Bars {
    /// Draw a bar for each interval, over an axis of time on which long waits are shortened
    #[arg(long)]
    bars: bool,
}

impl Bars {
    /// Says whether bars are wanted; refuses them in what other programs read.
    fn wanted(&self, terminal: &Terminal) -> Result<bool> {
        match self.bars && !options_are_for_people(terminal) {
            true => Err(Error::new(
                ErrorKind::Usage,
                "--bars",
                "bars are drawn for people: not with --format json, jsonl or csv",
            )
            .hint("leave one of the two out")),
            false => Ok(self.bars),
        }
    }
}

/// What was attached at an instant
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan at 2024-03-01T10:00:00Z
  trailspan at '2024-03-01 10:00 Europe/Berlin' i-0123456789abcdef0

What may or may not have held at the instant is told too: marked `perhaps ended` or `perhaps not begun`
in the table, `holds` and `doubt` in JSON and CSV. Of an instant before the first record
or after the last one of an account and region nobody can say all from the archive: a note says so, and
the exit status is 3. Where a call ended something and no record shows when that took effect, it counts as
perhaps ended for ten minutes after the call, and as ended from then on.")]
pub(crate) struct At {
    /// The instant
    #[arg(value_name = "TIME")]
    time: String,
    /// Only what this takes part in
    #[arg(value_name = "ID")]
    pub(super) id: Option<String>,
    #[command(flatten)]
    filters: Filters,
}

/// What changed between two instants
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  trailspan diff 2024-03-01 2024-03-02 --kind eip

`gone` held at the first instant and not at the second, `new` the other way round; what is not certain of
that is marked: what only may have held, `perhaps ended` where a call between them may have ended it, and
`perhaps begun before` where it may have held at the first instant already. Where a call ended something and no record shows when that took
effect, it counts as ended from ten minutes after the call on, and is marked `taken as ended`.")]
pub(crate) struct Diff {
    /// The first instant
    #[arg(value_name = "T1")]
    first: String,
    /// The second instant
    #[arg(value_name = "T2")]
    second: String,
    #[command(flatten)]
    filters: Filters,
}

/// Answers `detachments`.
pub(crate) fn detachments(
    arguments: &Detachments,
    global: &Global,
    terminal: &mut Terminal,
) -> Outcome {
    let catalogue = Catalogue::embedded();
    let (reader, filter) = global.ask(terminal, |frame| {
        Ok(arguments.filters.read(catalogue, frame)?)
    })?;
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let answer = reconstruct::detachments(archive, &filter, arguments.attempts)?;
    let (out, options) = terminal.rows();
    let shown = rows::detachments(
        out,
        options,
        catalogue,
        &answer.timeline,
        arguments.attempts,
    )?;
    let timeline = &answer.timeline;
    terminal.name_rows(|| rows::of_intervals(catalogue, timeline, &timeline.intervals));
    if arguments.attempts {
        terminal.name_rows(|| rows::of_attempts(catalogue, timeline));
    }
    conclude(&answer, &filter, &shown, &reader, terminal)
}

/// Answers `timeline`.
pub(crate) fn timeline(
    arguments: &TimelineArguments,
    global: &Global,
    terminal: &mut Terminal,
) -> Outcome {
    let catalogue = Catalogue::embedded();
    let (reader, filter) = global.ask(terminal, |frame| {
        Ok(arguments.filters.read(catalogue, frame)?)
    })?;
    let are_bars = arguments.bars.wanted(terminal)?;
    let answer = reconstruct::timeline(
        Archive {
            reader: &reader,
            catalogue,
        },
        &filter,
    )?;
    let (out, options) = terminal.rows();
    let timeline = &answer.timeline;
    let shown = match are_bars {
        true => rows::bars(out, options, catalogue, timeline)?,
        false => rows::extents(out, options, catalogue, timeline, None)?,
    };
    terminal.name_rows(|| rows::of_intervals(catalogue, timeline, &timeline.intervals));
    conclude(&answer, &filter, &shown, &reader, terminal)
}

/// Answers `history`.
pub(crate) fn history(arguments: &History, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    let (reader, filter) = global.ask(terminal, |frame| {
        Ok(arguments.filters.read(catalogue, frame)?)
    })?;
    let subject = Subject::parse(&arguments.id);
    if subject.id.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "ID", "nothing is asked about")
            .hint("name a resource, an address, an ARN, an access key or a principal")
            .into());
    }
    let are_bars = arguments.bars.wanted(terminal)?;
    let answer = reconstruct::history(
        Archive {
            reader: &reader,
            catalogue,
        },
        &subject,
        &filter,
    )?;
    let (out, options) = terminal.rows();
    let format = options.format;
    let timeline = &answer.timeline;
    let shown = if are_bars {
        rows::bars(out, options, catalogue, timeline)?
    } else {
        let (findings, is_narrowed) = (&answer.findings, filter.narrows());
        rows::history(out, options, catalogue, timeline, findings, is_narrowed)?
    };
    terminal.name_rows(|| match are_bars {
        true => rows::of_intervals(catalogue, timeline, &timeline.intervals),
        false => rows::of_history(catalogue, timeline, format),
    });
    if shown.rows == 0 {
        note_mentions(&arguments.id, &reader, terminal)?;
        let asked = subject.id.to_lowercase();
        let mut similar = reader.suggest_ids(&asked, 5)?;
        similar.retain(|id| *id != asked);
        if !similar.is_empty() && options_are_for_people(terminal) {
            let similar: Vec<String> = similar.iter().map(|id| Escaped(id).to_string()).collect();
            terminal.note(&format!(
                "values in this archive that begin so: {}",
                similar.join(", ")
            ))?;
        }
    }
    conclude(&answer, &filter, &shown, &reader, terminal)
}

/// Notes that events mention what no resource or principal is called: a caller's address, an account, an
/// event id, the beginning of an id.
fn note_mentions(id: &str, reader: &Reader, terminal: &mut Terminal) -> Step<()> {
    let id = id.trim();
    let beyond_words = |c: char| c.is_whitespace() || "\"'()".contains(c);
    if id.contains(beyond_words) {
        return Ok(());
    }
    let Ok(asked) = search::parse(id, &Frame::new(terminal.zone().clone())) else {
        return Ok(());
    };
    let events = match reader.search(&asked, Some(1), Order::OldestFirst)?.total {
        0 => return Ok(()),
        1 => "1 event mentions it".to_owned(),
        events => format!("{events} events mention it"),
    };
    let id = Escaped(id);
    terminal.note(&format!(
        "no resource or principal is called {id}, but {events}: trailspan search '{id}'"
    ))?;
    Ok(())
}

fn options_are_for_people(terminal: &Terminal) -> bool {
    terminal.options().format == Format::Table
}

/// Answers `at`.
pub(crate) fn at(arguments: &At, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    let (reader, (filter, time)) = global.ask(terminal, |frame| {
        let filter = arguments.filters.read_at("at", catalogue, frame)?;
        Ok((filter, instant("TIME", &arguments.time, frame)?))
    })?;
    let subject = arguments.id.as_deref().map(Subject::parse);
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let answer = reconstruct::at(archive, time, subject.as_ref(), &filter)?;
    let (out, options) = terminal.rows();
    let told = &answer.timeline;
    let instant = Instant {
        time,
        coverage: &answer.coverage,
    };
    let shown = rows::extents(out, options, catalogue, told, Some(instant))?;
    terminal.name_rows(|| rows::of_intervals(catalogue, told, &told.intervals));
    let rows = told.intervals.iter();
    let outside = note_outside(&answer.coverage, &filter, rows, &[time], terminal)?;
    let status = conclude(&answer, &filter, &shown, &reader, terminal)?;
    Ok(status.outside(outside))
}

/// Answers `diff`.
pub(crate) fn difference(arguments: &Diff, global: &Global, terminal: &mut Terminal) -> Outcome {
    let catalogue = Catalogue::embedded();
    let (reader, (filter, first, second)) = global.ask(terminal, |frame| {
        let filter = arguments.filters.read_at("diff", catalogue, frame)?;
        let first = instant("T1", &arguments.first, frame)?;
        let second = instant("T2", &arguments.second, frame)?;
        check_order(first, second)?;
        Ok((filter, first, second))
    })?;
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let found = reconstruct::difference(archive, first, second, &filter)?;
    let (out, options) = terminal.rows();
    let timeline = &found.answer.timeline;
    let (coverage, changed) = (&found.answer.coverage, || {
        found.gone.iter().chain(&found.new)
    });
    let at = |time| Instant { time, coverage };
    let (gone, new) = ((at(first), &found.gone[..]), (at(second), &found.new[..]));
    let shown = rows::differences(out, options, catalogue, timeline, gone, new)?;
    terminal.name_rows(|| rows::of_intervals(catalogue, timeline, changed()));
    let outside = note_outside(coverage, &filter, changed(), &[first, second], terminal)?;
    let status = conclude(&found.answer, &filter, &shown, &reader, terminal)?;
    Ok(status.outside(outside))
}

fn check_order(first: Timestamp, second: Timestamp) -> Result<()> {
    match first <= second {
        true => Ok(()),
        false => Err(Error::new(
            ErrorKind::Usage,
            "T1",
            format!("{first} is after T2, {second}"),
        )
        .hint("give the earlier instant first")),
    }
}

fn instant(name: &str, text: &str, frame: &Frame) -> Result<Timestamp> {
    search::time::instant(text, frame).map_err(|error| error.into_error(name))
}
