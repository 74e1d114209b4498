//! Chains that are cut, begin anew, stand side by side, or are of backfill digests.

use serde_json::json;
use trailspan::verification::{DigestStatus, LogStatus, PeriodRow, PeriodStatus, Weight};

use super::world::{Case, Trail, World, at, fully_verified, key, verified};
use super::{digests, logs, periods, weight};

/// Eight hours of one trail, each with a log file.
fn eight_hours() -> (World, Trail) {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    for hour in 0..8 {
        trail.hour(&mut world, hour, &[10]);
    }
    (world, trail)
}

fn span(row: &PeriodRow) -> (Option<i64>, Option<i64>) {
    let hour = |time: jiff::Timestamp| (time.as_second() - at(0, 0).as_second()) / 3600;
    (row.from.map(hour), row.until.map(hour))
}

#[test]
fn p16_several_missing_digests_in_a_row_are_one_gap_of_as_many_hours() {
    for lacking in 1..=3 {
        let (mut world, trail) = eight_hours();
        for hour in 3..3 + lacking {
            world.objects.remove(&trail.digest_key(hour));
        }
        let found = fully_verified(&world, &trail.digest_key(7));
        let expected = [
            PeriodStatus::Covered,
            PeriodStatus::Gap,
            PeriodStatus::Covered,
            PeriodStatus::OpenEnd,
        ];
        assert_eq!(periods(&found), expected);
        let gap = &found.periods[1];
        assert_eq!(span(gap), (Some(3), Some(3 + lacking)));
        assert_eq!(gap.digests, u64::try_from(lacking).unwrap());
        let said = gap.reason.as_ref().unwrap().as_str();
        assert!(said.contains(&format!("{lacking} digest")), "{said}");
        // One of them is known by its name.
        let missing = found
            .digests
            .iter()
            .filter(|row| row.status == DigestStatus::Missing);
        let missing: Vec<_> = missing.map(|row| row.object.clone().unwrap()).collect();
        let [named] = &missing[..] else {
            panic!("{missing:?}")
        };
        assert_eq!(named.as_str(), trail.digest_key(2 + lacking));
        // The one before the gap has lost what held its signature.
        assert_eq!(digests(&found)[2], DigestStatus::UnsignedTail);
        // The logs of that time are in no digest.
        let unreferenced = logs(&found)
            .iter()
            .filter(|status| **status == LogStatus::Unreferenced)
            .count();
        assert_eq!(unreferenced, usize::try_from(lacking).unwrap());
        assert_eq!(weight(&found), Weight::Bad);
        let [gap] = &found.gaps[..] else {
            panic!("{:?}", found.gaps)
        };
        assert_eq!((gap.from, gap.until), (at(3, 0), at(3 + lacking, 0)));
        assert_eq!(gap.status.as_str(), "GAP");
    }
}

#[test]
fn p16_a_chain_may_go_on_before_and_after_what_is_here() {
    let (mut world, trail) = eight_hours();
    for hour in [0, 1, 7] {
        world.objects.remove(&trail.digest_key(hour));
        world.objects.remove(&trail.log_key(hour, 10));
    }
    let found = fully_verified(&world, &trail.digest_key(6));
    let expected = [
        PeriodStatus::OpenStart,
        PeriodStatus::Covered,
        PeriodStatus::OpenEnd,
    ];
    assert_eq!(periods(&found), expected);
    assert_eq!(weight(&found), Weight::Good);
    // Until when there should be digests, only a person can say.
    let mut case = Case::new(&world).with_keys(&[key(0).listed()]);
    case = case.with_metadata(&trail.digest_key(6), &world.head(&trail.digest_key(6)));
    case.options.expect_until = Some(at(7, 0));
    assert_eq!(weight(&case.verify()), Weight::Good);
    case.options.expect_until = Some(at(8, 0));
    let cut = case.verify();
    let expected = [
        PeriodStatus::OpenStart,
        PeriodStatus::Covered,
        PeriodStatus::Gap,
    ];
    assert_eq!(periods(&cut), expected);
    assert_eq!(span(&cut.periods[2]), (Some(7), Some(8)));
    assert_eq!(weight(&cut), Weight::Open);
}

#[test]
fn p16_a_chain_that_begins_anew_is_told_with_the_calls_that_explain_it() {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    trail.hour(&mut world, 0, &[10]);
    let stop = trail.change(1, 30, "StopLogging");
    trail.deliver(&mut world, 1, vec![stop]);
    trail.restart();
    // A failed call and another trail's explain nothing.
    let start = trail.change(4, 5, "StartLogging");
    let mut failed = trail.change(4, 6, "UpdateTrail");
    failed.1["errorCode"] = json!("AccessDenied");
    let mut other = trail.change(4, 7, "UpdateTrail");
    other.1["requestParameters"]["name"] = json!("another");
    trail.deliver(&mut world, 4, vec![start, failed, other]);
    let found = fully_verified(&world, &trail.digest_key(4));
    let expected = [
        PeriodStatus::Covered,
        PeriodStatus::Restart,
        PeriodStatus::Covered,
        PeriodStatus::OpenEnd,
    ];
    assert_eq!(periods(&found), expected);
    let restart = &found.periods[1];
    assert_eq!(span(restart), (Some(2), Some(4)));
    let told: Vec<&str> = restart
        .changes
        .iter()
        .map(|change| change.event_name.as_str())
        .collect();
    assert_eq!(told, ["StopLogging", "StartLogging"]);
    assert_eq!(
        restart.changes[0].actor.as_ref().unwrap().as_str(),
        "arn:aws:iam::111122223333:user/alice"
    );
    assert_eq!(
        restart.reason.as_ref().unwrap().as_str(),
        "the chain begins anew"
    );
    assert_eq!(found.gaps[0].status.as_str(), "RESTART");
    // The last digest before it has lost what would hold its signature.
    let tail = DigestStatus::UnsignedTail;
    assert_eq!(
        digests(&found),
        [DigestStatus::Signed, tail, DigestStatus::Signed]
    );
    assert_eq!(weight(&found), Weight::Open);
}

#[test]
fn p16_a_chain_that_begins_anew_without_a_record_says_so() {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    trail.hour(&mut world, 0, &[10]);
    trail.restart();
    trail.hour(&mut world, 1, &[10]);
    let found = verified(&world);
    let restart = found
        .periods
        .iter()
        .find(|row| row.status == PeriodStatus::Restart)
        .unwrap();
    assert_eq!(span(restart), (Some(1), Some(1)));
    let said = restart.reason.as_ref().unwrap().as_str();
    assert!(
        said.contains("no record in this archive explains it"),
        "{said}"
    );
    // It took no time, so nothing is lacking.
    assert!(found.gaps.is_empty());
}

#[test]
fn p16_a_time_that_no_digest_was_made_for_is_a_gap() {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    trail.hour(&mut world, 0, &[10]);
    trail.hour(&mut world, 3, &[10]);
    let found = fully_verified(&world, &trail.digest_key(3));
    assert_eq!(digests(&found), [DigestStatus::Signed; 2]);
    assert_eq!(span(&found.periods[1]), (Some(1), Some(3)));
    let said = found.periods[1].reason.as_ref().unwrap().as_str();
    assert!(
        said.starts_with("no digest was made for this time"),
        "{said}"
    );
    assert_eq!(weight(&found), Weight::Open);
}

#[test]
fn p16_a_refuted_digest_covers_nothing() {
    let (mut world, trail) = eight_hours();
    world.edit(&trail.digest_key(4), |digest| {
        digest["logFiles"] = json!([])
    });
    let found = fully_verified(&world, &trail.digest_key(7));
    let expected = [
        PeriodStatus::Covered,
        PeriodStatus::Gap,
        PeriodStatus::Covered,
        PeriodStatus::OpenEnd,
    ];
    assert_eq!(periods(&found), expected);
    assert_eq!(span(&found.periods[1]), (Some(4), Some(5)));
    let said = found.periods[1].reason.as_ref().unwrap().as_str();
    assert!(said.contains("BAD_SIGNATURE"), "{said}");
    // The log that it listed once is in no digest now.
    let log = found
        .logs
        .iter()
        .find(|row| row.status == LogStatus::Unreferenced)
        .unwrap();
    assert!(log.reason.as_ref().unwrap().as_str().contains("gap"));
}

#[test]
fn p16_a_digest_that_cannot_be_read_is_a_gap_and_not_missing() {
    let (mut world, trail) = eight_hours();
    let cut = world.objects[&trail.digest_key(4)][..60].to_vec();
    world.objects.insert(trail.digest_key(4), cut);
    let found = fully_verified(&world, &trail.digest_key(7));
    assert!(digests(&found).contains(&DigestStatus::Malformed));
    assert!(!digests(&found).contains(&DigestStatus::Missing));
    let gap = found
        .periods
        .iter()
        .find(|row| row.status == PeriodStatus::Gap)
        .unwrap();
    assert_eq!(span(gap), (Some(4), Some(5)));
    assert!(
        gap.reason
            .as_ref()
            .unwrap()
            .as_str()
            .contains("cannot be read")
    );
    assert_eq!(weight(&found), Weight::Bad);
}

#[test]
fn p16_two_trails_with_underscores_stand_side_by_side_and_close_each_others_gaps() {
    let mut world = World::default();
    let (mut one, mut other) = (Trail::new("a_b_c"), Trail::new("a_b"));
    for hour in 0..6 {
        one.hour(&mut world, hour, &[10]);
        other.hour(&mut world, hour, &[20]);
    }
    let mut europe = Trail::new("a_b");
    europe.region = "eu-central-1";
    europe.hour(&mut world, 0, &[10]);
    europe.hour(&mut world, 1, &[10]);
    let whole = verified(&world);
    let chains: Vec<String> = whole
        .periods
        .iter()
        .filter(|row| row.status == PeriodStatus::Covered)
        .map(|row| format!("{} {}", row.chain.region, row.chain.trail))
        .collect();
    assert_eq!(
        chains,
        ["eu-central-1 a_b", "us-east-1 a_b", "us-east-1 a_b_c"]
    );

    let mut cut = world.clone();
    cut.objects.remove(&one.digest_key(2));
    let found = verified(&cut);
    assert!(periods(&found).contains(&PeriodStatus::Gap));
    assert_eq!(found.gaps, [], "the other trail covers that hour");
    // A log of the other trail that is missing leaves the time to nobody.
    cut.objects.remove(&other.log_key(2, 20));
    let gaps = verified(&cut).gaps;
    let told: Vec<(&str, &str)> = gaps
        .iter()
        .map(|gap| (gap.trail.as_str(), gap.status.as_str()))
        .collect();
    assert_eq!(told, [("a_b_c", "GAP"), ("a_b", "MISSING")]);
    let second = jiff::SignedDuration::from_secs(1);
    let time = (at(2, 20), at(2, 20).checked_add(second).unwrap());
    assert!(gaps.iter().all(|gap| (gap.from, gap.until) == time));
    // The same digest of both is missing: both lack that hour, less what is known of it.
    cut.objects.remove(&other.digest_key(2));
    let gaps = verified(&cut).gaps;
    assert_eq!(gaps.len(), 2);
    assert!(
        gaps.iter()
            .all(|gap| (gap.from, gap.until) == (at(2, 0), at(3, 0)))
    );
}

#[test]
fn p16_missing_logs_are_gaps_of_the_time_of_their_records() {
    let (mut world, trail) = eight_hours();
    for hour in [2, 3, 5] {
        world.objects.remove(&trail.log_key(hour, 10));
    }
    let found = fully_verified(&world, &trail.digest_key(7));
    assert_eq!(
        logs(&found)
            .iter()
            .filter(|status| **status == LogStatus::Missing)
            .count(),
        3
    );
    let times: Vec<_> = found
        .gaps
        .iter()
        .map(|gap| (gap.status.as_str(), gap.from))
        .collect();
    assert_eq!(
        times,
        [
            ("MISSING", at(2, 10)),
            ("MISSING", at(3, 10)),
            ("MISSING", at(5, 10))
        ]
    );
    assert_eq!(weight(&found), Weight::Bad);
}

#[test]
fn p16_backfill_digests_are_a_chain_of_their_own_without_a_time_line() {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    for hour in 0..4 {
        trail.hour(&mut world, hour, &[10]);
    }
    let mut late = Trail {
        backfill: true,
        ..Trail::new("main")
    };
    for hour in [0, 2, 3] {
        late.hour(&mut world, hour, &[50]);
    }
    let case = Case::new(&world).with_keys(&[key(0).listed()]);
    let case = case.with_metadata(&trail.digest_key(3), &world.head(&trail.digest_key(3)));
    let case = case.with_metadata(&late.digest_key(3), &world.head(&late.digest_key(3)));
    let found = case.verify();
    assert_eq!(digests(&found), [DigestStatus::Signed; 7]);
    assert_eq!(logs(&found), [LogStatus::Valid; 7]);
    assert_eq!(
        periods(&found),
        [PeriodStatus::Covered, PeriodStatus::OpenEnd]
    );
    assert_eq!(weight(&found), Weight::Good);
    // The first one missing is told as what is not known.
    let mut begun = world.clone();
    begun.objects.remove(&late.digest_key(0));
    let expected = [
        PeriodStatus::Covered,
        PeriodStatus::OpenEnd,
        PeriodStatus::OpenStart,
    ];
    assert_eq!(periods(&verified(&begun)), expected);
    // One of them missing is a loss, but no gap of the time line.
    world.objects.remove(&late.digest_key(2));
    let found = verified(&world);
    assert!(digests(&found).contains(&DigestStatus::Missing));
    assert_eq!(
        periods(&found),
        [PeriodStatus::Covered, PeriodStatus::OpenEnd]
    );
    let log = found
        .logs
        .iter()
        .find(|row| row.status == LogStatus::Unreferenced)
        .unwrap();
    assert!(log.reason.as_ref().unwrap().as_str().contains("backfill"));
}

#[test]
fn p16_an_unreferenced_log_is_told_with_what_may_explain_it() {
    let (mut world, trail) = eight_hours();
    world.objects.remove(&trail.digest_key(0));
    world.objects.remove(&trail.digest_key(7));
    let mut added = |key: String| {
        world.put(
            &key,
            br#"{"Records":[{"eventName":"A","eventSource":"b"}]}"#,
        )
    };
    added(trail.log_key(4, 33));
    added(
        Trail {
            region: "eu-west-1",
            ..trail.clone()
        }
        .log_key(4, 33),
    );
    added("export/records.json.gz".to_owned());
    let found = verified(&world);
    let told = |name: &str| {
        let mut rows = found
            .logs
            .iter()
            .filter(|row| row.status == LogStatus::Unreferenced);
        let row = rows.find(|row| row.source.as_ref().unwrap().as_str().contains(name));
        row.unwrap_or_else(|| panic!("{name}"))
            .reason
            .clone()
            .unwrap()
            .as_str()
            .to_owned()
    };
    assert!(told("us-east-1_20240301T1433Z").contains("added later"));
    assert!(told("eu-west-1_20240301T1433Z").contains("no digest of its account and region"));
    assert!(told("us-east-1_20240301T1010Z").contains("older than the oldest"));
    assert!(told("us-east-1_20240301T1710Z").contains("newer than the newest"));
    assert!(told("records").contains("not that of a log file"));
}
