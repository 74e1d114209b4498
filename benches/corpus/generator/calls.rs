//! The calls of the archive: what others do all day, and the lives of networks.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::random::Random;
use super::template::{Setting, Template, uuid, write_all};

const CALLS: &str = include_str!("calls.json");
const LIVES: &str = include_str!("lives.json");

/// How many ends there are, by relation and by how they are known.
pub(crate) type Ends = BTreeMap<String, BTreeMap<String, u64>>;

/// What can happen in an archive.
pub(crate) struct Repertoire {
    /// The calls that have nothing to do with networks.
    pub(crate) calls: Vec<Call>,
    weight: u64,
    /// What happens to networks, from beginning to end.
    pub(crate) lives: Vec<Life>,
}

#[derive(Deserialize)]
struct RawCall {
    #[serde(default)]
    weight: u64,
    #[serde(default = "role")]
    by: String,
    #[serde(default = "ec2")]
    source: String,
    name: String,
    #[serde(default = "version")]
    version: String,
    #[serde(default)]
    read: bool,
    #[serde(default = "kind")]
    r#type: String,
    error: Option<[String; 2]>,
    request: Value,
    response: Value,
    extra: Option<Value>,
    resources: Option<Value>,
    #[serde(default)]
    at: u64,
}

fn role() -> String {
    "role".to_owned()
}

fn ec2() -> String {
    "ec2".to_owned()
}

fn version() -> String {
    "1.09".to_owned()
}

fn kind() -> String {
    "AwsApiCall".to_owned()
}

/// A call, of which any number of records can be made.
pub(crate) struct Call {
    weight: u64,
    by: String,
    source: String,
    version: String,
    /// When in its life, in thousandths of it.
    pub(crate) at: u64,
    name: String,
    error: Option<Template>,
    request: Template,
    response: Template,
    extra: Option<Template>,
    resources: Option<Template>,
    /// From `readOnly` to `eventType`.
    tail: String,
}

/// What happens to one thing, and how many ends of attachments and associations that makes.
#[derive(Deserialize)]
struct RawLife {
    weight: u64,
    era: String,
    ends: Ends,
    calls: Vec<RawCall>,
}

/// What happens to one thing.
pub(crate) struct Life {
    pub(crate) weight: u64,
    pub(crate) is_classic: bool,
    pub(crate) ends: Ends,
    pub(crate) calls: Vec<Call>,
}

impl Repertoire {
    pub(crate) fn embedded() -> Self {
        let calls: Vec<RawCall> = serde_json::from_str(CALLS).expect("the calls are valid");
        let calls: Vec<Call> = calls.into_iter().map(Call::of).collect();
        let lives: Vec<RawLife> = serde_json::from_str(LIVES).expect("the lives are valid");
        let lives = lives.into_iter().map(|life| Life {
            weight: life.weight,
            is_classic: life.era == "classic",
            ends: life.ends,
            calls: life.calls.into_iter().map(Call::of).collect(),
        });
        Self {
            weight: calls.iter().map(|call| call.weight).sum(),
            lives: lives.collect(),
            calls,
        }
    }

    /// Chooses a call as often as its weight says.
    pub(crate) fn call(&self, random: &mut Random) -> &Call {
        let mut number = random.below(self.weight);
        let found = self.calls.iter().find(|call| {
            let is_it = number < call.weight;
            number = number.saturating_sub(call.weight);
            is_it
        });
        found.unwrap_or(&self.calls[0])
    }
}

/// Who makes calls during one file: sessions end, and keys with them.
pub(crate) struct Callers(Vec<(String, String, String)>);

impl Callers {
    /// Makes so many callers.
    pub(crate) fn new(setting: &Setting<'_>, random: &mut Random, count: usize) -> Self {
        let identities: Value =
            serde_json::from_str(include_str!("callers.json")).expect("the callers are valid");
        let kinds = identities.as_object().expect("by kind");
        let mut callers = Vec::new();
        for (kind, caller) in kinds {
            let part = |name: &str| Template::of(&caller[name]);
            let parts = [part("identity"), part("from")];
            for _ in 0..count {
                let mut write = |template: &Template| {
                    let mut text = Vec::new();
                    template.write(setting, random, &mut text);
                    String::from_utf8(text).expect("templates are text")
                };
                let [identity, from] = [write(&parts[0]), write(&parts[1])];
                let from = from
                    .trim_start_matches('{')
                    .trim_end_matches('}')
                    .to_owned();
                callers.push((kind.clone(), identity, from));
            }
        }
        Self(callers)
    }

    fn one(&self, kind: &str, random: &mut Random) -> (&str, &str) {
        let fitting: Vec<_> = self.0.iter().filter(|(by, _, _)| by == kind).collect();
        let (_, identity, from) = fitting[random.low_below(fitting.len() as u64) as usize];
        (identity, from)
    }
}

impl Call {
    fn of(raw: RawCall) -> Self {
        let error = raw.error.map(|[code, message]| {
            Template::of(&serde_json::json!({"errorCode": code, "errorMessage": message}))
        });
        Self {
            weight: raw.weight,
            by: raw.by,
            version: raw.version,
            at: raw.at,
            name: raw.name,
            error,
            request: Template::of(&raw.request),
            response: Template::of(&raw.response),
            extra: raw.extra.as_ref().map(Template::of),
            resources: raw.resources.as_ref().map(Template::of),
            tail: format!(r#","readOnly":{},"eventType":"{}""#, raw.read, raw.r#type),
            source: raw.source,
        }
    }

    /// Writes a record of the call.
    pub(crate) fn write(
        &self,
        setting: &Setting<'_>,
        callers: &Callers,
        random: &mut Random,
        into: &mut Vec<u8>,
    ) {
        let (identity, from) = callers.one(&self.by, random);
        let Setting {
            account,
            region,
            time,
            ..
        } = setting;
        let Self {
            version,
            source,
            name,
            tail,
            ..
        } = self;
        write_all(
            into,
            format_args!(
                r#"{{"eventVersion":"{version}","userIdentity":{identity},"eventTime":"{time}","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"{region}",{from},"#
            ),
        );
        if let Some(error) = &self.error {
            // The two members without the braces around them.
            into.pop();
            let begin = into.len();
            error.write(setting, random, into);
            into[begin] = b',';
            into.pop();
            into.push(b',');
        }
        into.extend_from_slice(br#""requestParameters":"#);
        self.request.write(setting, random, into);
        into.extend_from_slice(br#","responseElements":"#);
        self.response.write(setting, random, into);
        if let Some(extra) = &self.extra {
            into.extend_from_slice(br#","additionalEventData":"#);
            extra.write(setting, random, into);
        }
        into.extend_from_slice(br#","requestID":""#);
        uuid(random, into);
        into.extend_from_slice(br#"","eventID":""#);
        uuid(random, into);
        into.push(b'"');
        if let Some(resources) = &self.resources {
            into.extend_from_slice(br#","resources":"#);
            resources.write(setting, random, into);
        }
        write_all(
            into,
            format_args!(
                r#"{tail},"managementEvent":true,"recipientAccountId":"{account}","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{source}.{region}.amazonaws.com"}}}}"#
            ),
        );
    }
}
