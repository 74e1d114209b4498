//! Tells cargo that the embedded catalogue is part of the program, and the program what it is made of.
//!
//! Files that exist are tracked by the compiler; a new file in the folder is not, and adding an event
//! must not need a second thought.

use std::env;
use std::fs;
use std::process::Command;

/// The libraries whose versions decide what is read of the evidence and how the index is written.
const CRATES: [&str; 6] = [
    "flate2",
    "memchr",
    "serde_json",
    "sha2",
    "tantivy",
    "zlib-rs",
];

#[allow(clippy::print_stdout)] // this is how a build script speaks
fn main() {
    println!("cargo::rerun-if-changed=schema");
    println!("cargo::rerun-if-changed=Cargo.lock");
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=TRAILSPAN_TARGET={target}");
    println!("cargo::rustc-env=TRAILSPAN_RUSTC={}", compiler());
    println!("cargo::rustc-env=TRAILSPAN_CRATES={}", crates());
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
