//! The binary: a thin shell around the library. It parses arguments, opens the index, asks, shows,
//! and turns the outcome into an exit status.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::guarded()
}
