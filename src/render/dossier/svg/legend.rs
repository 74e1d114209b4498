//! What the shapes mean.

use super::super::html::Html;
use super::bars::{cross, edge, fade, unknown};
use super::{BAR, HATCHED, shape, text};
use crate::interval::BoundKind;
use crate::render::axis::Edge;

/// Explains the shapes.
pub(super) fn legend() -> Html {
    let sample = |inner: Html, said: &str| {
        let attributes = [
            ("viewBox", "0 0 46 20"),
            ("width", "46"),
            ("height", "20"),
            ("aria-hidden", "true"),
        ];
        let svg = Html::element("svg", &attributes, inner);
        Html::element("span", &[], svg.and(Html::text(said)))
    };
    let body = |from: f64, to: f64| {
        shape(
            "rect",
            "bar",
            &[
                ("x", from),
                ("y", 2.5),
                ("width", to - from),
                ("height", BAR),
            ],
        )
    };
    let at = |kind| Edge {
        kind,
        from: 0.0,
        to: 0.0,
    };
    [
        sample(
            body(2.0, 36.0).and(edge(&at(BoundKind::Observed), 36.0, 2.5)),
            "observed: the call itself",
        ),
        sample(
            body(2.0, 36.0).and(edge(&at(BoundKind::Implied), 36.0, 2.5)),
            "implied by another call",
        ),
        sample(
            body(2.0, 20.0)
                .and(unknown(20.0, 40.0, 2.5, HATCHED))
                .and(edge(&at(BoundKind::Inferred), 20.0, 2.5)),
            "inferred: somewhere in the hatching",
        ),
        sample(
            body(2.0, 24.0)
                .and(unknown(24.0, 42.0, 2.5, HATCHED))
                .and(edge(&at(BoundKind::Uncertain), 24.0, 2.5)),
            "uncertain whether it ended",
        ),
        sample(
            unknown(2.0, 20.0, 2.5, &fade("fade-in", 0)).and(body(20.0, 42.0)),
            "before the archive",
        ),
        sample(
            body(2.0, 22.0).and(unknown(22.0, 44.0, 2.5, &fade("fade-out", 0))),
            "open: nothing ends it here",
        ),
        sample(
            Html::element(
                "path",
                &[("class", "attempt"), ("d", &cross(22.0, 10.0))],
                Html::new(),
            ),
            "call in vain",
        ),
        sample(flag_sample(), "finding, by number"),
    ]
    .into_iter()
    .collect()
}

fn flag_sample() -> Html {
    let circle = shape(
        "circle",
        "flag high",
        &[("cx", 22.0), ("cy", 10.0), ("r", 8.0)],
    );
    circle.and(text("flagged", 22.0, 13.5, "1"))
}
