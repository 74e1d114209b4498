//! Shapes by which a pasted value is recognised: ids, keys, ARNs, accounts.
//!
//! Not for: what they ask (`terms`). A value of unknown shape is not refused, only searched more
//! widely.

/// The beginnings of IAM's unique ids, among them access keys.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes>
const UNIQUE_ID_BEGINNINGS: [&str; 12] = [
    "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA",
];

/// Says whether a text is one value of a record that means nothing in parts.
pub(super) fn is_whole_value(text: &str) -> bool {
    is_resource_id(text)
        || is_arn(text)
        || is_unique_id(text)
        || is_account(text)
        || is_uuid(text)
        || is_mac_address(text)
}

/// Says whether a text with colons is no `field:value`, whatever stands before its first colon.
pub(super) fn is_value_with_colons(text: &str) -> bool {
    begins_as_arn(text) || is_unique_id(text) || is_mac_address(text)
}

/// `arn:aws:iam::111122223333:user/alice`: six parts, of which the last may hold colons.
fn is_arn(text: &str) -> bool {
    begins_as_arn(text) && text.split(':').count() >= 6
}

/// A resource as an ARN of EC2 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceName<'t> {
    /// The id, such as `eni-0123456789abcdef0`.
    pub id: &'t str,
    /// The account; `None` where the ARN leaves it open.
    pub account: Option<&'t str>,
    /// The region; `None` where the ARN leaves it open.
    pub region: Option<&'t str>,
}

/// Reads `arn:aws:ec2:REGION:ACCOUNT:TYPE/ID`, in any partition; `None` for any other text.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>
pub fn resource_name(text: &str) -> Option<ResourceName<'_>> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, "ec2", region, account, resource] = parts[..] else {
        return None;
    };
    let (_, id) = resource.split_once('/')?;
    let named = |part: &'_ str| !part.is_empty();
    Some(ResourceName {
        id,
        account: Some(account).filter(|part| named(part)),
        region: Some(region).filter(|part| named(part)),
    })
}

fn begins_as_arn(text: &str) -> bool {
    let first = text.get(..4);
    first.is_some_and(|first| first.eq_ignore_ascii_case("arn:"))
}

/// `eni-0123456789abcdef0`, `i-1a2b3c4d`: words, then at least eight hexadecimal digits.
fn is_resource_id(text: &str) -> bool {
    let Some((kind, digits)) = text.rsplit_once('-') else {
        return false;
    };
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    kind.split('-').all(is_word) && digits.len() >= 8 && is_hexadecimal(digits)
}

/// `AKIAIOSFODNN7EXAMPLE`, or `AROA…:session` as a principal id has it.
fn is_unique_id(text: &str) -> bool {
    let id = text.split_once(':').map_or(text, |(id, _)| id);
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    id.len() >= 16
        && id.bytes().all(plain)
        && UNIQUE_ID_BEGINNINGS
            .iter()
            .any(|begin| id.starts_with(begin))
}

/// `111122223333`.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns `1111-2222-3333`, as the console shows an account, without its hyphens.
pub(super) fn account_without_hyphens(text: &str) -> Option<String> {
    let is_shown_account = text.len() == 14
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 9 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_shown_account.then(|| text.replace('-', ""))
}

/// `5b1f6f5c-0000-4000-8000-2d4c6c2a0001`.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.into_iter().all(is_hexadecimal)
}

/// `02:42:ac:11:00:02`, which the records of interfaces carry.
fn is_mac_address(text: &str) -> bool {
    let mut groups = text.split(':');
    text.len() == 17 && groups.all(|group| group.len() == 2 && is_hexadecimal(group))
}

/// Returns what is left of a pasted word without the punctuation of the sentence around it.
///
/// A star at the end and the `..` of an open range stay.
pub(super) fn without_punctuation(word: &str) -> &str {
    let word = word.trim_start_matches([',', ';', '\'', '`', '‘', '’', '<', '[', '{', '+']);
    let mut word = word;
    loop {
        let end = [',', ';', '.', '\'', '`', '’', '>', '!', '?', ']', '}', ':'];
        match word.strip_suffix(end) {
            Some(shorter) if !word.ends_with("..") && !word.ends_with("::") => word = shorter,
            _ => return word,
        }
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_of_a_resource_names_its_place_where_it_says_so() {
        let arn = "arn:aws-cn:ec2:cn-north-1:111122223333:vpc/vpc-0a1b2c3d";
        let name = resource_name(arn).unwrap();
        assert_eq!(name.id, "vpc-0a1b2c3d");
        assert_eq!(name.account, Some("111122223333"));
        assert_eq!(name.region, Some("cn-north-1"));
        let open = resource_name("arn:aws:ec2:::image/ami-0a1b2c3d").unwrap();
        assert_eq!((open.account, open.region), (None, None));
        for other in [
            "arn:aws:iam::111122223333:user/alice",
            "arn:aws:ec2:us-east-1:111122223333:vpc",
            "vpc-0a1b2c3d",
        ] {
            assert_eq!(resource_name(other), None, "{other}");
        }
    }

    #[test]
    fn what_means_nothing_in_parts_is_recognised() {
        for (text, expected) in [
            ("eni-0123456789abcdef0", true),
            ("ENI-ATTACH-0123456789ABCDEF0", true),
            ("i-1a2b3c4d", true),
            ("i-1a2b3c4", false),
            ("us-east-1", false),
            ("111122223333", true),
            ("11112222333", false),
            ("AKIAIOSFODNN7EXAMPLE", true),
            ("AROAEXAMPLEEXAMPLE123:i-0abc", true),
            ("ASIAPACIFIC", false),
            (
                "arn:aws:ec2:us-east-1:111122223333:network-interface/eni-1",
                true,
            ),
            ("arn:aws", false),
            ("5b1f6f5c-0000-4000-8000-2d4c6c2a0001", true),
            ("aa:bb:cc:dd:ee:ff", true),
            ("aa:bb:cc", false),
            ("", false),
            ("-", false),
            ("é-12345678", false),
        ] {
            assert_eq!(is_whole_value(text), expected, "{text}");
        }
    }

    #[test]
    fn an_account_as_the_console_shows_it_loses_its_hyphens() {
        assert_eq!(
            account_without_hyphens("1111-2222-3333").as_deref(),
            Some("111122223333")
        );
        assert_eq!(account_without_hyphens("1111-2222-333"), None);
    }
}
