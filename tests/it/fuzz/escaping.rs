//! Escaping: whatever a text holds, no terminal acts on it, no spreadsheet runs it, no format loses it.

use serde_json::{Value, json};
use trailspan::render::csv::{Kind, Table};
use trailspan::render::json;
use trailspan::text::{Escaped, Text, is_deceptive};

use super::{Run, Target, sum_of};

pub(super) const TARGET: Target = Target {
    name: "escaping",
    seeds,
    words: &[
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "'=1",
        "\u{1b}]8;;http://example.com\u{7}",
        "\u{202e}",
        "\u{200b}",
        "<script>",
        "</script>",
        "&amp;",
        "\"",
        "\u{feff}",
        "|",
        "\\u{1b}",
    ],
    start,
};

fn seeds() -> Vec<Vec<u8>> {
    TARGET
        .words
        .iter()
        .map(|word| word.as_bytes().to_vec())
        .chain([b"plain".to_vec()])
        .collect()
}

/// Reads the one row of a table back.
fn cells(bytes: &[u8]) -> Vec<String> {
    let mut lines = ::csv::Reader::from_reader(bytes);
    let mut rows = lines.records().map(Result::unwrap);
    let row = rows.next().unwrap();
    assert!(rows.next().is_none(), "one row became several");
    row.iter().map(str::to_owned).collect()
}

fn start() -> Run {
    Box::new(|input| {
        let given = String::from_utf8_lossy(input);
        let text = Text::from(&*given);
        let shown = text.to_string();
        assert!(!shown.chars().any(is_deceptive), "{shown:?}");
        assert_eq!(
            format!("{:>3}", Escaped(&given))
                .chars()
                .find(|one| is_deceptive(*one)),
            None
        );

        let mut line = Vec::new();
        json::line(
            &mut line,
            &json!({"event_id": text.as_str(), "list": [text.as_str()]}),
        )
        .unwrap();
        let read: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(read["event_id"], *given);
        let told = std::str::from_utf8(&line).unwrap().trim_end_matches('\n');
        assert!(!told.chars().any(is_deceptive), "{told:?}");

        let mut bytes = Vec::new();
        let mut table = Table::new(&mut bytes, &[Kind::Hit]).unwrap();
        table
            .push(&json!({"event_id": text.as_str(), "source_ip": text.as_str()}))
            .unwrap();
        let guarded = table.finish().unwrap();
        for cell in cells(&bytes) {
            assert!(
                !cell.trim_start().starts_with(['=', '+', '-', '@']),
                "{cell:?}"
            );
            assert!(!cell.chars().any(is_deceptive), "{cell:?}");
        }
        let kinds: Vec<bool> = given.chars().take(6).map(is_deceptive).collect();
        sum_of((guarded, kinds, given.len().min(9), shown == *given))
    })
}
