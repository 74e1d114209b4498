//! Tells cargo that the embedded catalogue is part of the program.
//!
//! Files that exist are tracked by the compiler; a new file in the folder is not, and adding an event
//! must not need a second thought.

#[allow(clippy::print_stdout)] // this is how a build script speaks
fn main() {
    println!("cargo::rerun-if-changed=schema");
}
