//! Keys and metadata as people supply them.

use serde_json::{Value, json};
use trailspan::verification::{DigestStatus, Verification, Weight};
use trailspan::verify;

use super::world::{Case, four_hours, key};
use super::{digests, weight};

/// Verifies four hours with these lists of keys.
fn with_keys(listed: &[Value]) -> Verification {
    let (world, _) = four_hours();
    Case::new(&world).with_keys(listed).verify()
}

/// Returns what the key file says with one field changed.
fn listed_with(field: &str, value: Value) -> Value {
    let mut listed = key(0).listed();
    listed["PublicKeyList"][0][field] = value;
    listed
}

#[test]
fn p16_keys_are_read_however_awscli_printed_them() {
    let mut small = key(0).listed();
    small["publicKeyList"] = small["PublicKeyList"].take();
    small.as_object_mut().unwrap().remove("PublicKeyList");
    let mut bare = key(0).listed();
    for field in ["ValidityStartTime", "ValidityEndTime"] {
        bare["PublicKeyList"][0]
            .as_object_mut()
            .unwrap()
            .remove(field);
    }
    let value = key(0).listed()["PublicKeyList"][0]["Value"]
        .as_str()
        .unwrap()
        .to_owned();
    let broken_lines: String = value
        .chars()
        .collect::<Vec<_>>()
        .chunks(64)
        .map(|line| line.iter().collect::<String>() + "\n")
        .collect();
    for listed in [
        key(0).listed(),
        small,
        bare,
        listed_with("Value", json!(broken_lines)),
        listed_with("Fingerprint", json!(key(0).fingerprint.to_uppercase())),
        listed_with(
            "ValidityStartTime",
            json!("2024-02-01T00:00:00.000000+00:00"),
        ),
        listed_with("ValidityEndTime", json!(1_712_000_000)),
    ] {
        assert_eq!(
            digests(&with_keys(std::slice::from_ref(&listed)))[..3],
            [DigestStatus::Signed; 3],
            "{listed}"
        );
    }
}

#[test]
fn p16_a_key_in_subject_public_key_info_is_read_under_its_own_fingerprint() {
    let (value, fingerprint) = key(0).as_subject_public_key_info();
    let listed = json!({"PublicKeyList": [{"Value": value, "Fingerprint": fingerprint}]});
    // The digests name the fingerprint of the other form, so it is not theirs; but it can be read.
    assert_eq!(
        digests(&with_keys(&[listed]))[0],
        DigestStatus::KeyNotSupplied
    );
}

#[test]
fn p16_a_key_must_be_the_one_that_it_is_called() {
    // Another key under the fingerprint that the digests name.
    let mut other = key(1).listed();
    other["PublicKeyList"][0]["Fingerprint"] = json!(key(0).fingerprint);
    let found = with_keys(&[other.clone()]);
    assert_eq!(digests(&found)[0], DigestStatus::KeyFingerprintMismatch);
    assert_eq!(weight(&found), Weight::Bad);
    // It takes nothing from the true one.
    assert_eq!(
        digests(&with_keys(&[other, key(0).listed()]))[0],
        DigestStatus::Signed
    );
    // Another key under its own fingerprint is just not theirs.
    assert_eq!(
        digests(&with_keys(&[key(1).listed()]))[0],
        DigestStatus::KeyNotSupplied
    );
}

#[test]
fn p16_a_key_signs_only_while_it_is_valid() {
    for (field, time) in [
        ("ValidityStartTime", "2024-03-01T18:00:00Z"),
        ("ValidityEndTime", "2024-03-01T10:59:59Z"),
    ] {
        let found = with_keys(&[listed_with(field, json!(time))]);
        assert_eq!(digests(&found)[0], DigestStatus::KeyNotSupplied, "{field}");
        let said = found.digests[0].reason.as_ref().unwrap().as_str();
        assert!(said.contains("not valid at its time"), "{said}");
    }
    // A digest is signed within two hours after its end.
    let late = listed_with("ValidityStartTime", json!("2024-03-01T13:00:00Z"));
    assert_eq!(digests(&with_keys(&[late]))[0], DigestStatus::Signed);
}

#[test]
fn p16_what_is_no_list_of_keys_is_refused_with_a_reason() {
    let short = "MEgCQQC5bwLkDGb8bSYFbSCmCqzJCQEdKBvX6dTCjxXVx6bm7V8x0UYI9pXvPDR0eiKNjVCUuKxZk8iTQ3dgZ6Ec6cXXAgMBAAE=";
    for (listed, why) in [
        (json!({}), "no list of public keys"),
        (json!({"PublicKeyList": []}), "no public key in it"),
        (json!([1, 2]), "no list of public keys"),
        (listed_with("Value", json!("***")), "not in Base64"),
        (
            listed_with("Value", json!("AAAA")),
            "neither PKCS #1 nor SubjectPublicKeyInfo",
        ),
        (listed_with("Value", json!(short)), "less than 2048 bits"),
        (
            listed_with("ValidityEndTime", json!("tomorrow")),
            "its validity is no time",
        ),
        (
            listed_with("ValidityEndTime", json!(1e300)),
            "its validity is no time",
        ),
    ] {
        let (world, _) = four_hours();
        let case = Case::new(&world).with_keys(&[listed]);
        let error = verify::trusted(&case.options).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn p16_metadata_belongs_to_the_digest_that_is_named_beside_it_or_that_it_fits() {
    let (world, trail) = four_hours();
    let newest = trail.digest_key(3);
    let with = |name: &str, head: Value| {
        let case = Case::new(&world).with_keys(&[key(0).listed()]);
        let found = case.with_metadata(name, &head).verify();
        digests(&found)[3]
    };
    let mut named = world.head(&newest);
    named["Key"] = json!(newest);
    let mut prefixed = world.head(&newest);
    let metadata = prefixed["Metadata"].take();
    prefixed["Metadata"] = json!({
        "x-amz-meta-signature": metadata["signature"],
        "X-Amz-Meta-Signature-Algorithm": metadata["signature-algorithm"],
    });
    for (name, head) in [
        ("unnamed", world.head(&newest)),
        (newest.as_str(), world.head(&newest)),
        ("unnamed", named),
        ("unnamed", prefixed),
    ] {
        assert_eq!(with(name, head), DigestStatus::Signed, "{name}");
    }
    // The signature of another digest refutes the one that it is named for, and says nothing otherwise.
    let other = world.head(&trail.digest_key(2));
    assert_eq!(with(&newest, other.clone()), DigestStatus::BadSignature);
    assert_eq!(with("unnamed", other), DigestStatus::UnsignedTail);
}

#[test]
fn p16_what_is_no_metadata_is_refused_with_a_reason() {
    let (world, trail) = four_hours();
    let head = world.head(&trail.digest_key(3));
    let mut unsigned = head.clone();
    unsigned["Metadata"] = json!({});
    let mut other = head;
    other["Metadata"]["signature-algorithm"] = json!("none");
    for (head, why) in [
        (json!({"ContentLength": 7}), "no metadata of an object"),
        (unsigned, "has no signature"),
        (other, "does not say SHA256withRSA"),
    ] {
        let case = Case::new(&world).with_metadata("x", &head);
        let error = verify::trusted(&case.options).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
