//! Paths into a record, and the one way in which a record's JSON is read.
//!
//! AWS writes EC2 parameters in two families, and the second is converted from XML: lists are
//! `{"items":[…]}`, `{"item":…}`, a single object, or `""`; values are `{"content":…,"tag":1}`; text
//! that looks like a number became one. Everything here makes the two look the same, without
//! rewriting the record. Not for: which paths matter (`schema/catalogue/`).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::text::Text;

/// At most this many rows come out of one record for one effect.
pub(super) const ROWS_MAX: usize = 20_000;

/// A record's parts that paths begin with.
pub(super) struct View<'a> {
    /// `requestParameters`, unwrapped.
    pub(super) request: &'a Value,
    /// `responseElements`, unwrapped.
    pub(super) response: &'a Value,
    /// `serviceEventDetails`.
    pub(super) service: &'a Value,
    /// The record itself.
    pub(super) record: &'a Value,
}

impl<'a> View<'a> {
    /// Looks at a record.
    pub(super) fn new(record: &'a Value) -> Self {
        Self {
            request: unwrapped(&record["requestParameters"]),
            response: unwrapped(&record["responseElements"]),
            service: &record["serviceEventDetails"],
            record,
        }
    }

    fn root(&self, root: Root) -> &'a Value {
        match root {
            Root::Request => self.request,
            Root::Response => self.response,
            Root::Service => self.service,
            Root::Record => self.record,
        }
    }
}

/// Takes off the wrapper of the second family: `{"<Op>Request":{…}}`, also shortened to `Req` or `Res`.
fn unwrapped(value: &Value) -> &Value {
    let Value::Object(object) = value else {
        return value;
    };
    let mut members = object.iter();
    let (Some((key, inner)), None) = (members.next(), members.next()) else {
        return value;
    };
    let wraps = ["Request", "Req", "Response", "Res"]
        .iter()
        .any(|end| key.len() > end.len() && key.ends_with(end))
        && key.starts_with(|first: char| first.is_ascii_uppercase());
    let is_body = inner.is_object() || inner.as_str() == Some("");
    if wraps && is_body { inner } else { value }
}

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
pub(super) struct Path(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Constant(Text),
    Steps(Vec<Step>),
}

impl Path {
    /// Reads a path as the catalogue writes it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(constant) = text.strip_prefix('=') {
            return Ok(Self(Kind::Constant(constant.into())));
        }
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
        Ok(Self(Kind::Steps(steps)))
    }

    /// Collects every value that the path finds, in order, without repetitions.
    pub(super) fn values(&self, view: &View<'_>) -> Vec<Text> {
        let mut found = Vec::new();
        match &self.0 {
            Kind::Constant(value) => found.push(value.clone()),
            Kind::Steps(steps) => collect(view, None, steps, &mut found),
        }
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|value| seen.insert(value.clone()));
        found
    }

    /// Says whether the path is a constant, which no record says.
    pub(super) fn is_constant(&self) -> bool {
        matches!(self.0, Kind::Constant(_))
    }

    /// Says whether the path finds anything.
    pub(super) fn finds(&self, view: &View<'_>) -> bool {
        match &self.0 {
            Kind::Constant(_) => true,
            Kind::Steps(steps) => finds(view, None, steps),
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
        found.extend(at.and_then(scalar));
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

/// Returns an object's member, whatever the case of the key's first letter.
fn member<'a>(value: &'a Value, step: &Key) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(&step.lower).or_else(|| object.get(&step.upper))
}

/// Returns a list's elements, in whichever way it is written.
fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::String(text) if text.is_empty() => &[],
        Value::Array(elements) => elements,
        Value::Object(object) if object.is_empty() => &[],
        Value::Object(object) => match object.get("items").or_else(|| object.get("item")) {
            Some(inner) => elements(inner),
            None => std::slice::from_ref(value),
        },
        _ => std::slice::from_ref(value),
    }
}

/// Returns a value as text: numbers and booleans as they are written, `{"content":…}` as its content.
///
/// Absent for null, the empty string, lists and other objects.
pub(super) fn scalar(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(truth) => Some(truth.to_string().into()),
        Value::Object(object) => object.get("content").and_then(scalar),
        Value::Null | Value::Array(_) => None,
    }
}

/// One row: the values of an effect's slots.
pub(super) type Row = BTreeMap<usize, Text>;

/// Reads several paths together: those that share a list move together, row by row; values above the
/// list are repeated on every row.
///
/// At most [`ROWS_MAX`] rows; what independent lists multiply to is cut there.
pub(super) fn rows(view: &View<'_>, paths: &[(usize, &Path)]) -> Vec<Row> {
    let mut tree = Tree::default();
    let mut row = Row::new();
    for (slot, path) in paths {
        match &path.0 {
            Kind::Constant(value) => {
                row.insert(*slot, value.clone());
            }
            Kind::Steps(steps) => tree.add(steps, *slot),
        }
    }
    let mut rows = tree.rows(view, None);
    for found in &mut rows {
        for (slot, value) in &row {
            found.insert(*slot, value.clone());
        }
    }
    rows
}

/// Paths that are read together, as a tree of their common steps.
#[derive(Default)]
struct Tree<'p> {
    slots: Vec<usize>,
    children: Vec<(&'p Step, Tree<'p>)>,
}

impl<'p> Tree<'p> {
    fn add(&mut self, steps: &'p [Step], slot: usize) {
        let Some((step, rest)) = steps.split_first() else {
            self.slots.push(slot);
            return;
        };
        let position = self.children.iter().position(|(key, _)| *key == step);
        let position = position.unwrap_or_else(|| {
            self.children.push((step, Tree::default()));
            self.children.len() - 1
        });
        self.children[position].1.add(rest, slot);
    }

    fn rows(&self, view: &View<'_>, at: Option<&Value>) -> Vec<Row> {
        let mut own = Row::new();
        if let Some(value) = at.and_then(scalar) {
            own.extend(self.slots.iter().map(|slot| (*slot, value.clone())));
        }
        let mut rows = vec![own];
        for (step, child) in &self.children {
            let found = match step {
                Step::Root(root) => child.rows(view, Some(view.root(*root))),
                Step::Key(step) => match at.and_then(|value| member(value, step)) {
                    None => Vec::new(),
                    Some(list) if step.is_list => elements(list)
                        .iter()
                        .take(ROWS_MAX)
                        .flat_map(|element| child.rows(view, Some(element)))
                        .take(ROWS_MAX)
                        .collect(),
                    Some(value) => child.rows(view, Some(value)),
                },
            };
            rows = joined(rows, found);
        }
        rows
    }
}

/// Joins every row of one side with every row of the other.
fn joined(rows: Vec<Row>, mut others: Vec<Row>) -> Vec<Row> {
    others.retain(|row| !row.is_empty());
    if others.is_empty() {
        return rows;
    }
    let mut product = Vec::with_capacity(rows.len() * others.len().min(ROWS_MAX));
    for row in &rows {
        for other in &others {
            if product.len() == ROWS_MAX {
                return product;
            }
            let mut both = row.clone();
            both.extend(other.iter().map(|(slot, value)| (*slot, value.clone())));
            product.push(both);
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn values(path: &str, record: Value) -> Vec<String> {
        let path = Path::parse(path).expect("a path");
        let found = path.values(&View::new(&record));
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
    fn paths_below_one_list_move_together() {
        let record = json!({"responseElements": {"owner": "o", "set": {"items": [
            {"id": "i-1", "nics": {"items": [{"eni": "eni-1"}, {"eni": "eni-2"}]}},
            {"id": "i-2", "nics": {}},
        ]}}});
        let paths = [
            "response.set[].id",
            "response.set[].nics[].eni",
            "response.owner",
            "=x",
        ]
        .map(|path| Path::parse(path).expect("a path"));
        let paths: Vec<_> = paths.iter().enumerate().collect();
        let rows: Vec<Vec<String>> = rows(&View::new(&record), &paths)
            .iter()
            .map(|row| row.values().map(ToString::to_string).collect())
            .collect();
        assert_eq!(
            rows,
            [
                vec!["i-1", "eni-1", "o", "x"],
                vec!["i-1", "eni-2", "o", "x"],
                vec!["i-2", "o", "x"]
            ]
        );
    }

    #[test]
    fn a_hostile_product_of_lists_is_cut() {
        let many: Vec<Value> = (0..1000).map(Value::from).collect();
        let record = json!({"requestParameters": {"a": many, "b": many, "c": many}});
        let paths = ["request.a[]", "request.b[]", "request.c[]"]
            .map(|path| Path::parse(path).expect("a path"));
        let paths: Vec<_> = paths.iter().enumerate().collect();
        assert_eq!(rows(&View::new(&record), &paths).len(), ROWS_MAX);
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
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
