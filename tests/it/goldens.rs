//! When what the tests hold against reviewed files is written into them instead.

use std::ffi::OsStr;

/// The variable that asks for it.
const VARIABLE: &str = "TRAILSPAN_UPDATE_GOLDEN";

/// Says whether reviewed files are to be written anew.
pub(crate) fn is_update() -> bool {
    asks(std::env::var_os(VARIABLE).as_deref())
}

/// Only `1` asks: an empty value, or `0`, is what someone sets who does not want it.
fn asks(value: Option<&OsStr>) -> bool {
    value.is_some_and(|value| value == "1")
}

#[test]
fn only_one_value_rewrites_what_was_reviewed() {
    assert!(asks(Some(OsStr::new("1"))));
    for value in [None, Some(""), Some("0"), Some("no")] {
        assert!(!asks(value.map(OsStr::new)), "{value:?}");
    }
}
