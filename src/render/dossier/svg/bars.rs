//! Bars and marks: what is known for certain is solid, and each kind of bound looks different.

use super::super::html::{Html, number};
use super::super::picture::Bar;
use super::{BAR, CHARACTER, HATCHED, HOLDERS, LANE, shape, text, titled, x};
use crate::interval::BoundKind;
use crate::render::axis::Edge;

pub(super) fn bar(bar: &Bar, y: f64) -> Html {
    let top = y + (LANE - BAR) / 2.0;
    let (from, to) = (x(bar.start.to), x(bar.end.from).max(x(bar.start.to) + 1.5));
    let title = format!(
        "{}\nfrom {}\nto {}",
        bar.label, bar.start_words, bar.end_words
    );
    let body = [
        ("x", from),
        ("y", top),
        ("width", to - from),
        ("height", BAR),
    ];
    let body = titled("rect", HOLDERS[bar.holder % HOLDERS.len()], &body, &title);
    let room = ((to - from - 12.0) / CHARACTER).floor().max(0.0) as usize;
    let label = match !bar.label.is_empty() && bar.label.chars().count() <= room {
        true => text("holder", from + 6.0, top + 11.0, &bar.label),
        false => Html::new(),
    };
    let element = [("class", "interval")];
    let parts = start(&bar.start, bar.holder, top)
        .and(end(&bar.end, bar.holder, from, top))
        .and(body);
    let parts = parts
        .and(edge(&bar.start, from, top))
        .and(edge(&bar.end, to, top))
        .and(label);
    Html::element("g", &element, parts)
}

/// Draws what is not known of a start.
fn start(edge: &Edge, holder: usize, top: f64) -> Html {
    let fill = match edge.kind {
        BoundKind::BeforeArchive => fade("fade-in", holder),
        _ => HATCHED.to_owned(),
    };
    unknown(x(edge.from), x(edge.to), top, &fill)
}

/// Draws what is not known of an end.
fn end(edge: &Edge, holder: usize, from: f64, top: f64) -> Html {
    let fill = match edge.kind {
        BoundKind::Open => fade("fade-out", holder),
        _ => HATCHED.to_owned(),
    };
    unknown(x(edge.from).max(from), x(edge.to), top, &fill)
}

/// Names the fade that goes with the looks of a bar.
pub(super) fn fade(name: &str, holder: usize) -> String {
    format!("url(#{name}-{})", holder % HOLDERS.len())
}

pub(super) fn unknown(left: f64, right: f64, top: f64, fill: &str) -> Html {
    if right - left < 0.5 {
        return Html::new();
    }
    let (x, y) = (number(left), number(top));
    let (width, height) = (number(right - left), number(BAR));
    let attributes = [
        ("class", "unknown"),
        ("x", &x[..]),
        ("y", &y),
        ("width", &width),
        ("height", &height),
        ("fill", fill),
    ];
    Html::element("rect", &attributes, Html::new())
}

/// Draws the edge that says how a bound is known.
pub(super) fn edge(edge: &Edge, at: f64, top: f64) -> Html {
    let (middle, bottom) = (top + BAR / 2.0, top + BAR);
    match edge.kind {
        BoundKind::Observed => {
            let line = [
                ("x1", at),
                ("x2", at),
                ("y1", top - 2.0),
                ("y2", bottom + 2.0),
            ];
            shape("line", "observed", &line)
        }
        BoundKind::Implied => rhombus("implied", at, middle),
        BoundKind::Inferred => rhombus("inferred", at, middle),
        BoundKind::Uncertain => text("uncertain", at - 3.0, top + 12.0, "?"),
        BoundKind::BeforeArchive | BoundKind::Open => Html::new(),
    }
}

fn rhombus(class: &'static str, x: f64, y: f64) -> Html {
    let path = format!("M{} {}l5 -6l5 6l-5 6z", number(x - 5.0), number(y));
    Html::element("path", &[("class", class), ("d", &path)], Html::new())
}

pub(super) fn mark((place, title): &(f64, String), y: f64) -> Html {
    let cross = cross(x(*place), y + LANE / 2.0);
    let title = Html::element("title", &[], Html::text(title));
    Html::element("path", &[("class", "attempt"), ("d", &cross)], title)
}

pub(super) fn cross(at: f64, middle: f64) -> String {
    format!(
        "M{} {}l8 8m0 -8l-8 8",
        number(at - 4.0),
        number(middle - 4.0)
    )
}
