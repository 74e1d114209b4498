//! Calls that are made up for `fold` and `queries`, as AWS writes them; each uses a part.
#![allow(dead_code, missing_docs)]

pub(crate) mod crowds;
pub(crate) mod lives;
pub(crate) mod records;
