//! Tells cargo that the embedded catalogue is part of the program, and names the code.
//!
//! Files that exist are tracked by the compiler; a new file in the folder is not, and adding an event
//! must not need a second thought. The name of the code is a sum of all of it: what another build has
//! kept beside an index is not believed, and nobody need think of raising a number.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

#[allow(clippy::print_stdout)] // this is how a build script speaks
fn main() {
    println!("cargo::rerun-if-changed=schema");
    println!("cargo::rerun-if-changed=src");
    let mut sum = DefaultHasher::new();
    for path in files(Path::new("src")) {
        let content = fs::read(&path).expect("the compiler reads it too");
        (path, content).hash(&mut sum);
    }
    println!("cargo::rustc-env=TRAILSPAN_CODE={:016x}", sum.finish());
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
