//! A document as one page of HTML, whose markup can only be built by escaping (`markup`).

mod markup;

use std::io::{self, Write};

use super::document::{Block, Document, Table, Word, Words};
use super::svg;

pub(super) use markup::{Attributes, Html, number};

/// What the page may do: nothing but use its own style.
const POLICY: &str = include_str!("../policy.txt");

/// Ids of up to so many characters are not broken between lines.
const WHOLE_MAX: usize = 44;

/// The style of the page.
const STYLE: &str = include_str!("../report.css");

/// Writes a document as a page.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write(out: &mut dyn Write, document: &Document) -> io::Result<()> {
    let head = [
        Html::empty("meta", &[("charset", "utf-8")]),
        Html::empty(
            "meta",
            &[
                ("http-equiv", "Content-Security-Policy"),
                ("content", POLICY),
            ],
        ),
        Html::empty(
            "meta",
            &[
                ("name", "viewport"),
                ("content", "width=device-width, initial-scale=1"),
            ],
        ),
        Html::empty(
            "meta",
            &[("name", "color-scheme"), ("content", "light dark")],
        ),
        Html::empty("meta", &[("name", "referrer"), ("content", "no-referrer")]),
        Html::element("title", &[], Html::text(&document.title)),
        style(),
    ];
    writeln!(out, "<!doctype html>")?;
    writeln!(out, "{}", Html::empty("html", &[("lang", "en")]).as_str())?;
    writeln!(out, "<head>")?;
    for element in head {
        writeln!(out, "{}", element.as_str())?;
    }
    writeln!(out, "</head>\n<body>")?;
    let title = Html::element("h1", &[], Html::text(&document.title));
    let subtitle = Html::element("p", &[("class", "subtitle")], words(&document.subtitle));
    let header = Html::element("header", &[], title.and(subtitle).and(contents(document)));
    writeln!(out, "{}\n<main>", header.as_str())?;
    for part in &document.blocks {
        writeln!(out, "{}", block(part).as_str())?;
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

/// The style is ours, and no text: it is not escaped, and has nothing that would end its element.
fn style() -> Html {
    Html::ours("style", STYLE)
}

/// Lists the sections.
fn contents(document: &Document) -> Html {
    let links = document.blocks.iter().filter_map(|block| match block {
        Block::Heading {
            level: 2,
            anchor,
            words: title,
        } => {
            let target = format!("#{anchor}");
            Some(Html::element("a", &[("href", &target)], words(title)))
        }
        _ => None,
    });
    Html::element("nav", &[("aria-label", "Sections")], links.collect())
}

fn block(block: &Block) -> Html {
    match block {
        Block::Heading {
            level,
            anchor,
            words: title,
        } => {
            let name = match level {
                0..=2 => "h2",
                3 => "h3",
                _ => "h4",
            };
            Html::element(name, &[("id", anchor)], words(title))
        }
        Block::Paragraph(said) => Html::element("p", &[], words(said)),
        Block::Warning(said) => Html::element("p", &[("class", "warning")], words(said)),
        Block::Facts(facts) => {
            let facts = facts.iter().map(|(title, said)| {
                let title = Html::element("dt", &[], words(title));
                title.and(Html::element("dd", &[], words(said))).line()
            });
            Html::element("dl", &[], facts.collect())
        }
        Block::Figures(figures) => {
            let figures = figures.iter().map(|(figure, what)| {
                let figure = Html::element("b", &[], Html::text(figure));
                let what = Html::element("span", &[], Html::text(what));
                Html::element("div", &[], figure.and(what))
            });
            Html::element("div", &[("class", "figures")], figures.collect())
        }
        Block::Table(rows) => table(rows),
        Block::List(points) => {
            let points = points
                .iter()
                .map(|point| Html::element("li", &[], words(point)).line());
            Html::element("ul", &[], points.collect())
        }
        Block::Command(text) => {
            let code = Html::element("code", &[], Html::text(text));
            Html::element("pre", &[], code)
        }
        Block::Picture(picture) => {
            let class = [("class", "picture"), ("tabindex", "0")];
            Html::element("figure", &class, svg::draw(picture))
        }
        Block::Card { tone, blocks } => {
            let class = format!("card {}", tone.name());
            let blocks = blocks.iter().map(|part| self::block(part).line());
            Html::element("section", &[("class", &class)], blocks.collect())
        }
    }
}

fn table(table: &Table) -> Html {
    let class = |column: usize| match table.numeric.contains(&column) {
        true => "number",
        false => "text",
    };
    let head = table.head.iter().enumerate().map(|(column, title)| {
        let attributes = [("scope", "col"), ("class", class(column))];
        Html::element("th", &attributes, Html::text(title))
    });
    let head = Html::element("thead", &[], Html::element("tr", &[], head.collect()));
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let title = table.head.get(column).copied().unwrap_or_default();
            let attributes = [("class", class(column)), ("data-title", title)];
            Html::element("td", &attributes, words(cell))
        });
        Html::element("tr", &[], cells.collect()).line()
    });
    let body = Html::element("tbody", &[], rows.collect());
    let inner = Html::element("table", &[], head.line().and(body));
    let class = match table.numeric.len() {
        // Figures are compared from row to row.
        3.. => "table figures-only",
        _ => "table",
    };
    Html::element("div", &[("class", class)], inner)
}

pub(super) fn words(words: &Words) -> Html {
    words.0.iter().map(word).collect()
}

/// Says whether a name is short enough to stand in one line whatever that takes.
fn is_whole(text: &str) -> bool {
    text.chars().count() <= WHOLE_MAX
}

fn word(word: &Word) -> Html {
    let element = |name, class: &str, text: &str| match class {
        "" => Html::element(name, &[], Html::text(text)),
        class => Html::element(name, &[("class", class)], Html::text(text)),
    };
    match word {
        Word::Plain(text) => Html::text(text),
        Word::Code(text) => match is_whole(text) {
            true => element("code", "id", text),
            false => element("code", "", text),
        },
        Word::FaintId(text) => match is_whole(text) {
            true => element("span", "faint id", text),
            false => element("span", "faint", text),
        },
        Word::Strong(text) => element("b", "", text),
        Word::Faint(text) => element("span", "faint", text),
        Word::Toned(tone, text) => element("span", &format!("tone {}", tone.name()), text),
        Word::Link { anchor, text } => {
            let target = format!("#{anchor}");
            Html::element("a", &[("href", &target)], Html::text(text))
        }
        Word::Anchor { anchor, text } => {
            let attributes = [("id", &anchor[..]), ("class", "anchor")];
            Html::element("span", &attributes, Html::text(text))
        }
        Word::Page(address) => {
            let attributes = [("href", &address[..]), ("rel", "noreferrer")];
            Html::element("a", &attributes, Html::text(address))
        }
        Word::Break => Html::empty("br", &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_ends_where_its_element_ends() {
        assert!(!STYLE.contains('<') && !STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
