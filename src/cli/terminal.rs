//! The one place that prints: answers to standard output, everything else to standard error.
use std::env;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use trailspan::error::{Error, Result};
use trailspan::render::rows::Named;
use trailspan::render::{Style, prose, rows};
use trailspan::search;

use super::pager::Pager;
use super::status::{Failure, Outcome, code};
use super::{Color, FormatName, Global};

/// Where a command prints.
pub(crate) struct Terminal {
    out: BufWriter<Box<dyn Write>>,
    notes: Box<dyn Write>,
    options: rows::Options,
    /// What the rows of the answer are about; kept in a session only.
    rows: Option<Vec<Named>>,
    /// What shows long answers page by page.
    pager: Option<Pager>,
    is_terminal: bool,
    quiet: bool,
    verbose: bool,
}

impl Terminal {
    /// Looks at the terminal and at what the person asked for.
    pub(crate) fn new(global: &Global) -> Result<Self> {
        let size = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal());
        let pager = size.and_then(|(columns, rows)| Pager::chosen(global, columns.0, rows.0));
        let Some(pager) = pager else {
            let out = Box::new(io::stdout().lock());
            return Self::writing(global, out, Box::new(io::stderr()));
        };
        let mut terminal = Self::writing(global, pager.answers(), pager.notes())?;
        terminal.pager = Some(pager);
        Ok(terminal)
    }

    /// Does the same for a session, in which rows have numbers.
    pub(crate) fn in_session(
        global: &Global,
        out: Box<dyn Write>,
        notes: Box<dyn Write>,
    ) -> Result<Self> {
        let mut terminal = Self::writing(global, out, notes)?;
        terminal.options.style.first_row = Some(1);
        terminal.rows = Some(Vec::new());
        Ok(terminal)
    }

    fn writing(global: &Global, out: Box<dyn Write>, notes: Box<dyn Write>) -> Result<Self> {
        let is_terminal = io::stdout().is_terminal();
        let zone = match &global.tz {
            None => TimeZone::UTC,
            Some(name) => search::time::zone(name).map_err(|error| error.into_error("--tz"))?,
        };
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
                is_terminal && !refused && !is_dumb
            }
        };
        let of_terminal = || {
            let size = terminal_size::terminal_size().filter(|_| is_terminal);
            size.map(|(width, _)| width.0)
        };
        let width = match global.width {
            Some(0) => None,
            Some(columns) => Some(columns),
            None => of_terminal(),
        };
        let style = Style {
            width: width.map(usize::from),
            color,
            zone,
            first_row: None,
        };
        Ok(Self {
            out: BufWriter::new(out),
            notes,
            options: rows::Options {
                format: global
                    .format
                    .and_then(FormatName::of_rows)
                    .unwrap_or_default(),
                style,
            },
            rows: None,
            pager: None,
            is_terminal,
            quiet: global.quiet,
            verbose: global.verbose,
        })
    }

    /// Returns standard output and how rows are to be printed there.
    pub(crate) fn rows(&mut self) -> (&mut dyn Write, &rows::Options) {
        (&mut self.out, &self.options)
    }

    /// Returns how rows are to be printed.
    pub(crate) fn options(&self) -> &rows::Options {
        &self.options
    }

    /// Returns the zone for times given without one.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.options.style.zone
    }

    /// Says whether answers go to a terminal, and not to a file or program.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Says whether every warning is wanted.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Prints a note to standard error, unless only answers are wanted.
    pub(crate) fn note(&mut self, text: &str) -> io::Result<()> {
        if !self.quiet {
            self.out.flush()?;
            tell(&mut self.notes, "note", text);
        }
        Ok(())
    }

    /// Prints a note also where only answers are wanted: without it an answer would deceive.
    pub(crate) fn insist(&mut self, text: &str) -> io::Result<()> {
        self.out.flush()?;
        tell(&mut self.notes, "note", text);
        Ok(())
    }

    /// Remembers what the rows of an answer are about, so that a session can name them by number.
    pub(crate) fn name_rows(&mut self, rows: impl FnOnce() -> Vec<Named>) {
        if let Some(named) = &mut self.rows {
            named.extend(rows());
        }
    }

    /// Takes what the rows of the answer are about, in the order of their numbers.
    pub(crate) fn take_rows(&mut self) -> Vec<Named> {
        self.rows.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Notes in what way rows are not shown as they are: columns left out, cells altered.
    pub(crate) fn note_shown(&mut self, shown: &rows::Shown) -> io::Result<()> {
        if !shown.columns_left_out.is_empty() {
            self.note(&format!(
                "this width has no room for {}: --width 0 shows every column, --format json every field",
                shown.columns_left_out.join(", ")
            ))?;
        }
        self.note_guarded(shown)
    }

    /// Notes that cells were altered to keep a spreadsheet from running them.
    fn note_guarded(&mut self, shown: &rows::Shown) -> io::Result<()> {
        match shown.guarded_cells {
            0 => Ok(()),
            1 => self.note("1 cell begins with ' so that no spreadsheet runs it as a formula"),
            cells => self.note(&format!(
                "{cells} cells begin with ' so that no spreadsheet runs them as formulas"
            )),
        }
    }

    /// Makes a progress bar in bytes, shown only on a terminal.
    pub(crate) fn progress(&self) -> ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {msg} eta {eta}";
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    /// Ends the program: tells what went wrong and returns the exit status.
    pub(crate) fn finish(mut self, outcome: Outcome) -> ExitCode {
        ExitCode::from(self.conclude(outcome))
    }

    /// Tells what went wrong and returns the exit status.
    pub(crate) fn conclude(&mut self, outcome: Outcome) -> u8 {
        let outcome = outcome.and_then(|status| {
            self.out.flush()?;
            Ok(status)
        });
        let outcome = match &self.pager {
            None => outcome,
            Some(pager) => {
                let shown = pager.finish();
                outcome.and_then(|status| Ok(shown.map(|()| status)?))
            }
        };
        match outcome {
            Ok(status) => status.code(),
            Err(Failure::Library(error)) => refuse_on(&mut self.notes, &error),
            Err(Failure::Query { shown, hint }) => {
                tell(&mut self.notes, "error", "the query cannot be read");
                print_line(&mut self.notes, &shown);
                tell(&mut self.notes, "hint", &hint);
                2
            }
            // Whoever read the output has seen enough.
            Err(Failure::Output(error)) if is_closed(&error) => 0,
            Err(Failure::Output(error)) => {
                let what = format!("standard output: cannot be written: {error}");
                tell(&mut self.notes, "error", &what);
                let hint = "see that there is room, and that whoever reads it still does";
                tell(&mut self.notes, "hint", hint);
                2
            }
        }
    }
}

/// Says whether nobody reads any more; a writer of a format may have wrapped what the system said.
fn is_closed(error: &io::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(this) = cause {
        let told = this.downcast_ref::<io::Error>();
        if told.is_some_and(|told| told.kind() == ErrorKind::BrokenPipe) {
            return true;
        }
        // What an error of the system wraps is not its source, but that thing itself.
        cause = match told.and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => this.source(),
        };
    }
    false
}

/// Writes a sentence beside the answer, broken where a terminal ends.
pub(crate) fn tell(notes: &mut dyn Write, label: &str, text: &str) {
    let width = terminal_size::terminal_size_of(io::stderr());
    let style = Style {
        width: width.map(|(width, _)| usize::from(width.0)),
        ..Style::default()
    };
    let mut told = Vec::new();
    match prose::write(&mut told, &style, label, text) {
        // What is written to memory cannot fail, and is text.
        Ok(()) | Err(_) => print_line(notes, String::from_utf8_lossy(&told).trim_end()),
    }
}

/// Writes a line beside the answer. Where nobody reads it any more, as in `2>&1 | head -1`, the answer
/// and the exit status are what they are.
fn print_line(notes: &mut dyn Write, line: &str) {
    match notes.write_all(format!("{line}\n").as_bytes()) {
        Ok(()) | Err(_) => {}
    }
}

/// Tells an error and its hint; returns the exit status.
pub(crate) fn refuse(error: &Error) -> ExitCode {
    ExitCode::from(refuse_on(&mut io::stderr(), error))
}

/// Tells an error and its hint where notes go; returns the exit status.
pub(crate) fn refuse_on(notes: &mut dyn Write, error: &Error) -> u8 {
    tell(notes, "error", &error.to_string());
    if let Some(hint) = &error.hint {
        tell(notes, "hint", hint);
    }
    code(error.kind)
}

/// Prints what clap has to say: help to standard output, mistakes to standard error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    match error.print() {
        Ok(()) => ExitCode::from(code),
        // Whoever read the help has seen enough.
        Err(cause) if cause.kind() == ErrorKind::BrokenPipe => ExitCode::from(code),
        Err(_) => ExitCode::from(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_known_however_it_is_wrapped() {
        let closed = || io::Error::from(ErrorKind::BrokenPipe);
        let full = || io::Error::from(ErrorKind::StorageFull);
        for wrapped in [
            closed(),
            io::Error::other(closed()),
            io::Error::other(io::Error::other(closed())),
        ] {
            assert!(is_closed(&wrapped), "{wrapped:?}");
        }
        for wrapped in [full(), io::Error::other(full())] {
            assert!(!is_closed(&wrapped), "{wrapped:?}");
        }
    }
}
