//! Tells cargo that the embedded catalogue is part of the program, and the program what it is made of.
//!
//! Files that exist are tracked by the compiler; a new file in the folder is not, and adding an event
//! must not need a second thought. The name of the code is a sum of all of it: what another build has
//! kept beside an index is not believed, and nobody need think of raising a number.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries whose versions decide what is read of the evidence and how the index is written.
const CRATES: [&str; 10] = [
    "bzip2",
    "flate2",
    "libbz2-rs-sys",
    "lzma-rust2",
    "memchr",
    "ruzstd",
    "serde_json",
    "sha2",
    "tantivy",
    "zlib-rs",
];

#[allow(clippy::print_stdout)] // this is how a build script speaks
fn main() {
    println!("cargo::rerun-if-changed=schema");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.lock");
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=TRAILSPAN_TARGET={target}");
    println!("cargo::rustc-env=TRAILSPAN_RUSTC={}", compiler());
    println!("cargo::rustc-env=TRAILSPAN_CRATES={}", crates());
    println!("cargo::rustc-env=TRAILSPAN_CODE={}", code());
}

/// Sums the files of the program, those of its knowledge included.
fn code() -> String {
    let mut sum = DefaultHasher::new();
    let files = ["src", "schema"].map(|folder| files(Path::new(folder)));
    for path in files.into_iter().flatten() {
        let content = fs::read(&path).expect("the compiler reads it too");
        (path, content).hash(&mut sum);
    }
    format!("{:016x}", sum.finish())
}

/// Lists the files of a folder and of those in it, in order.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).expect("the compiler reads it too");
    let paths = entries.map(|entry| entry.expect("the compiler reads it too").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => BTreeSet::from([path]),
        })
        .collect()
}

fn compiler() -> String {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(rustc).arg("--version").output();
    let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    version.unwrap_or_default()
}

/// Lists the libraries as `name=version`, as the lock file has them.
fn crates() -> String {
    let lock = fs::read_to_string("Cargo.lock").unwrap_or_default();
    let versions = CRATES.iter().filter_map(|name| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        let (version, _) = rest.split_once('"')?;
        Some(format!("{name}={version}"))
    });
    versions.collect::<Vec<_>>().join(" ")
}
