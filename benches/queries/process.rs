//! Runs the program and measures what it costs.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// One run of the program.
pub(crate) struct Run {
    /// Seconds.
    pub(crate) elapsed: f64,
    /// The most memory that it was seen to hold, in MB; 0 where the system does not tell.
    pub(crate) memory_max: u64,
    /// How many lines it printed.
    pub(crate) lines: usize,
}

impl Run {
    /// Tells seconds and memory.
    pub(crate) fn cost(&self) -> String {
        format!("{:8.3} s {:6} MB", self.elapsed, self.memory_max)
    }
}

/// Runs the program on an index; its answer may be that nothing was found.
pub(crate) fn run(index: &Path, arguments: &[&str]) -> Run {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailspan"))
        .arg("--index")
        .arg(index)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let out = child.stdout.take().expect("its output");
    let status = format!("/proc/{}/status", child.id());
    let (memory_max, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut lines = 0;
    let mut elapsed = 0.0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                memory_max.fetch_max(memory(&status), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        lines = count_lines(out);
        let status = child.wait().expect("the program ends");
        elapsed = started.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        let answered = [Some(0), Some(1), Some(3)].contains(&status.code());
        assert!(answered, "{arguments:?}: {status}");
    });
    Run {
        elapsed,
        memory_max: memory_max.into_inner(),
        lines,
    }
}

fn count_lines(out: impl std::io::Read) -> usize {
    let mut out = BufReader::with_capacity(1 << 20, out);
    let mut lines = 0;
    loop {
        let read = out.fill_buf().expect("its output");
        if read.is_empty() {
            return lines;
        }
        lines += memchr::memchr_iter(b'\n', read).count();
        let length = read.len();
        out.consume(length);
    }
}

/// Returns how much memory a process has held at most, in MB.
fn memory(status: &str) -> u64 {
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
