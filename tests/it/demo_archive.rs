//! The demo archive: `fixtures/archives/demo/` is what `fixtures/archives/demo.story.json` says.
//!
//! The story is the source: calls with their time, actor, request and answer, in chapters, each told to
//! some trails. From it the files of those trails are made, as AWS would have delivered them, and some
//! are damaged. `TRAILSPAN_UPDATE_GOLDEN=1` writes the files whose content is not what the story says.
//! Compared is the content, not how it was compressed: compressors differ between machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    #[serde(rename = "about")]
    _about: String,
    actors: BTreeMap<String, Actor>,
    chapters: Vec<Chapter>,
    files: BTreeMap<String, Special>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Actor {
    identity: Value,
    source_ip: String,
    user_agent: String,
    /// Fields that its records have besides.
    #[serde(default)]
    fields: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    #[serde(rename = "about")]
    _about: String,
    account: String,
    region: String,
    /// The trails, by the folder above the account's, or the files that tell of its calls.
    r#in: Vec<String>,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    at: String,
    by: String,
    #[serde(default = "ec2")]
    source: String,
    call: String,
    request: Option<Value>,
    response: Option<Value>,
    error: Option<String>,
    message: Option<String>,
    service: Option<Value>,
}

fn ec2() -> String {
    "ec2".to_owned()
}

/// A file that is no plain log of a trail.
#[derive(Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
enum Special {
    /// EventBridge events in messages of SNS, one a line.
    Notifications,
    /// What `aws cloudtrail lookup-events` printed.
    LookupEvents,
    /// A text; in gzip where the name says so and `gzip` is not false.
    Text { text: String },
    /// Any JSON, in gzip.
    Json { content: Value },
    /// Bytes, in hexadecimal.
    Bytes { hex: String },
    /// A trail's log of which only the first part of the compressed bytes was saved.
    CutShort,
    /// A trail's log with something unreadable behind one of its records.
    Broken { after: usize, text: String },
    /// A trail's log with another one appended, which is found nowhere else.
    FollowedBy { log: String },
}

/// A record, with its fields in AWS's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'s> {
    event_version: &'static str,
    user_identity: &'s Value,
    event_time: &'s str,
    event_source: String,
    event_name: &'s str,
    aws_region: &'s str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: &'s str,
    user_agent: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'s String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'s String>,
    request_parameters: Option<&'s Value>,
    response_elements: Option<Value>,
    #[serde(rename = "requestID")]
    request_id: String,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    event_type: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    management_event: Option<bool>,
    recipient_account_id: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_event_details: Option<&'s Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_credential_from_console: Option<&'s Value>,
}

/// A record and what the wrappings repeat of it.
struct Told<'s> {
    text: String,
    event_id: String,
    chapter: &'s Chapter,
    call: &'s Call,
    actor: &'s Actor,
}

impl<'s> Told<'s> {
    fn new(story: &'s Story, chapter: &'s Chapter, call: &'s Call) -> Self {
        let actor = &story.actors[&call.by];
        let seed = format!(
            "{} {} {} {}",
            call.at,
            call.by,
            call.call,
            json!(call.request)
        );
        let year: u16 = call.at[..4].parse().unwrap();
        let event_id = uuid(&seed);
        let request_id = uuid(&format!("{seed} request"));
        let mut response = call.response.clone();
        if let Some(Value::Object(response)) = &mut response
            && year > 2018
            && !response.keys().any(|key| key.ends_with("Response"))
        {
            response.insert("requestId".to_owned(), json!(request_id));
        }
        let event_type = actor.fields.get("eventType").and_then(Value::as_str);
        let is_read = ["Describe", "Get", "List", "Lookup"];
        let record = Record {
            event_version: match year {
                ..=2020 => "1.05",
                2021..=2023 => "1.08",
                _ => "1.09",
            },
            user_identity: &actor.identity,
            event_time: &call.at,
            event_source: format!("{}.amazonaws.com", call.source),
            event_name: &call.call,
            aws_region: &chapter.region,
            source_ip_address: &actor.source_ip,
            user_agent: &actor.user_agent,
            error_code: call.error.as_ref(),
            error_message: call.message.as_ref(),
            request_parameters: call.request.as_ref(),
            response_elements: response,
            request_id,
            event_id: event_id.clone(),
            read_only: is_read.iter().any(|verb| call.call.starts_with(verb)),
            event_type: event_type.unwrap_or("AwsApiCall"),
            management_event: (year > 2020).then_some(true),
            recipient_account_id: &chapter.account,
            service_event_details: call.service.as_ref(),
            event_category: (year > 2020).then_some("Management"),
            session_credential_from_console: actor.fields.get("sessionCredentialFromConsole"),
        };
        Self {
            text: serde_json::to_string(&record).unwrap(),
            event_id,
            chapter,
            call,
            actor,
        }
    }

    /// The log in which a trail tells it: one for each account, region and ten minutes.
    fn log(&self, trail: &str) -> String {
        let (account, region) = (&self.chapter.account, &self.chapter.region);
        let at: jiff::Timestamp = self.call.at.parse().unwrap();
        let delivered = at.as_second() / 600 * 600 + 600;
        let delivered = jiff::Timestamp::from_second(delivered).unwrap();
        let (day, minute) = (
            delivered.strftime("%Y/%m/%d"),
            delivered.strftime("%Y%m%dT%H%MZ"),
        );
        let folder = format!("{trail}/{account}/CloudTrail/{region}/{day}");
        let name = format!("{account}_CloudTrail_{region}_{minute}");
        let unique = unique(&format!("{folder}/{name}"));
        format!("{folder}/{name}_{unique}.json.gz")
    }

    fn notification(&self) -> Value {
        let event = json!({
            "version": "0", "id": uuid(&format!("{} event", self.event_id)),
            "detail-type": "AWS API Call via CloudTrail", "source": format!("aws.{}", self.call.source),
            "account": self.chapter.account, "time": self.call.at, "region": self.chapter.region,
            "resources": [], "detail": serde_json::from_str::<Value>(&self.text).unwrap(),
        });
        json!({
            "Type": "Notification", "MessageId": uuid(&format!("{} message", self.event_id)),
            "TopicArn": format!("arn:aws:sns:us-east-1:{}:ec2-calls", self.chapter.account),
            "Message": event.to_string(), "Timestamp": self.call.at,
        })
    }

    fn looked_up(&self) -> Value {
        json!({
            "EventId": self.event_id, "EventName": self.call.call, "ReadOnly": "false",
            "AccessKeyId": self.actor.identity["accessKeyId"], "EventTime": self.call.at,
            "EventSource": format!("{}.amazonaws.com", self.call.source),
            "Username": self.actor.identity["arn"].as_str().unwrap().rsplit('/').next(),
            "Resources": [], "CloudTrailEvent": self.text,
        })
    }
}

fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// A UUID of version 4 that comes from the text.
fn uuid(text: &str) -> String {
    let mut bytes = digest(text);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..32],
    ];
    parts.join("-")
}

/// The sixteen characters that keep AWS's file names apart.
fn unique(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    digest(text)[..16].iter().map(letter).collect()
}

/// What a file is to hold.
#[derive(Debug, PartialEq, Eq)]
enum Content {
    /// As it lies on disk.
    Plain(Vec<u8>),
    /// One gzip member for each.
    Gzip(Vec<String>),
    /// The beginning of a gzip member.
    Cut(String),
}

impl Content {
    /// Says whether these are the bytes of such a file, however they were compressed.
    fn is(&self, bytes: &[u8]) -> bool {
        let has_no_time = bytes.get(4..8) == Some(&[0; 4]);
        let mut inflated = Vec::new();
        let whole = MultiGzDecoder::new(bytes).read_to_end(&mut inflated);
        match self {
            Self::Plain(plain) => bytes == plain,
            Self::Gzip(members) => {
                has_no_time && whole.is_ok() && inflated == members.concat().as_bytes()
            }
            Self::Cut(text) => {
                let is_beginning = !inflated.is_empty() && text.as_bytes().starts_with(&inflated);
                has_no_time && whole.is_err() && is_beginning
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Plain(plain) => plain.clone(),
            Self::Gzip(members) => members.iter().flat_map(|text| gzip(text)).collect(),
            Self::Cut(text) => {
                let whole = gzip(text);
                whole[..whole.len() * 3 / 4].to_vec()
            }
        }
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Makes the files from the story, by their path.
fn make(story: &Story) -> BTreeMap<String, Content> {
    let mut logs = BTreeMap::<String, Vec<Told>>::new();
    let mut ids = BTreeSet::new();
    for chapter in &story.chapters {
        for call in &chapter.calls {
            for trail in &chapter.r#in {
                let told = Told::new(story, chapter, call);
                let log = match story.files.contains_key(trail) {
                    true => trail.clone(),
                    false => told.log(trail),
                };
                ids.insert((told.event_id.clone(), trail.clone()));
                logs.entry(log).or_default().push(told);
            }
        }
    }
    let told: usize = logs.values().map(Vec::len).sum();
    assert_eq!(ids.len(), told, "two calls look alike");
    let mut files = BTreeMap::new();
    let mut appended = BTreeSet::new();
    for (path, special) in &story.files {
        let texts: Vec<&str> = logs.get(path).map_or(Vec::new(), |log| texts(log));
        let content = match special {
            Special::Notifications => {
                let lines = logs[path].iter().map(Told::notification);
                Content::Plain(
                    lines
                        .flat_map(|line| format!("{line}\n").into_bytes())
                        .collect(),
                )
            }
            Special::LookupEvents => {
                let events: Vec<Value> = logs[path].iter().rev().map(Told::looked_up).collect();
                let printed = serde_json::to_vec_pretty(&json!({"Events": events}));
                Content::Plain(printed.unwrap())
            }
            Special::Text { text } => Content::Plain(text.clone().into_bytes()),
            Special::Json { content } => Content::Gzip(vec![content.to_string()]),
            Special::Bytes { hex } => Content::Plain(
                (0..hex.len() / 2)
                    .map(|byte| u8::from_str_radix(&hex[byte * 2..byte * 2 + 2], 16).unwrap())
                    .collect(),
            ),
            Special::CutShort => Content::Cut(document(&texts)),
            Special::Broken { after, text } => {
                let mut texts = texts;
                texts.insert(*after, text);
                Content::Gzip(vec![document(&texts)])
            }
            Special::FollowedBy { log } => {
                appended.insert(log.clone());
                let second = logs
                    .get(log)
                    .unwrap_or_else(|| panic!("no such log: {log}"));
                Content::Gzip(vec![document(&texts), document(&self::texts(second))])
            }
        };
        files.insert(path.clone(), content);
    }
    for (path, log) in &logs {
        if !files.contains_key(path) && !appended.contains(path) {
            files.insert(path.clone(), Content::Gzip(vec![document(&texts(log))]));
        }
    }
    files
}

fn texts<'t>(log: &'t [Told]) -> Vec<&'t str> {
    log.iter().map(|told| told.text.as_str()).collect()
}

fn document(records: &[&str]) -> String {
    format!("{{\"Records\":[{}]}}", records.join(","))
}

/// The files that are there, by their path.
fn present(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = WalkDir::new(folder).into_iter().filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let below = entry.path().strip_prefix(folder).unwrap();
            let parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap()).collect();
            (parts.join("/"), entry.path().to_owned())
        })
        .collect()
}

#[test]
fn the_demo_archive_is_what_its_story_says() {
    let archives = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives");
    let folder = archives.join("demo");
    let text = fs::read_to_string(archives.join("demo.story.json")).unwrap();
    let files = make(&serde_json::from_str(&text).unwrap());
    let is_update = crate::goldens::is_update();
    for (path, content) in &files {
        let path = folder.join(path);
        if fs::read(&path).is_ok_and(|bytes| content.is(&bytes)) {
            continue;
        }
        assert!(
            is_update,
            "{}: not what the story says; TRAILSPAN_UPDATE_GOLDEN=1 rewrites it",
            path.display()
        );
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content.bytes()).unwrap();
    }
    for (path, place) in present(&folder) {
        if !files.contains_key(&path) {
            assert!(is_update, "{path}: not in the story");
            fs::remove_file(place).unwrap();
        }
    }
}
