//! What a record says besides the resources that it names: rule numbers, addresses, modes.

use super::fields::Fields;
use super::values::first_values;
use super::{Texts, UnreadableRecord, parts};
use crate::catalogue::Catalogue;
use crate::catalogue::path::View;
use crate::members::Members;
use crate::text::Text;

impl Catalogue {
    /// Returns the details that a record carries, by name; sentences may name them like members.
    ///
    /// `{"rule_number":["100"],"rule_action":["allow"]}` for a call that adds a rule. Empty where the
    /// record is out of scope, or cannot be read, of which [`Catalogue::interpret`] says why.
    pub fn details(&self, raw: &str) -> Members<Vec<Text>> {
        self.read_details(raw).unwrap_or_default()
    }

    fn read_details(&self, raw: &str) -> Result<Members<Vec<Text>>, UnreadableRecord> {
        let fields = Fields::cut(raw)?;
        let name = fields.string("eventName")?.unwrap_or_default();
        let source = fields.string("eventSource")?.unwrap_or_default();
        let Some(known) = self
            .event(&name)
            .filter(|known| known.entry.source == source)
        else {
            return Ok(Members::default());
        };
        let parts = parts(&fields, known)?;
        let mut texts = Texts::default();
        let view = View::new(&parts, &mut texts);
        let details = known.details.iter();
        let details = details.map(|(name, paths)| (*name, first_values(&view, paths)));
        Ok(details.filter(|(_, values)| !values.is_empty()).collect())
    }
}
