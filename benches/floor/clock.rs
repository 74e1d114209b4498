//! Clocks: how long something took, and how much of the processors that was.

use std::time::{Duration, Instant};

use nix::sys::resource::{Usage, UsageWho, getrusage};

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Took {
    /// From beginning to end, in seconds.
    pub(crate) wall: f64,
    /// The work of all threads, the system's part included, in seconds: what a busy machine changes
    /// least.
    pub(crate) cpu: f64,
}

impl Took {
    /// Does something, and measures it.
    ///
    /// # Errors
    ///
    /// Where that fails, or the system does not tell.
    pub(crate) fn of<T, E: From<nix::Error>>(
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<(Self, T), E> {
        let (started, before) = (Instant::now(), cpu(UsageWho::RUSAGE_SELF)?);
        let done = work()?;
        let took = Self {
            wall: started.elapsed().as_secs_f64(),
            cpu: cpu(UsageWho::RUSAGE_SELF)? - before,
        };
        Ok((took, done))
    }
}

fn cpu(who: UsageWho) -> nix::Result<f64> {
    let usage = getrusage(who)?;
    Ok(seconds(&usage))
}

/// Adds up the work that was used, in seconds.
pub(crate) fn seconds(usage: &Usage) -> f64 {
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| {
            let micros = time.tv_sec() as u64 * 1_000_000 + time.tv_usec() as u64;
            Duration::from_micros(micros).as_secs_f64()
        })
        .sum()
}
