//! The corpora of the benches: invented calls, as AWS writes them. Each bench uses a part.
#![allow(dead_code, missing_docs)]

pub(crate) mod crowds;
pub(crate) mod lives;
pub(crate) mod records;
