//! trailspan reconstructs, offline and from archived CloudTrail dumps alone, when every EC2 network
//! interface, gateway, ClassicLink and Elastic IP was attached and detached, by whom, and how we know.
//!
//! **The index finds; the catalogue interprets.** The index keeps each record of interest exactly as AWS
//! delivered it, and the keys to find it by. What a record *means* is decided on reading, by data under
//! `schema/catalogue/`. So evidence and opinion stay apart, a better catalogue reinterprets an old index,
//! and the answer from the index is the answer of a direct scan.
//!
//! ```text
//!  files                                                     index
//!    │ walk, open, inflate, cut (archive)                      │ find by id, text, time
//!    ▼                                                         ▼
//!  record ── in scope? ──no──► counted          question ──► records ◄─┐ ids that they reveal
//!    │ yes                                                     │       │ (reconstruct::closure)
//!    ▼                                                         ▼       │
//!  index::Writer  +  ledger, in one commit            catalogue::interpret ──► events ┘
//!    ▼                                                         ▼
//!  report, coverage, manifest                         timeline ──► intervals, attempts, findings
//!                                                              ▼
//!                                                     render ──► table, JSON, CSV, HTML, Markdown
//! ```
//!
//! The one hard question is the closure. A detachment names only an attachment, a termination only an
//! instance, a release an allocation or an address: fetch what mentions the seeds, interpret it, add
//! what that reveals, and fetch again until nothing is new.
//!
//! # The code, from the ground up
//!
//! A module uses only what stands above it in this table: lower floors, and what stands before it on its
//! own. There is no `util`: what has no room of its own is not worth sharing.
//!
//! | floor | module | what it is for |
//! |---|---|---|
//! | 0 | [`text`] | text from evidence, which can be shown only escaped |
//! | 0 | [`record`] | a record as delivered, and the place where it was found |
//! | 0 | [`error`] | what stops a run, and what spoils one file or record |
//! | 1 | [`event`] | what a record reports: who, when, from where, which transitions |
//! | 1 | [`interval`] | from when to when, and how both ends are known |
//! | 2 | [`coverage`] | which time the archive covers |
//! | 2 | [`query`] | what a person asks: filters, and a search as a tree |
//! | 2 | [`plan`] | how a search was understood, and what it costs |
//! | 2 | [`report`] | the accounting of a run |
//! | 2 | [`audit`] | what a check found of each file |
//! | 2 | [`verification`] | what was said of logs, digests and periods |
//! | 3 | [`catalogue`] | pure: from a record to an event, by data |
//! | 3 | [`search`] | pure: from what was typed to what is asked |
//! | 3 | [`timeline`] | pure: from events to intervals |
//! | 3 | [`findings`] | pure: what in intervals and events deserves a look, by data |
//! | 4 | [`archive`] | from files to records, whatever the wrapping and the damage |
//! | 4 | [`digest`] | pure: from digests and keys to what is proven of each file |
//! | 4 | [`index`] | finds records by what is in them |
//! | 4 | [`render`] | how an answer looks, and our guidance |
//! | 4 | [`manifest`] | what an index was made of, for others to check |
//! | 5 | [`check`] | the index and the evidence against the manifest |
//! | 5 | [`ingest`] | from an archive to the index, in commits that go on from one another |
//! | 5 | [`reconstruct`] | from a question to intervals |
//! | 5 | [`verify`] | from an archive to what its digests prove |
//! | 6 | [`export`] | what an index tells, in the formats of other tools |
//! | 7 | `cli`, in the binary | one small file per command, the terminal, the exit status |
//!
//! Start reading at [`ingest::ingest`] and [`reconstruct::history`]; each module begins with what it is
//! for, and what it is not for.
//!
//! # Invariants, and what holds each
//!
//! 1. *Every file and every record ends in exactly one outcome, and the sums are right.* Property:
//!    `any_bytes_are_accounted_for`; on the demo: `ingesting_tells_what_became_of_every_file_and_record`.
//! 2. *The archive is only ever opened for reading.* `ingesting_leaves_the_archive_as_it_was`,
//!    `reading_leaves_the_archive_as_it_was_access_times_included`.
//! 3. *A batch of files is committed whole or not at all: an index never says that it read what it does not
//!    hold.* `a_run_that_is_not_committed_leaves_the_former_state`,
//!    `what_the_ledger_does_not_tell_is_not_committed`.
//! 4. *Same archive, same answers,* whatever the order of files, the threads, the number of runs:
//!    `the_order_of_records_shows_in_no_answer`, `threads_show_in_no_answer_and_one_of_them_finds_an_event_new`,
//!    `the_number_of_runs_and_commits_shows_in_no_answer`, `the_order_in_which_records_are_read_does_not_matter`.
//!    *What is kept beside an index shows in no answer:* `what_is_kept_beside_an_index_shows_in_no_answer`.
//! 5. *A record comes back byte for byte, or not at all.* `a_record_is_given_back_byte_for_byte`,
//!    `a_record_that_was_altered_in_the_index_is_not_shown`.
//! 6. *Each event has all the places where it was found.*
//!    `an_event_has_all_its_places_in_order_and_the_fullest_record_comes_first`.
//! 7. *A refused call changes nothing.* `a_refused_call_changes_nothing`.
//! 8. *An implied end is never told as made by its actor.*
//!    `an_implied_end_is_never_said_to_be_made_by_its_actor`.
//! 9. *Nothing from a log deceives a terminal.* `nothing_deceptive_reaches_a_table`; [`text::Text`] has no
//!    other way to be shown.
//! 10. *Everything read from outside is limited, and every limit that cut something is told.* The tests in
//!     `archive::tests::limits`; memory is bounded as `archive` says: `salvage::memory`.
//! 11. *The catalogue and the recorded calls agree:* no entry without a record, no record without an entry,
//!     no path that finds nothing. `tests/it/catalogue/`.
//! 12. *The library neither prints nor exits,* and reads no environment or network; options are passed in.
//!     The lints in `Cargo.toml`. The one clock that it reads times a run ([`report::Report`]).
//! 13. *An index is believed only after a check, and damage is never merged into what passes for sound.*
//!     `no_flipped_bit_gives_a_silently_wrong_answer`, `no_cut_gives_a_silently_wrong_answer`,
//!     `damage_is_not_merged_into_what_passes_for_sound`; reading changes nothing:
//!     `reading_writes_nothing_and_needs_no_lock`.
//! 14. *A kill, an interruption, a full or failing disk costs nothing that the same command, run again, does
//!     not make good: the same content digest, the same manifest.* `a_kill_at_any_moment_costs_nothing`,
//!     `a_disk_that_fails_now_and_then_costs_nothing`, `a_full_disk_is_told_and_costs_nothing`,
//!     `interruptions_show_in_nothing_but_the_lines_of_runs`.
//! 15. *What does not add up is an error, never "complete".*
//!     `a_run_that_does_not_add_up_is_an_error_and_never_complete`,
//!     `an_index_that_holds_other_than_its_ledger_says_is_an_error`.
//! 16. *Two runs over the same evidence write the same manifest, but for what is said to differ.*
//!     `two_runs_differ_only_in_what_is_said_to_differ`.
//! 17. *Nothing is called valid that AWS did not sign, and no change passes for proven.* `tests/it/verify/`:
//!     `p16_no_field_of_any_digest_can_be_changed_unseen`,
//!     `p16_a_bucket_that_was_touched_is_never_called_whole`, `p16_awscli_agrees_wherever_both_answer`.
//! 18. *What is wrong with a file costs only what is wrong, and is told.*
//!     `every_kind_of_bad_content_gives_what_is_whole_and_costs_no_other_file`,
//!     `a_flipped_bit_or_a_cut_makes_no_record_wrong_unsaid`,
//!     `a_flipped_bit_or_a_cut_in_a_bundle_loses_no_member_unsaid`; every flip and every cut:
//!     `cargo test --release --test it flips -- --ignored`.
//! 19. *An export holds every row, the same bytes every time, and is seen only when it is whole; what a
//!     format cannot hold is told.* `tests/it/export/`: `every_format_holds_every_row`,
//!     `the_same_archive_gives_the_same_bytes_in_every_format`, `an_interrupted_export_leaves_nothing`,
//!     `evidence_is_never_written_over`, `other_tools_read_every_row`.
//! 20. *The README quotes what the program prints.* `the_readme_quotes_what_the_program_prints`.
//! 20. *A question about one thing reads little, and is answered as if it had read everything.*
//!     `the_history_of_anything_is_what_the_whole_timeline_tells`,
//!     `the_history_of_anything_in_a_pile_is_what_the_whole_timeline_tells`,
//!     `what_an_event_did_is_what_the_whole_timeline_tells`, `a_chain_of_ties_is_read_in_bounded_work`.
//! 21. *Nothing from a log is markup in a report, and a report reaches for nothing.*
//!     `a_page_is_well_formed_and_reaches_for_nothing`, `no_text_opens_or_closes_anything`,
//!     `hostile_names_are_text_in_a_page_and_in_markdown`; the same index gives the same report:
//!     `a_report_is_the_same_whoever_makes_it_and_however_often`.
//! 22. *Every finding has calls from which it is found, and a near miss:*
//!     `every_finding_is_found_in_its_scenario_and_not_in_the_near_miss`.
//! 23. *What a shell is offered runs nothing in it.* `no_hostile_id_is_offered`. *A filter of the file of settings
//!     never narrows in silence:* `a_filter_of_the_file_never_narrows_in_silence`.
//!
//! # Every file that is read or written
//!
//! | what | who | how |
//! |---|---|---|
//! | the files of the archive; standard input, where `-` is given to `ingest` | `ingest`, `verify`, `check` | read only |
//! | the files named by `--keys` and `--digest-metadata` | `verify` | read only; their sums are told |
//! | the folder of the index (`--index`, `TRAILSPAN_INDEX`, `./trailspan.index`) | `ingest` writes, all others read | tantivy's segment files; `meta.json`, whose payload is our stamp (format, catalogue, totals); `checksums.json`, the SHA-256 of all these, of `manifest.jsonl` and of `verify.jsonl`; `manifest.jsonl`; two locks; `.tmp-…` while one of them is replaced. Delete the folder to start anew |
//! | `timeline.kept` in that folder | `ingest` writes, all others read | the timeline of all records, so that questions about everything need not fold them again; compressed blocks with their sums, believed only for the very state of the index, catalogue and build that it was made of. It may be deleted at any time |
//! | `verify.jsonl` in that folder | `verify` writes, all others read | what was said of each file, and the gaps; replaced as a whole, sealed by its last line, under the lock of who writes the index |
//! | the files in the folder after `--output` | `man` | manual pages, made anew; written over only with `--force` |
//! | the file after `--output` | `report` | made anew, never written over |
//! | the file after `--sha256sums` or `--hashdeep` | `check` | made anew, never written over |
//! | the file of named queries: after `--queries`, else `trailspan/queries` in `XDG_CONFIG_HOME` or `~/.config` | `search`, only where a query has an `@name`; completion in `shell` | read only |
//! | the file of settings: after `--config` or in `TRAILSPAN_CONFIG`, else `trailspan/config.toml` in `XDG_CONFIG_HOME` or `~/.config`; none with `--no-config` | every command but `help`, `man` and `completions` | read only |
//! | the file after `transcript` | `shell` | made anew, never written over; only on request |
//! | the file after `--history` | `shell` | former lines, read and added to; only on request: nothing is kept otherwise |
//! | the file after `--output` | `export` | written beside as `.trailspan-export-…`, synced, renamed; written over only with `--force`, never where it is evidence or in the folder of the index. A workbook's sheets lie in nameless files in its folder meanwhile |
//! | the program itself, the name of the machine (`--with-host`) and its time zone | `ingest` | read, for the manifest |
//!
//! What is written in which order: the segments, synced; `checksums.json` with the sums of the present and
//! of the next state; `meta.json`, by which the next state takes effect; at the end of a run
//! `manifest.jsonl`; `verify.jsonl` when `verify` ends. Each but the segments is written beside, synced, renamed, and the folder synced.
//!
//! Nothing else: no cache, no temporary files elsewhere. The catalogue, the fields of the
//! search, the findings, the statuses, the columns and what exports hold are under `schema/` and embedded when the program is built. Of
//! the environment the binary reads `TRAILSPAN_INDEX`, `TRAILSPAN_CONFIG`, `NO_COLOR`, `TERM` and `TZ`, for
//! the file of settings and named queries `XDG_CONFIG_HOME` and `HOME`, and for the pager, which is the one
//! program that it starts, on a terminal only, `TRAILSPAN_PAGER`, `PAGER` and `LESS`.
//!
//! # Crates, each with its home
//!
//! | crate | home | why |
//! |---|---|---|
//! | serde, serde_json, jiff | everywhere | data, JSON with untouched numbers and raw records, times |
//! | include_dir | catalogue, findings | the entries are files, not code |
//! | flate2 (zlib-rs), walkdir | archive | gzip member by member, without C; walking folders |
//! | ruzstd, bzip2 (its Rust port), lzma-rust2 (without its unsafe parts) | archive | zstd, bzip2 and xz as streams, without C, with a bound on their memory |
//! | memchr | archive, catalogue | finding the ends of records, and of the values in one |
//! | sha2 | archive, catalogue, digest, index, manifest, reconstruct, record, verify | sums of files, of the catalogue, of records, of events that share an id, of what was signed |
//! | rsa, md5 (md-5), base64 | digest | AWS's signatures, the fingerprints and the text of its keys. `rsa` is pure Rust; ring and aws-lc-rs need a C compiler and hold unsafe code. RUSTSEC-2023-0071 concerns the timing of private keys, and only public ones are used here. MD5 names keys and proves nothing |
//! | fs4 | index | how much room a full disk has left; tantivy locks by the same crate |
//! | tantivy | index | words, prefixes, ids and addresses in one embedded index with atomic commits |
//! | tantivy-sstable | index | by its feature alone: zstd makes lists of terms half as large, and stored records two thirds; it is C, as SQLite is |
//! | rayon | catalogue, check, digest, ingest, reconstruct, verify | files, records and signatures, on all processors; an interpreter for each |
//! | lz4_flex | index | blocks that are read faster than they could be computed; tantivy has it already |
//! | postcard | reconstruct | numbers in as many bytes as they need, for what is kept of a timeline |
//! | foldhash | catalogue, findings, reconstruct, timeline | a fast seeded hash where a table is asked for every record |
//! | unicode-width | render, search, cli | columns under a wide character, carets under a mistake, pages that do not run over |
//! | csv | render | quoting |
//! | parquet (without arrow) | export | column by column, in pure Rust; Snappy is read by every tool, and zstd would need C |
//! | rusqlite (with SQLite itself) | export | the one part in C: nothing else writes SQLite's files with a promise, and it is given nothing but what was made here |
//! | rust_xlsxwriter | export | typed cells, row by row, without formulas from evidence |
//! | tempfile | export | a file that appears when it is whole, and goes when it is not; the workbooks' crate has it already |
//! | clap, ctrlc, indicatif, terminal_size | cli | arguments, interruption, progress, width |
//! | clap_mangen, toml | cli | manual pages from the arguments; the file of settings, with the place of each mistake |
//! | rustyline, shlex | cli | a line with history and completion at a terminal; words quoted as in a shell |
//! | nix, rustix | tests | a terminal of its own, its size, signals |
//! | jsonschema, proptest, zip | tests | every output against its schema; laws; what is in a workbook |
//! | libdeflater, nix | benches | what no inflating can beat; what a process used |
//!
//! # Adding a finding
//!
//! No code, as long as one of the general patterns fits: an entry in a file of `schema/findings/`, which
//! `schema/finding-entries.schema.json` describes with what each pattern is asked for, and
//! `fixtures/findings/<code>.json` with calls after which it is found and a near miss after which it is not.
//!
//! # What is promised, and the tests that try to break it
//!
//! The long runs are asked for by name: `cargo test --profile quick -- --ignored --nocapture`; those of
//! `tests/it/fuzz/` take as many minutes each as `TRAILSPAN_FUZZ_MINUTES` says.
//!
//! | promise | tried by | last figures |
//! |---|---|---|
//! | nothing is dropped silently: every file and record has one counted outcome, and the sums agree | `properties::ingesting`, `properties::content`, `manifest::account::tests`; a run that does not add up is an error | random trees and damage, and a broken sum of each kind |
//! | a bad file costs no other file, and is named with its reason | `tests/it/bad_input.rs`, `tests/it/salvage/` | every row of both matrices, each beside good files |
//! | no flipped bit and no cut of a file gives a wrong record, a panic or a hang | `all_flips_and_cuts_of_both_layers`, `all_flips_and_cuts_of_bundles` | 72,054 changed copies of a 4 KB log and of its JSON, 417,258 of bundles: none wrong unsaid |
//! | nothing that reads what others wrote is ended, hung or deceived by it | `tests/it/fuzz/`, each target for 20 minutes | container 2,727,469 executions, splitter 4,860,131, interpreter 2,777,358, digest 605,263, query 178,517, escaping 9,776,305, manifest 2,757,640: none ended or hung |
//! | memory follows the largest record and not the file, as `archive` says | `gigabytes_made_to_fill_memory_are_read_in_little` | six inputs of up to 2 GiB each, read in 768 MiB of address space |
//! | the same evidence gives the same answers, content digest and bytes, whatever the threads, order, cuts and interruptions | `properties::content`, `properties::ingesting`, `what_is_kept_beside_an_index_shows_in_no_answer` | random trees, threads, orders and kills |
//! | a kill at any moment costs nothing | `many_kills_at_any_moment_cost_nothing` | 251 kills over 140 indexes, all survived |
//! | so does a disk that fails at any operation, once or for good, with EIO or ENOSPC | `a_disk_that_fails_at_any_operation_costs_nothing` | 486 operations of two runs, each in four ways: 1,944 runs, 1,914 refused with a reason, and the next one gives the index of an undisturbed run |
//! | a full disk, a limit on files and Ctrl-C are told, and the same command goes on | `tests/it/interruptions.rs` | each of them once in every run of the tests |
//! | the evidence is only read, and no command connects to anything | `tests/it/system_calls.rs` under strace, `reading_leaves_the_archive_as_it_was_access_times_included` | every command |
//! | the index is never inside the evidence nor the evidence in the index | `the_folder_of_the_index_is_no_evidence`, `tests/it/export/destinations.rs` | - |
//! | an index is believed only after a check: no flipped bit and no cut of it gives a wrong answer or ends the program | `no_flipped_bit_and_no_cut_at_all_gives_a_silently_wrong_answer`, `index::tests::believing` | 158,208 flips and 25,851 cuts: 178,227 told, the rest without effect |
//! | an index that can only be read is read; one of another format or engine gives a sentence | `reading_writes_nothing_and_needs_no_lock`, `index::tests::opening` | - |
//! | no string and no file name of an archive reaches a pipe or a terminal unescaped | `tests/it/hostile/everywhere.rs` | every command in every format, and at three widths of a pseudo-terminal |
//! | spreadsheets and pages run nothing of the evidence | `tests/it/export/tables.rs`, `render::dossier::tests`, `other_tools_read_every_row` | LibreOffice 7.4.7.2 and openpyxl 3.1.5 find no formula in workbooks and CSV of hostile texts |
//! | no change, loss or addition passes for what AWS delivered and signed | `tests/it/verify/changed.rs` | every field of every digest, some 190 ways; 64 buckets touched at random; none called whole |
//! | `verify` agrees with awscli's own validator wherever both answer | `p16_awscli_agrees_wherever_both_answer` | 324 buckets; with awscli 1.46.3 5,295 verdicts alike and 74 different, with 1.45.11 5,285 and 84, each for a reason that the test names |
//! | every bound names its record, file, place and what the digests say of it; `show --raw` gives the bytes as delivered | `a_record_is_given_back_byte_for_byte`, `records_are_given_back_byte_for_byte`, `p16_every_bound_says_what_its_file_rests_on` | every record of the demo archive |
//! | the intervals are right | `fixtures/timelines`, `properties::{closure, bounds, instants}` | 101 scenarios, and random scenes in other orders and cuts |
//! | the manifest is the same but for what it says may differ | `two_runs_differ_only_in_what_is_said_to_differ` | - |
//! | other tools read every row that is exported | `other_tools_read_every_row`, `lnav_reads_every_row_of_a_timeline_and_joins_the_ends_of_intervals` | DuckDB 2.0.0, pyarrow 26.0.1, openpyxl 3.1.5, LibreOffice 7.4.7.2, sqlite3 3.40.1, datasette 0.65.5, plaso 20260720, the OCSF 1.5.0 schema |
//!
//! # Adding an event
//!
//! No code. In the words of the folder that they go to:
//!
//! 1. `schema/catalogue/<resource>.json`: one entry under `events`. What it does (`effects`), the path of
//!    each identifier (`members`), what its errors prove (`proofs`), and what a person should know. The
//!    editor checks it against `schema/catalogue.schema.json`.
//! 2. `fixtures/operations.txt`: its name, wire family, and how sure that is.
//! 3. `fixtures/records/<EventName>.json`: one successful call, and `<EventName>.<variant>.json` for
//!    refused or unusual ones. Invented ids, documentation addresses and accounts.
//! 4. `cargo test --test it catalogue` says what is missing or contradicts; then
//!    `TRAILSPAN_UPDATE_GOLDEN=1 cargo test --test it catalogue`, and read the difference in
//!    `tests/golden/interpretation.txt` as you would read code.
//!
//! If it begins or ends something in a new way, add a scenario under `fixtures/timelines/` too.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod archive;
pub mod audit;
pub mod catalogue;
pub mod check;
pub mod coverage;
pub mod digest;
pub mod error;
pub mod event;
pub mod export;
pub mod findings;
pub mod histogram;
pub mod index;
pub mod ingest;
pub mod interval;
pub mod manifest;
pub mod members;
pub mod plan;
pub mod query;
pub mod reconstruct;
pub mod record;
pub mod render;
pub mod report;
pub mod search;
pub mod text;
pub mod timeline;
pub mod verification;
pub mod verify;
