//! Memory follows the largest record and not the file: inputs that are made to fill it are read by the
//! program in an address space that is limited.

use std::io::BufWriter;
use std::process::Command;

use flate2::write::GzEncoder;
use serde_json::Value;

use super::*;

/// The address space of the program, in bytes. Of it the index takes some 250 MiB: its arenas, the
/// segments that are mapped, and the stacks of threads. The rest is more than the bound that
/// `archive` documents for one thread.
const SPACE_BYTES: u64 = 768 << 20;

/// Writes a gzip file, piece by piece.
fn write_packed(path: &Path, write: &dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()>) {
    let file = BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = GzEncoder::new(file, Compression::fast());
    write(&mut encoder).unwrap();
    encoder.finish().unwrap().flush().unwrap();
}

fn repeat(out: &mut dyn std::io::Write, piece: &[u8], bytes: u64) -> std::io::Result<()> {
    let many = piece.repeat((1 << 20) / piece.len());
    for _ in 0..bytes / many.len() as u64 {
        out.write_all(&many)?;
    }
    Ok(())
}

/// Ingests a folder in a limited address space; nothing where that cannot be limited here.
#[allow(clippy::print_stderr)]
fn ingest(folder: &Path) -> Option<Value> {
    let index = tempfile::tempdir().unwrap();
    let output = Command::new("prlimit")
        .arg(format!("--as={SPACE_BYTES}"))
        .arg(env!("CARGO_BIN_EXE_trailspan"))
        .args(["ingest", "--threads", "1", "--format", "json", "--index"])
        .arg(index.path())
        .arg(folder)
        .output();
    let Ok(output) = output else {
        eprintln!("left out: there is no prlimit here");
        return None;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    Some(serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}")))
}

/// Makes one input for each way to fill memory, and ingests it beside a good file.
fn try_inputs(scale: u64) {
    let one = record(1);
    let huge = |piece: &'static [u8], bytes: u64| {
        move |out: &mut dyn std::io::Write| {
            out.write_all(b"{\"Records\":[{\"eventName\":\"DetachNetworkInterface\",\"eventSource\":\"ec2.amazonaws.com\",\"x\":")?;
            out.write_all(&piece[..1])?;
            repeat(out, &piece[1..], bytes)
        }
    };
    let deep = "[".repeat(127 - 1) + &"]".repeat(127 - 1);
    let nested = one.replacen('{', &format!("{{\"deep\":{deep},"), 1);
    let values = format!("{{\"v\":[1{}],", ",1".repeat(1_000_000));
    let crowded = one.replacen('{', &values, 1);
    type Write<'w> = Box<dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()> + 'w>;
    let inputs: [(&str, Write<'_>, u64); 6] = [
        ("zeros", Box::new(|out| repeat(out, b"\0", scale << 30)), 0),
        ("one string", Box::new(huge(b"\"y", scale << 30)), 0),
        ("one array", Box::new(huge(b"[1,", scale << 27)), 0),
        (
            "tiny records",
            Box::new(|out| {
                out.write_all(b"{\"Records\":[")?;
                repeat(
                    out,
                    b"{\"eventName\":\"x\",\"eventSource\":\"y\"},",
                    scale * 35_000_000,
                )?;
                out.write_all(one.as_bytes())?;
                out.write_all(b"]}")
            }),
            1,
        ),
        (
            "nested to the limit",
            Box::new(|out| out.write_all(nested.as_bytes())),
            1,
        ),
        (
            "values to the limit",
            Box::new(|out| out.write_all(crowded.as_bytes())),
            1,
        ),
    ];
    for (name, write, found) in &inputs {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "good.json", log(7..8).as_bytes());
        write_packed(&folder.path().join("input.json.gz"), write);
        let Some(report) = ingest(folder.path()) else {
            return;
        };
        assert_eq!(report["files"]["found"], 2, "{name}");
        assert_eq!(report["records"]["indexed"], 1 + found, "{name}: {report}");
    }
}

#[test]
fn what_is_made_to_fill_memory_is_read_in_little() {
    try_inputs(0);
}

#[test]
#[ignore = "writes and reads gigabytes: cargo test --release --test it memory -- --ignored"]
fn gigabytes_made_to_fill_memory_are_read_in_little() {
    try_inputs(2);
}
