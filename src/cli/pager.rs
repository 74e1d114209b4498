//! The pager: what is longer than the screen is read page by page, on a terminal only.
//!
//! An answer is held back until it is longer than the screen; then a pager is started and gets all of it.
//! Notes come behind the answer, once the pager has ended.

use std::cell::RefCell;
use std::env;
use std::io::{self, ErrorKind, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;

use trailspan::text::Escaped;

use super::Global;
use super::interruption::interruption;
use super::shell::height;

/// The pager where nobody names one: it ends by itself where all fits, passes paint on, and leaves the
/// answer on the screen.
const DEFAULT: [&str; 2] = ["less", "-FRSX"];

/// What `less` is told where the person has not set it up.
const LESS: &str = "FRX";

/// How much is held back at most, in bytes; a line may be long.
const HELD_BYTES_MAX: usize = 1 << 20;

/// The answers and notes of one command on a terminal.
#[derive(Clone)]
pub(super) struct Pager(Rc<RefCell<Page>>);

struct Page {
    /// The pager and its arguments.
    command: Vec<String>,
    /// Whether the person named it.
    is_named: bool,
    columns: usize,
    /// How many lines of the screen are left.
    room: usize,
    answers: Answers,
    held: Vec<u8>,
    /// How much of `held` has been measured.
    measured: usize,
    held_notes: Vec<u8>,
}

/// Where answers go.
enum Answers {
    /// Nowhere yet: they may fit the screen.
    Held,
    Paged(Child, ChildStdin),
    /// Nowhere any more: the person has seen enough, and the exit status is still to be found.
    Dropped(Child),
    Shown,
}

impl Pager {
    /// Chooses the pager, where answers go to a terminal of so many columns and lines.
    pub(super) fn chosen(global: &Global, columns: u16, rows: u16) -> Option<Self> {
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        if global.no_pager || is_dumb {
            return None;
        }
        let (command, is_named) = named()?;
        Some(Self(Rc::new(RefCell::new(Page {
            command,
            is_named,
            columns: usize::from(columns),
            // The prompt of the shell needs a line, too.
            room: usize::from(rows).saturating_sub(1).max(1),
            answers: Answers::Held,
            held: Vec::new(),
            measured: 0,
            held_notes: Vec::new(),
        }))))
    }

    /// Returns the stream of answers.
    pub(super) fn answers(&self) -> Box<dyn Write> {
        Box::new(AnswerStream(self.clone()))
    }

    /// Returns the stream of notes.
    pub(super) fn notes(&self) -> Box<dyn Write> {
        Box::new(NoteStream(self.clone()))
    }

    /// Shows what was held back, waits for the pager, and then shows the notes.
    pub(super) fn finish(&self) -> io::Result<()> {
        self.0.borrow_mut().finish()
    }
}

/// Returns the pager that the environment names, else the usual one; none where it is turned off.
fn named() -> Option<(Vec<String>, bool)> {
    let mut variables = ["TRAILSPAN_PAGER", "PAGER"].into_iter();
    let Some(value) = variables.find_map(env::var_os) else {
        return Some((DEFAULT.map(str::to_owned).to_vec(), false));
    };
    let words = shlex::split(&value.to_string_lossy()).unwrap_or_default();
    (!words.is_empty()).then_some((words, true))
}

impl Page {
    fn take(&mut self, text: &[u8]) -> io::Result<()> {
        match &mut self.answers {
            Answers::Held => {
                self.held.extend_from_slice(text);
                match self.fits() {
                    true => Ok(()),
                    false => self.begin(),
                }
            }
            Answers::Paged(_, pipe) => match pipe.write_all(text) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    self.drop_the_rest();
                    Ok(())
                }
                written => written,
            },
            Answers::Dropped(_) => Ok(()),
            Answers::Shown => io::stdout().lock().write_all(text),
        }
    }

    /// Says whether what is held back still fits the screen.
    fn fits(&mut self) -> bool {
        let unmeasured = self.held.get(self.measured..).unwrap_or_default();
        for line in unmeasured.split_inclusive(|byte| *byte == b'\n') {
            if line.ends_with(b"\n") {
                let height = height(line, self.columns);
                self.measured += line.len();
                match self.room.checked_sub(height) {
                    Some(left) => self.room = left,
                    None => return false,
                }
            }
        }
        self.held.len() <= HELD_BYTES_MAX
    }

    /// Starts the pager with what was held back; where that cannot be, shows it.
    fn begin(&mut self) -> io::Result<()> {
        match self.spawned() {
            Ok((child, pipe)) => self.answers = Answers::Paged(child, pipe),
            Err(error) => {
                self.answers = Answers::Shown;
                if self.is_named {
                    let pager = self.command.join(" ");
                    let note = format!(
                        "note: the pager {} cannot be run: {error}\n",
                        Escaped(&pager)
                    );
                    self.held_notes.extend_from_slice(note.as_bytes());
                }
            }
        }
        let held = std::mem::take(&mut self.held);
        self.take(&held)
    }

    fn spawned(&self) -> io::Result<(Child, ChildStdin)> {
        let (program, arguments) = self.command.split_first().ok_or(ErrorKind::NotFound)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped());
        if env::var_os("LESS").is_none() {
            command.env("LESS", LESS);
        }
        let mut child = command.spawn()?;
        // Ctrl-C is a key of the pager. Where nobody can watch for it, it ends both, as it would anyway.
        match interruption() {
            Ok(_) | Err(_) => {}
        }
        let pipe = child.stdin.take().ok_or(ErrorKind::BrokenPipe)?;
        Ok((child, pipe))
    }

    fn drop_the_rest(&mut self) {
        if let Answers::Paged(child, _) = std::mem::replace(&mut self.answers, Answers::Shown) {
            self.answers = Answers::Dropped(child);
        }
    }

    fn note(&mut self, text: &[u8]) -> io::Result<()> {
        let is_behind = match self.answers {
            Answers::Held => !self.held.is_empty(),
            Answers::Paged(..) | Answers::Dropped(_) => true,
            Answers::Shown => !self.held_notes.is_empty(),
        };
        match is_behind {
            true => {
                self.held_notes.extend_from_slice(text);
                Ok(())
            }
            false => io::stderr().lock().write_all(text),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        let shown = match std::mem::replace(&mut self.answers, Answers::Shown) {
            Answers::Paged(mut child, pipe) => {
                // Its end is what the pager waits for.
                drop(pipe);
                child.wait().map(|_| ())
            }
            Answers::Dropped(mut child) => child.wait().map(|_| ()),
            Answers::Held | Answers::Shown => {
                let held = std::mem::take(&mut self.held);
                let mut out = io::stdout().lock();
                out.write_all(&held).and_then(|()| out.flush())
            }
        };
        let notes = std::mem::take(&mut self.held_notes);
        // Where nobody reads notes any more, the answer is what it is.
        match io::stderr().lock().write_all(&notes) {
            Ok(()) | Err(_) => shown,
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Only after a fault is there anything left, and that is told by itself.
        match self.finish() {
            Ok(()) | Err(_) => {}
        }
    }
}

struct AnswerStream(Pager);

impl Write for AnswerStream {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.0.borrow_mut().take(text)?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct NoteStream(Pager);

impl Write for NoteStream {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.0.borrow_mut().note(text)?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
