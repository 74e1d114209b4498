//! A bucket as CloudTrail fills it: log files, and digests signed with a key made for the tests.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use md5::Md5;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::EncodePublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use trailspan::verification::Verification;
use trailspan::verify::{self, Options};

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const REGION: &str = "us-east-1";
pub(super) const BUCKET: &str = "example-bucket";

/// What stands before a SHA-256 sum in a signature.
const SHA256_INFO: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// A key that signs digests.
pub(crate) struct Key {
    private: RsaPrivateKey,
    pub(super) fingerprint: String,
    der: Vec<u8>,
}

/// Returns one of two keys that are made for the tests.
pub(crate) fn key(number: usize) -> &'static Key {
    static KEYS: OnceLock<[Key; 2]> = OnceLock::new();
    let read = |text: &str| {
        let text: String = text.split_ascii_whitespace().collect();
        let private = RsaPrivateKey::from_pkcs1_der(&STANDARD.decode(text).unwrap()).unwrap();
        let der = private.to_public_key().to_pkcs1_der().unwrap().into_vec();
        Key {
            fingerprint: hexadecimal(&Md5::digest(&der)),
            private,
            der,
        }
    };
    &KEYS.get_or_init(|| {
        [
            read(include_str!("../../../fixtures/digests/key-1.txt")),
            read(include_str!("../../../fixtures/digests/key-2.txt")),
        ]
    })[number]
}

impl Key {
    fn sign(&self, text: &str) -> String {
        let scheme = Pkcs1v15Sign {
            hash_len: Some(32),
            prefix: SHA256_INFO.into(),
        };
        let sum = Sha256::digest(text.as_bytes());
        hexadecimal(&self.private.sign(scheme, &sum).unwrap())
    }

    /// What `aws cloudtrail list-public-keys` prints of it.
    pub(crate) fn listed(&self) -> Value {
        json!({"PublicKeyList": [{
            "Value": STANDARD.encode(&self.der),
            "ValidityStartTime": 1_709_200_000.5,
            "ValidityEndTime": "2024-04-01T00:00:00+00:00",
            "Fingerprint": self.fingerprint,
        }]})
    }

    /// The same key as SubjectPublicKeyInfo, whose fingerprint is another one.
    pub(super) fn as_subject_public_key_info(&self) -> (String, String) {
        let der = self.private.to_public_key().to_public_key_der().unwrap();
        let fingerprint = hexadecimal(&Md5::digest(der.as_bytes()));
        (STANDARD.encode(der.as_bytes()), fingerprint)
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut content).unwrap();
    content
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The start of hour `number` of the chain, and minutes after it.
pub(super) fn at(hour: i64, minute: i64) -> Timestamp {
    let base: Timestamp = "2024-03-01T10:00:00Z".parse().unwrap();
    base.checked_add(SignedDuration::from_mins(hour * 60 + minute))
        .unwrap()
}

/// The objects of a bucket, and the signatures in their metadata.
#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    pub(super) signatures: BTreeMap<String, String>,
}

/// A trail that delivers into a bucket.
#[derive(Clone)]
pub(crate) struct Trail {
    pub(super) account: &'static str,
    pub(super) region: &'static str,
    pub(super) name: &'static str,
    /// What stands before the account: `AWSLogs`, a prefix, an organisation.
    pub(super) above: &'static str,
    pub(super) key: usize,
    pub(super) backfill: bool,
    /// Object, content and signature of its last digest.
    pub(super) last: Option<(String, Vec<u8>, String)>,
}

impl Trail {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            account: ACCOUNT,
            region: REGION,
            name,
            above: "AWSLogs",
            key: 0,
            backfill: false,
            last: None,
        }
    }

    /// Lets the next digest begin a chain.
    pub(super) fn restart(&mut self) {
        self.last = None;
    }

    /// Returns the object key of a log file.
    pub(super) fn log_key(&self, hour: i64, minute: i64) -> String {
        let (account, region) = (self.account, self.region);
        let time = at(hour, minute);
        let unique = &sha256(format!("{} {} {time}", self.above, self.name).as_bytes())[..16];
        format!(
            "{}/{account}/CloudTrail/{region}/{}/{account}_CloudTrail_{region}_{}_{unique}.json.gz",
            self.above,
            time.strftime("%Y/%m/%d"),
            time.strftime("%Y%m%dT%H%MZ"),
        )
    }

    /// Returns the object key of the digest of an hour.
    pub(crate) fn digest_key(&self, hour: i64) -> String {
        let (account, region, name) = (self.account, self.region, self.name);
        let time = at(hour + 1, 0);
        let backfill = if self.backfill { "_backfill" } else { "" };
        format!(
            "{}/{account}/CloudTrail-Digest/{region}/{}/{account}_CloudTrail-Digest_{region}_{name}_{REGION}_{}{backfill}.json.gz",
            self.above,
            time.strftime("%Y/%m/%d"),
            time.strftime("%Y%m%dT%H%M%SZ"),
        )
    }

    /// Delivers the log files of an hour, each with one record, and its digest.
    pub(super) fn hour(&mut self, world: &mut World, hour: i64, minutes: &[i64]) {
        let logs: Vec<(String, Value)> = minutes
            .iter()
            .map(|minute| (self.log_key(hour, *minute), self.record(hour, *minute)))
            .collect();
        self.deliver(world, hour, logs);
    }

    /// Delivers log files with one record each, and the digest of an hour that lists them.
    pub(super) fn deliver(&mut self, world: &mut World, hour: i64, logs: Vec<(String, Value)>) {
        let mut listed = Vec::new();
        for (key, record) in logs {
            let content = json!({"Records": [record]}).to_string().into_bytes();
            listed.push(json!({
                "s3Bucket": BUCKET,
                "s3Object": key,
                "hashValue": sha256(&content),
                "hashAlgorithm": "SHA-256",
                "newestEventTime": record["eventTime"],
                "oldestEventTime": record["eventTime"],
            }));
            world.objects.insert(key, gzip(&content));
        }
        let object = self.digest_key(hour);
        let end = at(hour + 1, 0).to_string();
        let previous = self.last.as_ref();
        let hash = previous.map(|(_, content, _)| sha256(content));
        let signature = previous.map(|(_, _, signature)| signature.as_str());
        let digest = json!({
            "awsAccountId": self.account,
            "digestStartTime": at(hour, 0).to_string(),
            "digestEndTime": end,
            "digestS3Bucket": BUCKET,
            "digestS3Object": object,
            "digestPublicKeyFingerprint": key(self.key).fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": listed.last().map(|log| log["newestEventTime"].clone()),
            "oldestEventTime": listed.first().map(|log| log["oldestEventTime"].clone()),
            "previousDigestS3Bucket": previous.map(|_| BUCKET),
            "previousDigestS3Object": previous.map(|(object, _, _)| object),
            "previousDigestHashValue": hash,
            "previousDigestHashAlgorithm": previous.map(|_| "SHA-256"),
            "previousDigestSignature": signature,
            "logFiles": listed,
        });
        let content = digest.to_string().into_bytes();
        let signed = [
            end.as_str(),
            &format!("{BUCKET}/{object}"),
            &sha256(&content),
            signature.unwrap_or("null"),
        ];
        let signature = key(self.key).sign(&signed.join("\n"));
        world.signatures.insert(object.clone(), signature.clone());
        world.objects.insert(object.clone(), gzip(&content));
        self.last = Some((object, content, signature));
    }

    /// A record of a gateway that was attached.
    pub(super) fn record(&self, hour: i64, minute: i64) -> Value {
        let id = sha256(format!("{} {hour} {minute}", self.region).as_bytes());
        let names = json!({"internetGatewayId": format!("igw-{}", &id[..17]), "vpcId": "vpc-0123456789abcdef0"});
        json!({
            "eventVersion": "1.08",
            "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::{}:user/alice", self.account), "userName": "alice"},
            "eventTime": at(hour, minute).to_string(),
            "eventSource": "ec2.amazonaws.com",
            "eventName": "AttachInternetGateway",
            "awsRegion": self.region,
            "sourceIPAddress": "198.51.100.7",
            "userAgent": "aws-cli/2.15.30",
            "requestParameters": names,
            "responseElements": {"requestId": "r", "_return": true},
            "eventID": format!("{}-aaaa-4bbb-8ccc-{}", &id[..8], &id[8..20]),
            "recipientAccountId": self.account,
        })
    }

    /// A call of CloudTrail that concerns a trail.
    pub(super) fn change(&self, hour: i64, minute: i64, call: &str) -> (String, Value) {
        let mut record = self.record(hour, minute);
        record["eventSource"] = json!("cloudtrail.amazonaws.com");
        record["eventName"] = json!(call);
        let arn = format!(
            "arn:aws:cloudtrail:{REGION}:{}:trail/{}",
            self.account, self.name
        );
        record["requestParameters"] = json!({"name": arn});
        (self.log_key(hour, minute), record)
    }
}

/// Four hours of one trail; the second has no log file.
pub(crate) fn four_hours() -> (World, Trail) {
    let (mut world, mut trail) = (World::default(), Trail::new("my_main_trail"));
    for (hour, minutes) in [(0, &[5_i64, 20][..]), (1, &[]), (2, &[10]), (3, &[15, 40])] {
        trail.hour(&mut world, hour, minutes);
    }
    (world, trail)
}

impl World {
    /// Changes the JSON of an object, and gives it no new signature.
    pub(super) fn edit(&mut self, key: &str, change: impl FnOnce(&mut Value)) {
        let mut value: Value = serde_json::from_slice(&gunzip(&self.objects[key])).unwrap();
        change(&mut value);
        self.put(key, value.to_string().as_bytes());
    }

    /// Puts content under a key.
    pub(super) fn put(&mut self, key: &str, content: &[u8]) {
        self.objects.insert(key.to_owned(), gzip(content));
    }

    /// Copies it to a folder.
    pub(super) fn copy_to(&self, folder: &Path) {
        for (key, bytes) in &self.objects {
            let path = folder.join(key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// What `aws s3api head-object` prints of an object.
    pub(crate) fn head(&self, key: &str) -> Value {
        json!({
            "AcceptRanges": "bytes",
            "ContentLength": self.objects.get(key).map(Vec::len),
            "ContentType": "application/json",
            "Metadata": {
                "signature": self.signatures[key],
                "signature-algorithm": "SHA256withRSA",
                "backfill-generation-timestamp": "2024-03-02T00:00:00Z",
            },
        })
    }
}

/// A folder with a copy of a bucket, and what is supplied to verify it.
pub(super) struct Case {
    pub(super) folder: TempDir,
    pub(super) options: Options,
}

impl Case {
    pub(super) fn new(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("archive");
        fs::create_dir(&archive).unwrap();
        world.copy_to(&archive);
        let options = Options {
            paths: vec![archive],
            threads: 1,
            ..Options::default()
        };
        Self { folder, options }
    }

    /// Writes a file beside the archive.
    pub(super) fn file(&self, name: &str, content: &Value) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content.to_string()).unwrap();
        path
    }

    /// Supplies keys.
    pub(super) fn with_keys(mut self, listed: &[Value]) -> Self {
        for (number, listed) in listed.iter().enumerate() {
            let path = self.file(&format!("keys-{number}.json"), listed);
            self.options.keys.push(path);
        }
        self
    }

    /// Supplies the metadata of an object.
    pub(super) fn with_metadata(mut self, name: &str, head: &Value) -> Self {
        let name = name.rsplit('/').next().unwrap();
        let path = self.file(&format!("metadata-{name}.json"), head);
        self.options.metadata.push(path);
        self
    }

    pub(super) fn verify(&self) -> Verification {
        let survey = verify::survey(&self.options, &|_| (), &AtomicBool::new(false)).unwrap();
        verify::verify(
            &survey,
            &verify::trusted(&self.options).unwrap(),
            &self.options,
        )
    }
}

/// Verifies a copy of a bucket with the keys and nothing else.
pub(super) fn verified(world: &World) -> Verification {
    Case::new(world).with_keys(&[key(0).listed()]).verify()
}

/// Verifies a copy of a bucket with the keys and the metadata of a digest.
pub(super) fn fully_verified(world: &World, newest: &str) -> Verification {
    let case = Case::new(world).with_keys(&[key(0).listed()]);
    case.with_metadata(newest, &world.head(newest)).verify()
}
