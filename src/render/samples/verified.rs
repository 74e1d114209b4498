//! What a verification said: of every kind a row, some of it hostile.

use super::at;
use crate::record::{Integrity, Sha256};
use crate::text::Text;
use crate::verification::{
    Chain, DigestRow, DigestStatus, Gap, KeyFile, LogRow, LogStatus, Note, PeriodRow, PeriodStatus,
    Summary, TrailChange, Verification,
};

/// A gap that digests prove.
pub(in crate::render) fn gap() -> Gap {
    Gap {
        account: "111122223333".into(),
        region: "us-east-1".into(),
        from: at("2 03:00:00"),
        until: at("2 05:00:00"),
        status: "GAP".into(),
        trail: "main".into(),
    }
}

fn chain(trail: &str) -> Chain {
    Chain {
        account: "111122223333".into(),
        region: "us-east-1".into(),
        trail: trail.into(),
        home_region: "us-east-1".into(),
        backfill: false,
    }
}

fn period(status: PeriodStatus, from: &str, until: &str) -> PeriodRow {
    PeriodRow {
        chain: chain("main"),
        status,
        from: Some(at(from)),
        until: Some(at(until)),
        digests: 2,
        signed: 0,
        reason: None,
        changes: Vec::new(),
    }
}

fn digest(status: DigestStatus, until: &str) -> DigestRow {
    let object = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2024/03/01/x.json.gz";
    DigestRow {
        chain: chain("main"),
        status,
        from: Some(at("1 10:00:00")),
        until: Some(at(until)),
        bucket: Some("example-bucket".into()),
        object: Some(object.into()),
        source: Some(Text::from(format!("dump/{object}"))),
        sha256: Some(Sha256::default()),
        content_sha256: Some(Sha256::default()),
        key_fingerprint: Some("8eba5db5bea9b640d1c96a77256fe7f2".into()),
        logs: 3,
        notes: Vec::new(),
        reason: None,
    }
}

fn log(status: LogStatus, name: &str) -> LogRow {
    let object = format!("AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/01/{name}.json.gz");
    LogRow {
        status,
        account: "111122223333".into(),
        region: "us-east-1".into(),
        trail: "main".into(),
        time: Some(at("1 10:05:00")),
        bucket: Some("example-bucket".into()),
        object: Some(Text::from(object.as_str())),
        digest: digest(DigestStatus::Signed, "1 11:00:00").object,
        source: Some(Text::from(object)),
        holder: None,
        sha256: Some(Sha256::default()),
        content_sha256: Some(Sha256::default()),
        listed_sha256: Some(Sha256::default()),
        listed_bytes: None,
        integrity: Integrity::Valid,
        notes: Vec::new(),
        reason: None,
    }
}

/// A verification that found something of everything.
pub(in crate::render) fn verification() -> Verification {
    let change = TrailChange {
        time: at("3 07:59:00"),
        event_name: "StopLogging".into(),
        event_id: Some("0002a88a-aaaa-4bbb-8ccc-0123456789ab".into()),
        trail: "main".into(),
        region: "us-east-1".into(),
        actor: Some("arn:aws:iam::111122223333:user/mallory\u{1b}[2J".into()),
        source: "AWSLogs/stop.json.gz".into(),
    };
    let mut verification = Verification {
        periods: vec![
            PeriodRow {
                from: None,
                digests: 0,
                reason: Some("the digest before is not in this archive: AWSLogs/\u{202e}x".into()),
                ..period(PeriodStatus::OpenStart, "1 00:00:00", "1 00:00:00")
            },
            PeriodRow {
                digests: 27,
                signed: 26,
                ..period(PeriodStatus::Covered, "1 00:00:00", "2 03:00:00")
            },
            PeriodRow {
                reason: Some("2 digests missing; no record in this archive explains it".into()),
                ..period(PeriodStatus::Gap, "2 03:00:00", "2 05:00:00")
            },
            PeriodRow {
                digests: 0,
                reason: Some("the chain begins anew".into()),
                changes: vec![change],
                ..period(PeriodStatus::Restart, "3 08:00:00", "3 09:00:00")
            },
            PeriodRow {
                until: None,
                digests: 0,
                chain: Chain::default(),
                ..period(PeriodStatus::OpenEnd, "4 00:00:00", "4 00:00:00")
            },
        ],
        digests: vec![
            digest(DigestStatus::Signed, "1 11:00:00"),
            DigestRow {
                notes: vec![Note::Relocated, Note::TrailingData],
                reason: Some(
                    "the hash that the digest after it has of it fits, the signature does not"
                        .into(),
                ),
                ..digest(DigestStatus::BadSignature, "1 12:00:00")
            },
            DigestRow {
                source: None,
                ..digest(DigestStatus::Missing, "1 13:00:00")
            },
            DigestRow {
                chain: Chain::default(),
                bucket: None,
                object: None,
                from: None,
                until: None,
                reason: Some("no digest: expected value at line 1 column 1".into()),
                ..digest(DigestStatus::Malformed, "1 14:00:00")
            },
        ],
        logs: vec![
            log(LogStatus::Valid, "a"),
            log(LogStatus::HashMismatch, "=cmd()"),
            LogRow {
                listed_bytes: Some(4_711),
                reason: Some("12 bytes of content follow the 4711 that the digest lists".into()),
                ..log(LogStatus::TrailingData, "b")
            },
            LogRow {
                object: None,
                source: Some("AWSLogs/\u{1b}[2Jforged.json.gz".into()),
                trail: Text::default(),
                ..log(LogStatus::Unreferenced, "c")
            },
            LogRow {
                source: None,
                sha256: None,
                ..log(LogStatus::Missing, "d")
            },
        ],
        gaps: vec![gap()],
        summary: Summary {
            keys: vec![KeyFile {
                source: "keys-us-east-1.json".into(),
                sha256: Sha256::default(),
                entries: 3,
            }],
            skipped: 1,
            unread: vec!["AWSLogs/notes\u{9b}.zip".into()],
            ..Summary::default()
        },
    };
    verification.sum_up();
    verification
}
