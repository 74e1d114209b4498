//! The floors of the house: a module imports only from lower floors, each crate has one home, and
//! the library neither prints nor knows the name of any event.
//!
//! A new room stands on the floor above everything that it needs. A new import between floors, or a
//! new crate, is a change of design: it changes a table here, and its commit says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules, from the ground up. Those of one floor do not know one another.
const FLOORS: [&[&str]; 13] = [
    &["members", "text"],                                    // 0: plain data
    &["error", "record"],                                    //
    &["event"],                                              // 1
    &["interval", "coverage", "histogram", "plan", "query"], // 1 and 2
    &["audit", "report", "verification"],                    //
    &["catalogue", "search"],                                // 3: pure rules
    &["timeline"],                                           //
    &["findings"],                                           //
    &["archive", "digest", "index", "render"], // 4: the neighbours of the outside world, one each
    &["manifest"],                             // what they add up to
    &["check", "ingest", "reconstruct", "verify"], // 5: the verbs
    &["export"],                               // what they say, for other tools
    &["cli", "main"],                          // 7: the binary
];

/// Where each crate is at home.
const HOMES: [(&str, &[&str]); 35] = [
    ("base64", &["digest"]),
    ("bzip2", &["archive"]),
    ("clap", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("csv", &["render"]),
    ("ctrlc", &["cli"]),
    ("flate2", &["archive"]),
    ("fs4", &["index"]),
    (
        "foldhash",
        &["catalogue", "findings", "reconstruct", "timeline"],
    ),
    ("include_dir", &["catalogue", "findings"]),
    ("indicatif", &["cli"]),
    ("lz4_flex", &["index"]),
    ("lzma_rust2", &["archive"]),
    ("md5", &["digest"]),
    ("memchr", &["archive", "catalogue"]),
    ("parquet", &["export"]),
    ("postcard", &["reconstruct"]),
    // The catalogue keeps one interpreter for each of its threads.
    (
        "rayon",
        &[
            "catalogue",
            "check",
            "digest",
            "ingest",
            "reconstruct",
            "verify",
        ],
    ),
    ("rsa", &["digest"]),
    ("rustyline", &["cli"]),
    ("rusqlite", &["export"]),
    ("rust_xlsxwriter", &["export"]),
    ("ruzstd", &["archive"]),
    (
        "sha2",
        &[
            "archive",
            "catalogue",
            "digest",
            "index",
            "manifest",
            "reconstruct",
            "record",
            "verify",
        ],
    ),
    ("shlex", &["cli"]),
    ("tantivy", &["index"]),
    ("tantivy_sstable", &["index"]),
    ("tempfile", &["export"]),
    ("terminal_size", &["cli"]),
    ("toml", &["cli"]),
    ("unicode_width", &["cli", "render", "search"]),
    ("walkdir", &["archive"]),
    // The words of time, and of data that is read or written, are spoken everywhere.
    ("jiff", &[]),
    ("serde", &[]),
    ("serde_json", &[]),
];

/// Crates of our crates that are named to switch a feature of theirs on.
const FOR_A_FEATURE: [&str; 1] = ["tantivy_sstable"];

/// Crates that tests use wherever they need them; only what is in the program is held to their home.
const IN_TESTS: [&str; 1] = ["tempfile"];

/// What only the binary does: the library is given its options, and hands its answers back. A stopwatch
/// (`Instant`) tells no time, and may measure a run.
const OUTSIDE: [&str; 13] = [
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "dbg!",
    "std::env",
    "env::var",
    "process::exit",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
    "TcpStream",
];

/// A file under `src/`, without its comments.
struct Source {
    path: String,
    /// The module that it belongs to, such as `archive`.
    module: String,
    code: String,
    /// The code that is in the program: `code` up to its tests; nothing where the file is a test.
    program: String,
}

impl Source {
    fn read(path: &Path, root: &Path) -> Self {
        let shown = path.strip_prefix(root).unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        let is_comment = |line: &&str| line.trim_start().starts_with("//");
        let lines: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
        let code = lines.join("\n");
        let is_test = ["/tests/", "/tests.rs", "/samples/"]
            .iter()
            .any(|part| shown.contains(part));
        let program = match code.split_once("#[cfg(test)]\nmod tests {") {
            _ if is_test => String::new(),
            Some((program, _)) => program.to_owned(),
            None => code.clone(),
        };
        let module = shown.split(['/', '.']).next().unwrap().to_owned();
        Self {
            path: shown.to_owned(),
            module,
            code,
            program,
        }
    }

    fn is_of_the_binary(&self) -> bool {
        ["cli", "main", "build"].contains(&self.module.as_str())
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    found.iter().map(|path| Source::read(path, &root)).collect()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Finds what follows `prefix` where it stands as a word of its own.
fn words_after<'c>(code: &'c str, prefix: &'c str) -> impl Iterator<Item = &'c str> {
    let is_part = |character: char| character.is_alphanumeric() || "_:".contains(character);
    code.match_indices(prefix).filter_map(move |(at, _)| {
        let before = code[..at].chars().next_back();
        let rest = &code[at + prefix.len()..];
        let end = rest
            .find(|character: char| !character.is_alphanumeric() && character != '_')
            .unwrap_or(rest.len());
        (!before.is_some_and(is_part)).then_some(&rest[..end])
    })
}

fn assert_none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}", wrong.join("\n  "));
}

#[test]
fn every_module_stands_on_one_floor() {
    let modules: BTreeSet<String> = sources()
        .into_iter()
        .map(|source| source.module)
        .filter(|module| module != "lib" && module != "build")
        .collect();
    let floors: BTreeSet<String> = FLOORS
        .iter()
        .flat_map(|floor| floor.iter())
        .map(|module| (*module).to_owned())
        .collect();
    assert_eq!(modules, floors);
}

#[test]
fn a_module_imports_only_from_lower_floors() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = floor(&source.module) else {
            continue;
        };
        let named = ["crate::", "trailspan::"]
            .into_iter()
            .flat_map(|prefix| words_after(&source.code, prefix));
        // In a module's own file, `super` is the crate itself.
        let is_own = source.path == format!("{}/mod.rs", source.module);
        let is_own = is_own || source.path == format!("{}.rs", source.module);
        let above = words_after(&source.program, "super::").filter(|_| is_own);
        for other in named.chain(above) {
            let is_below = other == source.module || floor(other).is_some_and(|floor| floor < own);
            if !is_below {
                wrong.push(format!("src/{}: `{other}`", source.path));
            }
        }
    }
    assert_none("not from a lower floor", &wrong);
}

#[test]
fn each_crate_has_one_home() {
    let homes: BTreeMap<&str, &[&str]> = HOMES.into_iter().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, home) in &homes {
            let code = match IN_TESTS.contains(name) {
                true => &source.program,
                false => &source.code,
            };
            let is_used = words_after(code, &format!("{name}::")).next().is_some()
                || words_after(code, &format!("::{name}::")).next().is_some();
            if is_used && !home.is_empty() && !home.contains(&source.module.as_str()) {
                wrong.push(format!("src/{}: `{name}`", source.path));
            }
        }
    }
    assert_none("not at home there", &wrong);
}

#[test]
fn every_dependency_has_a_row_and_is_used() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let (_, rest) = manifest.split_once("\n[dependencies]\n").unwrap();
    let dependencies: BTreeSet<String> = rest
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_")))
        // The library of the package md-5 is called md5.
        .map(|name| name.replace("md_5", "md5"))
        .collect();
    let rows: BTreeSet<String> = HOMES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(dependencies, rows);
    let sources = sources();
    let unused: Vec<String> = dependencies
        .into_iter()
        .filter(|name| !FOR_A_FEATURE.contains(&name.as_str()))
        .filter(|name| {
            let mut programs = sources.iter().map(|source| &source.program);
            let path = format!("{name}::");
            !programs.any(|program| program.contains(&path))
        })
        .collect();
    assert_none("used nowhere", &unused);
}

#[test]
fn the_map_of_the_code_tells_the_home_of_each_crate() {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let map = fs::read_to_string(map).unwrap();
    let (_, table) = map.split_once("//! | crate | home | why |\n").unwrap();
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in table.lines().take_while(|line| line.starts_with("//! |")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let homes = cells[2].split(", ").filter(|home| *home != "everywhere");
        let homes: Vec<String> = homes.map(str::to_owned).collect();
        for name in cells[1].split(", ") {
            let name = name.split(' ').next().unwrap().replace('-', "_");
            told.insert(name.replace("md_5", "md5"), homes.clone());
        }
    }
    for (name, homes) in HOMES {
        let mut told = told.remove(name).unwrap_or_default();
        told.sort();
        assert_eq!(told, homes, "{name}");
    }
}

#[test]
fn only_the_binary_speaks_and_looks_outside() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_of_the_binary()) {
        for word in OUTSIDE {
            if words_after(&source.program, word).next().is_some() {
                wrong.push(format!("src/{}: {word}", source.path));
            }
        }
    }
    assert_none("the library does not", &wrong);
}

#[test]
fn no_code_is_unsafe() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|source| words_after(&source.code, "unsafe").any(|rest| rest.is_empty()))
        .map(|source| format!("src/{}", source.path))
        .collect();
    assert_none("unsafe", &wrong);
}

#[test]
fn no_code_names_an_event_or_a_relation() {
    let catalogue = trailspan::catalogue::Catalogue::embedded();
    let events = catalogue.events().map(|(name, _)| name);
    let relations = catalogue.relations().flat_map(|(_, relation)| {
        let named = relation.resource.is_none() && relation.name.contains('-');
        named.then_some(relation.name.as_str())
    });
    let names: Vec<String> = events
        .chain(relations)
        .map(|name| format!("\"{name}\""))
        .collect();
    let mut wrong = Vec::new();
    for source in sources() {
        for name in names.iter().filter(|name| source.program.contains(*name)) {
            wrong.push(format!("src/{}: {name}", source.path));
        }
    }
    assert_none("known to the catalogue only", &wrong);
}

#[test]
fn words_are_found_where_they_stand_alone() {
    let code = "use crate::index::Reader;\nlet a = x::crate::b; ::csv::Writer, csv::A, unsafely";
    let after = |prefix| words_after(code, prefix).collect::<Vec<_>>();
    assert_eq!(after("crate::"), ["index"]);
    assert_eq!(after("csv::"), ["A"]);
    assert_eq!(after("::csv::"), ["Writer"]);
    assert_eq!(after("unsafe"), ["ly"]);
}
