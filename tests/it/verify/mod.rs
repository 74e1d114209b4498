//! `verify`: chains of digests that are signed with a key made for the tests, whole, changed and cut.

mod awscli;
mod bundled;
mod chains;
mod changed;
mod containers;
mod hostile;
mod kept;
mod keys;
mod program;
pub(crate) mod world;

use trailspan::verification::{DigestStatus, LogStatus, PeriodStatus, Verification, Weight};

use world::{Case, four_hours, fully_verified, key, verified};

/// Lists the statuses of the digests, in order of time.
fn digests(verification: &Verification) -> Vec<DigestStatus> {
    verification.digests.iter().map(|row| row.status).collect()
}

/// Lists the statuses of the log files, in order of their names.
fn logs(verification: &Verification) -> Vec<LogStatus> {
    verification.logs.iter().map(|row| row.status).collect()
}

/// Lists the statuses of the periods, in order of time.
fn periods(verification: &Verification) -> Vec<PeriodStatus> {
    verification.periods.iter().map(|row| row.status).collect()
}

fn weight(verification: &Verification) -> Weight {
    verification.summary.weight
}

#[test]
fn p16_a_whole_chain_with_keys_and_metadata_is_valid() {
    let (world, trail) = four_hours();
    let found = fully_verified(&world, &trail.digest_key(3));
    assert_eq!(digests(&found), [DigestStatus::Signed; 4]);
    assert_eq!(logs(&found), [LogStatus::Valid; 5]);
    assert_eq!(
        periods(&found),
        [PeriodStatus::Covered, PeriodStatus::OpenEnd]
    );
    let covered = &found.periods[0];
    assert_eq!(
        (covered.from, covered.until),
        (Some(world::at(0, 0)), Some(world::at(4, 0)))
    );
    assert_eq!((covered.digests, covered.signed), (4, 4));
    assert_eq!(covered.chain.trail.as_str(), "my_main_trail");
    assert!(found.gaps.is_empty());
    assert_eq!(weight(&found), Weight::Good);
}

#[test]
fn p16_without_metadata_all_but_the_newest_digest_are_signed() {
    let (world, _) = four_hours();
    let found = verified(&world);
    let mut expected = [DigestStatus::Signed; 4];
    expected[3] = DigestStatus::UnsignedTail;
    assert_eq!(digests(&found), expected);
    let [older @ .., one, other] = &logs(&found)[..] else {
        panic!("five log files")
    };
    assert_eq!(older, [LogStatus::Valid; 3]);
    assert_eq!([*one, *other], [LogStatus::Consistent; 2]);
    assert_eq!(weight(&found), Weight::Open);
}

#[test]
fn p16_without_keys_nothing_is_valid() {
    let (world, trail) = four_hours();
    let found = Case::new(&world)
        .with_metadata("newest", &world.head(&trail.digest_key(3)))
        .verify();
    assert_eq!(logs(&found), [LogStatus::Consistent; 5]);
    assert!(!digests(&found).contains(&DigestStatus::Signed));
    assert_eq!(digests(&found)[0], DigestStatus::KeyNotSupplied);
    assert_eq!(weight(&found), Weight::Open);
}

#[test]
fn p16_without_digests_every_log_is_unreferenced() {
    let (mut world, _) = four_hours();
    world.objects.retain(|key, _| !key.contains("Digest"));
    let found = verified(&world);
    assert_eq!(logs(&found), [LogStatus::Unreferenced; 5]);
    assert!(found.digests.is_empty() && found.periods.is_empty());
    assert_eq!(weight(&found), Weight::Open);
    assert_eq!(weight(&verified(&world::World::default())), Weight::Open);
}

#[test]
fn p16_organisation_paths_and_prefixes_are_read() {
    let mut world = world::World::default();
    let mut trail = world::Trail::new("org_trail");
    trail.above = "some/prefix/AWSLogs/o-abcd123456";
    trail.account = "444455556666";
    trail.hour(&mut world, 0, &[5]);
    trail.hour(&mut world, 1, &[5]);
    let found = fully_verified(&world, &trail.digest_key(1));
    assert_eq!(weight(&found), Weight::Good);
    let row = &found.logs[0];
    assert_eq!(
        (row.account.as_str(), row.region.as_str()),
        ("444455556666", "us-east-1")
    );
    assert_eq!(row.trail.as_str(), "org_trail");
}

#[test]
fn p16_each_digest_is_held_against_the_key_that_it_names() {
    let mut world = world::World::default();
    let mut trail = world::Trail::new("main");
    trail.hour(&mut world, 0, &[5]);
    trail.key = 1;
    trail.hour(&mut world, 1, &[5]);
    trail.hour(&mut world, 2, &[5]);
    let both = Case::new(&world)
        .with_keys(&[key(0).listed(), key(1).listed()])
        .verify();
    let tail = DigestStatus::UnsignedTail;
    assert_eq!(
        digests(&both),
        [DigestStatus::Signed, DigestStatus::Signed, tail]
    );
    let first = verified(&world);
    assert_eq!(
        digests(&first),
        [DigestStatus::Signed, DigestStatus::KeyNotSupplied, tail]
    );
    assert_eq!(logs(&first)[..2], [LogStatus::Valid, LogStatus::Consistent]);
}
