//! Other programs at the same job: all network events with time, name, principal, address, id, request
//! and response, into a file. None of them keeps an index.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Another program.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// What tells its version; it is not installed where that fails.
    version: &'static [&'static str],
    /// A script for a shell: `$1` is the archive, `$2` a file of event names, `$3` the output.
    script: &'static str,
    /// How many times it is measured at most: the slow ones once.
    pub(crate) rounds: usize,
}

/// The other programs; `$PYTHON` is the interpreter that has chdb and duckdb.
pub(crate) const PEERS: [Peer; 5] = [
    Peer {
        name: "ClickHouse engine (chdb)",
        version: &[
            "$PYTHON",
            "-c",
            "import chdb; print(chdb.__version__, chdb.engine_version)",
        ],
        script: r#"exec "$PYTHON" -c '
import sys, chdb
archive, names, out = sys.argv[1:]
names = ",".join(repr(name) for name in open(names).read().split())
chdb.query(f"""SELECT r.eventTime, r.eventName, r.userIdentity.arn, r.sourceIPAddress, r.eventID,
r.requestParameters, r.responseElements FROM (SELECT arrayJoin(Records) r
FROM file(\x27{archive}/**/*.gz\x27, \x27JSONEachRow\x27, \x27Records Array(Tuple(eventTime String,
eventSource String, eventName String, userIdentity Tuple(arn String), sourceIPAddress String,
eventID String, requestParameters String, responseElements String))\x27))
WHERE r.eventSource = \x27ec2.amazonaws.com\x27 AND r.eventName IN ({names})
INTO OUTFILE \x27{out}\x27 TRUNCATE FORMAT TSV SETTINGS input_format_json_read_objects_as_strings = 1,
input_format_json_ignore_unknown_keys_in_named_tuple = 1""")' "$@""#,
        rounds: 5,
    },
    Peer {
        name: "ripgrep -z (names only)",
        version: &["rg", "--version"],
        script: r#"exec rg -z --no-ignore --no-filename -o "\"eventName\":\"($(paste -sd'|' "$2"))\"" "$1" >"$3""#,
        rounds: 3,
    },
    Peer {
        name: "suzaku",
        version: &["suzaku", "help"],
        script: r#"exec suzaku search -q -d "$1" -r "$(paste -sd'|' "$2")" -o "$3""#,
        rounds: 1,
    },
    Peer {
        name: "jq, one for each processor",
        version: &["jq", "--version"],
        script: r#"find "$1" -name '*.gz' -print0 | NAMES="$(cat "$2")" OUT="$3" xargs -0 -P "$(nproc)" -n 500 sh -c '
zcat "$@" | jq -r "(env.NAMES | split(\"\n\") | map({(.): true}) | add) as \$names | .Records[]
| select(.eventSource == \"ec2.amazonaws.com\" and \$names[.eventName])
| [.eventTime, .eventName, .userIdentity.arn, .sourceIPAddress, .eventID, (.requestParameters | tojson),
(.responseElements | tojson)] | @tsv" >"$OUT.$$"' sh && cat "$3".* >"$3" && rm "$3".*"#,
        rounds: 1,
    },
    Peer {
        name: "DuckDB",
        version: &["$PYTHON", "-c", "import duckdb; print(duckdb.__version__)"],
        script: r#"exec "$PYTHON" -c '
import sys, duckdb
archive, names, out = sys.argv[1:]
names = ",".join(repr(name) for name in open(names).read().split())
duckdb.sql(f"""COPY (SELECT r.eventTime, r.eventName, r.userIdentity.arn, r.sourceIPAddress, r.eventID,
r.requestParameters, r.responseElements FROM (SELECT unnest(Records) r
FROM read_json(\x27{archive}/**/*.gz\x27, maximum_object_size = 67108864, columns = {{Records: \x27STRUCT(
eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, userIdentity STRUCT(arn VARCHAR),
sourceIPAddress VARCHAR, eventID VARCHAR, requestParameters JSON, responseElements JSON)[]\x27}}))
WHERE r.eventSource = \x27ec2.amazonaws.com\x27 AND r.eventName IN ({names})) TO \x27{out}\x27 (HEADER false)""")' "$@""#,
        rounds: 1,
    },
];

impl Peer {
    /// Returns its version in one line; nothing where it is not installed.
    pub(crate) fn version(&self, python: &str) -> Option<String> {
        let (program, arguments) = self.version.split_first()?;
        let program = if *program == "$PYTHON" {
            python
        } else {
            program
        };
        // What cannot be run is not installed.
        let told = Command::new(program).args(arguments).output().ok()?;
        let line = String::from_utf8_lossy(&told.stdout);
        let line = line.lines().next().unwrap_or_default().trim().to_owned();
        told.status.success().then_some(line)
    }

    /// Returns its command.
    pub(crate) fn command(&self, python: &str, paths: [&Path; 3]) -> Vec<OsString> {
        let script = format!("PYTHON={python}\n{}", self.script);
        let shell = ["sh", "-ec", &script, "sh"].map(OsString::from);
        shell.into_iter().chain(paths.map(OsString::from)).collect()
    }
}
