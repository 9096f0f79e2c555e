//! Path templates whose segments are only in part parameters: `{id}.json`, `{base}...{head}`.
//!
//! A router knows whole segments only. Such a segment is one parameter to it; what is in it is
//! found here, and a path that does not fit is none of the operation's.

use memchr::{memchr_iter, memchr2_iter};

/// A segment of a template in pieces: the text before each parameter, its name; the text at the end.
fn pieces(segment: &str) -> (Vec<(&str, &str)>, &str) {
    let (mut pieces, mut rest) = (Vec::new(), segment);
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        pieces.push((before, name));
        rest = after;
    }
    (pieces, rest)
}

/// Whether a segment is in part a parameter.
pub(crate) fn is_mixed(segment: &str) -> bool {
    segment.contains('{') && !is_param(segment)
}

/// Whether a segment is a parameter as a whole.
pub(crate) fn is_param(segment: &str) -> bool {
    segment.strip_prefix('{').is_some_and(|rest| rest.find('}') == Some(rest.len().wrapping_sub(1)))
}

/// Which segment of a template has a parameter of this name, and whether it is nothing else.
pub(crate) fn place(template: &str, name: &str) -> Option<(usize, bool)> {
    let mut segment = 0;
    for at in memchr2_iter(b'/', b'{', template.as_bytes()) {
        let (before, behind) = template.split_at_checked(at)?;
        let Some(inside) = behind.strip_prefix('{') else {
            segment += 1;
            continue;
        };
        if let Some(behind) = inside.strip_prefix(name).and_then(|behind| behind.strip_prefix('}')) {
            let begins = before.is_empty() || before.ends_with('/');
            return Some((segment, begins && (behind.is_empty() || behind.starts_with('/'))));
        }
    }
    None
}

/// The segment of a path with this index: that before the first slash is the first.
pub(crate) fn segment(path: &str, index: usize) -> Option<&str> {
    let mut slashes = memchr_iter(b'/', path.as_bytes());
    let start = if index == 0 { 0 } else { slashes.nth(index - 1)? + 1 };
    path.get(start..slashes.next().unwrap_or(path.len()))
}

/// The value of each parameter of a segment of a template in a text; none if it does not fit.
///
/// A parameter ends where the text behind it stands for the first time, the last one at the end.
pub(crate) fn captures<'t>(segment: &'t str, text: &str) -> Option<Vec<(&'t str, String)>> {
    let (pieces, end) = pieces(segment);
    let mut rest = text.strip_suffix(end)?;
    let mut found = Vec::new();
    for (i, (before, name)) in pieces.iter().enumerate() {
        rest = rest.strip_prefix(before)?;
        let length = match pieces.get(i + 1) {
            // A value is not empty.
            Some((next, _)) => {
                let first = rest.chars().next()?.len_utf8();
                first + rest.get(first..)?.find(next)?
            }
            None => rest.len(),
        };
        let (value, after) = rest.split_at_checked(length).filter(|(value, _)| !value.is_empty())?;
        found.push((*name, value.to_owned()));
        rest = after;
    }
    rest.is_empty().then_some(found)
}

/// Whether a path that the router has matched fits the mixed segments of a template, too.
pub(crate) fn fits(template: &str, path: &str) -> bool {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut segments = template.split('/').zip(path.split('/'));
    segments.all(|(segment, text)| !is_mixed(segment) || captures(segment, &decoded(text)).is_some())
}

/// Whether a path fits a template, all its segments looked at.
pub(crate) fn fits_whole(template: &str, path: &str) -> bool {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    template.split('/').count() == path.split('/').count()
        && template
            .split('/')
            .zip(path.split('/'))
            .all(|(segment, text)| captures(segment, &decoded(text)).is_some())
}

/// Whether there may be a path that fits both of two templates.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    one.split('/').count() == other.split('/').count()
        && one.split('/').zip(other.split('/')).all(|(a, b)| a == b || a.contains('{') || b.contains('{'))
}

/// How much text beside parameters the mixed segments of a template have: the more, the closer.
pub(crate) fn closeness(template: &str) -> usize {
    let text = |segment: &str| {
        let (pieces, end) = pieces(segment);
        pieces.iter().map(|(before, _)| before.len()).sum::<usize>() + end.len()
    };
    template.split('/').filter(|segment| is_mixed(segment)).map(text).sum()
}

#[cfg(test)]
mod tests {
    use super::{captures, closeness, fits, fits_whole, is_mixed, overlap, place, segment};

    fn found(segment: &str, text: &str) -> Option<String> {
        let all = captures(segment, text)?;
        Some(all.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
    }

    #[test]
    fn values_are_found_between_texts() {
        assert_eq!(found("{id}.json", "a.b.json").as_deref(), Some("id=a.b"));
        assert_eq!(found("{a}...{b}", "x...y...z").as_deref(), Some("a=x&b=y...z"));
        assert_eq!(found("v{a}", "v1").as_deref(), Some("a=1"));
        assert_eq!(found("{é}:ü", "ß:ü").as_deref(), Some("é=ß"));
        for (segment, text) in
            [("{id}.json", ".json"), ("{id}.json", "a.xml"), ("{a}-{b}", "-x"), ("v{a}", "w1")]
        {
            assert_eq!(found(segment, text), None, "{segment} {text}");
        }
    }

    #[test]
    fn a_path_may_fit_more_than_one_template() {
        assert!(
            overlap("/a/b/{x}", "/a/{y}/c") && !overlap("/a/b/{x}", "/a/c/{y}") && !overlap("/a", "/a/{x}")
        );
        assert!(fits_whole("/a/{y}/c", "/a/b/c") && fits_whole("/a/{y}/c", "/a/b%2Fc/c"));
        assert!(!fits_whole("/a/{y}/c", "/a/b/d") && !fits_whole("/a/{y}/c", "/a//c"));
        assert!(!fits_whole("/a/{y}/c", "/a/b/c/"));
    }

    #[test]
    fn parameters_have_names() {
        assert_eq!(place("/x/{id}/{b}", "b"), Some((3, true)));
        assert_eq!(place("/x/{id}/y", "id"), Some((2, true)));
        assert_eq!(place("/x/{a}...{b}", "b"), Some((2, false)));
        assert_eq!(place("/x/{a}.json/{b}", "a"), Some((2, false)));
        assert_eq!(place("/v{a}", "a"), Some((1, false)));
        assert_eq!(segment("/x/ab/c", 2), Some("ab"));
        assert_eq!((segment("/x/", 2), segment("/x/", 0), segment("/x/", 3)), (Some(""), Some(""), None));
        assert!(["/{idx}", "/id}", "/id", "/{}id}"].iter().all(|path| place(path, "id").is_none()));
    }

    #[test]
    fn the_closest_template_is_known() {
        assert!(fits("/x/{id}.json", "/x/a%2Fb.json") && !fits("/x/{id}.json", "/x/a"));
        assert!(fits("/x/{id}", "/x/a"));
        assert!(closeness("/x/{id}.json") > closeness("/x/{id}"));
        assert!(is_mixed("{a}{b}") && !is_mixed("{a}") && !is_mixed("a"));
    }
}
