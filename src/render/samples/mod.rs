//! Timelines and reports for tests, built by hand: ordinary, unknown, doubtful and hostile ones.

mod found;
mod hostile;
mod run;
mod verified;

use std::sync::Arc;

use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::event::{Actor, Event, EventIndex, Integrity, Outcome};
use crate::interval::{Attempt, Bound, BoundKind, Finding, Interval, Part, Timeline};
use crate::members::{Members, Name};
use crate::record::{Place, Sha256};
use crate::text::Text;

pub(super) use found::findings;
pub(super) use hostile::hostile;
pub(super) use run::{audit, files, histogram, plan, report, with_covered};
pub(super) use verified::{gap, verification};

/// A small catalogue.
pub(super) fn catalogue() -> Catalogue {
    let files = [(
        "network-interface.json",
        include_str!("../golden/catalogue.json"),
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
        actor: Arc::new(Actor {
            label: label.into(),
            kind: text("IAMUser"),
            arn: Some(format!("arn:aws:iam::111122223333:user/{label}").into()),
            account: text("111122223333"),
            access_key_id: text("AKIAIOSFODNN7EXAMPLE"),
            mfa: Some(false),
            ..Actor::default()
        }),
        source_ip: text("198.51.100.7"),
        user_agent: text("aws-cli/2.15.30 Python/3.11.8 Linux/6.1 exe/x86_64 prompt/off"),
        request_id: text("59dbff89-35bd-4eac-99ed-be587EXAMPLE"),
        error_code: None,
        error_message: None,
        outcome: Outcome::Succeeded,
        mentions: Members::new(),
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
    relation: &'static str,
    members: &[(&'static str, &str)],
    start: Bound,
    end: Bound,
) -> Interval {
    let resource = members.first().filter(|_| relation == "lifetime");
    Interval {
        relation: Name::from(relation),
        resource: resource.map(|(name, _)| Name::from(*name)),
        account: "111122223333".into(),
        region: "us-east-1".into(),
        members: members
            .iter()
            .map(|(name, value)| (*name, Text::from(*value)))
            .collect(),
        start,
        end,
        doubted_until: None,
        findings: Vec::new(),
    }
}

const ENI: (&str, &str) = ("network_interface", "eni-0123456789abcdef0");
const INSTANCE: (&str, &str) = ("instance", "i-0fedcba9876543210");
const ATTACHMENT: (&str, &str) = ("attachment", "eni-attach-0a1b2c3d4e5f60718");
const ADDRESS: (&str, &str) = ("public_ip", "203.0.113.10");
const ATTACHED: [(&str, &str); 4] = [ENI, INSTANCE, ATTACHMENT, ("device_index", "1")];

/// One of everything that is usual: observed, implied, inferred, uncertain, before the archive, open,
/// a tie, a lifetime, two attempts, a finding.
pub(super) fn timeline() -> Timeline {
    Timeline {
        events: events(),
        intervals: attachments().into_iter().chain(others()).collect(),
        attempts: attempts(),
        findings: vec![finding(), of_no_row()],
    }
}

/// Attachments of one interface: before the archive, observed, implied.
fn attachments() -> Vec<Interval> {
    let observed = |time: &str, event| exact(BoundKind::Observed, at(time), event);
    let detached = Bound {
        tie: true,
        ..observed("1 10:13:00", 1)
    };
    let before = Bound {
        not_before: None,
        ..exact(BoundKind::BeforeArchive, at("1 10:13:00"), 1)
    };
    let terminated = Bound {
        not_after: Some(at("2 11:00:30")),
        ..exact(BoundKind::Implied, at("2 11:00:00"), 2)
    };
    let mut ended = interval(
        "eni-attachment",
        &ATTACHED,
        observed("1 10:00:00", 0),
        terminated,
    );
    ended.findings = vec![finding()];
    vec![
        interval("eni-attachment", &[ATTACHMENT], before, detached.clone()),
        interval(
            "eni-attachment",
            &ATTACHED,
            observed("1 10:00:00", 0),
            detached,
        ),
        ended,
    ]
}

/// An address that ends some time later, a lifetime that must have ended, an uncertain end, an open one.
fn others() -> Vec<Interval> {
    let observed = |time: &str, event| exact(BoundKind::Observed, at(time), event);
    let later = Bound {
        not_after: None,
        ..exact(BoundKind::Implied, at("2 11:00:00"), 2)
    };
    let inferred = Bound {
        not_after: Some(at("5 08:00:00")),
        ..exact(BoundKind::Inferred, at("3 09:00:00"), 3)
    };
    let doubtful = Bound {
        not_after: None,
        ..exact(BoundKind::Uncertain, at("4 00:00:00"), 4)
    };
    let open = Bound {
        not_after: None,
        event: None,
        ..exact(BoundKind::Open, at("31 23:59:59"), 0)
    };
    let subnet = ("subnet", "subnet-0a1b2c3d4e5f60718");
    vec![
        interval(
            "eip-association",
            &[ADDRESS, INSTANCE],
            observed("1 10:00:00", 5),
            later,
        ),
        interval(
            "lifetime",
            &[ENI, subnet],
            observed("1 09:59:00", 6),
            inferred,
        ),
        interval(
            "eni-attachment",
            &ATTACHED,
            observed("3 09:00:00", 0),
            doubtful,
        ),
        interval("eni-attachment", &ATTACHED, observed("3 10:00:00", 0), open),
    ]
}

fn attempts() -> Vec<Attempt> {
    let members = |values: &[&str]| {
        let values = values.iter().map(|value| Text::from(*value)).collect();
        Members::from([(ATTACHMENT.0, values)])
    };
    vec![
        Attempt {
            event: EventIndex(7),
            part: Part::Whole,
            members: members(&[ATTACHMENT.1]),
            findings: Vec::new(),
        },
        Attempt {
            event: EventIndex(8),
            part: Part::Whole,
            members: members(&[ATTACHMENT.1, "eni-attach-0000000000000000f"]),
            findings: vec![Finding {
                code: "conflicting-duplicate".to_owned(),
                message: "Records with the same eventID differ in content.".into(),
                ..finding()
            }],
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
        event.mentions = Members::from([
            (ATTACHMENT.0, vec![ATTACHMENT.1.into()]),
            ("device_index", vec!["1".into()]),
        ]);
    }
    events
}

/// A finding of a call that neither an interval nor an attempt rests on.
fn of_no_row() -> Finding {
    Finding {
        code: "response-missing".to_owned(),
        message: "A call that succeeded has no response in its record.".into(),
        event_ids: vec!["0000bbbb-aaaa-4bbb-8ccc-0123456789ab".into()],
        sources: vec!["copy/two.json.gz".into()],
    }
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
