//! Ranges as other languages write them: of times in brackets, of addresses.

use std::net::Ipv4Addr;

use super::SearchError;

/// Refuses a range in brackets where `rest` begins with one that is none of times: `{A TO B}`,
/// `[A to B]`.
pub(super) fn refuse_range(rest: &str, at: usize) -> Result<(), SearchError> {
    let Some(inner) = rest.strip_prefix(['[', '{']) else {
        return Ok(());
    };
    let Some(end) = inner.find([']', '}']) else {
        return Ok(());
    };
    let is_ours = rest.starts_with('[') && inner[end..].starts_with(']');
    let inner = &inner[..end];
    if is_ours && inner.contains(" TO ") {
        return Ok(());
    }
    let sides = inner
        .split_once(" TO ")
        .or_else(|| inner.split_once(" to "));
    let Some((from, to)) = sides.filter(|(from, to)| is_side(from) && is_side(to)) else {
        return Ok(());
    };
    let (from, to) = (from.trim(), to.trim());
    let error = SearchError::new(
        at..at + end + 2,
        "a range of times is written in square brackets, with a large TO",
    );
    Err(error.suggest(format_args!("`time:[{from} TO {to}]`")))
}

/// Says whether a side of a range is one of times: `2023`, `*`, a date.
fn is_side(text: &str) -> bool {
    let text = text.trim();
    text == "*" || text.len() >= 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit())
}

/// Returns the smallest network that holds `10.0.0.1-10.0.0.9`, or that `10.0.0.0/255.0.0.0` is.
pub(super) fn network(text: &str) -> Option<String> {
    let sign = text.find(['-', '/'])?;
    let (from, to) = (&text[..sign], &text[sign + 1..]);
    let (from, to): (Ipv4Addr, Ipv4Addr) = (from.parse().ok()?, to.parse().ok()?);
    let prefix = match text.as_bytes()[sign] {
        // Some write the mask the other way round: `10.0.0.0/0.255.255.255`.
        b'/' => mask_bits(to.to_bits()).or_else(|| mask_bits(!to.to_bits()))?,
        _ => (from.to_bits() ^ to.to_bits()).leading_zeros(),
    };
    Some(format!("{from}/{prefix}"))
}

/// Returns how many bits a mask has, where they stand together at its beginning.
fn mask_bits(mask: u32) -> Option<u32> {
    let bits = mask.leading_ones();
    (bits > 0 && bits + mask.trailing_zeros().min(32) == 32).then_some(bits)
}
