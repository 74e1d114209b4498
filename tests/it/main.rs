//! The tests that see the library and the binary from outside: one binary, one module for each subject.
#![allow(clippy::unwrap_used, missing_docs)]

mod bad_input;
mod binary;
mod catalogue;
mod check;
mod cli_errors;
mod crowds;
mod demo_archive;
mod floors;
mod goldens;
mod hostile;
mod interruptions;
mod leads;
mod manifest;
mod properties;
mod timeline;
mod transcripts;
mod verify;
mod wrappings;
