//! Words that are nearly other words.

/// The known word that `word` is most likely meant to be, if one is near.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 60 {
        return None;
    }
    let near = |other: &&str| distance(word, other) <= other.len().min(word.len()).div_ceil(5);
    known.into_iter().filter(near).min_by_key(|other| (distance(word, other), *other))
}

/// How many letters must be put in, taken away or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        row[0] = left;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            left = (above + 1).min(left + 1).min(before + usize::from(x != *y));
            before = above;
            row[j + 1] = left;
        }
    }
    row[b.len()]
}

/// A name without what may be spelled differently: case and marks between words.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{distance, folded, nearest};

    #[test]
    fn near_words_are_found() {
        let known = ["description", "format", "items", "enum"];
        assert_eq!(nearest("decscription", known), Some("description"));
        assert_eq!(nearest("format\"", known), Some("format"));
        assert_eq!(nearest("enums", known), Some("enum"));
        assert_eq!(nearest("const", known), None);
        assert_eq!((distance("", "abc"), distance("abc", "abc"), distance("kitten", "sitting")), (3, 0, 3));
    }

    #[test]
    fn spellings_of_one_name_fold_together() {
        assert!(["pageSize", "page_size", "pagesize", "Page-Size"].iter().all(|n| folded(n) == "pagesize"));
    }
}
