//! What makes the program pleasant to type: help, completion, manual pages, settings, the pager.

mod completions;
mod man;
mod pager;
mod settings;
mod topics;

use crate::transcripts::{assert_golden, index, run, transcript, words};

/// The transcripts that are no answers over the demo: a name, and the command lines in it.
const TRANSCRIPTS: [(&str, &[&str]); 2] = [
    (
        "settings",
        &[
            "settings",
            "settings --config fixtures/settings/case.toml",
            "settings --config fixtures/settings/case.toml --tz Asia/Kathmandu --kind eni --quiet --format csv",
            "settings --config fixtures/settings/case.toml --no-config --format jsonl",
            "timeline --kind igw --config fixtures/settings/case.toml",
            "timeline --kind igw --config fixtures/settings/case.toml --quiet --account 123456789012 --format jsonl --limit 1",
            "detachments --config fixtures/settings/case.toml --limit 1 --quiet",
            "settings --config fixtures/settings/none.toml",
            "settings --config README.md",
            "detachments --config fixtures/settings/unknown.toml",
            "detachments --config fixtures/settings/no-flag.toml",
            "detachments --config fixtures/settings/no-account.toml",
            "detachments --config fixtures/settings/no-zone.toml",
            "detachments --config fixtures/settings/table.toml",
            "detachments --config fixtures/settings/both.toml",
            "help times --config fixtures/settings/both.toml --quiet",
        ],
    ),
    (
        "topics",
        &["help exit-codes", "help query", "help times", "help tims"],
    ),
];

#[test]
fn help_and_settings_are_told_as_reviewed() {
    for (name, lines) in TRANSCRIPTS {
        let text: String = lines
            .iter()
            .map(|line| transcript(line, &run(index(), &words(line))))
            .collect();
        let folder = index().parent().unwrap().to_str().unwrap();
        assert_golden(name, &text.replace(folder, "FOLDER"));
    }
}
