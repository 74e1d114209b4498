//! Panics, told as errors: where and why, once, and never lost.
//!
//! What the index library panics on is caught where it is called and told as damage to the index. Any
//! other panic is a fault of the program, on whichever thread it happens.

use std::env;
use std::panic::{self, PanicHookInfo, UnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::terminal;
use trailspan::error::{Error, ErrorKind};

/// The panics of this run, in their order: a hook can reach nothing but what is global.
static FAULTS: Mutex<Vec<Fault>> = Mutex::new(Vec::new());

/// A panic.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    /// File, line and column in the source.
    place: String,
    /// What it said.
    message: String,
    /// Whether the place is in this program's own source.
    is_ours: bool,
}

/// Runs `work`; tells each panic that `work` has not told itself, and ends with status 2 then.
///
/// With `RUST_BACKTRACE`, a panic also prints what it prints in any program.
pub(super) fn guarded(work: impl FnOnce() -> ExitCode + UnwindSafe) -> ExitCode {
    let standard = panic::take_hook();
    let is_watched = env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |info| {
        if is_watched {
            standard(info);
        }
        faults().push(Fault::of(info));
    }));
    let ended = panic::catch_unwind(work).ok();
    drop(panic::take_hook());
    let faults = faults();
    let mut code = ended;
    for fault in faults.iter().filter(|fault| fault.is_untold(ended)) {
        code = Some(terminal::refuse(&fault.error()));
    }
    code.unwrap_or(ExitCode::from(2))
}

fn faults() -> MutexGuard<'static, Vec<Fault>> {
    FAULTS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fault {
    fn of(info: &PanicHookInfo<'_>) -> Self {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        let place = info.location().map_or_else(
            || "at an unknown place".to_owned(),
            |at| format!("{}:{}:{}", at.file(), at.line(), at.column()),
        );
        Self {
            is_ours: info.location().is_none_or(|at| is_ours(at.file())),
            place,
            message: text.unwrap_or_else(|| "no reason is told".to_owned()),
        }
    }

    /// Says whether nobody has told of it in a run that `ended` so; absent where it ended the run.
    ///
    /// A panic in the index library that the run survived is told as damage, with status 2.
    fn is_untold(&self, ended: Option<ExitCode>) -> bool {
        self.is_ours || ended != Some(ExitCode::from(2))
    }

    fn error(&self) -> Error {
        let what = "this is a fault of the program";
        Error::new(ErrorKind::Input, self.place.as_str(), what)
            .because(&self.message)
            .hint("please report it, with what it prints with RUST_BACKTRACE=1")
    }
}

/// Says whether a source file is one of this package.
fn is_ours(file: &str) -> bool {
    let root = file!().strip_suffix("cli/fault.rs");
    root.is_none_or(|root| file.starts_with(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(is_ours: bool) -> Fault {
        Fault {
            place: "src/index/read.rs:7:9".into(),
            message: "index out of bounds".into(),
            is_ours,
        }
    }

    #[test]
    fn a_fault_is_told_with_its_place_its_reason_and_what_to_do() {
        let error = fault(true).error();
        assert_eq!(
            error.to_string(),
            "src/index/read.rs:7:9: this is a fault of the program: index out of bounds"
        );
        let hint = error.hint.as_deref();
        assert!(hint.is_some_and(|hint| hint.contains("RUST_BACKTRACE=1")));
    }

    #[test]
    fn only_what_another_crate_panicked_on_and_the_run_has_refused_is_told_already() {
        let refused = Some(ExitCode::from(2));
        assert!(!fault(false).is_untold(refused));
        assert!(fault(true).is_untold(refused));
        for is_ours in [false, true] {
            for ended in [None, Some(ExitCode::SUCCESS), Some(ExitCode::from(3))] {
                assert!(fault(is_ours).is_untold(ended), "{is_ours} {ended:?}");
            }
        }
    }

    #[test]
    fn a_place_in_a_crate_is_not_ours() {
        assert!(is_ours(file!()));
        assert!(!is_ours(
            "/home/a/.cargo/registry/src/index/tantivy-0.27.0/src/lib.rs"
        ));
        assert!(!is_ours("/rustc/0123abcd/library/core/src/slice/index.rs"));
    }

    #[test]
    fn a_panic_ends_with_status_2_and_an_answer_as_it_was() {
        assert_eq!(guarded(|| ExitCode::from(3)), ExitCode::from(3));
        assert_eq!(guarded(|| panic!("tried by a test")), ExitCode::from(2));
        faults().clear();
        assert_eq!(
            guarded(|| {
                let thread = std::thread::spawn(|| panic!("tried by a test, on a thread"));
                assert!(thread.join().is_err());
                ExitCode::SUCCESS
            }),
            ExitCode::from(2),
            "a panic that nobody looks at is no answer"
        );
    }
}
