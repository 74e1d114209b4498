//! The interpreter and the fold: whatever a record says, it becomes an event or is told, the same each
//! time, and every answer about it is JSON and text that deceives nobody.

use std::path::Path;

use trailspan::catalogue::Catalogue;
use trailspan::coverage::Coverage;
use trailspan::reconstruct;
use trailspan::record::{Integrity, Place, Record, Sha256};
use trailspan::text::is_deceptive;

use super::{Run, Target, sum_of};
use crate::properties::evidence::lines;

pub(super) const TARGET: Target = Target {
    name: "interpreter",
    seeds,
    words: &[
        "\"items\"",
        "{\"items\":[{}]}",
        "\"errorCode\":\"Client.DryRunOperation\"",
        "\"eventTime\"",
        "\"recipientAccountId\"",
        "\"userIdentity\"",
        "\"responseElements\":null",
        "eni-0a1b2c3d4e5f60718",
        "2024-03-01T10:00:00Z",
        "9999-12-31T23:59:59Z",
        "\"sharedEventID\"",
    ],
    start,
};

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/records");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn record(raw: &str, ordinal: u64) -> Record {
    let place = Place {
        source: "log.json".into(),
        member: None,
        ordinal,
        offset: 1_000 * ordinal,
        sha256: Sha256::default(),
    };
    Record {
        raw: raw.into(),
        places: vec![place],
        integrity: Integrity::default(),
    }
}

fn start() -> Run {
    let catalogue = Catalogue::embedded();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/records");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let attached = read("AttachNetworkInterface.json");
    Box::new(move |input| {
        let Ok(text) = std::str::from_utf8(input) else {
            return 0;
        };
        let events = [vec![record(&attached, 1)], vec![record(text, 2)]];
        let told = reconstruct::direct(catalogue, &events, &Coverage::default());
        let shown = lines(&told);
        let again = reconstruct::direct(catalogue, &events, &Coverage::default());
        assert_eq!(shown, lines(&again));
        for line in &shown {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(value.is_object());
        }
        for event in &told.events {
            assert!(!event.actor.label.to_string().chars().any(is_deceptive));
        }
        let outcomes: Vec<String> = told
            .events
            .iter()
            .map(|event| format!("{:?} {}", event.outcome, event.event_name))
            .collect();
        let codes: Vec<&str> = told
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        let kinds: Vec<_> = told
            .intervals
            .iter()
            .map(|interval| format!("{:?}", interval.relation))
            .collect();
        sum_of((outcomes, codes, kinds))
    })
}
