//! Digests, public keys and saved metadata: nothing that was changed passes for signed.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use trailspan::digest::{self, Chains, Content, DigestFile, Document, Judged, KeyRing, Metadata};
use trailspan::record::Sha256;
use trailspan::text::Text;
use trailspan::verification::{DigestStatus, LogStatus};

use super::{Run, Target, sum_of};
use crate::verify::world::{four_hours, gunzip, key};

pub(super) const TARGET: Target = Target {
    name: "digest",
    seeds,
    words: &[
        "null",
        "\"previousDigestSignature\"",
        "\"logFiles\"",
        "\"hashValue\"",
        "\"SHA256withRSA\"",
        "\"digestEndTime\"",
        "\"Value\"",
        "\"Fingerprint\"",
        "\"Metadata\"",
        "\"signature\"",
        "00",
        "ff",
    ],
    start,
};

/// What lies in a bucket: the digests, in order, and what the custodian saved.
struct Supplied {
    digests: Vec<(String, Vec<u8>)>,
    keys: Vec<u8>,
    head: Vec<u8>,
}

fn supplied() -> &'static Supplied {
    static SUPPLIED: OnceLock<Supplied> = OnceLock::new();
    SUPPLIED.get_or_init(|| {
        let (world, trail) = four_hours();
        let digests = (0..4).map(|hour| trail.digest_key(hour));
        Supplied {
            digests: digests
                .map(|key| (key.clone(), gunzip(&world.objects[&key])))
                .collect(),
            keys: key(0).listed().to_string().into_bytes(),
            head: world.head(&trail.digest_key(3)).to_string().into_bytes(),
        }
    })
}

/// The first byte says what is replaced by the rest.
fn seeds() -> Vec<Vec<u8>> {
    let supplied = supplied();
    let all = supplied.digests.iter().map(|(_, content)| &content[..]);
    let all = all.chain([&supplied.keys[..], &supplied.head]);
    (0..)
        .zip(all)
        .map(|(which, content)| [&[which][..], content].concat())
        .collect()
}

fn file(source: &str, content: &[u8]) -> DigestFile {
    DigestFile {
        content: Content {
            source: source.into(),
            holder: None,
            sha256: Some(Sha256::of(content)),
            content_sha256: Some(Sha256::of(content)),
            first_member: None,
            content_bytes: content.len() as u64,
            has_trailing_bytes: false,
            damage: None,
        },
        document: Document::parse(content),
    }
}

fn start() -> Run {
    let supplied = supplied();
    let whole: BTreeSet<Sha256> = supplied
        .digests
        .iter()
        .map(|(_, content)| Sha256::of(content))
        .collect();
    Box::new(move |input| {
        let Some((which, changed)) = input.split_first() else {
            return 0;
        };
        let which = usize::from(*which);
        let given = |index: usize, content: &'static [u8]| {
            if which == index {
                changed.to_vec()
            } else {
                content.to_vec()
            }
        };
        let files = (0..)
            .zip(&supplied.digests)
            .map(|(index, (source, content))| file(source, &given(index, content)));
        let chains = Chains::new(files.collect());
        let mut keys = KeyRing::default();
        let of_keys = keys.add(&given(4, &supplied.keys));
        let mut metadata = Metadata::default();
        let of_head = metadata.add(&Text::from("metadata-head.json"), &given(5, &supplied.head));
        let judged = Judged::new(&chains, &keys, &metadata);
        let found = digest::verify(&chains, &judged, &[], &[], None);
        for row in &found.digests {
            let is_whole = row
                .content_sha256
                .is_some_and(|sha256| whole.contains(&sha256));
            assert!(is_whole || row.status != DigestStatus::Signed, "{row:?}");
        }
        assert!(
            found.logs.iter().all(|row| row.status != LogStatus::Valid),
            "no log is here"
        );
        let statuses: Vec<_> = found
            .digests
            .iter()
            .map(|row| format!("{:?} {:?}", row.status, row.notes))
            .collect();
        let periods: Vec<_> = found
            .periods
            .iter()
            .map(|row| format!("{:?}", row.status))
            .collect();
        sum_of((statuses, periods, of_keys.is_ok(), of_head.is_ok()))
    })
}
