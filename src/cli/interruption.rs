//! Ctrl-C: one flag for the whole program, which a run or a question looks at.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use trailspan::error::{Error, ErrorKind, Result};

/// The flag, once somebody watches: a handler can be set only once, and reach nothing but what is global.
static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Lets the first Ctrl-C end the run in order; returns the flag that it raises, which is down now.
///
/// # Errors
///
/// Where the system refuses to watch.
pub(crate) fn interruption() -> Result<Arc<AtomicBool>> {
    if let Some(flag) = INTERRUPTED.get() {
        flag.store(false, Ordering::Relaxed);
        return Ok(Arc::clone(flag));
    }
    let flag = Arc::clone(INTERRUPTED.get_or_init(Arc::default));
    let raised = Arc::clone(&flag);
    ctrlc::set_handler(move || raised.store(true, Ordering::Relaxed)).map_err(|error| {
        let what = "cannot watch for an interruption";
        Error::new(ErrorKind::Input, "signals", what).because(error)
    })?;
    Ok(flag)
}
