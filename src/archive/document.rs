//! The top level of a file: documents, one after another, or one a line.

use serde::de::IgnoredAny;

use super::ledger::Ledger;
use super::resume::Found;
use super::scan::space_end;
use super::seen::Seen;
use super::wrapping::{Ahead, Frame, Last, Page, Role, Scanner, Step, kind_word};

/// The longest text that may stand before a record on its line, in bytes.
const PREFIX_BYTES_MAX: usize = 64;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Scanner {
    /// Reads on at the top level.
    pub(super) fn step_document(
        &mut self,
        page: Page<'_>,
        at: usize,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        let rest = &page.bytes[at..];
        let top = self.top;
        match rest[0] {
            // RFC 7464 writes a record separator before each text.
            b' ' | b'\n' | b'\r' | b'\t' => Step::To(space_end(page.bytes, at)),
            b',' | b'\x1e' => Step::To(at + 1),
            b'\0' => {
                let zeros = rest.iter().take_while(|byte| **byte == 0).count();
                ledger.zero_bytes += zeros as u64;
                Step::To(at + zeros)
            }
            b'\xef' if rest.starts_with(BYTE_ORDER_MARK) => {
                ledger.byte_order_marks += 1;
                Step::To(at + BYTE_ORDER_MARK.len())
            }
            b'\xef' if rest.len() < BYTE_ORDER_MARK.len() && page.ahead == Ahead::More => {
                Step::Need(at)
            }
            b'[' => {
                self.count_document(ledger);
                let role = match top {
                    Role::Inner => Role::Inner,
                    _ => Role::Item,
                };
                self.last = Last::Opening;
                self.frames.push(Frame::Array(role));
                Step::To(at + 1)
            }
            b'{' => {
                let step = self.step_object(page, at, top, ledger);
                if matches!(step, Step::To(_)) {
                    self.count_document(ledger);
                }
                step
            }
            _ => self.step_line(page, at, ledger),
        }
    }

    fn count_document(&self, ledger: &mut Ledger<'_>) {
        if self.depth == 0 {
            ledger.documents.begun += 1;
            ledger.documents.after_records += u64::from(ledger.documents.holds_records);
        }
    }

    /// Takes a line that begins with neither object nor array.
    fn step_line(&mut self, page: Page<'_>, at: usize, ledger: &mut Ledger<'_>) -> Step {
        let rest = &page.bytes[at..];
        if let Some(brace) = prefix_end(rest) {
            return Step::To(at + brace);
        }
        let max = ledger.limits.element_bytes_max();
        let end = memchr::memchr(b'\n', &rest[..rest.len().min(max)]);
        let length = match end {
            Some(end) => end,
            None if rest.len() > max => {
                self.skipping = super::broken::Skipping::Rest;
                ledger.lose(self.offset(page, at), "no line ends");
                max
            }
            None if page.ahead == Ahead::More => return Step::Need(at),
            None => rest.len(),
        };
        let line = &rest[..length];
        if serde_json::from_slice::<IgnoredAny>(line).is_ok() {
            self.json_line(line, self.offset(page, at), ledger);
            return Step::To(at + length);
        }
        let reach = page.bytes.len().min(at + max);
        // A record that is found later on the line is read; what stands before it is junk.
        let (found, work) = self.find(
            page,
            at..reach,
            at + 1..at + length,
            (reach < at + max, true),
        );
        let end = match found {
            Found::Undecided => return Step::Need(at),
            Found::At(next) => next,
            Found::Nothing | Found::GaveUp => at + length,
        };
        self.read_again_bytes += work;
        if matches!(found, Found::At(_)) && self.depth == 0 {
            // A bundle whose marks are damaged reads so: its other members are lost.
            let offset = self.offset(page, at);
            ledger.lose(offset, "a record stands behind what is no JSON");
        }
        let junk = &page.bytes[at..end];
        ledger.note_seen(|| Seen::NoJson(junk.iter().take(16).copied().collect()));
        ledger.malformed(junk, self.offset(page, at), "a line that is no JSON");
        Step::To(end)
    }

    fn json_line(&mut self, line: &[u8], offset: u64, ledger: &mut Ledger<'_>) {
        match line[0] {
            b'"' => self.holder(line, offset, ledger),
            first => ledger.no_record(line, offset, kind_word(first)),
        }
    }

    /// Ends the content: whatever is still open stays so.
    pub(super) fn close(&mut self, page: Page<'_>, ledger: &mut Ledger<'_>) {
        let end = self.offset(page, page.bytes.len());
        if (self.skipping.is_active() || !self.frames.is_empty()) && page.ahead == Ahead::End {
            if self.depth == 0 {
                ledger.lose(end, "the JSON ends before it is complete");
            } else {
                ledger.warn(
                    Some(end),
                    "the JSON within a string ends before it is complete",
                );
            }
        }
        while let Some(frame) = self.frames.last() {
            match frame {
                // An object of many megabytes that the file itself cuts short is one element lost.
                Frame::Wrapper(_) if page.ahead == Ahead::End => self.close_wrapper(ledger),
                Frame::Wrapper(_) | Frame::Array(_) => {
                    self.frames.pop();
                }
            }
        }
    }
}

/// Returns the index of the brace of a record that stands behind its time, as an export of
/// CloudWatch Logs writes it: `2024-01-02T03:04:05.678Z {…}`, or milliseconds since 1970.
fn prefix_end(line: &[u8]) -> Option<usize> {
    let brace = memchr::memchr(b'{', &line[..line.len().min(PREFIX_BYTES_MAX)])?;
    let Ok(prefix) = std::str::from_utf8(&line[..brace]) else {
        return None;
    };
    let prefix = prefix.trim_end_matches([' ', '\t', ',']);
    let is_milliseconds = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = prefix.parse::<jiff::Timestamp>().is_ok();
    (is_milliseconds || is_time).then_some(brace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_time_may_stand_before_a_record_on_its_line() {
        for (line, expected) in [
            ("2024-01-02T03:04:05.678Z {\"a\":1}", Some(25)),
            ("1704164645678 {}", Some(14)),
            ("1704164645678\t{}", Some(14)),
            ("hello {}", None),
            ("hello", None),
            ("2024-01-02T03:04:05.678Z\n{}", None),
        ] {
            assert_eq!(prefix_end(line.as_bytes()), expected, "{line}");
        }
    }
}
