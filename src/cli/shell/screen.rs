//! Where the answers of a session go: the screen, page by page on a terminal, and the transcript.

use std::cell::{Cell, RefCell};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind as Io, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::config::Configurer as _;
use rustyline::history::MemHistory;
use rustyline::{Cmd, Editor, KeyEvent};
use trailspan::archive::path_text;
use trailspan::error::{Error, ErrorKind, Result};
use unicode_width::UnicodeWidthChar as _;

/// What stands below a full page.
const MORE: &str = "-- more: Enter or space, q ends the answer --";

/// The streams of a session.
#[derive(Clone)]
pub(super) struct Screen {
    stop: Arc<AtomicBool>,
    transcript: Rc<RefCell<Option<Transcript>>>,
    /// Whether a page is waited for before it is covered by the next one.
    is_paged: bool,
    /// Whether the present line wants pages.
    is_wanted: Rc<Cell<bool>>,
    /// How many lines of the page are full.
    lines: Rc<Cell<usize>>,
    /// Whether the person has seen enough of the answer: what is still buffered is not shown either.
    is_over: Rc<Cell<bool>>,
}

/// A copy of the session in a file.
struct Transcript {
    path: PathBuf,
    file: File,
    /// Where in a sequence that paints the last byte stood.
    paint: Paint,
    failure: Option<io::Error>,
}

/// Where in a sequence such as `ESC [ 3 1 m` a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paint {
    None,
    Escape,
    Within,
}

/// One stream of the screen.
pub(super) struct Stream {
    screen: Screen,
    is_notes: bool,
}

impl Screen {
    /// Makes the screen of a session; answers end while `stop` is up.
    pub(super) fn new(stop: Arc<AtomicBool>, is_paged: bool) -> Self {
        Self {
            stop,
            transcript: Rc::default(),
            is_paged,
            is_wanted: Rc::default(),
            lines: Rc::default(),
            is_over: Rc::default(),
        }
    }

    /// Returns the stream of answers.
    pub(super) fn answers(&self) -> Box<dyn Write> {
        self.stream(false)
    }

    /// Returns the stream of notes.
    pub(super) fn notes(&self) -> Box<dyn Write> {
        self.stream(true)
    }

    fn stream(&self, is_notes: bool) -> Box<dyn Write> {
        Box::new(Stream {
            screen: self.clone(),
            is_notes,
        })
    }

    /// Begins a page.
    pub(super) fn begin_page(&self) {
        self.is_wanted.set(true);
        self.lines.set(0);
        self.is_over.set(false);
    }

    /// Shows the rest of the present answer at once.
    pub(super) fn without_pages(&self) {
        self.is_wanted.set(false);
    }

    /// Says whether Ctrl-C was pressed.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Begins a transcript in a file that is not there yet: what is there may be evidence.
    ///
    /// # Errors
    ///
    /// Where the file cannot be made.
    pub(super) fn begin_transcript(&self, path: &Path) -> Result<()> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|error| {
            Error::new(ErrorKind::Input, path_text(path), "cannot be made")
                .because(error)
                .hint("name a new file")
        })?;
        *self.transcript.borrow_mut() = Some(Transcript {
            path: path.to_owned(),
            file,
            paint: Paint::None,
            failure: None,
        });
        Ok(())
    }

    /// Ends the transcript; says whether there was one.
    pub(super) fn end_transcript(&self) -> bool {
        self.transcript.borrow_mut().take().is_some()
    }

    /// Returns the file of the transcript.
    pub(super) fn transcript(&self) -> Option<PathBuf> {
        let transcript = self.transcript.borrow();
        transcript
            .as_ref()
            .map(|transcript| transcript.path.clone())
    }

    /// Writes into the transcript only.
    pub(super) fn record(&self, text: &str) {
        if let Some(transcript) = &mut *self.transcript.borrow_mut() {
            transcript.write(text.as_bytes());
        }
    }

    /// Ends a transcript that could not be written, and tells of it.
    pub(super) fn failed_transcript(&self) -> Option<Error> {
        let mut slot = self.transcript.borrow_mut();
        let failure = slot.as_mut()?.failure.take()?;
        let path = slot.take()?.path;
        let error = Error::new(
            ErrorKind::Input,
            path_text(&path),
            "the transcript ends here",
        );
        Some(
            error
                .because(failure)
                .hint("begin a new one: transcript FILE"),
        )
    }

    /// Writes a part of an answer to the screen, and waits where a page is full.
    fn show(&self, mut text: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let page = terminal_size::terminal_size();
        let page = page.filter(|_| self.is_paged && self.is_wanted.get());
        let Some((columns, rows)) = page else {
            out.write_all(text)?;
            return out.flush();
        };
        let room = usize::from(rows.0).saturating_sub(1).max(1);
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = text.split_at(end + 1);
            let height = height(line, usize::from(columns.0));
            if self.lines.get() > 0 && self.lines.get() + height > room {
                out.flush()?;
                drop(out);
                self.is_over.set(true);
                wait_for_a_key()?;
                self.is_over.set(false);
                self.lines.set(0);
                out = io::stdout().lock();
            }
            out.write_all(line)?;
            self.lines.set(self.lines.get() + height);
            text = rest;
        }
        out.write_all(text)?;
        out.flush()
    }
}

/// Returns how many lines of a terminal a line takes; what paints takes no room.
pub(in crate::cli) fn height(line: &[u8], columns: usize) -> usize {
    let text = String::from_utf8_lossy(line);
    let mut paint = Paint::None;
    let shown = text.chars().filter(|c| {
        let is_shown = paint == Paint::None && *c != '\u{1b}' && *c != '\n';
        paint = paint.after(u8::try_from(*c).unwrap_or(b'?'));
        is_shown
    });
    let width: usize = shown.map(|c| c.width().unwrap_or(0)).sum();
    width.div_ceil(columns.max(1)).max(1)
}

impl Paint {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (_, 0x1b) => Self::Escape,
            (Self::Escape, b'[') => Self::Within,
            (Self::Within, b'0'..=b'9' | b';') => Self::Within,
            _ => Self::None,
        }
    }
}

impl Transcript {
    fn write(&mut self, text: &[u8]) {
        let mut plain = Vec::with_capacity(text.len());
        for byte in text {
            let before = self.paint;
            self.paint = before.after(*byte);
            if before == Paint::None && self.paint == Paint::None {
                plain.push(*byte);
            }
        }
        if self.failure.is_none() {
            self.failure = self.file.write_all(&plain).err();
        }
    }
}

impl Write for Stream {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let screen = &self.screen;
        if !self.is_notes && (screen.is_stopped() || screen.is_over.get()) {
            // Not `Interrupted`, which means "try again".
            return Err(io::Error::new(Io::BrokenPipe, "seen enough"));
        }
        if let Some(transcript) = &mut *screen.transcript.borrow_mut() {
            transcript.write(text);
        }
        match self.is_notes {
            true => io::stderr().lock().write_all(text)?,
            false => screen.show(text)?,
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.is_notes {
            true => io::stderr().lock().flush(),
            false => io::stdout().lock().flush(),
        }
    }
}

/// Waits for a key below a page; `q` and Ctrl-C end the answer, as a reader who has seen enough does.
fn wait_for_a_key() -> io::Result<()> {
    let enough = || io::Error::new(Io::BrokenPipe, "seen enough");
    let mut editor = Editor::<(), MemHistory>::with_history(
        rustyline::Config::builder().build(),
        MemHistory::new(),
    )
    .map_err(io::Error::other)?;
    editor.set_auto_add_history(false);
    for (key, command) in [(' ', Cmd::AcceptLine), ('q', Cmd::Interrupt)] {
        editor.bind_sequence(KeyEvent::new(key, rustyline::Modifiers::NONE), command);
    }
    let answered = editor.readline(MORE);
    let mut out = io::stdout().lock();
    // The line of the question goes away again.
    out.write_all(b"\x1b[A\x1b[2K\r")?;
    out.flush()?;
    answered.map(|_| ()).map_err(|_| enough())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_takes_the_height_of_what_is_shown_of_it() {
        for (line, columns, expected) in [
            ("\n", 10, 1),
            ("0123456789\n", 10, 1),
            ("0123456789a\n", 10, 2),
            ("\u{1b}[1;31m0123456789\u{1b}[0m\n", 10, 1),
            ("éééé\n", 4, 1),
            ("界界界\n", 4, 2),
        ] {
            assert_eq!(height(line.as_bytes(), columns), expected, "{line:?}");
        }
    }
}
