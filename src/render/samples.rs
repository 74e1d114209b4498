//! Timelines for tests, built by hand: ordinary, unknown, doubtful and hostile ones.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::error::Warning;
use crate::event::{Actor, Event, EventIndex, Integrity, Outcome};
use crate::interval::{Attempt, Bound, BoundKind, Finding, Interval, Timeline};
use crate::record::{Place, Sha256};
use crate::report::{
    ByteCounts, EventCounts, FileCounts, FileEntry, FileOutcome, FileRecords, RecordCounts, Report,
};
use crate::text::Text;

/// A small catalogue.
pub(super) fn catalogue() -> Catalogue {
    let files = [(
        "network-interface.json",
        include_str!("golden/catalogue.json"),
    )];
    Catalogue::read(files).unwrap_or_else(|error| panic!("{error}"))
}

/// Reads a time of March 2024: `2 11:00:00`.
pub(super) fn at(day_and_clock: &str) -> Timestamp {
    let (day, clock) = day_and_clock.split_once(' ').unwrap();
    format!("2024-03-{:02}T{clock}Z", day.parse::<u8>().unwrap())
        .parse()
        .unwrap()
}

/// An event with everything told.
pub(super) fn event(name: &str, time: &str, label: &str) -> Event {
    let text = |text: &str| Some(Text::from(text));
    Event {
        event_id: Text::from(format!(
            "{:08x}-aaaa-4bbb-8ccc-0123456789ab",
            name.len() * 7919
        )),
        event_name: name.into(),
        time: at(time),
        account: "111122223333".into(),
        region: "us-east-1".into(),
        actor: Actor {
            label: label.into(),
            kind: text("IAMUser"),
            arn: Some(format!("arn:aws:iam::111122223333:user/{label}").into()),
            account: text("111122223333"),
            access_key_id: text("AKIAIOSFODNN7EXAMPLE"),
            mfa: Some(false),
            ..Actor::default()
        },
        source_ip: text("198.51.100.7"),
        user_agent: text("aws-cli/2.15.30 Python/3.11.8 Linux/6.1 exe/x86_64 prompt/off"),
        request_id: text("59dbff89-35bd-4eac-99ed-be587EXAMPLE"),
        error_code: None,
        error_message: None,
        outcome: Outcome::Succeeded,
        mentions: BTreeMap::new(),
        places: vec![place(
            "AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/01/111122223333_CloudTrail_us-east-1_20240301T1005Z_Ab12Cd34Ef56Gh78.json.gz",
        )],
        integrity: Integrity::NotChecked,
    }
}

fn place(source: &str) -> Place {
    Place {
        source: source.into(),
        member: None,
        ordinal: 3,
        offset: 4711,
        sha256: Sha256([0xab; 32]),
    }
}

/// A bound at one second.
pub(super) fn exact(kind: BoundKind, time: Timestamp, event: u32) -> Bound {
    Bound {
        kind,
        not_before: Some(time),
        not_after: Some(time),
        tie: false,
        event: Some(EventIndex(event)),
    }
}

/// An interval in the account and region of [`event`].
pub(super) fn interval(
    relation: &str,
    members: &[(&str, &str)],
    start: Bound,
    end: Bound,
) -> Interval {
    let members = members
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Text::from(*value)));
    Interval {
        relation: relation.to_owned(),
        account: "111122223333".into(),
        region: "us-east-1".into(),
        members: members.collect(),
        start,
        end,
        findings: Vec::new(),
    }
}

const ENI: (&str, &str) = ("network_interface", "eni-0123456789abcdef0");
const INSTANCE: (&str, &str) = ("instance", "i-0fedcba9876543210");
const ATTACHMENT: (&str, &str) = ("attachment", "eni-attach-0a1b2c3d4e5f60718");
const ADDRESS: (&str, &str) = ("public_ip", "203.0.113.10");

/// One of everything that is usual: observed, implied, inferred, uncertain, before the archive, open,
/// a tie, a lifetime, two attempts, a finding.
pub(super) fn timeline() -> Timeline {
    use BoundKind::{Implied, Inferred, Observed, Uncertain};
    let observed = |time: &str, event| exact(Observed, at(time), event);
    let mut observed_end = observed("1 10:13:00", 1);
    observed_end.tie = true;
    let terminated = Bound {
        not_after: Some(at("2 11:00:30")),
        ..exact(Implied, at("2 11:00:00"), 2)
    };
    let later = Bound {
        not_after: None,
        ..exact(Implied, at("2 11:00:00"), 2)
    };
    let inferred = Bound {
        not_after: Some(at("5 08:00:00")),
        ..exact(Inferred, at("3 09:00:00"), 3)
    };
    let doubtful = Bound {
        not_after: None,
        ..exact(Uncertain, at("4 00:00:00"), 4)
    };
    let before = Bound {
        not_before: None,
        ..exact(BoundKind::BeforeArchive, at("1 10:13:00"), 1)
    };
    let open = Bound {
        not_after: None,
        event: None,
        ..exact(BoundKind::Open, at("31 23:59:59"), 0)
    };
    let attachment = [ENI, INSTANCE, ATTACHMENT, ("device_index", "1")];
    let mut ended = interval(
        "eni-attachment",
        &attachment,
        observed("1 10:00:00", 0),
        terminated,
    );
    ended.findings = vec![finding()];
    let intervals = vec![
        interval(
            "eni-attachment",
            &[ATTACHMENT],
            before,
            observed_end.clone(),
        ),
        interval(
            "eni-attachment",
            &attachment,
            observed("1 10:00:00", 0),
            observed_end,
        ),
        ended,
        interval(
            "eip-association",
            &[ADDRESS, INSTANCE],
            observed("1 10:00:00", 5),
            later,
        ),
        interval(
            "lifetime",
            &[ENI, ("subnet", "subnet-0a1b2c3d4e5f60718")],
            observed("1 09:59:00", 6),
            inferred,
        ),
        interval(
            "eni-attachment",
            &attachment,
            observed("3 09:00:00", 0),
            doubtful,
        ),
        interval(
            "eni-attachment",
            &attachment,
            observed("3 10:00:00", 0),
            open,
        ),
    ];
    Timeline {
        events: events(),
        intervals,
        attempts: attempts(),
        findings: vec![finding()],
    }
}

fn attempts() -> Vec<Attempt> {
    let members = |values: &[&str]| {
        let values = values.iter().map(|value| Text::from(*value)).collect();
        BTreeMap::from([(ATTACHMENT.0.to_owned(), values)])
    };
    vec![
        Attempt {
            event: EventIndex(7),
            members: members(&[ATTACHMENT.1]),
        },
        Attempt {
            event: EventIndex(8),
            members: members(&[ATTACHMENT.1, "eni-attach-0000000000000000f"]),
        },
    ]
}

fn events() -> Vec<Event> {
    let mut terminate = event("TerminateInstances", "2 11:00:00", "Deploy/bob");
    terminate.places.push(place("copy/one.json.gz"));
    terminate.places.push(place("copy/two.json.gz"));
    let mut refused = event("DetachNetworkInterface", "1 09:00:00", "mallory");
    refused.error_code = Some("Client.UnauthorizedOperation".into());
    refused.error_message = Some("You are not authorized to perform this operation.".into());
    refused.outcome = Outcome::Failed;
    let mut tried = event("DetachNetworkInterface", "1 09:01:00", "mallory");
    tried.error_code = Some("Client.DryRunOperation".into());
    tried.outcome = Outcome::DryRun;
    let mut events = vec![
        event("AttachNetworkInterface", "1 10:00:00", "alice"),
        event(
            "DetachNetworkInterface",
            "1 10:13:00",
            "OrganizationAccountAccessRole/very.long.session.name@example.com",
        ),
        terminate,
        event(
            "DeleteNetworkInterface",
            "5 08:00:00",
            "autoscaling.amazonaws.com (AWS service)",
        ),
        event(
            "BidEvictedEvent",
            "4 00:00:00",
            "spot.amazonaws.com (AWS service)",
        ),
        event("AssociateAddress", "1 10:00:00", "alice"),
        event("CreateNetworkInterface", "1 09:59:00", "alice"),
        refused,
        tried,
    ];
    for event in &mut events {
        event.mentions = BTreeMap::from([
            (ATTACHMENT.0.to_owned(), vec![ATTACHMENT.1.into()]),
            ("device_index".to_owned(), vec!["1".into()]),
        ]);
    }
    events
}

/// A finding with an event and a file.
pub(super) fn finding() -> Finding {
    Finding {
        code: "missing-detach".to_owned(),
        message: "The interface was attached elsewhere without a detachment in this archive."
            .into(),
        event_ids: vec!["0000aaaa-aaaa-4bbb-8ccc-0123456789ab".into()],
        sources: vec!["copy/one.json.gz".into()],
    }
}

/// What an attacker can write into a log: in every text of every event and interval.
pub(super) const HOSTILE: &str =
    "=cmd()|'/C calc'!A0\u{1b}[2J\nx\r\u{202e}evil\u{200b}\u{9b}31m\t\u{e0041}日本";

/// The same timeline, written by an attacker.
pub(super) fn hostile() -> Timeline {
    let mut timeline = timeline();
    let hostile = || Text::from(HOSTILE);
    for event in &mut timeline.events {
        event.actor.label = hostile();
        event.actor.arn = Some(hostile());
        event.source_ip = Some(hostile());
        event.user_agent = Some(hostile());
        event.error_message = Some(hostile());
        event.event_id = hostile();
        event.region = hostile();
        event.places[0].source = hostile();
        event.places[0].member = Some(hostile());
    }
    for interval in &mut timeline.intervals {
        interval
            .members
            .insert("network_interface".to_owned(), hostile());
        interval.region = hostile();
        interval.findings = vec![Finding {
            message: hostile(),
            ..finding()
        }];
    }
    timeline.findings = vec![Finding {
        message: hostile(),
        event_ids: vec![hostile()],
        sources: vec![hostile()],
        ..finding()
    }];
    timeline
}

/// A run over damaged and undamaged files.
pub(super) fn report() -> Report {
    let mut coverage = Coverage::default();
    for (account, region, time) in [
        ("111122223333", "us-east-1", "1 10:00:00"),
        ("111122223333", "us-east-1", "1 10:13:00"),
        ("111122223333", "us-east-1", "2 11:00:00"),
        ("111122223333", "eu-central-1", "1 00:00:00"),
        ("", "", "4 00:00:00"),
    ] {
        coverage.add(account, region, at(time));
    }
    let counts = |number: u64| EventCounts {
        succeeded: number * 1_000,
        failed: number % 2,
    };
    let warning = |number: u64| Warning {
        source: format!("AWSLogs/damaged-{number}.json.gz").into(),
        offset: number.is_multiple_of(2).then_some(number * 4_711),
        reason: "truncated gzip stream after 2 records".into(),
    };
    Report {
        files: FileCounts {
            found: 1_234,
            read: 1_200,
            partial: 2,
            failed: 1,
            skipped: 31,
            unchanged: 0,
        },
        records: RecordCounts {
            seen: 1_234_567,
            indexed: 34_567,
            out_of_scope: 1_199_990,
            duplicate: 9,
            malformed: 1,
        },
        events: (0..23)
            .map(|number| (Text::from(format!("Event{number:02}")), counts(number)))
            .collect(),
        bytes: ByteCounts {
            read: 123_456_789,
            inflated: 2_345_678_901,
        },
        elapsed_seconds: 3.25,
        coverage,
        findings: vec![finding()],
        warnings: (0..22).map(warning).collect(),
    }
}

/// The ledger of a read, a partly read and an unread file.
pub(super) fn files() -> Vec<FileEntry> {
    let file = |source: &str, outcome| FileEntry {
        source: source.into(),
        size_bytes: 100,
        modified_ns: 0,
        sha256: None,
        content_sha256: None,
        content_bytes: 0,
        gzip_members: 1,
        outcome,
        records: FileRecords::default(),
        coverage: Coverage::default(),
        warnings: Vec::new(),
        findings: Vec::new(),
    };
    vec![
        file("AWSLogs/whole.json.gz", FileOutcome::Read),
        file(
            "AWSLogs/damaged-0.json.gz",
            FileOutcome::Partial {
                reason: "truncated gzip stream after 2 records".into(),
            },
        ),
        file(
            "AWSLogs/\u{1b}[2Jevil.json.gz",
            FileOutcome::Failed {
                reason: "permission denied".into(),
            },
        ),
    ]
}
