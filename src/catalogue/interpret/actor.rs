//! Who acted: from `userIdentity` to a label that a person understands.
//!
//! These fields are shared by all records of all services, so they are code and not catalogue.
//! Source: CloudTrail userIdentity element; the console markers were seen in real records.

use std::sync::Arc;

use serde_json::Value;

use super::{Fields, Texts, UnreadableRecord};
use crate::catalogue::path::scalar;
use crate::event::Actor;
use crate::text::Text;

/// Reads the actor of a record.
///
/// # Errors
///
/// Where `userIdentity` cannot be read.
pub(super) fn actor(
    fields: &Fields<'_>,
    texts: &mut Texts,
) -> Result<Arc<Actor>, UnreadableRecord> {
    let is_marked = is_marked(fields)?;
    let written = fields.raw("userIdentity").unwrap_or("null");
    if let Some(known) = texts.actor(written, is_marked) {
        return Ok(known);
    }
    let identity = fields.value("userIdentity")?;
    let actor = Arc::new(read(&identity, is_marked));
    texts.keep_actor(written, is_marked, &actor);
    Ok(actor)
}

fn read(identity: &Value, is_marked: bool) -> Actor {
    let scalar = |value: &Value| scalar(value).map(|text| Text::from(&*text));
    let session = &identity["sessionContext"];
    let issuer = &session["sessionIssuer"];
    let invoked_by = scalar(&identity["invokedBy"]);
    let is_signed_in = invoked_by
        .as_ref()
        .is_some_and(|invoked_by| invoked_by.as_str() == "signin.amazonaws.com");
    let mut actor = Actor {
        label: Text::default(),
        kind: scalar(&identity["type"]),
        arn: scalar(&identity["arn"]),
        principal_id: scalar(&identity["principalId"]),
        account: scalar(&identity["accountId"]).map(|account| account_id(&account)),
        user_name: scalar(&identity["userName"]).or_else(|| scalar(&issuer["userName"])),
        issuer_arn: scalar(&issuer["arn"]),
        access_key_id: scalar(&identity["accessKeyId"]),
        source_identity: scalar(&session["sourceIdentity"])
            .or_else(|| scalar(&identity["sourceIdentity"])),
        invoked_by,
        mfa: scalar(&session["attributes"]["mfaAuthenticated"])
            .and_then(|mfa| mfa.as_str().parse().ok()),
        console: is_marked || is_signed_in,
    };
    actor.label = Text::from(label(&actor, identity));
    actor
}

/// Writes an account as 12 digits: AWS's conversion to numbers loses leading zeros.
pub(super) fn account_id(account: &Text) -> Text {
    let digits = account.as_str();
    let is_short = digits.len() < 12 && !digits.is_empty();
    if is_short && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Text::from(format!("{digits:0>12}"));
    }
    account.clone()
}

/// Says whether a record marks its call as made in the console: it carries
/// `sessionCredentialFromConsole` or names the console in the user agent. Old records say
/// `invokedBy: signin.amazonaws.com` instead.
fn is_marked(fields: &Fields<'_>) -> Result<bool, UnreadableRecord> {
    let from_console = fields.scalar("sessionCredentialFromConsole")?;
    let agent = fields.scalar("userAgent")?;
    Ok(from_console.is_some_and(|text| text == "true")
        || agent.is_some_and(|agent| {
            [
                "console.amazonaws.com",
                "console.ec2.amazonaws.com",
                "signin.amazonaws.com",
            ]
            .contains(&&*agent)
        }))
}

/// Says who acted, and on whose behalf where a service did.
fn label(actor: &Actor, identity: &Value) -> String {
    let service = actor
        .invoked_by
        .as_ref()
        .map(Text::as_str)
        .filter(|invoked_by| {
            *invoked_by != "signin.amazonaws.com" && *invoked_by != "AWS Internal"
        });
    let is_service_linked = actor
        .issuer_arn
        .as_ref()
        .is_some_and(|arn| arn.as_str().contains("/aws-service-role/"));
    let person = person(actor, identity);
    match (person, service) {
        (Some(person), _) if is_service_linked => format!("{person} (service-linked role)"),
        (Some(person), Some(service)) => format!("{person} via {service}"),
        (Some(person), None) => person,
        (None, Some(service)) => format!("{service} (AWS service)"),
        (None, None) => match &actor.account {
            Some(account) => format!("account {}", account.as_str()),
            None => "not in this record".to_owned(),
        },
    }
}

/// Names the principal behind the call, if the record says more than a service.
fn person(actor: &Actor, identity: &Value) -> Option<String> {
    let text = |value: &Option<Text>| value.as_ref().map(|text| text.as_str().to_owned());
    let name = match actor.kind.as_ref().map(Text::as_str) {
        Some("Root") => Some(match text(&actor.user_name) {
            Some(alias) => format!("root ({alias})"),
            None => "root".to_owned(),
        }),
        Some("AssumedRole" | "Role" | "FederatedUser") => {
            let session =
                after_last(&actor.arn, '/').or_else(|| after_last(&actor.principal_id, ':'));
            match (text(&actor.user_name), session) {
                (Some(role), Some(session)) if role != session => Some(format!("{role}/{session}")),
                (Some(name), _) | (None, Some(name)) => Some(name),
                (None, None) => None,
            }
        }
        Some("AWSAccount") => actor
            .account
            .as_ref()
            .map(|account| format!("account {}", account.as_str())),
        Some("AWSService") => None,
        Some("IdentityCenterUser") => scalar(&identity["onBehalfOf"]["userId"])
            .map(|user| format!("Identity Center user {user}")),
        _ => text(&actor.user_name).or_else(|| after_last(&actor.arn, '/')),
    };
    let name = name.or_else(|| match actor.kind.as_ref().map(Text::as_str) {
        Some("AWSService") => None,
        _ => text(&actor.arn).or_else(|| text(&actor.principal_id)),
    })?;
    let source = text(&actor.source_identity).filter(|source| !name.contains(source.as_str()));
    Some(match source {
        Some(source) => format!("{name} ({source})"),
        None => name,
    })
}

/// Returns what stands behind the last such character, if anything does.
fn after_last(text: &Option<Text>, character: char) -> Option<String> {
    let (_, rest) = text.as_ref()?.as_str().rsplit_once(character)?;
    (!rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn actor_of(record: &Value) -> Arc<Actor> {
        let raw = record.to_string();
        let fields = Fields::cut(&raw).expect("a record");
        actor(&fields, &mut Texts::default()).expect("an actor")
    }

    #[test]
    fn people_and_services_are_told_apart() {
        for (identity, label) in [
            (
                json!({"type": "IAMUser", "userName": "alice", "arn": "arn:aws:iam::1:user/alice"}),
                "alice",
            ),
            (
                json!({"type": "Root", "arn": "arn:aws:iam::1:root"}),
                "root",
            ),
            (
                json!({"type": "Root", "invokedBy": "autoscaling.amazonaws.com"}),
                "root via autoscaling.amazonaws.com",
            ),
            (
                json!({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/Deploy/alice",
                       "sessionContext": {"sessionIssuer": {"userName": "Deploy"}}}),
                "Deploy/alice",
            ),
            (
                json!({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/Deploy/s1",
                       "sessionContext": {"sessionIssuer": {"userName": "Deploy"}, "sourceIdentity": "alice"}}),
                "Deploy/s1 (alice)",
            ),
            (
                json!({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/AWSServiceRoleForRDS/s",
                       "invokedBy": "rds.amazonaws.com",
                       "sessionContext": {"sessionIssuer": {"userName": "AWSServiceRoleForRDS",
                           "arn": "arn:aws:iam::1:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"}}}),
                "AWSServiceRoleForRDS/s (service-linked role)",
            ),
            (
                json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}),
                "ec2.amazonaws.com (AWS service)",
            ),
            (
                json!({"accountId": "111122223333", "invokedBy": "ec2.amazonaws.com"}),
                "ec2.amazonaws.com (AWS service)",
            ),
            (
                json!({"type": "AWSAccount", "accountId": 1234}),
                "account 000000001234",
            ),
            (
                json!({"type": "IAMUser", "userName": "bob", "invokedBy": "signin.amazonaws.com"}),
                "bob",
            ),
            (
                json!({"type": "IAMUser", "userName": "bob", "invokedBy": "cloudformation.amazonaws.com"}),
                "bob via cloudformation.amazonaws.com",
            ),
            (json!(null), "not in this record"),
            (json!("nonsense"), "not in this record"),
        ] {
            let actor = actor_of(&json!({"userIdentity": identity}));
            assert_eq!(actor.label.as_str(), label);
        }
    }

    #[test]
    fn the_console_is_recognised_in_old_and_new_records() {
        for (record, console) in [
            (
                json!({"userIdentity": {"invokedBy": "signin.amazonaws.com"}}),
                true,
            ),
            (json!({"sessionCredentialFromConsole": "true"}), true),
            (json!({"userAgent": "console.ec2.amazonaws.com"}), true),
            (json!({"userAgent": "aws-cli/2.15"}), false),
        ] {
            assert_eq!(actor_of(&record).console, console, "{record}");
        }
    }
}
