//! The query language and the times: every text is understood or explained, and what is understood can
//! be asked of an index.

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use serde_json::json;
use trailspan::index::{Order, Reader};
use trailspan::search::time::{self, Frame};
use trailspan::search::{self, SearchError};
use trailspan::text::is_deceptive;

use super::{Run, Target, sum_of};
use crate::properties::evidence::Evidence;

pub(super) const TARGET: Target = Target {
    name: "query",
    seeds,
    words: &[
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "\"",
        "*",
        "-",
        "event:",
        "time:[",
        " TO ",
        "..",
        "ip:",
        "is:failed",
        "/8",
        "2024-W10",
        "last 7d",
        "Europe/Berlin",
        "arn:aws:ec2:us-east-1:111122223333:",
        "eni-0a*",
        "2h ago",
        "kind:",
    ],
    start,
};

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "eni-0a1b2c3d4e5f60718",
        "eni-0a1*",
        "10.0.0.0/8",
        "2001:db8::1",
        "2024-03",
        "2024-W10-5",
        "last 7d",
        "2h ago",
        "2024-03-01..2024-03-05",
        "network interface",
        "\"detach network\"",
        "region:us-east-1,eu-west-1",
        "time:[2024-03-01 TO 2024-03-05]",
        "since:2024-03-01 until:2024-03-05",
        "is:failed",
        "a AND (b OR NOT c) -d",
        "2024-03-01 14:00 Europe/Berlin",
        "2024-03-01T10:00:05.25+01:00",
        "@1709287205",
        "03/04/2024",
        "*",
        "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0a1b2c3d",
        "colour:red",
        "((((",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}

/// An index of some records, made once.
fn index() -> &'static Evidence {
    static INDEX: OnceLock<Evidence> = OnceLock::new();
    INDEX.get_or_init(|| {
        let record = |number: u32| {
            json!({
                "eventVersion": "1.08",
                "eventSource": "ec2.amazonaws.com",
                "eventName": "DetachNetworkInterface",
                "eventID": format!("0000-{number:04}"),
                "eventTime": format!("2024-03-01T10:{number:02}:00Z"),
                "recipientAccountId": "111122223333",
                "awsRegion": "us-east-1",
                "sourceIPAddress": format!("10.0.0.{number}"),
                "requestParameters": {"attachmentId": format!("eni-attach-{number:08}"), "force": false},
            })
        };
        Evidence::of(&(0..20).map(record).collect::<Vec<_>>())
    })
}

/// Holds that a mistake is shown as three lines that deceive nobody, and stands in what was typed.
fn explained(typed: &str, error: &SearchError) -> u64 {
    assert!(
        error.span.start <= error.span.end && error.span.end <= typed.len(),
        "{error:?}"
    );
    let shown = error.render(typed);
    let lines: Vec<&str> = shown.split('\n').collect();
    assert_eq!(lines.len(), 3, "{shown:?}");
    assert!(lines[1].contains('^'), "{shown:?}");
    assert!(
        !lines.iter().any(|line| line.chars().any(is_deceptive)),
        "{shown:?}"
    );
    // What is quoted differs each time; the rest of the message tells one mistake from another.
    let words = error.message.split('`').step_by(2).collect::<Vec<_>>();
    sum_of((words, error.suggestion.is_some()))
}

fn start() -> Run {
    let reader = Reader::open(&index().index()).unwrap();
    let newest = "2024-03-01T10:19:00Z".parse().ok();
    let frame = Frame::new(TimeZone::UTC).counting_from(newest);
    Box::new(move |input| {
        let typed = String::from_utf8_lossy(input);
        for read in [
            time::instant(&typed, &frame).err(),
            time::range(&typed, &frame).err(),
        ]
        .into_iter()
        .flatten()
        {
            explained(&typed, &read);
        }
        match search::parse(&typed, &frame) {
            Err(error) => explained(&typed, &error),
            Ok(expression) => {
                let shape = format!("{expression:?}");
                let shape: String = shape.split('"').step_by(2).take(40).collect();
                match reader.search(&expression, Some(3), Order::default()) {
                    Ok(hits) => sum_of((shape, hits.total > 0)),
                    Err(error) => sum_of(error.to_string().len()),
                }
            }
        }
    })
}
