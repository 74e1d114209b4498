//! What the catalogue makes of every record, as text that people reviewed.

use std::fmt::Write as _;
use std::fs;

use trailspan::catalogue::Catalogue;
use trailspan::event::{Change, Lookup, MemberId, Transition};
use trailspan::text::Text;

use super::{Fixture, at, fixtures, text};

const GOLDEN: &str = "tests/golden/interpretation.txt";

fn pairs(members: &[(MemberId, Text)]) -> String {
    let name = |id: MemberId| Catalogue::embedded().member(id).name.as_str();
    let told: Vec<String> = members
        .iter()
        .map(|(member, value)| format!("{}={value}", name(*member)))
        .collect();
    told.join(" ")
}

fn names(members: &[MemberId]) -> String {
    let name = |id: &MemberId| Catalogue::embedded().member(*id).name.as_str();
    members.iter().map(name).collect::<Vec<_>>().join(",")
}

fn looked_up(lookup: &Lookup) -> String {
    let catalogue = Catalogue::embedded();
    format!(
        " through {} by {}",
        catalogue.relation(lookup.from).name,
        catalogue.member(lookup.by).name
    )
}

fn change(change: &Change) -> String {
    match change {
        Change::Open {
            former_ends,
            elsewhere,
            existing,
        } => {
            let mut line = "open".to_owned();
            if let Some(support) = former_ends {
                write!(line, ", former ends {support:?}").unwrap();
            }
            if *elsewhere {
                line.push_str(", in other accounts");
            }
            if *existing {
                line.push_str(", or was there");
            }
            line.to_lowercase()
        }
        Change::Close {
            told,
            finding,
            lacking,
            idempotent,
            also_unseen,
            elsewhere,
            never_began,
            at_once,
        } => {
            let mut line = "close".to_owned();
            if *never_began {
                line.push_str(", never began");
            }
            if *at_once {
                line.push_str(", at once");
            }
            if *idempotent {
                line.push_str(", idempotent");
            }
            if *also_unseen {
                line.push_str(", also unseen");
            }
            if *elsewhere {
                line.push_str(", in other accounts");
            }
            if !lacking.is_empty() {
                write!(line, ", lacking {}", names(lacking)).unwrap();
            }
            if !told.is_empty() {
                write!(line, ", tells {}", pairs(told)).unwrap();
            }
            if let Some(code) = finding {
                write!(line, ", finding {code}").unwrap();
            }
            line
        }
        Change::Replace { former, inherited } => {
            format!("replace {}, inherits {}", pairs(former), names(inherited))
        }
        Change::Assign {
            owner: (owner, id),
            through,
            member,
            values,
        } => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!(
                "assign {}{} to have {} {}",
                pairs(&[(*owner, id.clone())]),
                through.as_ref().map(looked_up).unwrap_or_default(),
                names(&[*member]),
                values.join(",")
            )
        }
        Change::Update { of } => format!("update {}", pairs(of)),
        Change::ProvesEnded => "proves ended".to_owned(),
        Change::ProvesHeld => "proves held".to_owned(),
    }
}

fn line(transition: &Transition) -> String {
    let catalogue = Catalogue::embedded();
    let relation = catalogue.relation(transition.relation);
    let resource = relation
        .resource
        .map(|resource| format!(" of {}", catalogue.member(resource).name))
        .unwrap_or_default();
    let support = format!("{:?}", transition.support).to_lowercase();
    let later = if transition.asynchronous {
        ", later"
    } else {
        ""
    };
    let line = format!(
        "  {}{resource}: {} ({support}{later}) {}",
        relation.name,
        change(&transition.change),
        pairs(&transition.members)
    );
    line.trim_end().to_owned()
}

fn block(fixture: &Fixture) -> String {
    let read = fixture.interpret(Catalogue::embedded());
    let event = &read.event;
    let outcome = format!("{:?}", event.outcome).to_lowercase();
    let mut block = format!("{}\n  {} {outcome}", fixture.name, event.event_name);
    if let Some(code) = &event.error_code {
        write!(block, " {code}").unwrap();
    }
    writeln!(block, ", by {}", event.actor.label).unwrap();
    for (member, values) in &event.mentions {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        writeln!(block, "  names {member} {}", values.join(", ")).unwrap();
    }
    for transition in &read.transitions {
        writeln!(block, "{}", line(transition)).unwrap();
    }
    if read.response_missing {
        writeln!(block, "  the response is missing").unwrap();
    }
    block
}

#[test]
fn every_record_is_read_as_it_was_reviewed() {
    let blocks: Vec<String> = fixtures().iter().map(block).collect();
    let told = blocks.join("\n");
    if crate::goldens::is_update() {
        fs::write(at(GOLDEN), &told).unwrap();
        return;
    }
    let expected = text(GOLDEN);
    for (found, expected) in blocks.iter().zip(expected.split_inclusive("\n\n")) {
        assert_eq!(
            found.trim_end(),
            expected.trim_end(),
            "{GOLDEN}: TRAILSPAN_UPDATE_GOLDEN=1 rewrites it"
        );
    }
    assert!(
        told == expected,
        "{GOLDEN}: TRAILSPAN_UPDATE_GOLDEN=1 rewrites it"
    );
}
