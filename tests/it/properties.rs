//! Laws that hold for every archive, tried on small random ones.
//!
//! `scenes` plays calls against a small model of EC2, so its histories are possible; `piles` throws
//! records of any call together, so its are not, and the laws hold all the same. More cases than the
//! usual few are tried with `PROPTEST_CASES=500 cargo test --test it properties`.

mod bounds;
mod closure;
mod content;
pub(crate) mod evidence;
mod ingesting;
mod instants;
mod kept;
mod piles;
mod scenes;
mod shown;

use proptest::test_runner::{Config, FileFailurePersistence};

/// Makes the settings of a law that is tried so many times, unless the environment says how often.
fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    Config {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(usual),
        max_shrink_iters: 400,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    }
}
