//! Members' values with their JSON types, as `schema/values.json` names them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A member's value in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum MemberValue<'a> {
    /// Such as `1`.
    Number(u64),
    /// Such as `true`.
    Boolean(bool),
    /// Everything else.
    Text(&'a str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Types {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "about")]
    _about: String,
    number: BTreeSet<String>,
    boolean: BTreeSet<String>,
}

fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| {
        serde_json::from_str(include_str!("../../../schema/values.json"))
            .expect("the embedded file is checked by a test")
    })
}

/// Gives a member's value the type that its member has; text where it does not read back equal.
pub(super) fn member_value<'a>(member: &str, value: &'a str) -> MemberValue<'a> {
    let types = types();
    if types.number.contains(member) {
        let number = value.parse().ok().filter(|n: &u64| n.to_string() == value);
        return number.map_or(MemberValue::Text(value), MemberValue::Number);
    }
    match value {
        "true" if types.boolean.contains(member) => MemberValue::Boolean(true),
        "false" if types.boolean.contains(member) => MemberValue::Boolean(false),
        _ => MemberValue::Text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_type_of_its_member() {
        for (member, value, json) in [
            ("device_index", "1", "1"),
            ("device_index", "01", "\"01\""),
            ("device_index", "-1", "\"-1\""),
            ("delete_on_termination", "true", "true"),
            ("delete_on_termination", "yes", "\"yes\""),
            ("description", "true", "\"true\""),
            ("description", "1", "\"1\""),
        ] {
            let shown = serde_json::to_string(&member_value(member, value)).unwrap();
            assert_eq!(shown, json, "{member} {value}");
        }
    }
}
