//! Path templates.

use crate::ir::Segment;

/// The segments of a path template; what is wrong with it otherwise. `mixed`: whether a segment may
/// be only in part a parameter.
pub(super) fn segments(path: &str, mixed: bool) -> Result<Vec<Segment>, String> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err("it does not begin with a slash".to_owned());
    };
    if let Some(bad) = rest.chars().find(|c| c.is_whitespace() || c.is_control() || "?#\\".contains(*c)) {
        return Err(format!("it holds the character {bad:?}"));
    }
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    let segments: Vec<_> = rest.split('/').map(|text| segment(text, mixed)).collect::<Result<_, _>>()?;
    let empty = |segment: &Segment| *segment == Segment::Literal(String::new());
    if segments.iter().rev().skip(1).any(empty) {
        return Err("a segment in it is empty".to_owned());
    }
    let names: Vec<_> = params(&segments).collect();
    match names.iter().enumerate().find(|(i, name)| names.get(..*i).is_some_and(|seen| seen.contains(name))) {
        Some((_, name)) => Err(format!("the parameter `{name}` is in it twice")),
        None => Ok(segments),
    }
}

/// The names of the parameters in a template.
pub(super) fn params(segments: &[Segment]) -> impl Iterator<Item = &str> {
    segments.iter().flat_map(Segment::pieces).filter_map(|piece| match piece {
        Segment::Param(name) => Some(name.as_str()),
        Segment::Literal(_) | Segment::Mixed(_) => None,
    })
}

/// The pieces of a segment that has text beside its parameters.
fn pieces(text: &str) -> Option<Segment> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        // Without text between, nobody could tell where one ends and the next begins.
        let beside = before.is_empty() && !pieces.is_empty();
        if beside || name.is_empty() || before.contains('}') || name.contains('{') {
            return None;
        }
        if !before.is_empty() {
            pieces.push(Segment::Literal(before.to_owned()));
        }
        pieces.push(Segment::Param(name.to_owned()));
        rest = after;
    }
    if rest.contains('}') {
        return None;
    }
    if !rest.is_empty() {
        pieces.push(Segment::Literal(rest.to_owned()));
    }
    Some(Segment::Mixed(pieces))
}

fn segment(text: &str, mixed: bool) -> Result<Segment, String> {
    match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(name) if !name.is_empty() && !name.contains(['{', '}']) => Ok(Segment::Param(name.to_owned())),
        None if !text.contains(['{', '}']) => Ok(Segment::Literal(text.to_owned())),
        _ => pieces(text).filter(|_| mixed).ok_or_else(|| match mixed && text.contains("}{") {
            true => format!("nothing stands between two parameters in `{text}`"),
            false => format!("`{text}` is neither a parameter in braces nor free of braces"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::Segment;

    fn segments(path: &str) -> Result<Vec<Segment>, String> {
        super::segments(path, false)
    }

    #[test]
    fn segments_in_part() {
        let literal = |s: &str| Segment::Literal(s.to_owned());
        let param = |s: &str| Segment::Param(s.to_owned());
        let mixed = |path: &str| super::segments(path, true);
        assert_eq!(mixed("/{a}.json"), Ok(vec![Segment::Mixed(vec![param("a"), literal(".json")])]));
        let pieces = vec![literal("v"), param("a"), literal("..."), param("b")];
        assert_eq!(mixed("/v{a}...{b}"), Ok(vec![Segment::Mixed(pieces)]));
        assert_eq!(mixed("/{a}"), Ok(vec![param("a")]));
        for bad in ["/{a}{b}", "/{a}x{}", "/x{a", "/x}a", "/{a}}", "/{a}.{a}"] {
            assert!(mixed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn templates() {
        let literal = |s: &str| Segment::Literal(s.to_owned());
        let param = |s: &str| Segment::Param(s.to_owned());
        assert_eq!(segments("/api/a/{b}"), Ok(vec![literal("api"), literal("a"), param("b")]));
        assert_eq!(segments("/"), Ok(vec![]));
        assert_eq!(segments("/a/"), Ok(vec![literal("a"), literal("")]));
        for bad in ["", "a", "/a//b", "/{}", "/{a", "/a}", "/{a}.json", "/x{a}", "/{a}/{a}", "/a?b", "/{{a}}"]
        {
            assert!(segments(bad).is_err(), "{bad}");
        }
    }
}
