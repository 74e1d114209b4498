//! Records as AWS writes them, made up.

use std::sync::Arc;

use trailspan::record::{Integrity, Place, Record, Sha256};

/// A call: its name, its request and its response, both as JSON.
pub(crate) type Call = (&'static str, String, String);

/// A response that says nothing but that the call succeeded.
pub(crate) const YES: &str = r#"{"_return":true}"#;

/// Makes the record of a call, in the given second; one of 500 sessions makes it.
pub(crate) fn record(number: usize, second: usize, (name, request, response): &Call) -> Record {
    let time = jiff::Timestamp::from_second(1_700_000_000 + second as i64).unwrap_or_default();
    let identity = identity(number / 20 % 500);
    let raw = format!(
        r#"{{"eventVersion":"1.09","userIdentity":{identity},"eventTime":"{time}","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.15.30 Python/3.11.8 Linux/6.1 exe/x86_64","requestParameters":{request},"responseElements":{response},"requestID":"{number:08x}-34bd-4eac-99ed-be587EXAMPLE","eventID":"{number:08x}-aaaa-4bbb-8ccc-0123456789ab","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"ec2.us-east-1.amazonaws.com"}}}}"#
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

/// Makes an id of 17 hexadecimal digits.
pub(crate) fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}-{number:017x}")
}
