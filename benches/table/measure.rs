//! Whole processes: how long one takes, how much work it is, how much memory it holds at most.
//!
//! The system adds up what all children of a process used, so each command runs below a process of its
//! own, which does nothing else.

use std::error::Error;
use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use super::clock::seconds;

/// The argument with which this program becomes the process between.
pub(crate) const BETWEEN: &str = "--between";

/// What was measured of a process and its children.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// From beginning to end, in seconds.
    pub(crate) wall: f64,
    /// The work of all threads, the system's part included, in seconds.
    pub(crate) work: f64,
    /// The most memory that one process held, in megabytes.
    pub(crate) memory: f64,
    status: i32,
}

/// Runs a command, its output into a file, and measures it.
///
/// # Errors
///
/// Where it cannot be run, or ends with another status than 0.
pub(crate) fn measure(command: &[OsString], output: &Path) -> Result<Measured, Box<dyn Error>> {
    let told = Command::new(std::env::current_exe()?)
        .arg(BETWEEN)
        .arg(output)
        .args(command)
        .stderr(Stdio::inherit())
        .output()?;
    let measured: Measured = serde_json::from_slice(&told.stdout)?;
    if measured.status != 0 {
        return Err(format!("{command:?} ended with status {}", measured.status).into());
    }
    Ok(measured)
}

/// Is the process between: runs the command, and tells what it used.
///
/// # Errors
///
/// Where it cannot be run.
pub(crate) fn between(output: &Path, command: &[OsString]) -> Result<Measured, Box<dyn Error>> {
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let started = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(File::create(output)?)
        .status()?;
    let wall = started.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(Measured {
        wall,
        work: seconds(&usage),
        // The system counts in kibibytes.
        memory: usage.max_rss() as f64 * 1024.0 / 1e6,
        status: status.code().unwrap_or(-1),
    })
}

/// Returns the middle one of some numbers.
pub(crate) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
