//! Rows: several paths of a record that are read together, as one table.

use std::collections::BTreeMap;

use serde_json::Value;

use super::view::{View, elements, member, scalar};
use super::{Kind, Path, Step};
use crate::text::Text;

/// At most this many rows come out of one record for one effect.
pub(in crate::catalogue) const ROWS_MAX: usize = 20_000;

/// One row: the values of an effect's slots.
pub(in crate::catalogue) type Row = BTreeMap<usize, Text>;

/// Reads several paths together: those that share a list move together, row by row; values above the
/// list are repeated on every row.
///
/// At most [`ROWS_MAX`] rows; what independent lists multiply to is cut there.
pub(in crate::catalogue) fn rows(view: &View<'_>, paths: &[(usize, &Path)]) -> Vec<Row> {
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
}
