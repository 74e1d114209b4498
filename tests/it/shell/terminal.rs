//! A session at a real terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::termios::{Winsize as Size, tcsetwinsize};

use crate::transcripts::{index, root};

/// How long something may take to be seen before the session counts as hanging.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the line editor sends once each time it waits for a line.
const WAITS: &str = "\u{1b}[?2004h";

/// A program at a terminal, what is typed into it, and what it has sent.
pub(crate) struct Session {
    child: Child,
    terminal: File,
    sent: Arc<(Mutex<String>, Condvar)>,
    /// How much of that has been looked at.
    seen: usize,
    reader: JoinHandle<()>,
}

impl Session {
    fn begin(columns: u16, rows: u16, arguments: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_trailspan"));
        program.arg("shell").args(arguments).env("NO_COLOR", "1");
        Self::of(program, columns, rows)
    }

    /// Runs a program on a terminal of this size.
    pub(crate) fn of(mut program: Command, columns: u16, rows: u16) -> Self {
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pair = openpty(Some(&size), None).unwrap();
        let end = || Stdio::from(pair.slave.try_clone().unwrap());
        if !program.get_envs().any(|(name, _)| name == "TERM") {
            program.env("TERM", "xterm-256color");
        }
        let child = program
            .current_dir(root())
            .env("TRAILSPAN_INDEX", index())
            .env("XDG_CONFIG_HOME", index())
            .env_remove("TRAILSPAN_CONFIG")
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        // The command holds ends of the terminal, too.
        drop(program);
        drop(pair.slave);
        let terminal = File::from(pair.master);
        let sent: Arc<(Mutex<String>, Condvar)> = Arc::default();
        let (mut from, into) = (terminal.try_clone().unwrap(), Arc::clone(&sent));
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The last end that closes is an error here and not an end.
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..count]);
                into.0.lock().unwrap().push_str(&text);
                into.1.notify_all();
            }
        });
        Self {
            child,
            terminal,
            sent,
            seen: 0,
            reader,
        }
    }

    /// Waits until something is sent that has not been looked at; returns what was sent up to its end.
    pub(crate) fn sees(&mut self, text: &str) -> String {
        let sent = self.sent.0.lock().unwrap();
        let lacks = |sent: &mut String| !sent[self.seen..].contains(text);
        let (sent, waited) = self
            .sent
            .1
            .wait_timeout_while(sent, PATIENCE, lacks)
            .unwrap();
        let rest = &sent[self.seen..];
        assert!(!waited.timed_out(), "{text:?} is not in {rest:?}");
        let end = rest.find(text).unwrap() + text.len();
        let seen = rest[..end].to_owned();
        self.seen += end;
        seen
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.terminal.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end; returns all that was sent, and the exit status.
    pub(crate) fn ended(mut self) -> (String, Option<i32>) {
        let status = self.child.wait().unwrap().code();
        self.reader.join().unwrap();
        let sent = self.sent.0.lock().unwrap().replace("\r\n", "\n");
        (sent, status)
    }

    pub(crate) fn ends(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_session_completes_pages_resizes_and_survives_ctrl_c() {
    let mut session = Session::begin(120, 24, &[]);
    session.sees("help tells what can be typed");
    session.sees(WAITS);
    // A command, then an id that is in the index.
    session.types("hist\t");
    session.sees("history ");
    session.types("eni-06b8565\t");
    session.sees("eni-06b856575c2e9e529");
    session.types("\r");
    let page = session.sees("-- more");
    assert!(page.contains("LIFETIME"), "{page}");
    assert!(page.matches('\n').count() <= 26, "{page}");
    session.types(" ");
    session.sees("\u{1b}[2K");
    session.sees("-- more");
    session.types("\u{3}");
    session.sees(WAITS);
    session.types("history eni-06b856575c2e9e529 --no-pager\r");
    let whole = session.sees(WAITS);
    assert!(!whole.contains("-- more"), "{whole}");
    assert!(whole.matches('\n').count() > 26, "{whole}");
    // A line that is given up.
    session.types("search nonsense\u{3}");
    session.sees(WAITS);
    session.types("timeline --kind igw -q\r");
    let wide = session.sees(WAITS);
    assert!(wide.contains("igw-0d1dc58c246ec0b09"), "{wide}");
    let longest = |text: &str| {
        text.lines()
            .map(|line| line.trim_end().chars().count())
            .max()
    };
    let table = |text: &str| text[text.find("START").unwrap()..].to_owned();
    assert!(longest(&table(&wide)) > Some(70), "{wide}");
    let size = Size {
        ws_row: 200,
        ws_col: 60,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&session.terminal, size).unwrap();
    let id = Pid::from_raw(session.child.id().try_into().unwrap());
    kill(id, Signal::SIGWINCH).unwrap();
    session.types("timeline --kind igw -q\r");
    let narrow = session.sees(WAITS);
    let rows = table(&narrow);
    assert!(rows.contains("igw-0d1dc58c246ec0b09"), "{narrow}");
    assert!(longest(&rows) <= Some(60), "{narrow}");
    session.types("\u{4}");
    assert_eq!(session.ends(), Some(0));
}

#[test]
fn what_can_be_typed_is_completed() {
    let mut session = Session::begin(100, 40, &[]);
    session.sees(WAITS);
    for (typed, completed) in [
        ("sea\t", "search "),
        ("search regi\t", "region:"),
        ("search region:eu-w\t", "region:eu-west-1"),
        ("search is:cons\t", "is:console"),
        ("search kind:classic-l\t", "kind:classic-link"),
        ("timeline --ki\t", "--kind"),
        ("timeline --format jsonl --account 4444\t", "444455556666"),
        ("explain DetachNetw\t", "DetachNetworkInterface"),
        ("set t\t", "set tz"),
        ("set format c\t", "set format csv"),
        ("show 43cc0290-\t", "43cc0290-00c5-41de-afcf-ae06dd923bdd"),
        ("help unse\t", "help unset"),
    ] {
        session.types(typed);
        session.sees(completed);
        session.types("\u{3}");
        session.sees(WAITS);
    }
    session.types("quit\r");
    assert_eq!(session.ends(), Some(0));
}

#[test]
fn a_session_that_is_asked_to_end_ends() {
    let mut session = Session::begin(100, 40, &[]);
    session.sees(WAITS);
    let id = Pid::from_raw(session.child.id().try_into().unwrap());
    kill(id, Signal::SIGTERM).unwrap();
    assert_eq!(session.ends(), Some(130));
}

#[test]
fn former_lines_are_kept_only_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history");
    let path = file.to_str().unwrap();
    for keys in ["help set\r", "\u{1b}[A\r"] {
        let mut session = Session::begin(100, 40, &["--history", path]);
        session.sees(WAITS);
        session.types(keys);
        session.sees("set NAME VALUE");
        session.sees(WAITS);
        session.types("\u{4}");
        assert_eq!(session.ends(), Some(0));
        let kept = std::fs::read_to_string(&file).unwrap();
        assert!(kept.contains("help set"), "{kept}");
    }
}
