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

#[test]
fn the_last_line_is_believed_only_as_it_was_written() {
    let text = String::from_utf8(whole().to_vec()).unwrap();
    for (one, other) in [
        ("\"lines\":", "\"lines\": "),
        ("\"sha256\":", "\"\\u0073ha256\":"),
        ("\"section\":\"end\"", "\"more\":1,\"section\":\"end\""),
    ] {
        let (above, last) = text.trim_end().rsplit_once('\n').unwrap();
        let changed = format!("{above}\n{}\n", last.replacen(one, other, 1));
        assert_ne!(changed, text);
        let why = manifest::read(&mut changed.as_bytes(), &mut |_| {}).unwrap_err();
        assert!(why.contains("not as it was written"), "{why}");
    }
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
