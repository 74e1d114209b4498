//! What was written of rows, for whoever tells it beside them.

use crate::render::grid::Written;

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// How many rows: intervals, attempts, events or spans.
    pub rows: usize,
    /// How many CSV cells were guarded against being run as a formula.
    pub guarded_cells: usize,
    /// The titles of the columns of a table that the width has no room for.
    pub columns_left_out: Vec<&'static str>,
}

impl Shown {
    pub(super) fn rows(rows: usize) -> Self {
        Self {
            rows,
            ..Self::default()
        }
    }

    pub(super) fn table(written: Written) -> Self {
        Self {
            rows: written.rows,
            columns_left_out: written.left_out,
            ..Self::default()
        }
    }

    /// Adds a further table.
    pub(super) fn and(mut self, written: Written) -> Self {
        self.rows += written.rows;
        for title in written.left_out {
            if !self.columns_left_out.contains(&title) {
                self.columns_left_out.push(title);
            }
        }
        self
    }
}
