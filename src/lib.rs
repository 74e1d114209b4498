//! trailspan (a code map follows when the rooms are furnished).
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod archive;
pub mod coverage;
pub mod error;
pub mod event;
pub mod interval;
pub mod query;
pub mod record;
pub mod report;
pub mod text;
