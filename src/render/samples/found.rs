//! What was found, with everything told, of a file alone, and as a hostile log would have it.

use crate::event::EventIndex;
use crate::findings::{Findings, Found, Rules};
use crate::interval::Timeline;
use crate::members::{Members, Name};
use crate::text::Text;

fn found(code: &str, message: &str) -> Found {
    Found {
        code: Rules::embedded().get(code).unwrap().code,
        message: message.into(),
        account: Text::default(),
        region: Text::default(),
        first: None,
        last: None,
        relations: Vec::new(),
        members: Members::new(),
        events: Vec::new(),
        sources: Vec::new(),
    }
}

/// One finding of events of this timeline, and one of a file.
pub(in crate::render) fn findings(timeline: &Timeline) -> Findings {
    let (first, last) = (&timeline.events[0], timeline.events.last().unwrap());
    let ids = vec![Text::from("eni-0123456789abcdef0"), first.event_id.clone()];
    let of_events = Found {
        account: first.account.clone(),
        region: first.region.clone(),
        first: Some(first.time),
        last: Some(last.time),
        relations: vec![Name::from("eni-attachment")],
        members: Members::from([(Name::from("network_interface"), ids)]),
        events: (0..timeline.events.len() as u32).map(EventIndex).collect(),
        sources: vec![first.places[0].source.clone()],
        ..found(
            "interface-hop",
            &format!(
                "eni-0123456789abcdef0 was taken by {}.",
                first.actor.label.as_str()
            ),
        )
    };
    let of_file = Found {
        sources: vec![first.places[0].source.clone()],
        ..found(
            "second-gzip-member",
            "The gzip file has more than one member.",
        )
    };
    Findings {
        found: vec![of_events, of_file],
        events: timeline.events.clone(),
    }
}
