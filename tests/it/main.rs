//! The tests that see the library and the binary from outside: one binary, one module for each subject.
#![allow(clippy::unwrap_used, missing_docs)]

mod bad_input;
mod binary;
mod bundles;
mod catalogue;
mod check;
mod cli_errors;
mod crowds;
mod demo_archive;
mod export;
mod findings;
mod floors;
mod fuzz;
mod goldens;
mod hostile;
mod interruptions;
mod leads;
mod manifest;
mod periods;
mod properties;
mod report;
mod salvage;
mod timeline;
mod transcripts;
mod verify;
mod wrappings;
