//! The program as a person or a script runs it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a command may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program in a folder, with an environment that says nothing.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_with(folder, arguments, &[])
}

/// Runs the program with environment variables.
pub(crate) fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailspan"));
    command
        .args(arguments)
        .current_dir(folder)
        .envs(variables.iter().copied());
    finish(command)
}

/// Runs a command to its end, with nothing of the environment that the program heeds.
pub(crate) fn finish(mut command: Command) -> Ran {
    let asked: Vec<_> = command
        .get_envs()
        .map(|(name, _)| name.to_owned())
        .collect();
    let heeded = [
        "TRAILSPAN_INDEX",
        "TRAILSPAN_CONFIG",
        "TRAILSPAN_PAGER",
        "PAGER",
        "NO_COLOR",
        "RUST_BACKTRACE",
    ];
    if !asked.iter().any(|asked| asked == "XDG_CONFIG_HOME") {
        command.env("XDG_CONFIG_HOME", "/nothing/is/set/up/here");
    }
    for name in heeded {
        if !asked.iter().any(|asked| asked == name) {
            command.env_remove(name);
        }
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let reading = [
        thread::spawn(move || text(&mut out)),
        thread::spawn(move || text(&mut err)),
    ];
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > PATIENCE => {
                child.kill().unwrap();
                panic!("{command:?} hangs");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    let [stdout, stderr] = reading.map(|reading| reading.join().unwrap());
    let status = status
        .code()
        .unwrap_or_else(|| panic!("{command:?}: {status}"));
    let ran = Ran {
        status,
        stdout,
        stderr,
    };
    assert!(
        !ran.stderr.contains("panicked") && !ran.stderr.contains("a fault of the program"),
        "{command:?}: {ran:?}"
    );
    ran
}

/// Reads text, in which nothing may reach a terminal raw.
fn text(stream: &mut dyn std::io::Read) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

impl Ran {
    /// Asserts that nothing but text and line ends was printed; those of CSV are CRLF.
    #[track_caller]
    pub(crate) fn clean(self) -> Self {
        for printed in [&self.stdout, &self.stderr] {
            let printed = printed.replace("\r\n", "\n");
            let raw = printed
                .chars()
                .find(|c| *c != '\n' && trailspan::text::is_deceptive(*c));
            assert!(raw.is_none(), "{raw:?} in {printed}");
        }
        self
    }

    /// Asserts the exit status.
    #[track_caller]
    pub(crate) fn ends_with(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Reads standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
