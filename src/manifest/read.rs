//! Reads a manifest back, and holds it against its last line.

use std::borrow::Cow;
use std::io::{BufRead, Read as _};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256 as Hasher};

use super::files::FileLine;
use super::lines::{Content, EndLine, OutputLine, written};
use crate::record::Sha256;

/// The longest line that is read, in bytes: longer ones are none of ours.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// What a manifest tells, apart from its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents {
    /// The SHA-256 of the whole manifest.
    pub sha256: Sha256,
    /// Its lines of runs, as they stand there.
    pub runs: Vec<Value>,
    /// What the index held.
    pub content: Content,
    /// The files of the index.
    pub outputs: Vec<OutputLine>,
}

/// Reads a manifest; each file, read or skipped, is handed to `each` in the order of the lines.
///
/// # Errors
///
/// Says what is not as it was written: a line that is none, one that is missing, or a sum.
pub fn read(
    manifest: &mut dyn BufRead,
    each: &mut dyn FnMut(FileLine),
) -> Result<Contents, String> {
    let mut hash = Hasher::new();
    let mut count = 0;
    let (mut runs, mut outputs, mut content) = (Vec::new(), Vec::new(), None);
    loop {
        let mut line = Vec::new();
        let above = hash.clone();
        next_line(manifest, &mut line).map_err(|why| format!("line {}: {why}", count + 1))?;
        if line.is_empty() {
            return Err("it has no end".to_owned());
        }
        hash.update(&line);
        let told = |why: String| format!("line {}: {why}", count + 1);
        let Line { section } = parse(&line).map_err(told)?;
        match section.as_ref() {
            "run" => runs.push(parse::<Value>(&line).map_err(told)?),
            "file" | "skipped" => each(parse(&line).map_err(told)?),
            "output" => outputs.push(parse(&line).map_err(told)?),
            "content" => content = Some(parse(&line).map_err(told)?),
            "tool" | "options" | "malformed" | "totals" => {}
            "end" => {
                let end: EndLine = parse(&line).map_err(told)?;
                let sum = Sha256(above.finalize().into());
                if (end.lines, end.sha256) != (count, sum) {
                    return Err("the lines are not those that were sealed".to_owned());
                }
                // No sum covers the last line: it is believed only as it was written.
                if written("end", &end).map_err(|why| why.to_string())? != line {
                    return Err(told("it is not as it was written".to_owned()));
                }
                break;
            }
            _ => return Err(told("an unknown section".to_owned())),
        }
        count += 1;
    }
    let mut rest = Vec::new();
    next_line(manifest, &mut rest)?;
    if !rest.is_empty() {
        return Err("something follows its end".to_owned());
    }
    Ok(Contents {
        sha256: Sha256(hash.finalize().into()),
        runs,
        content: content.ok_or("it does not tell the content")?,
        outputs,
    })
}

fn next_line(manifest: &mut dyn BufRead, line: &mut Vec<u8>) -> Result<(), String> {
    manifest
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', line)
        .map_err(|error| error.to_string())?;
    match line.last() {
        None | Some(b'\n') => Ok(()),
        Some(_) => Err("it is cut".to_owned()),
    }
}

/// What all lines say.
#[derive(Deserialize)]
struct Line<'l> {
    #[serde(borrow, default)]
    section: Cow<'l, str>,
}

fn parse<'l, T: Deserialize<'l>>(line: &'l [u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|error| error.to_string())
}
