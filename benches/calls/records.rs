//! Records as AWS writes them, made up.

use std::sync::Arc;

use trailspan::record::{Integrity, Place, Record, Sha256};

/// A call: its name, its request and its response, both as JSON.
pub(crate) type Call = (&'static str, String, String);

/// A response that says nothing but that the call succeeded.
pub(crate) const YES: &str = r#"{"_return":true}"#;

/// What the sessions call with.
const AGENTS: [&str; 4] = [
    "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79 exe/x86_64 prompt/off command/ec2.run-instances",
    "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#5.10.209 md/arch#x86_64 lang/python#3.9.16",
    "APN/1.0 HashiCorp/1.0 Terraform/1.7.4 (+https://www.terraform.io) terraform-provider-aws/5.39.0",
    "AWS Internal",
];

/// Makes the record of a call, in the given second; one of 500 sessions makes it.
pub(crate) fn record(number: usize, second: usize, (name, request, response): &Call) -> Record {
    let time = jiff::Timestamp::from_second(1_700_000_000 + second as i64).unwrap_or_default();
    let identity = identity(number / 20 % 500);
    let [event, request_id] = [uuid(1, number), uuid(2, number)];
    let (address, agent) = (1 + number / 20 % 250, AGENTS[number / 20 % AGENTS.len()]);
    let raw = format!(
        r#"{{"eventVersion":"1.09","userIdentity":{identity},"eventTime":"{time}","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.{address}","userAgent":"{agent}","requestParameters":{request},"responseElements":{response},"requestID":"{request_id}","eventID":"{event}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"ec2.us-east-1.amazonaws.com"}}}}"#
    );
    let place = Place {
        source: "AWSLogs/111122223333/CloudTrail/us-east-1/corpus.json.gz".into(),
        member: None,
        ordinal: number as u64,
        offset: 0,
        sha256: Sha256::default(),
    };
    Record {
        raw: Arc::from(raw),
        places: vec![place],
        integrity: Integrity::default(),
    }
}

fn identity(session: usize) -> String {
    format!(
        r#"{{"type":"AssumedRole","principalId":"AROAEXAMPLE:session-{session}","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/session-{session}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE{session:09}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/Deploy","accountId":"111122223333","userName":"Deploy"}},"attributes":{{"creationDate":"2023-11-14T00:00:00Z","mfaAuthenticated":"false"}}}}}}"#
    )
}

/// Makes an id of 17 hexadecimal digits, which look like chance.
pub(crate) fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}-0{:016x}", scrambled(number as u64))
}

/// Spreads numbers over all 64 bits, no two onto one: what repeats in an id would be compressed away.
fn scrambled(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Makes an id in the form of a UUID, of the kind that is meant.
fn uuid(kind: u64, number: usize) -> String {
    let high = scrambled(number as u64 ^ kind << 48);
    let low = scrambled(high);
    format!(
        "{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
