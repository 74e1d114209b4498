//! `shell`: a session at a prompt, or a script from standard input.
//!
//! A line is what is typed behind `trailspan` outside, read by the same parser. Not for: what a command
//! answers, which each tells itself.

mod complete;
mod screen;
mod session;
mod words;

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum as _};
use rustyline::config::BellStyle;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use trailspan::archive::path_text;
use trailspan::error::{Error, ErrorKind, Result};

use super::interruption::interruption;
use super::opened::Opened;
use super::settings::{Settings, SettingsFile};
use super::status::worst;
use super::terminal::{refuse, tell};
use super::{Color, Global};
use complete::Completion;
use screen::Screen;
pub(super) use screen::height;
pub(super) use session::grammar;
use session::{Done, INTERRUPTED, Session};

/// What stands before what is typed.
const PROMPT: &str = "trailspan> ";

/// The longest line of a script, in bytes.
const LINE_BYTES_MAX: usize = 1 << 16;

/// How often the end of the session is looked for.
const TICK: Duration = Duration::from_millis(50);

/// The stack of the session: that of a program's first thread.
const STACK_BYTES: usize = 8 << 20;

/// A session: one question after the other, with completion, settings and rows by number
///
/// At a terminal, a prompt; otherwise the commands are read from standard input, one a line, all are run,
/// and the status is the worst of theirs: 130, then 4, 2, 3, 1, 0. `help` tells what can be typed. The
/// index is opened once and kept: what another program adds to it meanwhile is seen after `ingest` or in
/// the next session.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan shell
  trailspan shell --index case-42.index --history ~/case-42.history
  printf 'detachments --kind eip\\nhistory 1\\n' | trailspan shell")]
pub(crate) struct Arguments {
    /// Read former lines from this file, and keep those of this session in it [default: none is kept]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

/// Runs a session; returns the exit status.
pub(crate) fn run(arguments: &Arguments, global: &Global, file: &SettingsFile) -> ExitCode {
    let stop = match interruption() {
        Ok(stop) => stop,
        Err(error) => return refuse(&error),
    };
    let is_interactive = io::stdin().is_terminal() && io::stdout().is_terminal();
    let talk = Talk {
        stop: Arc::clone(&stop),
        at_prompt: Arc::default(),
        settings: given(global, file),
        history: arguments.history.clone(),
        is_paged: is_interactive && !global.no_pager,
    };
    if let Some(narrowed) = file.narrowed() {
        tell(&mut io::stderr(), "note", &narrowed);
    }
    let at_prompt = Arc::clone(&talk.at_prompt);
    let (ended, end) = mpsc::channel();
    let session = thread::Builder::new()
        .name("session".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let status = match is_interactive {
                true => talk.interactively(),
                false => talk.run_script(),
            };
            // Where nobody waits any more, the program has ended.
            match ended.send(status) {
                Ok(()) | Err(_) => {}
            }
        });
    if let Err(error) = session {
        let what = "cannot begin a session";
        return refuse(&Error::new(ErrorKind::Input, "shell", what).because(error));
    }
    loop {
        match end.recv_timeout(TICK) {
            Ok(status) => return ExitCode::from(status),
            // A fault of the session, which has been heard of.
            Err(RecvTimeoutError::Disconnected) => return ExitCode::from(2),
            // At the prompt Ctrl-C is a key: the flag is up because the program is asked to end.
            Err(RecvTimeoutError::Timeout) => {
                if at_prompt.load(Ordering::Relaxed) && stop.load(Ordering::Relaxed) {
                    return ExitCode::from(INTERRUPTED);
                }
            }
        }
    }
}

/// Refuses a session within a session.
pub(super) fn within_a_session() -> Error {
    Error::new(ErrorKind::Usage, "shell", "this is a session already").hint("quit ends it")
}

/// Turns the person's file and the options of `shell` itself into settings.
fn given(global: &Global, file: &SettingsFile) -> Settings {
    let mut settings = file.settings();
    let mut set = |name, value| {
        if let Ok(setting) = Settings::named(name) {
            settings.set(setting, value);
        }
    };
    set("index", global.index.clone().into_os_string());
    let named = |value: Option<clap::builder::PossibleValue>| {
        value.map(|value| value.get_name().to_owned().into())
    };
    let format = global.format.and_then(|format| format.to_possible_value());
    if let Some(format) = named(format) {
        set("format", format);
    }
    if global.color != Color::Auto
        && let Some(color) = named(global.color.to_possible_value())
    {
        set("color", color);
    }
    if let Some(zone) = &global.tz {
        set("tz", zone.into());
    }
    if let Some(columns) = global.width {
        set("width", columns.to_string().into());
    }
    for (name, is_set) in [
        ("quiet", global.quiet),
        ("verbose", global.verbose),
        ("no-pager", global.no_pager),
    ] {
        if is_set {
            set(name, String::new().into());
        }
    }
    settings
}

/// What a session begins with.
struct Talk {
    stop: Arc<AtomicBool>,
    /// Whether a line is waited for.
    at_prompt: Arc<AtomicBool>,
    settings: Settings,
    history: Option<PathBuf>,
    is_paged: bool,
}

impl Talk {
    fn session(&self) -> Session {
        let opened = Opened::for_session(Arc::clone(&self.stop));
        let screen = Screen::new(Arc::clone(&self.stop), self.is_paged);
        Session::new(self.settings.clone(), opened, screen)
    }

    /// Runs the lines of standard input; returns the worst status.
    fn run_script(&self) -> u8 {
        let mut session = self.session();
        let mut input = io::stdin().lock();
        let mut status = 0;
        loop {
            let mut line = Vec::new();
            let limit = LINE_BYTES_MAX as u64 + 1;
            let read = io::Read::take(&mut input, limit).read_until(b'\n', &mut line);
            let line = match read {
                Ok(0) => return status,
                Ok(_) if line.len() > LINE_BYTES_MAX => Err(too_long()),
                Ok(_) => String::from_utf8(line).map_err(|_| no_text()),
                Err(error) => Err(unreadable(&error)),
            };
            // What cannot be read cannot be passed over either: nobody knows what it would have done.
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    refuse(&error);
                    return worst(status, 2);
                }
            };
            match session.execute(line.trim_end_matches(['\r', '\n'])) {
                Done::Quit => return status,
                Done::Status(INTERRUPTED) => return INTERRUPTED,
                Done::Status(of_line) => status = worst(status, of_line),
            }
        }
    }

    /// Asks for line after line at a terminal.
    fn interactively(&self) -> u8 {
        match self.converse() {
            Ok(()) => 0,
            Err(error) => {
                refuse(&error);
                2
            }
        }
    }

    fn converse(&self) -> Result<()> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .auto_add_history(true)
            .bell_style(BellStyle::None)
            .build();
        let mut editor = Editor::<Completion, FileHistory>::with_config(config)
            .map_err(|error| no_line("cannot be used", &error))?;
        if let Some(path) = self.history.as_ref().filter(|path| path.exists()) {
            let read = editor.load_history(path);
            read.map_err(|error| no_history(path, &error))?;
        }
        let mut session = self.session();
        greet()?;
        loop {
            editor.set_helper(Some(Completion::of(&session)));
            self.stop.store(false, Ordering::Relaxed);
            self.at_prompt.store(true, Ordering::Relaxed);
            let line = editor.readline(PROMPT);
            self.at_prompt.store(false, Ordering::Relaxed);
            match line {
                Ok(line) => {
                    if let Some(path) = &self.history {
                        let kept = editor.append_history(path);
                        kept.map_err(|error| no_history(path, &error))?;
                    }
                    if session.execute(&line) == Done::Quit {
                        return Ok(());
                    }
                }
                // The line is given up, not the session.
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(no_line("cannot be read", &error)),
            }
        }
    }
}

fn greet() -> Result<()> {
    let text = concat!(
        "trailspan ",
        env!("CARGO_PKG_VERSION"),
        "; help tells what can be typed, TAB completes it, Ctrl-D ends\n"
    );
    io::Write::write_all(&mut io::stderr(), text.as_bytes())
        .map_err(|error| no_line("cannot be written to", &error))
}

fn no_line(what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Input, "terminal", what.to_owned())
        .because(error)
        .hint("a script can be given on standard input")
}

fn no_history(path: &std::path::Path, error: &ReadlineError) -> Error {
    Error::new(
        ErrorKind::Input,
        path_text(path),
        "the history cannot be kept here",
    )
    .because(error)
    .hint("name another file with --history, or none")
}

fn too_long() -> Error {
    let what = format!("a line has more than {LINE_BYTES_MAX} bytes");
    Error::new(ErrorKind::Usage, "standard input", what).hint("the script ends here")
}

fn no_text() -> Error {
    let what = "a line is not UTF-8";
    Error::new(ErrorKind::Usage, "standard input", what).hint("the script ends here")
}

fn unreadable(error: &io::Error) -> Error {
    Error::new(ErrorKind::Input, "standard input", "cannot be read")
        .because(error)
        .hint("the script ends here")
}
