//! The topics of `help`.

use crate::binary::run_with;
use crate::transcripts::{index, root};

const TOPICS: [&str; 3] = ["exit-codes", "query", "times"];

fn told(arguments: &[&str]) -> String {
    run_with(root(), arguments, &[]).ends_with(0).stdout
}

#[test]
fn every_example_of_a_topic_is_answered() {
    let index = index().to_str().unwrap();
    for topic in TOPICS {
        let text = told(&["help", topic]);
        let examples = text
            .lines()
            .filter_map(|line| line.strip_prefix("  trailspan "));
        let mut tried = 0;
        for example in examples {
            let words = shlex::split(example).unwrap();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let ran = run_with(root(), &words, &[("TRAILSPAN_INDEX", index)]);
            assert!([0, 1, 3].contains(&ran.status), "{example}: {ran:?}");
            tried += 1;
        }
        assert!(tried > 0, "{topic} has no example");
    }
}

#[test]
fn the_help_of_the_program_names_every_topic_and_a_command_is_told_as_by_its_option() {
    let help = told(&["help"]);
    assert_eq!(help, told(&["--help"]));
    for topic in TOPICS {
        assert!(help.contains(&format!("help {topic}")), "{topic}");
    }
    for command in ["history", "at", "search", "help"] {
        assert_eq!(told(&["help", command]), told(&[command, "--help"]));
    }
}
