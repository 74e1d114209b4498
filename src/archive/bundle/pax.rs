//! What a header of tar says of the member after it: POSIX's records `LENGTH KEY=VALUE`, GNU's long names.

/// What was said of the next member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Its name.
    pub(super) name: Option<Vec<u8>>,
    /// Its size in bytes.
    pub(super) size: Option<u64>,
    /// It is kept without its holes, so its content is not what stands there.
    pub(super) is_sparse: bool,
    /// Some of it could not be read, or says two things.
    pub(super) is_damaged: bool,
}

impl Said {
    /// Takes the records of an extended header.
    pub(super) fn read(&mut self, mut records: &[u8]) {
        while !records.is_empty() {
            let Some((key, value, rest)) = record(records) else {
                // Some programs pad with zeros.
                self.is_damaged |= records.iter().any(|byte| *byte != 0);
                return;
            };
            self.take(key, value);
            records = rest;
        }
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        match key {
            b"path" if !self.is_sparse => self.name = Some(value.to_vec()),
            b"GNU.sparse.name" => self.name = Some(value.to_vec()),
            b"size" => {
                let size = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok());
                self.is_damaged |= size.is_none() || self.size.is_some_and(|one| size != Some(one));
                self.size = size.or(self.size);
            }
            _ => {} // times, owners and comments say nothing about the content
        }
        self.is_sparse |= key.starts_with(b"GNU.sparse.");
    }
}

/// Splits off the first record: its key, its value, and the rest.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    let said = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = said.iter().position(|byte| *byte == b'=')?;
    Some((&said[..equals], &said[equals + 1..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_cut_by_their_length_and_not_by_lines() {
        for (records, expected) in [
            (&b"12 path=a/b\n"[..], (Some("a/b"), None, false, false)),
            (
                b"12 path=a\nb\n12 size=123\n",
                (Some("a\nb"), Some(123), false, false),
            ),
            (b"10 size=1\n10 size=2\n", (None, Some(2), false, true)),
            (b"10 size=x\n", (None, None, false, true)),
            (b"99 path=a\n", (None, None, false, true)),
            (b"12 path=a/b\n\0\0", (Some("a/b"), None, false, false)),
            (
                b"22 GNU.sparse.major=1\n21 GNU.sparse.name=x\n10 path=y\n",
                (Some("x"), None, true, false),
            ),
        ] {
            let mut said = Said::default();
            said.read(records);
            let name = said.name.map(|name| String::from_utf8(name).unwrap());
            assert_eq!(
                (name.as_deref(), said.size, said.is_sparse, said.is_damaged),
                expected,
                "{}",
                records.escape_ascii()
            );
        }
    }
}
