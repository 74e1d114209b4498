//! Values by the catalogue's alternatives: of several paths, the first that finds anything counts.

use crate::catalogue::compile::Input;
use crate::catalogue::path::{Path, Row, View};
use crate::event::MemberId;
use crate::text::Text;

/// Chooses for every input the first alternative that finds anything.
pub(super) fn chosen<'i>(view: &View<'_>, inputs: &'i [Input]) -> Vec<(usize, &'i Path)> {
    inputs
        .iter()
        .enumerate()
        .filter_map(|(slot, input)| Some((slot, first(view, &input.paths)?)))
        .collect()
}

/// Returns the first path that finds anything; a single one whether it does or not.
pub(super) fn first<'p>(view: &View<'_>, paths: &'p [Path]) -> Option<&'p Path> {
    match paths {
        [only] => Some(only),
        several => several.iter().find(|path| path.finds(view)),
    }
}

/// Returns what the first path that finds anything finds.
pub(super) fn first_values(view: &View<'_>, paths: &[Path]) -> Vec<Text> {
    first(view, paths)
        .map(|path| path.values(view))
        .unwrap_or_default()
}

/// Returns the members that some slots of a row know, in order of [`MemberId`].
pub(super) fn row_members(
    inputs: &[Input],
    row: &Row,
    slots: std::ops::Range<usize>,
) -> Vec<(MemberId, Text)> {
    let mut members: Vec<(MemberId, Text)> = slots
        .filter_map(|slot| Some((inputs[slot].member?, row[slot].clone()?)))
        .collect();
    members.sort_by_key(|(member, _)| *member);
    // A case keeps them by the million until it is folded.
    members.shrink_to_fit();
    members
}
