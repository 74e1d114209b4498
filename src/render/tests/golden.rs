//! Texts as they were reviewed.

use crate::render::Style;

/// The widths that every table is shown at.
pub(in crate::render) const WIDTHS: [Option<usize>; 6] =
    [Some(60), Some(80), Some(100), Some(120), Some(200), None];

/// A style without colour, in UTC.
pub(in crate::render) fn style(width: Option<usize>) -> Style {
    Style {
        width,
        ..Style::default()
    }
}

/// Compares with `src/render/golden/<name>.txt`, or writes it where `TRAILSPAN_UPDATE_GOLDEN=1`.
pub(in crate::render) fn assert_golden(name: &str, shown: &str) {
    let path = format!(
        "{}/src/render/golden/{name}.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("TRAILSPAN_UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        std::fs::write(&path, shown).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_eq!(
        shown, expected,
        "{path}: TRAILSPAN_UPDATE_GOLDEN=1 rewrites it"
    );
}

/// Shows the same at every width, one below the other.
pub(in crate::render) fn at_all_widths(write: impl Fn(&mut Vec<u8>, &Style)) -> String {
    let mut shown = String::new();
    for width in WIDTHS {
        let name = width.map_or("no terminal".to_owned(), |width| format!("{width} columns"));
        let mut out = Vec::new();
        write(&mut out, &style(width));
        shown.push_str(&format!("=== {name}\n{}", String::from_utf8(out).unwrap()));
    }
    shown
}
