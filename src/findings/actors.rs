//! Who acted, and whether that is automation.

use std::net::IpAddr;

use super::entry::Automation;
use super::world::Map;
use crate::event::Event;
use crate::interval::Timeline;
use crate::text::Text;

/// Names who acted: the ARN, else the principal id, else the label.
pub(super) fn session(event: &Event) -> &str {
    let actor = &event.actor;
    let known = actor.arn.as_ref().or(actor.principal_id.as_ref());
    known.unwrap_or(&actor.label).as_str()
}

/// Names who acted, sessions of a role together.
pub(super) fn principal(event: &Event) -> &str {
    match &event.actor.issuer_arn {
        Some(role) => role.as_str(),
        None => session(event),
    }
}

pub(super) fn numbers<'t>(told: &'t Timeline, name: impl Fn(&'t Event) -> &'t str) -> Vec<u32> {
    let mut known: Map<&str, u32> = Map::default();
    let events = told.events.iter();
    events
        .map(|event| {
            let next = known.len() as u32;
            *known.entry(name(event)).or_insert(next)
        })
        .collect()
}

pub(super) fn is_foreign(event: &Event) -> bool {
    let caller = event.actor.account.as_ref();
    caller.is_some_and(|caller| !event.account.is_empty() && *caller != event.account)
}

/// Says of each event whether automation made the call.
pub(super) fn automatic(automation: &Automation, told: &Timeline) -> Vec<bool> {
    // The same programs call again and again.
    let mut tools: Map<&str, bool> = Map::default();
    let events = told.events.iter();
    events
        .map(|event| {
            let actor = &event.actor;
            let is_type = |kind: &Text| automation.types.iter().any(|known| known == kind.as_str());
            let is_service = |name: &Text| {
                let mut services = automation.services.iter();
                services.any(|end| name.as_str().ends_with(end.as_str()))
            };
            actor.kind.as_ref().is_some_and(is_type)
                || [&actor.invoked_by, &event.source_ip]
                    .into_iter()
                    .flatten()
                    .any(is_service)
                || event.user_agent.as_ref().is_some_and(|agent| {
                    let agent = agent.as_str();
                    *tools
                        .entry(agent)
                        .or_insert_with(|| is_tool(automation, agent))
                })
        })
        .collect()
}

fn is_tool(automation: &Automation, agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    let mut tools = automation.user_agents.iter();
    tools.any(|tool| agent.contains(tool.as_str()))
}

/// Returns the network that a call came from: a /24, or a /48 of IPv6.
pub(super) fn network(event: &Event) -> Option<IpAddr> {
    let address: IpAddr = event.source_ip.as_ref()?.as_str().parse().ok()?;
    Some(match address {
        IpAddr::V4(address) => IpAddr::V4((u32::from(address) & !0xff).into()),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & (u128::MAX << 80)).into()),
    })
}
