//! Records as evidence: written to files, ingested, asked, and shown line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use tempfile::TempDir;
use trailspan::catalogue::Catalogue;
use trailspan::index::{Reader, Which};
use trailspan::ingest::{self, Options};
use trailspan::interval::Timeline;
use trailspan::reconstruct;
use trailspan::record::{Integrity, Place, Record, Sha256};
use trailspan::render::json::{self, AttemptObject, IntervalObject};
use trailspan::report::Report;

/// A folder with an archive and an index of it.
pub(crate) struct Evidence {
    folder: TempDir,
}

impl Evidence {
    /// Makes an empty folder.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("archive")).unwrap();
        Self { folder }
    }

    /// Writes the records into one file and ingests it.
    pub(crate) fn of(records: &[Value]) -> Self {
        let evidence = Self::new();
        evidence.write("log.json", log_file(records).as_bytes());
        evidence.ingest(1);
        evidence
    }

    /// Writes a file of the archive.
    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        let path = self.archive().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Ingests the whole archive.
    pub(crate) fn ingest(&self, threads: usize) -> Report {
        self.ingest_paths(&[self.archive()], threads)
    }

    pub(crate) fn ingest_paths(&self, paths: &[PathBuf], threads: usize) -> Report {
        let options = Options {
            threads,
            ..Options::new(paths.to_vec(), self.index())
        };
        let interrupted = AtomicBool::new(false);
        let report =
            ingest::ingest(Catalogue::embedded(), &options, &|_| (), &interrupted).unwrap();
        assert_sums(&report);
        report
    }

    /// Removes the index.
    pub(crate) fn forget(&self) {
        fs::remove_dir_all(self.index()).unwrap();
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(&self.index()).unwrap()
    }
}

/// The accounting always adds up.
fn assert_sums(report: &Report) {
    let files = report.files;
    let told = files.read + files.partial + files.failed + files.skipped + files.unchanged;
    assert_eq!(files.found, told, "{files:?}");
    let records = report.records;
    let told = records.indexed + records.out_of_scope + records.duplicate + records.malformed;
    assert_eq!(records.seen, told, "{records:?}");
}

/// Puts records into a trail's log file.
pub(crate) fn log_file(records: &[Value]) -> String {
    let records: Vec<String> = records.iter().map(Value::to_string).collect();
    format!("{{\"Records\":[{}]}}", records.join(","))
}

/// Groups records by event id, the fullest first, each at a place of its own.
pub(crate) fn records(calls: &[Value]) -> Vec<Vec<Record>> {
    let mut events: BTreeMap<&str, Vec<(usize, Record)>> = BTreeMap::new();
    for call in calls {
        let id = call["eventID"].as_str().unwrap();
        let ordinal = id.rsplit('-').next().unwrap().parse().unwrap();
        let place = Place {
            source: "log.json".into(),
            member: None,
            ordinal,
            offset: ordinal * 1_000,
            sha256: Sha256::default(),
        };
        let record = Record {
            raw: call.to_string().into(),
            places: vec![place],
            integrity: Integrity::default(),
        };
        events.entry(id).or_default().push((values(call), record));
    }
    let mut events: Vec<_> = events.into_values().collect();
    for records in &mut events {
        records.sort_by_key(|(values, _)| std::cmp::Reverse(*values));
    }
    let alone = |records: Vec<(usize, Record)>| records.into_iter().map(|(_, record)| record);
    events
        .into_iter()
        .map(|records| alone(records).collect())
        .collect()
}

/// Counts the values that are not null.
fn values(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(fields) => fields.values().map(values).sum(),
        _ => 1,
    }
}

/// Shows the intervals, then the attempts, as their lines of JSON.
pub(crate) fn lines(timeline: &Timeline) -> Vec<String> {
    let catalogue = Catalogue::embedded();
    let intervals = timeline.intervals.iter().map(|interval| {
        let mut line = Vec::new();
        json::value(
            &mut line,
            &IntervalObject::new(catalogue, timeline, interval),
        )
        .unwrap();
        line
    });
    let attempts = timeline.attempts.iter().map(|attempt| {
        let mut line = Vec::new();
        json::value(&mut line, &AttemptObject::new(timeline, attempt)).unwrap();
        line
    });
    let lines = intervals.chain(attempts);
    lines.map(|line| String::from_utf8(line).unwrap()).collect()
}

/// Shows everything that an index holds, but not where it was found.
pub(crate) fn lines_without_places(reader: &Reader) -> Vec<String> {
    let mut told = everything(reader);
    forget_places(&mut told);
    lines(&told)
}

/// Leaves out where events were found, also of what is found of them.
pub(crate) fn forget_places(told: &mut Timeline) {
    let events = told.events.iter_mut();
    events.for_each(|event| event.places.clear());
    let of_intervals = told.intervals.iter_mut().map(|row| &mut row.findings);
    let of_attempts = told.attempts.iter_mut().map(|row| &mut row.findings);
    let findings = of_intervals.chain(of_attempts).flatten();
    findings.for_each(|finding| finding.sources.clear());
}

/// Folds everything that an index holds.
pub(crate) fn everything(reader: &Reader) -> Timeline {
    let stored = reader.records(&Which::All.into()).unwrap();
    let events: Vec<_> = stored.into_iter().map(|stored| stored.records).collect();
    reconstruct::direct(Catalogue::embedded(), &events, reader.coverage())
}

/// Lists everything that `history` can be asked about: ids, addresses and actors.
pub(crate) fn subjects(timeline: &Timeline) -> BTreeSet<String> {
    let catalogue = Catalogue::embedded();
    let identifies = |member: &str| {
        let known = catalogue.member_id(member).map(|id| catalogue.member(id));
        known.is_some_and(|known| known.prefix.is_some() || known.lifetime.is_some())
            || member.ends_with("_ip")
            || member == "ipv6_address"
            || member == "destination"
    };
    let of_intervals = timeline
        .intervals
        .iter()
        .flat_map(|interval| &interval.members);
    let mut subjects: BTreeSet<String> = of_intervals
        .filter(|(member, _)| identifies(member))
        .map(|(_, value)| value.as_str().to_owned())
        .collect();
    for event in &timeline.events {
        let mentioned = event
            .mentions
            .iter()
            .filter(|(member, _)| identifies(member));
        subjects.extend(
            mentioned
                .flat_map(|(_, values)| values)
                .map(|value| value.as_str().to_owned()),
        );
        let actor = &event.actor;
        let names = [
            &actor.arn,
            &actor.access_key_id,
            &actor.user_name,
            &actor.issuer_arn,
        ];
        subjects.extend(
            names
                .into_iter()
                .flatten()
                .map(|name| name.as_str().to_owned()),
        );
        subjects.insert(actor.label.as_str().to_owned());
    }
    subjects.remove("");
    subjects
}

/// Returns the folder of the fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Records, shown as what was called to whoever reads a failure.
#[derive(Clone)]
pub(crate) struct Calls(pub(crate) Vec<Value>);

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for record in &self.0 {
            writeln!(
                f,
                "\n  {} {} {} {} in {} {} by {}\n    {}\n    {}",
                record["eventID"].as_str().unwrap(),
                record["eventTime"].as_str().unwrap(),
                record["eventName"].as_str().unwrap(),
                record["errorCode"],
                record["recipientAccountId"],
                record["awsRegion"],
                record["userIdentity"]["type"],
                record["requestParameters"],
                record["responseElements"],
            )?;
        }
        Ok(())
    }
}

/// Compares lines, and shows what differs in few words.
pub(crate) fn assert_same(found: &[String], expected: &[String], about: &str) {
    let missing = expected.iter().filter(|line| !found.contains(line));
    let surplus = found.iter().filter(|line| !expected.contains(line));
    let difference: String = missing
        .map(|line| format!("\n  missing {}", brief(line)))
        .chain(surplus.map(|line| format!("\n  surplus {}", brief(line))))
        .collect();
    assert!(difference.is_empty(), "{about}{difference}");
    assert!(
        found == expected,
        "{about}: the same lines in another order"
    );
}

/// Leaves of a line what tells two of them apart.
fn brief(line: &str) -> String {
    let mut value: Value = serde_json::from_str(line).unwrap();
    for bound in ["start", "end"] {
        let event = value[bound].get_mut("event");
        if let Some(event) = event.filter(|event| event.is_object()) {
            *event = event["event_id"].take();
        }
    }
    value["event"] = value["event"]["event_id"].take();
    value.to_string()
}
