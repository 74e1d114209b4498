//! The tests that see the library and the binary from outside: one binary, one module for each subject.
#![allow(clippy::unwrap_used, missing_docs)]

mod bundles;
mod catalogue;
mod crowds;
mod demo_archive;
mod floors;
mod hostile;
mod properties;
mod salvage;
mod timeline;
mod transcripts;
