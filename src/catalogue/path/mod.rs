//! Paths into a record, and the one way in which a record's JSON is read.
//!
//! AWS writes EC2 parameters in two families, and the second is converted from XML: lists are
//! `{"items":[…]}`, `{"item":…}`, a single object, or `""`; values are `{"content":…,"tag":1}`; text
//! that looks like a number became one. `view` makes the two look the same, without rewriting the
//! record; `rows` reads several paths together. Not for: which paths matter (`schema/catalogue/`).

mod rows;
mod view;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::text::Text;

pub(super) use rows::{Row, rows};
pub(super) use view::{Parts, View, scalar};

use view::{elements, member};

/// The part of the record that a path begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Root {
    Request,
    Response,
    Service,
    Record,
}

/// One step of a path, the root included, so that paths share beginnings by equality.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Root(Root),
    Key(Key),
}

/// A key, and whether what it holds is a list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    lower: String,
    upper: String,
    is_list: bool,
}

/// A path such as `response.instancesSet[].instanceId`, or a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    kind: Kind,
    /// What a value begins with that is meant; anything where it is absent.
    prefix: Option<Prefix>,
}

/// Which of the values at a path are meant, where a call takes ids of several kinds there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Prefix {
    /// Those that begin so.
    Only(String),
    /// Those that do not.
    Not(String),
}

impl Prefix {
    fn parse(text: &str) -> Self {
        match text.strip_prefix('!') {
            Some(prefix) => Self::Not(prefix.to_owned()),
            None => Self::Only(text.to_owned()),
        }
    }

    fn admits(&self, value: &Text) -> bool {
        match self {
            Self::Only(prefix) => value.as_str().starts_with(prefix.as_str()),
            Self::Not(prefix) => !value.as_str().starts_with(prefix.as_str()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Constant(Text),
    /// Goes into no list: finds one value at most.
    Plain(Vec<Step>),
    /// Goes into a list, or into several.
    Listed(Vec<Step>),
}

impl Path {
    /// Reads a path as the catalogue writes it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(constant) = text.strip_prefix('=') {
            return Ok(Self {
                kind: Kind::Constant(constant.into()),
                prefix: None,
            });
        }
        let (text, prefix) = match text.split_once(':') {
            Some((_, "" | "!")) => return Err(format!("`{text}` names no prefix")),
            Some((text, prefix)) => (text, Some(Prefix::parse(prefix))),
            None => (text, None),
        };
        let mut parts = text.split('.');
        let root = match parts.next() {
            Some("request") => Root::Request,
            Some("response") => Root::Response,
            Some("service") => Root::Service,
            Some("record") => Root::Record,
            _ => {
                return Err(format!(
                    "`{text}` does not begin with request., response., service., record. or ="
                ));
            }
        };
        let mut steps = vec![Step::Root(root)];
        for part in parts {
            let (key, is_list) = match part.strip_suffix("[]") {
                Some(key) => (key, true),
                None => (part, false),
            };
            let mut letters = key.chars();
            let first = letters
                .next()
                .filter(|first| first.is_ascii_lowercase() || *first == '_')
                .ok_or_else(|| format!("`{text}`: a key begins with a lower-case letter"))?;
            let upper = first.to_ascii_uppercase().to_string() + letters.as_str();
            let lower = key.to_owned();
            steps.push(Step::Key(Key {
                lower,
                upper,
                is_list,
            }));
        }
        if steps.len() < 2 {
            return Err(format!("`{text}` names no key"));
        }
        let is_list = |step: &Step| matches!(step, Step::Key(key) if key.is_list);
        let kind = match steps.iter().any(is_list) {
            true => Kind::Listed(steps),
            false => Kind::Plain(steps),
        };
        Ok(Self { kind, prefix })
    }

    /// Says whether a value at the path is meant.
    fn admits(&self, value: &Text) -> bool {
        let prefix = self.prefix.as_ref();
        prefix.is_none_or(|prefix| prefix.admits(value))
    }

    /// Collects every value that the path finds, in order, without repetitions.
    pub(super) fn values(&self, view: &View<'_>) -> Vec<Text> {
        let Kind::Listed(steps) = &self.kind else {
            return Vec::from_iter(self.value(view));
        };
        let mut found = Vec::new();
        collect(view, None, steps, &mut found);
        found.retain(|value| self.admits(value));
        if found.len() > 1 {
            let mut seen = BTreeSet::new();
            found.retain(|value| seen.insert(value.clone()));
        }
        found.shrink_to_fit();
        found
    }

    /// Says whether the path is a constant, which no record says.
    pub(super) fn is_constant(&self) -> bool {
        matches!(self.kind, Kind::Constant(_))
    }

    /// Says whether the path leads into the response.
    pub(super) fn is_of_response(&self) -> bool {
        match &self.kind {
            Kind::Constant(_) => false,
            Kind::Plain(steps) | Kind::Listed(steps) => {
                steps.first() == Some(&Step::Root(Root::Response))
            }
        }
    }

    /// Returns both spellings of the record's field that the path begins with, if it begins with one.
    pub(super) fn record_field(&self) -> Option<[&str; 2]> {
        match &self.kind {
            Kind::Plain(steps) | Kind::Listed(steps) => match &steps[..] {
                [Step::Root(Root::Record), Step::Key(key), ..] => Some([&key.lower, &key.upper]),
                _ => None,
            },
            Kind::Constant(_) => None,
        }
    }

    /// Returns the one value of a path that goes into no list.
    fn value(&self, view: &View<'_>) -> Option<Text> {
        let steps = match &self.kind {
            Kind::Constant(value) => return Some(value.clone()),
            Kind::Plain(steps) => steps,
            Kind::Listed(_) => return None,
        };
        let mut at = None;
        for step in steps {
            at = Some(match step {
                Step::Root(root) => view.root(*root),
                Step::Key(key) => member(at?, key)?,
            });
        }
        view.text(at?).filter(|value| self.admits(value))
    }

    /// Says whether the path finds anything.
    pub(super) fn finds(&self, view: &View<'_>) -> bool {
        match &self.kind {
            Kind::Constant(_) => true,
            _ if self.prefix.is_some() => !self.values(view).is_empty(),
            Kind::Plain(steps) | Kind::Listed(steps) => finds(view, None, steps),
        }
    }
}

fn finds(view: &View<'_>, at: Option<&Value>, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return at.is_some_and(|value| scalar(value).is_some());
    };
    match step {
        Step::Root(root) => finds(view, Some(view.root(*root)), rest),
        Step::Key(step) => {
            let Some(value) = at.and_then(|value| member(value, step)) else {
                return false;
            };
            if step.is_list {
                elements(value)
                    .iter()
                    .any(|element| finds(view, Some(element), rest))
            } else {
                finds(view, Some(value), rest)
            }
        }
    }
}

fn collect(view: &View<'_>, at: Option<&Value>, steps: &[Step], found: &mut Vec<Text>) {
    let Some((step, rest)) = steps.split_first() else {
        found.extend(at.and_then(|value| view.text(value)));
        return;
    };
    match step {
        Step::Root(root) => collect(view, Some(view.root(*root)), rest, found),
        Step::Key(step) => {
            let Some(value) = at.and_then(|value| member(value, step)) else {
                return;
            };
            if step.is_list {
                for element in elements(value) {
                    collect(view, Some(element), rest, found);
                }
            } else {
                collect(view, Some(value), rest, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::interpret::Texts;
    use serde_json::json;

    /// Takes a record apart.
    pub(super) fn parts(record: &Value) -> Parts {
        Parts {
            request: record["requestParameters"].clone(),
            response: record["responseElements"].clone(),
            service: record["serviceEventDetails"].clone(),
            record: record.clone(),
        }
    }

    fn values(path: &str, record: Value) -> Vec<String> {
        let path = Path::parse(path).expect("a path");
        let found = path.values(&View::new(&parts(&record), &mut Texts::default()));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn both_wire_families_read_the_same() {
        for request in [
            json!({"subnetIds": {"items": ["subnet-1", "subnet-2"]}}),
            json!({"subnetIds": ["subnet-1", "subnet-2"]}),
            json!({"XRequest": {"SubnetIds": [{"tag": 1, "content": "subnet-1"}, {"tag": 2, "content": "subnet-2"}]}}),
            json!({"XRequest": {"SubnetIds": {"item": ["subnet-1", {"content": "subnet-2"}]}}}),
        ] {
            let record = json!({"requestParameters": request});
            assert_eq!(
                values("request.subnetIds[]", record),
                ["subnet-1", "subnet-2"]
            );
        }
    }

    #[test]
    fn a_single_element_is_a_list_of_one() {
        for request in [
            json!({"XRequest": {"SubnetId": {"content": "subnet-1", "tag": 1}}}),
            json!({"XReq": {"SubnetId": "subnet-1"}}),
            json!({"subnetId": {"items": ["subnet-1"]}}),
        ] {
            let record = json!({"requestParameters": request});
            assert_eq!(values("request.subnetId[]", record), ["subnet-1"]);
        }
    }

    #[test]
    fn nothing_is_found_in_empty_lists_and_elements() {
        for request in [
            json!(null),
            json!({"XRequest": ""}),
            json!({"subnetId": {}}),
            json!({"subnetId": ""}),
            json!({"subnetId": null}),
            json!({"subnetId": []}),
        ] {
            let record = json!({"requestParameters": request});
            assert_eq!(values("request.subnetId[]", record), [""; 0]);
        }
    }

    #[test]
    fn numbers_and_booleans_become_the_text_they_are_written_as() {
        let record = json!({"responseElements": {"ownerId": 222222222222_u64, "force": true}});
        assert_eq!(values("response.ownerId", record.clone()), ["222222222222"]);
        assert_eq!(values("response.force", record), ["true"]);
    }

    #[test]
    fn a_path_with_a_prefix_finds_only_the_ids_of_one_kind() {
        let record = json!({"requestParameters": {"gateway": "vgw-1", "all": ["igw-1", "vgw-2"]}});
        for (path, found) in [
            ("request.gateway:vgw-", &["vgw-1"][..]),
            ("request.gateway:!vgw-", &[]),
            ("request.gateway:igw-", &[]),
            ("request.all[]:igw-", &["igw-1"]),
            ("request.all[]:!igw-", &["vgw-2"]),
        ] {
            assert_eq!(values(path, record.clone()), found, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "",
            "x",
            "request",
            "request.",
            "reply.x",
            "request.X",
            "request..x",
            "request.x:",
            "request.x:!",
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
