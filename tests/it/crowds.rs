//! Much that happens to one thing is told in bounded work: with work for each pair of events, these
//! would run for hours. Nothing here measures time.

use rayon::prelude::*;
use trailspan::catalogue::{Catalogue, Interpreters};
use trailspan::coverage::Coverage;
use trailspan::interval::Timeline;
use trailspan::reconstruct::{Reading, assemble};
use trailspan::record::Record;

#[path = "../../benches/calls/mod.rs"]
mod calls;

use calls::crowds as corpora;

fn crowd(name: &str, events: usize) -> Vec<Record> {
    let (_, crowd) = corpora::CROWDS
        .iter()
        .find(|(known, _)| *known == name)
        .unwrap_or_else(|| panic!("{name}"));
    crowd(events)
}

fn told(records: &[Record]) -> Timeline {
    let catalogue = Catalogue::embedded();
    let interpreters = Interpreters::new(catalogue);
    let readings = records
        .par_iter()
        .flat_map(|record| {
            interpreters
                .with(|interpreter| Reading::all_by(interpreter, std::slice::from_ref(record)))
        })
        .collect();
    assemble(catalogue, readings, &Coverage::default())
}

#[test]
fn a_crowd_is_told_without_looking_at_every_pair() {
    let counts = [
        ("interfaces-of-one-subnet", 30_003),
        ("events-of-one-second", 40_000),
        ("one-interface-in-one-second", 1),
        ("attachments-of-one-instance", 10_000),
        ("associations-of-one-address", 20_000),
        ("repeats-of-one-association", 1),
        ("ends-of-one-attachment", 1),
        ("ends-of-unknown-addresses", 20_000),
        ("deletions-in-one-second", 30_001),
        ("refusals-about-one-set", 10_000),
        ("groups-of-one-interface", 10_001),
        ("one-long-name", 40_001),
        ("ends-of-one-gateway", 20_000),
        ("open-attachments-to-one-vpc", 20_000),
        ("open-associations-of-one-address", 20_000),
        ("peerings-of-many-accounts", 40_000),
        ("one-peering-of-many-accounts", 40_000),
        ("interfaces-of-one-attachment", 1),
    ];
    let names = counts.map(|(name, _)| name);
    assert_eq!(names, corpora::CROWDS.map(|(name, _)| name));
    counts.par_iter().for_each(|(name, count)| {
        let told = told(&crowd(name, 20_000));
        assert_eq!(told.intervals.len(), *count, "{name}");
    });
}

#[test]
fn a_second_with_too_much_in_it_to_be_put_in_order_says_so() {
    for (events, is_tied) in [(2, false), (20_000, true)] {
        let told = told(&crowd("one-interface-in-one-second", events));
        let ends: Vec<bool> = told.intervals.iter().map(|one| one.end.tie).collect();
        assert_eq!(ends, [is_tied], "{events}");
    }
}

#[test]
fn a_call_that_names_more_than_is_read_is_a_finding() {
    for (rows, findings) in [(20_000, 0), (20_001, 1)] {
        let groups: Vec<String> = (0..rows)
            .map(|row| format!(r#"{{"groupId":"sg-{row}"}}"#))
            .collect();
        let call = (
            "ModifyNetworkInterfaceAttribute",
            format!(
                r#"{{"networkInterfaceId":"eni-1","groupSet":{{"items":[{}]}}}}"#,
                groups.join(",")
            ),
            calls::records::YES.to_owned(),
        );
        let told = told(&[calls::records::record(0, 0, &call)]);
        assert_eq!(told.intervals.len(), 20_000, "{rows}");
        let codes: Vec<&str> = told.findings.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, vec!["rows-cut"; findings], "{rows}");
    }
}
