//! Path templates.

use crate::ir::Segment;

/// The segments of a path template; what is wrong with it otherwise.
pub(super) fn segments(path: &str) -> Result<Vec<Segment>, String> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err("it does not begin with a slash".to_owned());
    };
    if let Some(bad) = rest.chars().find(|c| c.is_whitespace() || c.is_control() || "?#\\".contains(*c)) {
        return Err(format!("it holds the character {bad:?}"));
    }
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    let segments: Vec<_> = rest.split('/').map(segment).collect::<Result<_, _>>()?;
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
    segments.iter().filter_map(|segment| match segment {
        Segment::Param(name) => Some(name.as_str()),
        Segment::Literal(_) => None,
    })
}

fn segment(text: &str) -> Result<Segment, String> {
    match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(name) if !name.is_empty() && !name.contains(['{', '}']) => Ok(Segment::Param(name.to_owned())),
        None if !text.contains(['{', '}']) => Ok(Segment::Literal(text.to_owned())),
        _ => Err(format!("`{text}` is neither a parameter in braces nor free of braces")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Segment, segments};

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
