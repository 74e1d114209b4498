//! How a report looks, and what holds for every one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;

use super::{Dossier, write_html, write_markdown};
use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::findings::Findings;
use crate::interval::Timeline;
use crate::record::Sha256;
use crate::render::samples::{catalogue, files, findings, gap, hostile, report, timeline};
use crate::report::{FileCounts, FileEntry, FileRecords, Sealed};
use crate::text::{Text, is_deceptive};
use crate::verification::Gap;

/// All that a report is made of, held.
struct Case {
    catalogue: Catalogue,
    coverage: Coverage,
    gaps: Vec<Gap>,
    files: Vec<FileEntry>,
    timeline: Timeline,
    findings: Findings,
    unfinished: BTreeSet<Text>,
    rows_max: usize,
    name: Option<Text>,
}

impl Case {
    fn of(timeline: Timeline) -> Self {
        Self {
            catalogue: catalogue(),
            coverage: report().coverage,
            gaps: vec![gap()],
            files: files(),
            findings: findings(&timeline),
            timeline,
            unfinished: ["/evidence/<b>more</b>".into()].into(),
            rows_max: 100,
            name: Some("2024-017".into()),
        }
    }

    fn dossier(&self) -> Dossier<'_> {
        Dossier {
            catalogue: &self.catalogue,
            version: "1.0.0",
            case: self.name.clone(),
            asked: vec![("--actor".to_owned(), "alice".into())],
            files_count: FileCounts {
                found: 6,
                read: 3,
                partial: 1,
                failed: 1,
                skipped: 1,
                ..FileCounts::default()
            },
            records_count: FileRecords {
                seen: 9,
                in_scope: 7,
                out_of_scope: 1,
                malformed: 1,
                malformed_in_scope: 1,
            },
            events_count: 7,
            coverage: &self.coverage,
            gaps: &self.gaps,
            is_verified: true,
            unfinished: &self.unfinished,
            files: &self.files,
            timeline: &self.timeline,
            ends: &self.timeline,
            findings: &self.findings,
            manifest: Some(Sealed {
                sha256: Sha256([0x11; 32]),
                content_sha256: Sha256([0x22; 32]),
            }),
            rows_max: self.rows_max,
        }
    }

    fn html(&self) -> String {
        let mut out = Vec::new();
        write_html(&mut out, &self.dossier()).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn markdown(&self) -> String {
        let mut out = Vec::new();
        write_markdown(&mut out, &self.dossier()).unwrap();
        String::from_utf8(out).unwrap()
    }
}

fn assert_golden(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/golden");
    let path = folder.join(name);
    if std::env::var_os("TRAILSPAN_UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let differing = text.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(text == expected, "{}: {differing:#?}", path.display());
}

#[test]
fn a_report_looks_as_reviewed() {
    let case = Case::of(timeline());
    assert_golden("report.html", &case.html());
    assert_golden("report.md", &case.markdown());
}

/// The elements that a report has.
const ELEMENTS: [&str; 47] = [
    "a",
    "b",
    "body",
    "br",
    "circle",
    "code",
    "dd",
    "defs",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "html",
    "li",
    "line",
    "linearGradient",
    "main",
    "meta",
    "nav",
    "p",
    "path",
    "pattern",
    "pre",
    "rect",
    "section",
    "span",
    "stop",
    "style",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "!doctype",
];

/// The elements that have no end.
const EMPTY: [&str; 3] = ["br", "meta", "!doctype"];

/// Reads a page by its tags alone; returns its texts and the values of its attributes.
fn read(page: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut texts, mut attributes, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = page;
    while let Some((text, tag_and_more)) = rest.split_once('<') {
        texts.push(text.to_owned());
        let (tag, more) = tag_and_more.split_once('>').expect("a tag ends");
        rest = more;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name.to_owned()), "ends what is open");
            continue;
        }
        let (name, mut values) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(ELEMENTS.contains(&name), "<{tag}>");
        while let Some((key, value)) = values.split_once("=\"") {
            let (value, more) = value.split_once('"').expect("a value ends");
            attributes.push((key.trim().to_owned(), value.to_owned()));
            values = more;
        }
        if name == "style" {
            rest = rest.split_once("</style>").expect("the style ends").1;
        } else if !EMPTY.contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?}");
    (texts, attributes)
}

#[test]
fn a_page_is_well_formed_and_reaches_for_nothing() {
    for timeline in [timeline(), hostile(), Timeline::default()] {
        let mut case = Case::of(self::timeline());
        case.findings = match timeline.events.is_empty() {
            true => Findings::default(),
            false => findings(&timeline),
        };
        case.timeline = timeline;
        let page = case.html();
        let (texts, attributes) = read(&page);
        assert!(
            texts.iter().all(|text| !text.contains(['>', '"', '\''])),
            "text is escaped"
        );
        let ids: BTreeSet<&str> = attributes
            .iter()
            .filter(|(key, _)| key == "id")
            .map(|(_, value)| value.as_str())
            .collect();
        let count = attributes.iter().filter(|(key, _)| key == "id").count();
        assert_eq!(ids.len(), count, "no id stands twice");
        for (key, value) in &attributes {
            assert!(
                !key.starts_with("on") && key != "src" && key != "style",
                "{key}"
            );
            match (key.as_str(), value.strip_prefix('#')) {
                ("href", Some(target)) => assert!(ids.contains(target), "{target}"),
                ("href", None) => {
                    assert!(value.starts_with("https://docs.aws.amazon.com/"), "{value}")
                }
                _ => {}
            }
        }
        assert!(
            !page
                .chars()
                .any(|character| is_deceptive(character) && character != '\n')
        );
    }
}

#[test]
fn hostile_names_are_text_in_a_page_and_in_markdown() {
    let payload = "<img src=x onerror=alert(1)>\"'`|[x](javascript:alert(1))\n# x\u{202e}";
    let mut case = Case::of(hostile());
    case.name = Some(payload.into());
    for event in &mut case.timeline.events {
        event.user_agent = Some(payload.into());
        event.source_ip = Some(payload.into());
        event.error_message = Some(payload.into());
        event.places[0].source = payload.into();
    }
    for interval in &mut case.timeline.intervals {
        interval.account = payload.into();
        interval.region = payload.into();
        interval
            .members
            .values_mut()
            .for_each(|value| *value = payload.into());
    }
    for found in &mut case.findings.found {
        found.message = payload.into();
        found.sources = vec![payload.into()];
    }
    let page = case.html();
    read(&page);
    assert!(!page.contains("<img") && !page.contains("javascript:alert(1)\""));
    let markdown = case.markdown();
    let bare = without_escaped(&markdown);
    assert!(!bare.contains("<img") && !bare.contains("](") && !bare.contains("\n# x"));
    let deceptive = |character: char| is_deceptive(character) && character != '\n';
    assert!(!page.chars().any(deceptive) && !markdown.chars().any(deceptive));
    // What stands in a table stays in its cell.
    for line in bare.lines().filter(|line| line.starts_with("| ")) {
        assert!((3..=7).contains(&(line.matches('|').count() - 1)), "{line}");
    }
}

/// Drops what a backslash makes into text.
fn without_escaped(markdown: &str) -> String {
    let mut bare = String::new();
    let mut characters = markdown.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            _ => bare.push(character),
        }
    }
    bare
}

#[test]
fn a_large_case_is_bounded_and_says_what_it_leaves_out() {
    let mut case = Case::of(timeline());
    let model = case.timeline.intervals[0].clone();
    let attempt = case.timeline.attempts[0].clone();
    let later = |number: i64| SignedDuration::from_secs(number * 61);
    case.timeline.intervals = (0..3_000_i64)
        .map(|number| {
            let mut interval = model.clone();
            let id = format!("eni-{number:017x}");
            interval.members.insert("network_interface", Text::from(id));
            for bound in [&mut interval.start, &mut interval.end] {
                bound.not_before = bound.not_before.map(|time| time + later(number));
                bound.not_after = bound.not_after.map(|time| time + later(number));
            }
            interval
        })
        .collect();
    case.timeline.attempts = vec![attempt; 3_000];
    case.rows_max = 50;
    let page = case.html();
    assert!(page.len() < 400_000, "{}", page.len());
    assert_eq!(page.matches("class=\"interval\"").count(), 60);
    for said in [
        "Drawn are 60 of 3,000 intervals of 60 of 3,000 things",
        "Drawn are 60 of 3,000 calls in vain.",
        "Shown are the first 50 of 3,000",
    ] {
        assert!(page.contains(said), "{said}");
    }
    read(&page);
}

#[test]
fn bounds_of_every_kind_look_different() {
    let page = Case::of(timeline()).html();
    for shape in [
        "class=\"observed\"",
        "class=\"implied\"",
        "class=\"uncertain\"",
        "fade-out-0",
        "class=\"attempt\"",
    ] {
        assert!(page.contains(shape), "{shape}");
    }
}

#[test]
fn implied_ends_are_never_told_as_made_by_their_actor() {
    let case = Case::of(timeline());
    for text in [case.html(), case.markdown()] {
        assert!(!text.contains("detached by Deploy/bob"));
        assert!(text.contains("implied by"));
    }
}
