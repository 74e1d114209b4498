//! trailspan (a code map follows when the rooms are furnished).
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod archive;
pub mod catalogue;
pub mod coverage;
pub mod error;
pub mod event;
pub mod index;
pub mod ingest;
pub mod interval;
pub mod members;
pub mod query;
pub mod reconstruct;
pub mod record;
pub mod render;
pub mod report;
pub mod search;
pub mod text;
pub mod timeline;
