//! Reading one file from its first byte to its last, and what lies in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::budget::Budget;
use super::bundle::{self, Notes, Packed, Stream, What};
use super::content::{Examined, Facts};
use super::inflate::Inflater;
use super::input::Input;
use super::label::Labels;
use super::layer::{Content, Unpacked};
use super::ledger::Ledger;
use super::open::{Opened, State, open};
use super::outcome::{Reading, settle, settle_bundle, wrap};
use super::pass::{Level, Pass};
use super::sniff::{Format, SNIFFED_BYTES, format};
use super::walk::STANDARD_INPUT_NAME;
use super::wrapping::Ahead;
use super::{Candidate, Cut, Limits, Rows, Scope};
use crate::report::{BundleFormat, FileEntry, FileOutcome};
use crate::text::Text;

/// How many bytes of content are asked for at once.
const CHUNK_BYTES: usize = 256 << 10;

/// Reads files one after another, with buffers that are used again; one per thread.
pub struct Reader {
    pub(super) levels: Vec<Level>,
    chunk_bytes: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// Makes a reader.
    pub fn new() -> Self {
        Self::with_chunks(CHUNK_BYTES)
    }

    /// Makes a reader that asks for that many bytes of content at once; the result is the same.
    pub(super) fn with_chunks(chunk_bytes: usize) -> Self {
        Self {
            levels: Vec::new(),
            chunk_bytes,
        }
    }

    /// Reads a file, and what lies in it if it is a bundle, and hands each record in scope to `sink`,
    /// in reading order.
    ///
    /// The file is read once, so its SHA-256 is known only when all records have been handed over:
    /// it is in the row that is returned, and callers put it into the
    /// [`Place`](crate::record::Place)s of the records they kept. In the same way a file that turns
    /// out to be damaged near its end has already handed over what stood before.
    ///
    /// Whatever is wrong with the file is told in the rows: this does not fail. Standard input has no
    /// name, so its rows are named by its sum: see [`Candidate::is_standard_input`].
    pub fn read(
        &mut self,
        file: &Candidate,
        limits: &Limits,
        scope: Scope<'_>,
        sink: &mut dyn FnMut(Cut<'_>),
    ) -> Rows {
        self.run(file, limits, scope, sink, &mut Purpose::Records)
    }

    /// Reads a file as [`Reader::read`] does, and tells more of its container, and of those that lie in
    /// it if it is a bundle, in order of the rows.
    pub fn examine(
        &mut self,
        file: &Candidate,
        limits: &Limits,
        scope: Scope<'_>,
        sink: &mut dyn FnMut(Cut<'_>),
    ) -> Vec<Examined> {
        let mut facts = BTreeMap::new();
        let rows = self.run(file, limits, scope, sink, &mut Purpose::Facts(&mut facts));
        let examined = rows.into_iter().map(|row| {
            let facts = facts.remove(&row.member).unwrap_or_default();
            Examined::new(row, facts)
        });
        examined.collect()
    }

    /// Reads the contents of some members of a bundle, each of its first gzip member only, which is the
    /// one that AWS writes; `sink` gets the path of each, and says in words why one cannot be read to its
    /// end, or that it is larger than `bytes_max`.
    pub fn members(
        &mut self,
        file: &Candidate,
        limits: &Limits,
        (wanted, bytes_max): (&BTreeSet<Text>, usize),
        sink: &mut dyn FnMut(&Text, Contents),
    ) {
        let scope = Scope {
            contains: &|_, _| false,
            names: &[],
        };
        let mut purpose = Purpose::Contents {
            wanted,
            bytes_max,
            sink,
        };
        // The rows were told when the file was examined.
        drop(self.run(file, limits, scope, &mut |_| {}, &mut purpose));
    }

    fn run(
        &mut self,
        file: &Candidate,
        limits: &Limits,
        scope: Scope<'_>,
        sink: &mut dyn FnMut(Cut<'_>),
        purpose: &mut Purpose<'_>,
    ) -> Rows {
        let (mut opened, before) = match open(file) {
            Ok(opened) => opened,
            Err(outcome) => {
                return Rows {
                    file: file.entry(outcome),
                    members: Vec::new(),
                };
            }
        };
        let mut entry = file.entry(FileOutcome::Read);
        let size_bytes = before.map(|state| state.size_bytes);
        if let Some(state) = before {
            entry.size_bytes = state.size_bytes;
            entry.modified_ns = state.modified_ns;
        }
        let budget = Budget::new(limits, size_bytes);
        let mut run = Run {
            limits,
            scope,
            sink,
            budget: &budget,
            rows: Vec::new(),
            labels: Labels::default(),
            depth: 0,
            purpose,
        };
        let entry = self.content(opened.source(), entry, &mut run);
        let mut rows = Rows {
            file: entry,
            members: run.rows,
        };
        conclude(&mut rows, &opened, before);
        rows
    }

    /// Reads one content: a file, a member, or what was compressed in it.
    fn content(
        &mut self,
        source: &mut dyn Read,
        entry: FileEntry,
        run: &mut Run<'_, '_>,
    ) -> FileEntry {
        let mut level = self.levels.pop().unwrap_or_else(Level::new);
        run.depth += 1;
        let pass = Pass::new(source, &mut level, self.chunk_bytes, run.budget);
        let entry = self.pass(pass, entry, run);
        run.depth -= 1;
        level.shrink();
        self.levels.push(level);
        entry
    }

    fn pass(&mut self, mut pass: Pass<'_>, entry: FileEntry, run: &mut Run<'_, '_>) -> FileEntry {
        let limit = run.limits.decoded_bytes_max;
        let ahead = pass.fill(SNIFFED_BYTES, limit);
        let format = format(&pass.held()[..pass.held().len().min(SNIFFED_BYTES)]);
        let is_too_deep = run.depth > run.limits.bundle_depth_max;
        match format {
            Format::Text if run.takes_content(&mut pass, ahead, &entry) => {
                pass.pass_over(limit);
                entry
            }
            Format::Text => {
                let (source, member) = (entry.source.clone(), entry.member.clone());
                let mut ledger = run.ledger(&source, member.as_ref());
                pass.scan(ahead, &mut ledger);
                let reading = pass.reading();
                let facts = Facts::of(&reading, &ledger);
                let entry = settle(entry, reading, ledger);
                if let Purpose::Facts(known) = &mut *run.purpose {
                    known.insert(member, facts);
                }
                entry
            }
            Format::Packed(_) | Format::Tar | Format::Zip if is_too_deep => {
                pass.pass_over(limit);
                let depth = run.limits.bundle_depth_max;
                let reason = format!("bundles and compressions lie more than {depth} deep");
                let reading = Reading {
                    is_limited: true,
                    damage: Some(reason.clone()),
                    ..pass.reading()
                };
                unreadable(entry, reading, reason, run)
            }
            Format::Packed(_) => {
                let entry = self.content(&mut Content::of(&mut pass), entry, run);
                wrap(entry, pass.reading())
            }
            Format::Tar => self.bundle(BundleFormat::Tar, pass, entry, run),
            Format::Zip => self.bundle(BundleFormat::Zip, pass, entry, run),
            Format::Unreadable(what) => {
                pass.pass_over(limit);
                let reason = format!("{what}, which this version cannot read");
                unreadable(entry, pass.reading(), reason, run)
            }
        }
    }

    /// Reads the members of a bundle.
    fn bundle(
        &mut self,
        format: BundleFormat,
        mut pass: Pass<'_>,
        entry: FileEntry,
        run: &mut Run<'_, '_>,
    ) -> FileEntry {
        let mut notes = Notes::new();
        let first = run.rows.len();
        let mut stream = Stream::new(&mut pass);
        let (mut stopped, mut repeated) = (None, 0);
        bundle::walk(format, &mut stream, &mut notes, &mut |member| {
            if run.rows.len() as u64 >= run.limits.members_max {
                let max = run.limits.members_max;
                stopped = Some(format!("more than {max} members"));
                return false;
            }
            let (label, is_new) = run.labels.label(entry.member.as_ref(), member.name);
            repeated += u64::from(!is_new);
            self.member(label, member.what, &entry, run);
            !run.budget.is_used_up()
        });
        stream.settle();
        if run.budget.is_used_up() {
            stopped = stopped.or_else(|| Some(run.budget.reason()));
        }
        if let Some(why) = stopped {
            pass.stop_here(&why);
        }
        notes.repeated = repeated;
        let members = (run.rows.len() - first) as u64;
        settle_bundle(entry, pass.reading(), format, members, notes)
    }

    /// Reads one member of a bundle and adds its row.
    fn member(&mut self, label: Text, what: What<'_>, bundle: &FileEntry, run: &mut Run<'_, '_>) {
        let place = run.rows.len();
        let mut entry = FileEntry {
            size_bytes: 0,
            ..super::walk::empty_entry(
                bundle.source.clone(),
                State::of_member(bundle),
                FileOutcome::Read,
            )
        };
        entry.member = Some(label);
        let entry = match what {
            What::Aside(outcome) => FileEntry { outcome, ..entry },
            What::File {
                source,
                packed: Packed::No,
                sum: None,
            } => self.content(source, entry, run),
            What::File {
                source,
                packed,
                sum,
            } => {
                let mut level = self.levels.pop().unwrap_or_else(Level::new);
                let Level { input, inflate, .. } = &mut level;
                let input = Input::new(source, input);
                let inflater = match packed {
                    Packed::No => Inflater::of_plain(input, inflate),
                    Packed::Deflate => Inflater::of_raw_deflate(input, inflate),
                    Packed::Marked => Inflater::new(input, inflate),
                };
                let mut unpacked = Unpacked::new(inflater, run.budget, sum);
                let entry = self.content(&mut unpacked, entry, run);
                self.levels.push(level);
                entry
            }
        };
        run.rows.insert(place, entry);
    }
}

/// What all contents of one file on disk share.
struct Run<'a, 'p> {
    limits: &'a Limits,
    scope: Scope<'a>,
    sink: &'a mut dyn FnMut(Cut<'_>),
    budget: &'a Budget,
    rows: Vec<FileEntry>,
    labels: Labels,
    depth: usize,
    purpose: &'a mut Purpose<'p>,
}

/// The content of a member, or in words why it cannot be read to its end.
type Contents = Result<Vec<u8>, Text>;

/// What is wanted besides the rows.
enum Purpose<'a> {
    /// The records in scope.
    Records,
    /// More of each content, by the path inside the bundle.
    Facts(&'a mut BTreeMap<Option<Text>, Facts>),
    /// The contents of some members.
    Contents {
        wanted: &'a BTreeSet<Text>,
        bytes_max: usize,
        sink: &'a mut dyn FnMut(&Text, Contents),
    },
}

impl Run<'_, '_> {
    /// Hands a content over where contents are wanted; says whether they are.
    fn takes_content(&mut self, pass: &mut Pass<'_>, ahead: Ahead, entry: &FileEntry) -> bool {
        let Purpose::Contents {
            wanted,
            bytes_max,
            sink,
        } = &mut *self.purpose
        else {
            return false;
        };
        if let Some(member) = entry
            .member
            .as_ref()
            .filter(|member| wanted.contains(*member))
        {
            sink(member, pass.first_content(ahead, *bytes_max));
        }
        true
    }

    fn ledger<'l>(&'l mut self, source: &'l Text, member: Option<&'l Text>) -> Ledger<'l> {
        Ledger::new(
            (source, member),
            (self.limits, self.budget),
            self.scope,
            self.sink,
        )
    }
}

/// Makes the row of a content that is not looked into.
fn unreadable(
    entry: FileEntry,
    reading: Reading,
    reason: String,
    run: &mut Run<'_, '_>,
) -> FileEntry {
    let reading = Reading {
        format: Some(reason),
        ..reading
    };
    let (source, member) = (entry.source.clone(), entry.member.clone());
    let ledger = run.ledger(&source, member.as_ref());
    settle(entry, reading, ledger)
}

/// Completes the row of a file on disk, or of standard input, by what only its end shows.
fn conclude(rows: &mut Rows, opened: &Opened, before: Option<State>) {
    let Some(before) = before else {
        let sum = rows
            .file
            .sha256
            .map(|sum| sum.to_string())
            .unwrap_or_default();
        let source = Text::from(format!(
            "{STANDARD_INPUT_NAME}{}",
            &sum[..sum.len().min(16)]
        ));
        return rows.iter_mut().for_each(|row| row.rename(&source));
    };
    let file = &mut rows.file;
    let read_bytes = std::mem::replace(&mut file.size_bytes, before.size_bytes);
    let is_as_before = opened.state() == Some(before);
    if !is_as_before || read_bytes != before.size_bytes && file.sha256.is_some() {
        file.findings
            .insert(0, super::findings::changed(&file.source));
    }
}
