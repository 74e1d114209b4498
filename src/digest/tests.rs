//! Names, documents and the signed text, one by one.

use super::document::Document;
use super::names::{DigestName, LogName};
use super::paths::is_relocated;
use super::signature::signed_text;
use crate::record::Sha256;

#[test]
fn a_digests_name_is_read_from_both_ends() {
    for (name, trail, time, backfill) in [
        ("main", "main", "2024-03-01T11:00:00Z", ""),
        ("a_b_c", "a_b_c", "2024-03-01T11:00:00Z", ""),
        (
            "us-west-2_x",
            "us-west-2_x",
            "2024-03-01T11:00:00Z",
            "_backfill",
        ),
        ("a.b-c", "a.b-c", "2024-03-01T11:00:00Z", ""),
    ] {
        let file = format!(
            "x/111122223333_CloudTrail-Digest_us-gov-east-1_{name}_eu-west-1_20240301T110000Z{backfill}.json.gz"
        );
        for path in [
            file.clone(),
            file.replace(".gz", ""),
            file.replace(".json", " (1).json"),
            file.replace("x/", ""),
        ] {
            let read = DigestName::parse(&path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(
                (read.account.as_str(), read.region.as_str()),
                ("111122223333", "us-gov-east-1")
            );
            assert_eq!(
                (read.trail.as_str(), read.home_region.as_str()),
                (trail, "eu-west-1")
            );
            assert_eq!(
                (read.time.to_string().as_str(), read.backfill),
                (time, !backfill.is_empty())
            );
            assert_eq!(LogName::parse(&path), None);
        }
    }
}

#[test]
fn what_is_no_digests_name_is_none() {
    for path in [
        "",
        "/",
        "111122223333_CloudTrail_us-east-1_20240301T1005Z_9nYN7gp2eWAJHIfT.json.gz",
        "111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20240301T1100Z.json.gz",
        "111122223333_CloudTrail-Digest_us-east-1_us-east-1_20240301T110000Z.json.gz",
        "111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20241301T110000Z.json.gz",
        "111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20240301T11+000Z.json.gz",
        "11112222333_CloudTrail-Digest_us-east-1_main_us-east-1_20240301T110000Z.json.gz",
        "１１１１_CloudTrail-Digest_us-east-1_main_us-east-1_20240301T110000Z.json.gz",
        "111122223333_CloudTrail-Digest_US EAST_main_us-east-1_20240301T110000Z.json.gz",
    ] {
        assert_eq!(DigestName::parse(path), None, "{path}");
    }
}

#[test]
fn a_logs_name_tells_account_region_and_minute() {
    for name in [
        "111122223333_CloudTrail_us-east-1_20240301T1005Z_9nYN7gp2eWAJHIfT.json.gz",
        "111122223333_CloudTrail_us-east-1_20240301T1005ZHdkvFTXOA3Vnhbc.json.gz",
        "111122223333_CloudTrail-Insight_us-east-1_20240301T1005Z_9nYN7gp2eWAJHIfT.json",
        "AWSLogs/111122223333_CloudTrail_us-east-1_20240301T1005Z_9nYN7gp2eWAJHIfT.json(2).gz",
    ] {
        let read = LogName::parse(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(
            (read.account.as_str(), read.region.as_str()),
            ("111122223333", "us-east-1")
        );
        assert_eq!(read.time.to_string(), "2024-03-01T10:05:00Z");
    }
    for name in [
        "111122223333_CloudTrail_us-east-1_20240301T1005Z_short.json.gz",
        "111122223333_CloudTrailX_us-east-1_20240301T1005Z_9nYN7gp2eWAJHIfT.json.gz",
        "111122223333_CloudTrail_us-east-1_20240301T2505Z_9nYN7gp2eWAJHIfT.json.gz",
        "records.json",
    ] {
        assert_eq!(LogName::parse(name), None, "{name}");
    }
}

#[test]
fn a_file_is_relocated_where_its_name_or_the_folders_of_its_day_differ() {
    let object = "prefix/AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/01/x.json.gz";
    for (source, expected) in [
        (object, false),
        (
            "/evidence/AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/01/x.json.gz",
            false,
        ),
        ("2024/03/01/x.json", false),
        ("03/01/x.json.gz", true),
        ("x.json.gz", true),
        (
            "AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/02/x.json.gz",
            true,
        ),
    ] {
        assert_eq!(is_relocated(source, object), expected, "{source}");
    }
    assert!(!is_relocated("folder/x.json.gz", "x.json.gz"));
}

/// The shape of a captured digest, with names that are made up.
const DIGEST: &str = r#"{"awsAccountId":"111122223333","digestStartTime":"2024-03-01T10:00:00Z",
"digestEndTime":"2024-03-01T11:00:00Z","digestS3Bucket":"b","digestS3Object":"o.json.gz",
"digestPublicKeyFingerprint":"8EBA5DB5BEA9B640D1C96A77256FE7F2","digestSignatureAlgorithm":"SHA256withRSA",
"newestEventTime":null,"oldestEventTime":null,"previousDigestS3Bucket":PREVIOUS,
"previousDigestS3Object":PREVIOUS,"previousDigestHashValue":HASH,
"previousDigestHashAlgorithm":ALGORITHM,"previousDigestSignature":SIGNATURE,"logFiles":[],"more":{}}"#;

#[test]
fn the_signed_text_is_what_aws_documents() {
    let first = DIGEST
        .replace("ALGORITHM", "null")
        .replace("PREVIOUS", "null");
    let first = first.replace("HASH", "null").replace("SIGNATURE", "null");
    let first = Document::parse(first.as_bytes()).unwrap();
    assert_eq!(
        first.fingerprint.as_str(),
        "8eba5db5bea9b640d1c96a77256fe7f2"
    );
    assert_eq!(first.previous, None);
    let sum = Sha256(std::array::from_fn(|index| index as u8));
    let hash = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    assert_eq!(
        signed_text(&first, &sum),
        format!("2024-03-01T11:00:00Z\nb/o.json.gz\n{hash}\nnull")
    );
    let next = DIGEST
        .replace("ALGORITHM", "\"SHA-256\"")
        .replace("PREVIOUS", "\"p\"");
    let next = next
        .replace("HASH", &format!("\"{hash}\""))
        .replace("SIGNATURE", "\"ABcd\"");
    let next = Document::parse(next.as_bytes()).unwrap();
    // The signature of the one before is signed as it is written.
    assert!(signed_text(&next, &sum).ends_with("\nABcd"));
    assert_eq!(next.previous.unwrap().sha256, sum);
}
