//! The sums of the evidence in the forms of `sha256sum` and hashdeep, so that others check it without
//! this program.

use std::io::{self, Write};

use super::files::FileLine;
use crate::archive;

/// A form in which sums are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For `sha256sum --check`: a sum, two spaces, a path.
    Sha256Sums,
    /// For `hashdeep -a -k`: a size, a sum, a path, below two lines that say so.
    Hashdeep,
}

/// Writes what stands above the files.
///
/// # Errors
///
/// What the writer says.
pub fn begin(out: &mut dyn Write, form: Form) -> io::Result<()> {
    match form {
        Form::Sha256Sums => Ok(()),
        Form::Hashdeep => out.write_all(b"%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n"),
    }
}

/// Writes one file, by the bytes of its path; says whether it has a sum.
///
/// # Errors
///
/// What the writer says.
pub fn file(out: &mut dyn Write, form: Form, file: &FileLine) -> io::Result<bool> {
    let Some(sum) = file.sha256 else {
        return Ok(false);
    };
    let path = archive::path_bytes(&file.path);
    match form {
        Form::Sha256Sums => {
            // GNU coreutils: a path that would break the line is escaped, and a backslash says so.
            let is_escaped = path.iter().any(|byte| b"\\\n\r".contains(byte));
            if is_escaped {
                out.write_all(b"\\")?;
            }
            write!(out, "{sum}  ")?;
            for byte in path {
                match byte {
                    b'\\' => out.write_all(br"\\")?,
                    b'\n' => out.write_all(br"\n")?,
                    b'\r' => out.write_all(br"\r")?,
                    byte => out.write_all(&[byte])?,
                }
            }
        }
        Form::Hashdeep => {
            write!(out, "{},{sum},", file.size_bytes)?;
            out.write_all(&path)?;
        }
    }
    out.write_all(b"\n")?;
    Ok(true)
}
