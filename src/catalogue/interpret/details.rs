//! What a record says besides the resources that it names: rule numbers, addresses, modes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::texts::Texts;
use super::values::first_values;
use crate::catalogue::Catalogue;
use crate::catalogue::path::{Parts, Path, View};
use crate::members::Name;
use crate::text::Text;

impl Catalogue {
    /// Returns the details that a record carries, by name; sentences may name them like members.
    ///
    /// `{"rule_number":["100"],"rule_action":["allow"]}` for a call that adds a rule. Empty where the
    /// record is out of scope or cannot be read.
    pub fn details(&self, raw: &str) -> BTreeMap<Name, Vec<Text>> {
        let record: Value = serde_json::from_str(raw).unwrap_or_default();
        let known = record["eventName"]
            .as_str()
            .and_then(|name| self.event(name))
            .filter(|known| record["eventSource"] == known.entry.source.as_str());
        let parts = Parts {
            request: record["requestParameters"].clone(),
            response: record["responseElements"].clone(),
            service: record["serviceEventDetails"].clone(),
            record: record.clone(),
        };
        let mut texts = Texts::default();
        let view = View::new(&parts, &mut texts);
        known
            .into_iter()
            .flat_map(|known| &known.entry.details)
            .map(|(name, paths)| {
                let paths = paths.alternatives().iter();
                let paths: Vec<Path> = paths.filter_map(|path| Path::parse(path).ok()).collect();
                (Name::kept(name.clone()), first_values(&view, &paths))
            })
            .filter(|(_, values)| !values.is_empty())
            .collect()
    }
}
