//! Much that happens to one thing is told in bounded work: with work for each pair of events, these
//! would run for hours. Nothing here measures time.

use rayon::prelude::*;
use trailspan::catalogue::{Catalogue, Interpreters};
use trailspan::coverage::Coverage;
use trailspan::interval::Timeline;
use trailspan::reconstruct::{Reading, assemble};

#[path = "../../benches/corpus/mod.rs"]
mod corpus;

use corpus::crowds as corpora;

fn told(name: &str, events: usize) -> Timeline {
    let (_, crowd) = corpora::CROWDS
        .iter()
        .find(|(known, _)| *known == name)
        .unwrap_or_else(|| panic!("{name}"));
    let catalogue = Catalogue::embedded();
    let interpreters = Interpreters::new(catalogue);
    let readings = crowd(events)
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
    ];
    let names = counts.map(|(name, _)| name);
    assert_eq!(names, corpora::CROWDS.map(|(name, _)| name));
    counts.par_iter().for_each(|(name, count)| {
        assert_eq!(told(name, 20_000).intervals.len(), *count, "{name}");
    });
}
