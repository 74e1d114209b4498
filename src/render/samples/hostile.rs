//! A log that an attacker wrote to reach whoever reads it.

use std::sync::Arc;

use super::{finding, timeline};
use crate::interval::{Finding, Timeline};
use crate::text::Text;

/// What an attacker can write into a log: in every text of every event and interval.
const HOSTILE: &str =
    "=cmd()|'/C calc'!A0\u{1b}[2J\nx\r\u{202e}evil\u{200b}\u{9b}31m\t\u{e0041}日本";

/// The same timeline, written by an attacker.
pub(in crate::render) fn hostile() -> Timeline {
    let mut timeline = timeline();
    let hostile = || Text::from(HOSTILE);
    for event in &mut timeline.events {
        let actor = Arc::make_mut(&mut event.actor);
        actor.label = hostile();
        actor.arn = Some(hostile());
        event.source_ip = Some(hostile());
        event.user_agent = Some(hostile());
        event.error_message = Some(hostile());
        event.event_id = hostile();
        event.region = hostile();
        event.places[0].source = hostile();
        event.places[0].member = Some(hostile());
    }
    for interval in &mut timeline.intervals {
        interval.members.insert("network_interface", hostile());
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
