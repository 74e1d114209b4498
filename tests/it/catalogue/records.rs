//! Every operation has records, and every record is read as what it is.

use std::collections::BTreeSet;

use serde_json::Value;
use trailspan::catalogue::Catalogue;
use trailspan::catalogue::entry::Effect;
use trailspan::event::{Change, Outcome, Support, Transition};

use super::{Fixture, assert_none, files, fixtures, lines};

/// A row of `fixtures/operations.txt`: the name, the wire family, and how sure that is.
fn operations() -> Vec<[String; 3]> {
    lines("fixtures/operations.txt")
        .iter()
        .map(|line| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            words.try_into().expect("three words")
        })
        .collect()
}

#[test]
fn every_operation_is_an_entry() {
    let wrong: Vec<String> = operations()
        .into_iter()
        .filter(|[name, ..]| Catalogue::embedded().event(name).is_none())
        .map(|[name, ..]| name)
        .collect();
    assert_none("in fixtures/operations.txt, but no entry", &wrong);
}

#[test]
fn entries_and_operations_agree_on_the_wire_family() {
    let catalogue = Catalogue::embedded();
    let wrong: Vec<String> = operations()
        .iter()
        .filter_map(|[name, family, evidence]| {
            let shape = catalogue.event(name)?.entry.shape;
            let found = format!("{:?} {:?}", shape.family, shape.evidence).to_lowercase();
            (found != format!("{family} {evidence}"))
                .then(|| format!("{name}: {family} {evidence}, but the entry says {found}"))
        })
        .collect();
    assert_none("shape", &wrong);
}

#[test]
fn every_entry_has_a_record_of_a_success() {
    let successes: BTreeSet<String> = fixtures()
        .iter()
        .filter(|fixture| fixture.is_success())
        .map(|fixture| fixture.event().to_owned())
        .collect();
    let wrong: Vec<String> = Catalogue::embedded()
        .events()
        .filter(|(name, _)| !successes.contains(*name))
        .map(|(name, _)| format!("fixtures/records/{name}.json"))
        .collect();
    assert_none("missing", &wrong);
}

#[test]
fn every_record_is_recognised_by_the_entry_of_its_name() {
    let word =
        |fixture: &Fixture, key: &str| fixture.record[key].as_str().unwrap_or_default().to_owned();
    let wrong: Vec<String> = fixtures()
        .iter()
        .filter(|fixture| {
            let name = word(fixture, "eventName");
            let source = word(fixture, "eventSource");
            name != fixture.event() || !Catalogue::embedded().recognises(&source, &name)
        })
        .map(|fixture| format!("fixtures/records/{}.json", fixture.name))
        .collect();
    assert_none("in no entry, or of another name than its file", &wrong);
}

#[test]
fn no_two_records_are_the_same_event() {
    let mut seen = BTreeSet::new();
    let wrong: Vec<String> = fixtures()
        .iter()
        .filter(|fixture| {
            let id = fixture.record["eventID"].as_str().map(str::to_owned);
            !id.is_none_or(|id| seen.insert(id))
        })
        .map(|fixture| fixture.name.clone())
        .collect();
    assert_none("eventID used before", &wrong);
}

#[test]
fn records_name_documentation_accounts_only() {
    const ACCOUNTS: [&str; 4] = [
        "111122223333",
        "444455556666",
        "123456789012",
        "999988887777",
    ];
    let wrong: Vec<String> = fixtures()
        .iter()
        .filter(|fixture| {
            let account = fixture.record["recipientAccountId"].as_str();
            account.is_some_and(|account| !ACCOUNTS.contains(&account))
        })
        .map(|fixture| fixture.name.clone())
        .collect();
    assert_none("another account", &wrong);
}

/// Says in which wire family a success is written, where it shows.
fn family(record: &Value) -> Option<&'static str> {
    if record["eventType"] == "AwsServiceEvent" {
        return Some("service");
    }
    let name = record["eventName"].as_str()?;
    let wraps = |value: &Value, end: &str| {
        let object = value.as_object()?;
        let (key, _) = object.iter().next()?;
        Some(object.len() == 1 && *key == format!("{name}{end}"))
    };
    let wrapped = wraps(&record["requestParameters"], "Request")
        .or_else(|| wraps(&record["responseElements"], "Response"))?;
    Some(if wrapped { "wrapped" } else { "flat" })
}

#[test]
fn successes_are_written_in_the_family_of_their_entry() {
    // Real records that break the rule, told by their variant's name.
    const OTHER: [&str; 4] = ["wrapped", "wrapped-two", "short-wrapper", "flat-style"];
    let family_of = |fixture: &Fixture| {
        let event = Catalogue::embedded().event(fixture.event()).unwrap();
        format!("{:?}", event.entry.shape.family).to_lowercase()
    };
    let wrong: Vec<String> = fixtures()
        .iter()
        .filter(|fixture| fixture.is_success() && !OTHER.contains(&fixture.variant()))
        .filter_map(|fixture| {
            let expected = family_of(fixture);
            let found = family(&fixture.record)?;
            (found != expected).then(|| format!("{}: {found}, not {expected}", fixture.name))
        })
        .collect();
    assert_none("another family", &wrong);
}

#[test]
fn every_success_of_an_entry_with_effects_changes_something() {
    let catalogue = Catalogue::embedded();
    let silent = lines("fixtures/silent-records.txt");
    let silent: BTreeSet<&str> = silent
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let mut wrong = Vec::new();
    for fixture in fixtures().iter().filter(|fixture| fixture.is_success()) {
        let entry = &catalogue.event(fixture.event()).unwrap().entry;
        let has_effects = entry.effects.iter().any(Effect::is_change);
        let told = fixture.interpret(catalogue).transitions;
        let is_change = |told: &Transition| told.change != Change::ProvesHeld;
        let is_silent = !told.iter().any(is_change);
        if has_effects && is_silent != silent.contains(fixture.name.as_str()) {
            wrong.push(format!("{}: silent is {is_silent}", fixture.name));
        }
    }
    assert_none("not as fixtures/silent-records.txt says", &wrong);
}

#[test]
fn a_refused_call_changes_nothing() {
    let catalogue = Catalogue::embedded();
    let mut wrong = Vec::new();
    for fixture in fixtures().iter().filter(|fixture| !fixture.is_success()) {
        let code = fixture.record["errorCode"].as_str().unwrap();
        let read = fixture.interpret(catalogue);
        let entry = &catalogue.event(fixture.event()).unwrap().entry;
        let bare = code.split_once('.').map_or(code, |(_, bare)| bare);
        let several = entry.uncertain_if_several.as_deref();
        let names_several = several.is_none_or(|member| {
            let mut mentions = read.event.mentions.iter();
            mentions.any(|(name, values)| name.as_str() == member && values.len() > 1)
        });
        let is_listed = entry.uncertain_errors.iter().any(|error| error == bare);
        let is_uncertain = code.starts_with("Server.") || is_listed && names_several;
        let expected = match code {
            "Client.DryRunOperation" => Outcome::DryRun,
            _ if is_uncertain => Outcome::Uncertain,
            _ => Outcome::Failed,
        };
        let is_harmless = read.transitions.iter().all(|transition| {
            let proves = matches!(transition.change, Change::ProvesEnded | Change::ProvesHeld);
            match expected {
                Outcome::Uncertain => transition.support == Support::Uncertain,
                _ => proves,
            }
        });
        if read.event.outcome != expected || !is_harmless {
            wrong.push(format!("{}: {:?}", fixture.name, read.event.outcome));
        }
    }
    assert_none("more than an attempt", &wrong);
}

/// Returns the catalogue with the effects that have this number in their entry, and the entries that
/// have one.
fn with_effect_only(number: usize) -> (Catalogue, BTreeSet<String>) {
    let mut entries = BTreeSet::new();
    let files: Vec<(String, String)> = files("schema/catalogue", "json")
        .into_iter()
        .map(|(name, content)| {
            let mut file: Value = serde_json::from_str(&content).unwrap();
            for (event, entry) in file["events"].as_object_mut().unwrap() {
                let effect = entry["effects"].get(number).cloned();
                entries.extend(effect.iter().map(|_| event.clone()));
                entry["effects"] = effect.into_iter().collect();
            }
            (name, file.to_string())
        })
        .collect();
    let files = files
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_str()));
    (Catalogue::read(files).unwrap(), entries)
}

#[test]
fn every_effect_is_seen_in_some_record() {
    let fixtures = fixtures();
    let mut wrong = Vec::new();
    for number in 0.. {
        let (catalogue, mut entries) = with_effect_only(number);
        if entries.is_empty() {
            break;
        }
        for fixture in fixtures.iter().filter(|fixture| fixture.is_success()) {
            if !fixture.interpret(&catalogue).transitions.is_empty() {
                entries.remove(fixture.event());
            }
        }
        wrong.extend(
            entries
                .into_iter()
                .map(|event| format!("{event}: effects[{number}]")),
        );
    }
    assert_none("without a row in any record", &wrong);
}

/// Returns what a record would be had the call been refused with this error.
fn refused(fixture: &Fixture, error: &str) -> Fixture {
    let mut record = fixture.record.clone();
    record["errorCode"] = Value::from(format!("Client.{error}"));
    record["responseElements"] = Value::Null;
    Fixture {
        name: fixture.name.clone(),
        raw: record.to_string(),
        record,
    }
}

#[test]
fn every_proof_is_told_by_the_request_alone() {
    let catalogue = Catalogue::embedded();
    let fixtures = fixtures();
    let mut wrong = Vec::new();
    for (name, event) in catalogue.events() {
        for proof in &event.entry.proofs {
            let is_told = fixtures
                .iter()
                .filter(|fixture| fixture.event() == name)
                .any(|fixture| {
                    let read = refused(fixture, &proof.error).interpret(catalogue);
                    read.transitions.iter().any(|transition| {
                        transition.support == Support::Inferred
                            && transition.members.len() == proof.members.len()
                    })
                });
            if !is_told {
                wrong.push(format!("{name}: {} of {}", proof.error, proof.relation));
            }
        }
    }
    assert_none("a proof that no refusal gives", &wrong);
}
