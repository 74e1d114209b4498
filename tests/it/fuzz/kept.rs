//! What an index keeps about itself: a manifest that was changed by a byte is told, never believed.

use std::sync::OnceLock;

use trailspan::manifest;

use super::{Run, Target, sum_of};
use crate::properties::evidence::Evidence;

pub(super) const TARGET: Target = Target {
    name: "manifest",
    seeds,
    words: &[
        "\"section\"",
        "\"end\"",
        "\"file\"",
        "\"lines\"",
        "\n",
        "\"sha256\"",
        "null",
        "{}",
    ],
    start,
};

/// The manifest of a small archive, made once.
fn whole() -> &'static [u8] {
    static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let evidence = Evidence::new();
        evidence.write("a.json", b"{\"Records\":[]}");
        evidence.write("b.json", b"{\"Records\":[1,{");
        evidence.write("c.txt", b"");
        evidence.ingest(1);
        std::fs::read(evidence.index().join("manifest.jsonl")).unwrap()
    })
}

fn seeds() -> Vec<Vec<u8>> {
    vec![whole().to_vec()]
}

fn start() -> Run {
    Box::new(|input| {
        let mut files = 0;
        let read = manifest::read(&mut &input[..], &mut |_| files += 1);
        match read {
            Ok(contents) => {
                assert_eq!(input, whole(), "changed, and believed: {contents:?}");
                0
            }
            Err(why) => {
                let words: String = why
                    .chars()
                    .filter(|one| !one.is_ascii_digit())
                    .take(60)
                    .collect();
                sum_of((words, files))
            }
        }
    })
}
