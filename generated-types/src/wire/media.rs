//! Media types compared by what they are, and by the parameters that both state.

use std::cmp::Reverse;

/// A media type without its parameters.
///
/// ```
/// # use meshery_types::wire::media::essence;
/// assert_eq!(essence("application/json; charset=utf-8"), "application/json");
/// ```
#[must_use]
pub fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim_ascii()
}

/// The parameters of a media type.
fn params(media_type: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut quoted = false;
    let pieces = media_type.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    let params = pieces.skip(1).filter_map(|piece| piece.split_once('='));
    params.map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
}

/// How well a media type fits one of the contract that is called the same: how many of the parameters
/// of the contract it states, and how many it leaves open. None if it states one otherwise. What the
/// contract does not name says nothing, and neither does a charset.
#[must_use]
pub fn agreement(given: &str, documented: &str) -> Option<(usize, Reverse<usize>)> {
    let (mut stated, mut open) = (0, 0);
    if documented.contains(';') {
        for (name, value) in params(documented).filter(|(name, _)| !name.eq_ignore_ascii_case("charset")) {
            match params(given).find(|(other, _)| other.eq_ignore_ascii_case(name)) {
                Some((_, other)) if other == value => stated += 1,
                Some(_) => return None,
                None => open += 1,
            }
        }
    }
    Some((stated, Reverse(open)))
}

#[cfg(test)]
mod tests {
    use super::{Reverse, agreement, essence};

    #[test]
    fn parameters_that_the_contract_does_not_name_say_nothing() {
        let given = "application/json; charset=latin1; x=1";
        assert_eq!(essence(given), "application/json");
        assert_eq!(agreement(given, "application/json"), Some((0, Reverse(0))));
        assert_eq!(agreement(given, "application/json; charset=utf-8"), Some((0, Reverse(0))));
        assert_eq!(agreement(given, "application/json; v=1"), Some((0, Reverse(1))));
        assert_eq!(agreement("a/b;V=\"1\"", "a/b; v=1"), Some((1, Reverse(0))));
        assert_eq!(agreement("a/b; p=\"x;y\"", "a/b; p=\"x;y\""), Some((1, Reverse(0))));
        assert_eq!(agreement("a/b; v=2", "a/b; v=1"), None);
        assert!(agreement("a/b; v=1", "a/b; v=1") > agreement("a/b; v=1", "a/b"));
        assert!(agreement("a/b", "a/b") > agreement("a/b", "a/b; v=1"));
    }
}
