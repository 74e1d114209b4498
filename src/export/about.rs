//! What an export says of itself: of what it was made, what narrows it, and what it lacks.

use super::Source;
use crate::query::{Filter, Network};
use crate::text::Escaped;

/// Lists names and values, in order; nothing in it depends on the run.
pub(super) fn about(source: &Source<'_>) -> Vec<(&'static str, String)> {
    let reader = source.archive.reader;
    let doubts = source.doubts();
    let (coverage, totals) = (reader.coverage(), reader.totals());
    let time =
        |time: Option<jiff::Timestamp>| time.map_or_else(String::new, |time| time.to_string());
    vec![
        (
            "program",
            format!("trailspan {}", env!("CARGO_PKG_VERSION")),
        ),
        ("catalogue", source.archive.catalogue.digest().to_string()),
        ("times", "UTC".to_owned()),
        ("filters", filters(source.filter)),
        ("archive_first", time(coverage.first())),
        ("archive_last", time(coverage.last())),
        ("files_read", totals.files.read.to_string()),
        ("files_partly_read", doubts.holes.partial.to_string()),
        ("files_not_read", doubts.holes.failed.to_string()),
        ("paths_not_finished", doubts.holes.unfinished.to_string()),
        ("records_seen", totals.records.seen.to_string()),
        ("records_malformed", doubts.holes.malformed.to_string()),
        ("gaps_proven_by_digests", doubts.gaps.len().to_string()),
        (
            "absence",
            "what is not here is not in this archive, or not asked for".to_owned(),
        ),
    ]
}

/// Writes filters as they are given on the command line; `none` where there are none.
fn filters(filter: &Filter) -> String {
    let mut words = Vec::new();
    for (option, values) in [
        ("--kind", &filter.kinds),
        ("--account", &filter.accounts),
        ("--region", &filter.regions),
        ("--actor", &filter.actors),
        ("--event", &filter.events),
    ] {
        words.extend(
            values
                .iter()
                .map(|value| format!("{option} {}", Escaped(value))),
        );
    }
    let networks = filter.source_networks.iter();
    words.extend(
        networks.map(|Network { address, prefix }| format!("--source-ip {address}/{prefix}")),
    );
    words.extend(filter.since.map(|since| format!("--since {since}")));
    words.extend(filter.until.map(|until| format!("--until {until}")));
    words.extend(filter.limit.map(|limit| format!("--limit {limit}")));
    match words.is_empty() {
        true => "none".to_owned(),
        false => words.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_told_as_they_are_given() {
        assert_eq!(filters(&Filter::default()), "none");
        let filter = Filter {
            kinds: vec!["eni".to_owned(), "eip".to_owned()],
            actors: vec!["a\u{202e}b".to_owned()],
            source_networks: vec![Network::parse("203.0.113.0/24").unwrap()],
            since: Some("2024-03-01T00:00:00Z".parse().unwrap()),
            limit: Some(3),
            ..Filter::default()
        };
        assert_eq!(
            filters(&filter),
            "--kind eni --kind eip --actor a\\u{202e}b --source-ip 203.0.113.0/24 \
             --since 2024-03-01T00:00:00Z --limit 3"
        );
    }
}
