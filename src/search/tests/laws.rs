//! What holds for every query.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::query::{Expression, Term};
use crate::search::time::Frame;
use crate::search::{parse, phrase};
use crate::text::is_deceptive;

/// Pieces of the language in any order, right and wrong.
const QUERY: &str = "(AND|OR|NOT|[-()\"“*:,.\\[\\] /\\\\]|event:|time:|ip:|region:|is:|since:|\
    2024-03-01|2024|\\.\\.| TO |14:00|UTC|Europe/Berlin|10\\.0\\.0\\.0/8|::1|arn:aws:|eni-0ab|\
    DetachNetworkInterface|failed|[a-z]{1,3}|\\PC|[\u{0}-\u{ff}\u{202e}é日]){0,14}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_query_panics_and_every_refusal_can_be_shown(query in QUERY) {
        let first = parse(&query, &Frame::from(&TimeZone::UTC));
        prop_assert_eq!(&first, &parse(&query, &Frame::from(&TimeZone::UTC)));
        match first {
            Ok(expression) => {
                prop_assert!(!expression.to_string().contains(is_deceptive));
            }
            Err(error) => {
                prop_assert!(query.get(error.span.clone()).is_some(), "{:?}", error);
                let rendered = error.render(&query);
                prop_assert_eq!(rendered.lines().count(), 3);
                prop_assert!(rendered.lines().nth(1).is_some_and(|line| line.contains('^')));
                let shown = rendered.replace('\n', "");
                prop_assert!(!shown.contains(is_deceptive), "{}", shown);
            }
        }
    }

    #[test]
    fn any_text_in_quotation_marks_asks_for_its_words(text in "[^\"“”„\\\\*]{1,40}") {
        let words = phrase(&text);
        let read = parse(&format!("\"{text}\""), &Frame::from(&TimeZone::UTC));
        if words.is_empty() {
            prop_assert!(read.is_err());
        } else {
            prop_assert_eq!(read, Ok(Expression::Term(Term::Words(words))));
        }
    }

    #[test]
    fn an_id_is_never_read_as_anything_else(
        kind in "(eni|i|eipalloc|eni-attach|vpce|tgw-rtb)", digits in "([0-9a-f]{8}|[0-9a-f]{17})",
    ) {
        let id = format!("{kind}-{digits}");
        for typed in [id.clone(), id.to_uppercase(), format!(" {id}, ")] {
            prop_assert_eq!(
                parse(&typed, &Frame::from(&TimeZone::UTC)),
                Ok(Expression::Or(vec![
                    Expression::Term(Term::Value(id.clone())),
                    Expression::Term(Term::Words(phrase(&id))),
                ]))
            );
        }
        let start = &id[..id.len() - 2];
        prop_assert_eq!(
            parse(&format!("{start}*"), &Frame::from(&TimeZone::UTC)),
            Ok(Expression::Term(Term::Prefix(start.to_owned())))
        );
    }
}
