//! Rows: several paths of a record that are read together, as one table.

use serde_json::Value;

use super::view::{View, elements, member};
use super::{Key, Kind, Path, Step};
use crate::text::Text;

/// At most this many rows come out of one record for one effect.
pub(in crate::catalogue) const ROWS_MAX: usize = 20_000;

/// One row: the values of an effect's slots.
pub(in crate::catalogue) type Row = Vec<Option<Text>>;

/// Reads several paths together, each with its slot of `width`: those that share a list move together,
/// row by row; values above the list are repeated on every row.
///
/// At most [`ROWS_MAX`] rows; what independent lists multiply to is cut there, which the view notes.
pub(in crate::catalogue) fn rows(
    view: &View<'_>,
    paths: &[(usize, &Path)],
    width: usize,
) -> Vec<Row> {
    let mut row: Row = vec![None; width];
    let mut tree = Tree::default();
    for (slot, path) in paths {
        match &path.kind {
            Kind::Listed(steps) => tree.add(steps, *slot),
            Kind::Plain(_) | Kind::Constant(_) => row[*slot] = path.value(view),
        }
    }
    if tree.children.is_empty() {
        return vec![row];
    }
    let mut rows = joined(view, vec![row], tree.rows(view, None, width));
    for (slot, path) in paths.iter().filter(|(_, path)| path.prefix.is_some()) {
        for row in &mut rows {
            row[*slot].take_if(|value| !path.admits(value));
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

    /// Writes a value into the slots of this very node.
    fn fill(&self, view: &View<'_>, value: Option<&Value>, row: &mut Row) {
        if self.slots.is_empty() {
            return;
        }
        let text = value.and_then(|value| view.text(value));
        for slot in &self.slots {
            row[*slot].clone_from(&text);
        }
    }

    fn rows(&self, view: &View<'_>, at: Option<&Value>, width: usize) -> Vec<Row> {
        let mut own: Row = vec![None; width];
        self.fill(view, at, &mut own);
        for (step, child) in &self.children {
            if let Some(key) = leaf(step, child) {
                child.fill(view, at.and_then(|value| member(value, key)), &mut own);
            }
        }
        let mut rows = vec![own];
        for (step, child) in &self.children {
            if leaf(step, child).is_some() {
                continue;
            }
            let found = match step {
                Step::Root(root) => child.rows(view, Some(view.root(*root)), width),
                Step::Key(step) => match at.and_then(|value| member(value, step)) {
                    None => Vec::new(),
                    Some(list) if step.is_list => {
                        let elements = view.limited(ROWS_MAX, elements(list).iter());
                        let rows =
                            elements.flat_map(|element| child.rows(view, Some(element), width));
                        view.limited(ROWS_MAX, rows).collect()
                    }
                    Some(value) => child.rows(view, Some(value), width),
                },
            };
            rows = joined(view, rows, found);
        }
        rows
    }
}

/// Returns the key of a child that has one value at most, as most have.
fn leaf<'p>(step: &'p Step, child: &Tree<'_>) -> Option<&'p Key> {
    match step {
        Step::Key(key) if !key.is_list && child.children.is_empty() => Some(key),
        _ => None,
    }
}

/// Joins every row of one side with every row of the other; no slot is known on both.
fn joined(view: &View<'_>, rows: Vec<Row>, mut others: Vec<Row>) -> Vec<Row> {
    others.retain(|row| row.iter().any(Option::is_some));
    if others.is_empty() {
        return rows;
    }
    if let [row] = &rows[..] {
        others.iter_mut().for_each(|other| complete(other, row));
        return others;
    }
    let both = |row: &Row, other: &Row| {
        let mut both = other.clone();
        complete(&mut both, row);
        both
    };
    let pairs = rows
        .iter()
        .flat_map(|row| others.iter().map(move |other| (row, other)));
    let pairs = view.limited(ROWS_MAX, pairs);
    pairs.map(|(row, other)| both(row, other)).collect()
}

/// Gives a row the values that another knows.
fn complete(row: &mut Row, other: &Row) {
    for (value, other) in row.iter_mut().zip(other) {
        if other.is_some() {
            value.clone_from(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::interpret::Texts;
    use crate::catalogue::path::tests::parts;
    use serde_json::json;

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
        let parts = parts(&record);
        let rows: Vec<Vec<String>> = rows(&View::new(&parts, &mut Texts::default()), &paths, 4)
            .iter()
            .map(|row| row.iter().flatten().map(ToString::to_string).collect())
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
    fn a_long_value_above_a_list_is_whole_and_is_kept_once_for_all_rows() {
        let long = "x".repeat(100_000);
        let many: Vec<Value> = (0..1000).map(|id| json!({ "id": id })).collect();
        let record = json!({"responseElements": {"set": [{"name": long, "parts": many}]}});
        let paths = ["response.set[].name", "response.set[].parts[].id"]
            .map(|path| Path::parse(path).expect("a path"));
        let paths: Vec<_> = paths.iter().enumerate().collect();
        let parts = parts(&record);
        let rows = rows(&View::new(&parts, &mut Texts::default()), &paths, 2);
        assert_eq!(rows.len(), 1000);
        let first = rows[0][0].as_ref().expect("a name").as_str();
        assert_eq!(first, long);
        for row in &rows {
            let name = row[0].as_ref().expect("a name").as_str();
            assert!(std::ptr::eq(name, first), "a copy for each row");
        }
    }

    #[test]
    fn a_hostile_product_of_lists_is_cut() {
        let many: Vec<Value> = (0..1000).map(Value::from).collect();
        let record = json!({"requestParameters": {"a": many, "b": many, "c": many}});
        let paths = ["request.a[]", "request.b[]", "request.c[]"]
            .map(|path| Path::parse(path).expect("a path"));
        let paths: Vec<_> = paths.iter().enumerate().collect();
        let parts = parts(&record);
        let mut texts = Texts::default();
        let view = View::new(&parts, &mut texts);
        let cut = rows(&view, &paths, 3);
        assert_eq!(cut.len(), ROWS_MAX);
        assert!(view.is_cut());
    }

    #[test]
    fn as_many_rows_as_are_allowed_are_not_cut() {
        let many: Vec<Value> = (0..ROWS_MAX).map(Value::from).collect();
        let path = Path::parse("request.a[]").expect("a path");
        for (count, is_cut) in [(ROWS_MAX, false), (ROWS_MAX + 1, true)] {
            let mut many = many.clone();
            many.resize(count, json!("one more"));
            let record = json!({"requestParameters": {"a": many}});
            let parts = parts(&record);
            let mut texts = Texts::default();
            let view = View::new(&parts, &mut texts);
            assert_eq!(rows(&view, &[(0, &path)], 1).len(), ROWS_MAX);
            assert_eq!(view.is_cut(), is_cut, "{count}");
        }
    }
}
