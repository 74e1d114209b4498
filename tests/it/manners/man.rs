//! The manual pages.

// What was skipped is told to whoever runs it.
#![allow(clippy::print_stdout)]

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::binary::run;

#[test]
fn every_page_is_written_once_and_rendered() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), &["man", "--output", "pages"]).ends_with(0);
    let pages = folder.path().join("pages");
    let mut names: Vec<String> = fs::read_dir(&pages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.contains(&"trailspan.1".to_owned()), "{names:?}");
    assert!(names.len() > 15, "{names:?}");
    for name in &names {
        let page = fs::read_to_string(pages.join(name)).unwrap();
        let command = name.strip_suffix(".1").unwrap();
        let command = command.strip_prefix("trailspan-");
        let arguments: Vec<&str> = ["man"].into_iter().chain(command).collect();
        assert_eq!(run(folder.path(), &arguments).ends_with(0).stdout, page);
        let mut man = Command::new("man");
        man.args(["--warnings", "-E", "UTF-8", "-l"])
            .arg(pages.join(name));
        man.env("MANPAGER", "cat")
            .env("MANWIDTH", "100")
            .env("LC_ALL", "C.UTF-8");
        match man.output() {
            Ok(output) if output.stdout.is_empty() => println!("skipped: man shows nothing here"),
            Ok(output) => {
                let text = String::from_utf8(output.stdout).unwrap();
                assert!(text.contains("SYNOPSIS"), "{name}: {text}");
                assert!(
                    text.contains("  trailspan "),
                    "{name} has no example: {text}"
                );
                assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{name}");
            }
            Err(error) => println!("skipped: man: {error}"),
        }
    }
}

#[test]
fn a_page_that_is_there_is_written_over_only_by_force() {
    let folder = TempDir::new().unwrap();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    fs::write(pages.join("trailspan-show.1"), "mine").unwrap();
    let refused = run(folder.path(), &["man", "--output", "pages"]).ends_with(2);
    assert!(
        refused
            .stderr
            .contains("trailspan-show.1: is there already"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("--force"), "{refused:?}");
    assert_eq!(
        fs::read_dir(&pages).unwrap().count(),
        1,
        "nothing is written in part"
    );
    assert_eq!(fs::read(pages.join("trailspan-show.1")).unwrap(), b"mine");
    run(folder.path(), &["man", "--output", "pages", "--force"]).ends_with(0);
    assert_ne!(fs::read(pages.join("trailspan-show.1")).unwrap(), b"mine");
}

#[test]
fn a_command_that_is_not_there_has_no_page() {
    let folder = TempDir::new().unwrap();
    let ran = run(folder.path(), &["man", "histry"]).ends_with(2);
    assert!(ran.stderr.contains("did you mean history?"), "{ran:?}");
}
