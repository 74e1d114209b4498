//! Where a run comes from: what only the binary may look at, for the manifest.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use trailspan::archive::path_text;
use trailspan::manifest::Origin;
use trailspan::text::Text;

/// Who runs it, and for what, as the manifest will say.
#[derive(Debug, Args)]
pub(crate) struct OriginArguments {
    /// Who runs this, for the manifest
    #[arg(long, value_name = "NAME", help_heading = "For the manifest")]
    operator: Option<String>,
    /// The number of the case, for the manifest
    #[arg(long, value_name = "NUMBER", help_heading = "For the manifest")]
    case: Option<String>,
    /// Name this machine in the manifest
    #[arg(long, help_heading = "For the manifest")]
    with_host: bool,
}

impl OriginArguments {
    /// Looks at the clock, the command line and the program itself.
    pub(crate) fn origin(&self) -> Origin {
        let text = |text: &Option<String>| text.as_deref().map(Text::from);
        Origin {
            arguments: env::args_os()
                .map(|argument| path_text(Path::new(&argument)))
                .collect(),
            folder: env::current_dir().ok().map(|folder| path_text(&folder)),
            started: Some(Timestamp::now()),
            time_zone: TimeZone::system().iana_name().map(Text::from),
            host: self.with_host.then(host).flatten(),
            operator: text(&self.operator),
            case: text(&self.case),
            program: program(),
        }
    }
}

/// Names the running program, also where its file has been replaced meanwhile.
fn program() -> Option<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    match running.exists() {
        true => Some(running),
        false => env::current_exe().ok(),
    }
}

/// Names the machine, where the system tells it as Linux does.
fn host() -> Option<Text> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(Text::from(name.trim()))
}
