//! How records lie in files, and how files are read, changes nothing that is told.

use std::path::PathBuf;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::coverage::Coverage;
use trailspan::index::Reader;
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive, direct};
use trailspan::render::{Format, rows};
use trailspan::timeline::is_in_vain;

use super::cases;
use super::evidence::{
    Calls, Evidence, assert_same, forget_places, lines, lines_without_places, records,
};
use super::piles::piles;
use super::scenes::scenes;
use crate::wrappings::WRAPPINGS;

/// How an archive is cut into files: for each record the numbers of the files that hold it, for each
/// file its wrapping, and an order.
#[derive(Debug, Clone)]
struct Cut {
    homes: Vec<(usize, Option<usize>)>,
    wrappings: Vec<usize>,
    order: usize,
}

const FILES_MAX: usize = 5;

fn cuts() -> impl Strategy<Value = Cut> {
    let home = (0..FILES_MAX, prop::option::weighted(0.15, 0..FILES_MAX));
    (
        vec(home, 60),
        vec(0..WRAPPINGS.len(), FILES_MAX),
        0..60_usize,
    )
        .prop_map(|(homes, wrappings, order)| Cut {
            homes,
            wrappings,
            order,
        })
}

impl Cut {
    /// Writes the records into files, and lists those that hold any.
    fn write(&self, evidence: &Evidence, calls: &Calls) -> Vec<PathBuf> {
        let mut files: Vec<Vec<Value>> = vec![Vec::new(); FILES_MAX];
        let mut turned: Vec<usize> = (0..calls.0.len()).collect();
        turned.rotate_left(self.order % calls.0.len().max(1));
        for number in turned {
            let (home, copy) = self.homes[number % self.homes.len()];
            files[home].push(calls.0[number].clone());
            if let Some(copy) = copy {
                files[copy].push(calls.0[number].clone());
            }
        }
        let mut paths = Vec::new();
        for (number, records) in files
            .iter()
            .enumerate()
            .filter(|(_, records)| !records.is_empty())
        {
            let wrapping = &WRAPPINGS[self.wrappings[number]];
            let name = format!("{number}/{}", wrapping.file);
            evidence.write(&name, &(wrapping.wrap)(records));
            paths.push(evidence.archive().join(name));
        }
        paths
    }
}

/// Prints what `timeline --format jsonl` prints.
fn printed(reader: &Reader) -> String {
    let catalogue = Catalogue::embedded();
    let archive = Archive { reader, catalogue };
    let answer = reconstruct::timeline(archive, &Filter::default()).unwrap();
    let options = rows::Options {
        format: Format::Jsonl,
        ..rows::Options::default()
    };
    let mut out = Vec::new();
    rows::extents(&mut out, &options, catalogue, &answer.timeline, None).unwrap();
    String::from_utf8(out).unwrap()
}

/// Adds records of one event id that differ: copies that lost their response.
fn with_conflicts(calls: &Calls, of: &[u8]) -> Calls {
    let mut all = calls.0.clone();
    for number in of {
        if let Some(call) = calls.0.get(usize::from(*number)) {
            let mut poorer = call.clone();
            poorer["responseElements"] = Value::Null;
            poorer["sourceIPAddress"] = json!(null);
            all.push(poorer);
        }
    }
    Calls(all)
}

/// Adds records of one event id that tell another event: the same call at another time.
fn at_other_times(calls: &Calls, of: &[u8]) -> Calls {
    let mut all = calls.0.clone();
    for number in of {
        if let Some(call) = calls.0.get(usize::from(*number)) {
            let mut later = call.clone();
            later["eventTime"] = json!("2024-06-01T00:00:00Z");
            all.push(later);
        }
    }
    Calls(all)
}

proptest! {
    #![proptest_config(cases(10))]

    #[test]
    fn the_answer_from_the_index_is_that_of_a_direct_scan(
        calls in prop_oneof![scenes(50).boxed(), piles(30).boxed()],
        conflicts in vec(0..50_u8, 0..3),
    ) {
        let calls = with_conflicts(&calls, &conflicts);
        let evidence = Evidence::of(&calls.0);
        let reader = evidence.reader();
        let scanned = direct(Catalogue::embedded(), &records(&calls.0), reader.coverage());
        let mut whole = scanned.clone();
        whole.attempts.clear();
        forget_places(&mut whole);
        let archive = Archive { reader: &reader, catalogue: Catalogue::embedded() };
        let mut answer = reconstruct::timeline(archive, &Filter::default()).unwrap().timeline;
        forget_places(&mut answer);
        assert_same(&lines(&answer), &lines(&whole), "timeline");
        prop_assert_eq!(&answer.findings.len(), &scanned.findings.len());
        let mut whole = scanned;
        whole.intervals.retain(|interval| interval.end.kind != trailspan::interval::BoundKind::Open);
        let aside: Vec<&str> = Catalogue::embedded()
            .relations()
            .filter(|(_, relation)| relation.aside)
            .map(|(_, relation)| relation.name.as_str())
            .collect();
        whole.intervals.retain(|interval| !aside.contains(&interval.relation.as_str()));
        let ending = Catalogue::embedded().ending_calls(|relation| !relation.aside);
        let mut attempts = std::mem::take(&mut whole.attempts);
        attempts.retain(|attempt| {
            let event = whole.event(attempt.event).unwrap();
            is_in_vain(event, attempt) && ending.contains(&event.event_name.as_str())
        });
        whole.attempts = attempts;
        forget_places(&mut whole);
        let mut ends = reconstruct::detachments(archive, &Filter::default(), true).unwrap().timeline;
        forget_places(&mut ends);
        assert_same(&lines(&ends), &lines(&whole), "detachments --attempts");
    }

    #[test]
    fn no_cut_into_files_and_no_way_to_read_them_changes_what_is_told(
        calls in scenes(50),
        conflicts in vec(0..50_u8, 0..3),
        cut in cuts(),
    ) {
        let calls = with_conflicts(&calls, &conflicts);
        let plain = Evidence::of(&calls.0);
        let expected = lines_without_places(&plain.reader());

        let evidence = Evidence::new();
        let mut paths = cut.write(&evidence, &calls);
        evidence.ingest_paths(&paths, 1);
        let first = printed(&evidence.reader());
        assert_same(&lines_without_places(&evidence.reader()), &expected, "cut into files");

        for threads in [2, 4] {
            evidence.forget();
            let turn = threads % paths.len().max(1);
            paths.rotate_left(turn);
            evidence.ingest_paths(&paths, threads);
            prop_assert_eq!(&printed(&evidence.reader()), &first, "{} threads", threads);
        }
        evidence.forget();
        let (one, other) = paths.split_at(cut.order % paths.len().max(1));
        for paths in [one, other] {
            evidence.ingest_paths(paths, 2);
        }
        prop_assert_eq!(&printed(&evidence.reader()), &first, "in two runs");
        evidence.forget();
        evidence.ingest(1);
        prop_assert_eq!(&printed(&evidence.reader()), &first, "by the folder");
    }

    #[test]
    fn records_event_ids_and_events_add_up(
        calls in scenes(50),
        conflicts in vec(0..50_u8, 0..4),
        later in vec(0..50_u8, 0..4),
        cut in cuts(),
    ) {
        let calls = at_other_times(&with_conflicts(&calls, &conflicts), &later);
        let evidence = Evidence::new();
        cut.write(&evidence, &calls);
        let records = evidence.ingest(2).records;
        prop_assert_eq!(
            records.seen,
            records.indexed + records.out_of_scope + records.duplicate + records.malformed
        );
        let reader = evidence.reader();
        let archive = Archive { reader: &reader, catalogue: Catalogue::embedded() };
        let first = reconstruct::summary(archive).unwrap();
        let ids = first.event_ids;
        let events: u64 = first.calls.values().map(|one| one.succeeded + one.failed).sum();
        prop_assert_eq!(events, ids.indexed + ids.told_apart - ids.not_told);
        prop_assert_eq!(records.indexed, ids.indexed);
        prop_assert_eq!(reader.events_count().unwrap(), ids.indexed);
        // What is kept says the same.
        prop_assert_eq!(reconstruct::summary(archive).unwrap().event_ids, ids);
    }

    #[test]
    fn ingesting_again_reads_nothing_and_copies_are_only_duplicates(
        calls in scenes(50),
        conflicts in vec(0..50_u8, 0..2),
        cut in cuts(),
    ) {
        let calls = with_conflicts(&calls, &conflicts);
        let evidence = Evidence::new();
        let paths = cut.write(&evidence, &calls);
        let report = evidence.ingest(2);
        prop_assert_eq!(report.files.found, paths.len() as u64);
        let (first, without_places) = (printed(&evidence.reader()), lines_without_places(&evidence.reader()));
        let coverage = evidence.reader().coverage().clone();

        let again = evidence.ingest(1);
        prop_assert_eq!(again.files.unchanged, again.files.found, "{:?}", again.files);
        prop_assert_eq!((again.records.seen, again.bytes.read), (0, 0));
        prop_assert_eq!(&again.coverage, &report.coverage);
        prop_assert_eq!(&printed(&evidence.reader()), &first);

        for (number, path) in paths.iter().enumerate() {
            evidence.write(&format!("copy/{number}"), &std::fs::read(path).unwrap());
        }
        let copied = evidence.ingest(2);
        prop_assert_eq!(copied.files.unchanged, report.files.found);
        prop_assert_eq!(copied.records.indexed, 0);
        prop_assert_eq!(copied.records.seen, report.records.seen);
        prop_assert_eq!(copied.records.duplicate, report.records.indexed + report.records.duplicate);
        assert_same(&lines_without_places(&evidence.reader()), &without_places, "with copies");
        let spans = |coverage: &Coverage| {
            let spans = coverage.accounts.values().flat_map(|regions| regions.values());
            spans.map(|span| (span.first, span.last)).collect::<Vec<_>>()
        };
        prop_assert_eq!(spans(evidence.reader().coverage()), spans(&coverage));
    }
}
