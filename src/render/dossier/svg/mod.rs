//! How the timeline looks.
//!
//! A bar is solid where it held for certain. What is known only to lie somewhere is hatched, what goes on
//! beyond the archive fades out; an end by the call itself has a straight edge, one that another call
//! implies a rhombus.

mod bars;
mod legend;

use super::html::{Attributes, Html, number};
use super::picture::{Flag, Lane, Picture};
use crate::findings::Severity;
use bars::{bar, mark};
use legend::legend;

const WIDTH: f64 = 1080.0;
const LABELS: f64 = 236.0;
const RIGHT: f64 = 14.0;
const LANE: f64 = 26.0;
const BAR: f64 = 15.0;
const GROUP: f64 = 28.0;
const AXIS: f64 = 26.0;
const FLAG: f64 = 19.0;
/// Findings at one time stand below one another, in so many rows.
const FLAG_ROWS: usize = 4;
/// How wide a character of a bar's label is, at most.
const CHARACTER: f64 = 6.3;
/// Labels of times behind this place end there, and do not begin.
const LAST_LABEL: f64 = 0.88;
/// What fills a place of which nothing certain is known.
const HATCHED: &str = "url(#hatched)";
/// The looks of bars: another holder in the same lane looks different.
const HOLDERS: [&str; 4] = ["bar", "bar second", "bar third", "bar fourth"];
/// How many characters of a lane's label there is room for.
const LABEL_CHARACTERS: usize = 33;

fn x(place: f64) -> f64 {
    LABELS + place * (WIDTH - LABELS - RIGHT)
}

fn shape(name: &'static str, class: &'static str, numbers: &[(&'static str, f64)]) -> Html {
    titled(name, class, numbers, "")
}

/// Makes a shape that says something where a pointer rests on it.
fn titled(
    name: &'static str,
    class: &'static str,
    numbers: &[(&'static str, f64)],
    title: &str,
) -> Html {
    let shown: Vec<(&'static str, String)> = numbers
        .iter()
        .map(|(key, value)| (*key, number(*value)))
        .collect();
    let mut attributes: Vec<(&'static str, &str)> = vec![("class", class)];
    attributes.extend(shown.iter().map(|(key, value)| (*key, &value[..])));
    let inner = match title {
        "" => Html::new(),
        title => Html::element("title", &[], Html::text(title)),
    };
    Html::element(name, &attributes, inner)
}

fn text(class: &'static str, x: f64, y: f64, said: &str) -> Html {
    let (x, y) = (number(x), number(y));
    let attributes: &Attributes<'_> = &[("class", class), ("x", &x), ("y", &y)];
    Html::element("text", attributes, Html::text(said))
}

/// Draws the timeline with its legend: the axis, and each group as a picture of its own, so that paper can
/// be turned between two.
pub(super) fn draw(picture: &Picture) -> Html {
    let (flags, flag_rows) = flags(&picture.flags);
    let height = AXIS + flag_rows as f64 * FLAG + 2.0;
    let axis = defs()
        .and(ticks(picture, AXIS - 8.0, height))
        .and(times(picture))
        .and(flag_lines(picture, AXIS, height))
        .and(flags);
    let label = "Timeline of attachments; the tables below tell the same in words";
    let axis = drawing("axis", height, label, axis);
    let groups = picture.groups.iter().map(|group| {
        let height = GROUP + group.lanes.len() as f64 * LANE;
        let tops = (0..).map(|number| GROUP + f64::from(number) * LANE);
        let lanes = tops
            .zip(&group.lanes)
            .map(|(top, lane)| self::lane(lane, top));
        let behind = gaps(picture, height)
            .and(ticks(picture, 0.0, height))
            .and(flag_lines(picture, 0.0, height));
        let title = text("group", 0.0, 19.0, &group.title);
        let parts = behind.and(title).and(lanes.collect());
        drawing("lanes", height, &group.title, parts)
    });
    let legend = Html::element("figcaption", &[], legend());
    axis.and(groups.collect()).and(legend)
}

fn drawing(class: &str, height: f64, label: &str, parts: Html) -> Html {
    let view = format!("0 0 {} {}", number(WIDTH), number(height));
    let attributes = [
        ("class", class),
        ("viewBox", &view[..]),
        ("role", "img"),
        ("aria-label", label),
    ];
    Html::element("svg", &attributes, parts)
}

/// Patterns and fades that shapes refer to.
fn defs() -> Html {
    let line = [
        ("class", "hatch"),
        ("x1", "0"),
        ("y1", "0"),
        ("x2", "0"),
        ("y2", "6"),
    ];
    let pattern = [
        ("id", "hatched"),
        ("width", "5"),
        ("height", "6"),
        ("patternUnits", "userSpaceOnUse"),
        ("patternTransform", "rotate(45)"),
    ];
    let line = Html::element("line", &line, Html::new());
    let pattern = Html::element("pattern", &pattern, line);
    let fades = (0..HOLDERS.len()).map(|holder| {
        let into = gradient("fade-in", holder, ["none", "full"]);
        into.and(gradient("fade-out", holder, ["full", "none"]))
    });
    Html::element("defs", &[], pattern.and(fades.collect()))
}

fn gradient(name: &str, holder: usize, opacities: [&str; 2]) -> Html {
    let stops = ["0", "1"]
        .into_iter()
        .zip(opacities)
        .map(|(offset, opacity)| {
            let class = format!("{opacity} stop-{holder}");
            Html::element(
                "stop",
                &[("offset", offset), ("class", &class)],
                Html::new(),
            )
        });
    let id = format!("{name}-{holder}");
    Html::element("linearGradient", &[("id", &id)], stops.collect())
}

fn gaps(picture: &Picture, height: f64) -> Html {
    let gaps = picture.gaps.iter().map(|(from, to)| {
        let (left, right) = (x(*from), x(*to).max(x(*from) + 2.0));
        let place = [
            ("x", left),
            ("y", 0.0),
            ("width", right - left),
            ("height", height),
        ];
        let said = "digests prove that the archive lacks log files of this time";
        titled("rect", "gap", &place, said)
    });
    gaps.collect()
}

fn ticks(picture: &Picture, top: f64, bottom: f64) -> Html {
    let lines = picture.ticks.iter().map(|(place, _)| {
        let at = x(*place);
        shape(
            "line",
            "tick",
            &[("x1", at), ("x2", at), ("y1", top), ("y2", bottom)],
        )
    });
    lines.collect()
}

fn times(picture: &Picture) -> Html {
    let labels = picture.ticks.iter();
    labels
        .map(|(place, label)| match *place > LAST_LABEL {
            true => text("time last", x(*place) + 3.0, 12.0, label),
            false => text("time", x(*place) + 3.0, 12.0, label),
        })
        .collect()
}

fn lane(lane: &Lane, y: f64) -> Html {
    let line = [
        ("x1", 0.0),
        ("x2", WIDTH),
        ("y1", y + LANE),
        ("y2", y + LANE),
    ];
    let label = match lane.label.chars().count() > LABEL_CHARACTERS {
        true => {
            let kept: String = lane.label.chars().take(LABEL_CHARACTERS - 1).collect();
            format!("{kept}…")
        }
        false => lane.label.clone(),
    };
    let bars: Html = lane.bars.iter().map(|one| bar(one, y)).collect();
    let marks: Html = lane.marks.iter().map(|one| mark(one, y)).collect();
    shape("line", "lane", &line)
        .and(text("label", 8.0, y + 17.0, &label))
        .and(bars)
        .and(marks)
}

/// Puts the numbers of findings in rows, so that none hides another; says how many rows there are.
fn flags(flags: &[Flag]) -> (Html, usize) {
    let mut rows: Vec<f64> = Vec::new();
    let mut drawn = Html::new();
    let mut in_order: Vec<&Flag> = flags.iter().collect();
    in_order.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.number.cmp(&b.number)));
    for flag in in_order {
        let at = x(flag.at);
        let free = rows.iter().position(|last| at - last >= FLAG + 1.0);
        let row = match free {
            Some(row) => row,
            None if rows.len() < FLAG_ROWS => {
                rows.push(f64::MIN);
                rows.len() - 1
            }
            None => continue,
        };
        rows[row] = at;
        let y = AXIS + row as f64 * FLAG + FLAG / 2.0;
        let class = match flag.severity {
            Severity::High => "flag high",
            _ => "flag",
        };
        let said = flag.number.to_string();
        let circle = titled(
            "circle",
            class,
            &[("cx", at), ("cy", y), ("r", 8.0)],
            &flag.title,
        );
        let number = text("flagged", at, y + 3.5, &said);
        let target = format!("#f{}", flag.number);
        drawn = drawn.and(Html::element("a", &[("href", &target)], circle.and(number)));
    }
    (drawn, rows.len())
}

fn flag_lines(picture: &Picture, top: f64, bottom: f64) -> Html {
    let lines = picture.flags.iter().map(|flag| {
        let at = x(flag.at);
        shape(
            "line",
            "flagline",
            &[("x1", at), ("x2", at), ("y1", top), ("y2", bottom)],
        )
    });
    lines.collect()
}
