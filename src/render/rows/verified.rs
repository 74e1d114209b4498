//! The rows of `verify`: periods, digest files and log files.

use std::io::{self, Write};

use super::{Options, Shown, Sink, To};
use crate::render::csv::Kind;
use crate::render::json::{DigestObject, LogObject, PeriodObject, SummaryObject};
use crate::render::verified;
use crate::verification::Verification;

/// Writes what `verify` said: of every period, digest file and log file, and in JSON what it comes to.
///
/// A table tells the digests and logs that are not proven, or with `all` every one.
///
/// # Errors
///
/// What the writer says.
pub fn verification(
    out: &mut dyn Write,
    options: &Options,
    verification: &Verification,
    all: bool,
) -> io::Result<Shown> {
    let kinds = [Kind::Period, Kind::Digest, Kind::Log];
    let Some(mut sink) = Sink::open(&mut *out, options.format, &kinds)? else {
        return verified::write(out, &options.style, verification, all).map(Shown::rows);
    };
    for row in &verification.periods {
        sink.push(&PeriodObject::new(row))?;
    }
    for row in &verification.digests {
        sink.push(&DigestObject::new(row))?;
    }
    for row in &verification.logs {
        sink.push(&LogObject::new(row))?;
    }
    if let To::Json(rows) = &mut sink.to {
        rows.push(&SummaryObject::new(&verification.summary))?;
    }
    sink.finish()
}
