//! Words: from a spelling of the contract to the spellings of Rust.
//!
//! All of it is plain functions of one spelling; what happens when two spellings need the same
//! name is decided in `passes::names`.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// `pageSize` -> `PageSize`; empty when there is no letter or digit in it.
#[must_use]
pub fn pascal(text: &str) -> String {
    join(text, "", |word| word.to_upper_camel_case())
}

/// `pageSize` -> `page_size`; empty when there is no letter or digit in it.
#[must_use]
pub fn snake(text: &str) -> String {
    join(text, "_", |word| word.to_snake_case())
}

/// The words of `text` in another case. Digits that were apart stay apart: `1.10` -> `1_10`.
fn join(text: &str, between: &str, case: impl Fn(&str) -> String) -> String {
    let mut joined = String::with_capacity(text.len() + 4);
    for piece in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty()) {
        if !joined.is_empty() {
            let digits = joined.ends_with(|c: char| c.is_ascii_digit())
                && piece.starts_with(|c: char| c.is_ascii_digit());
            joined.push_str(if digits { "_" } else { between });
        }
        joined.push_str(&case(piece));
    }
    joined
}

/// `text` with every symbol in it as a word of its own: `>=` -> `greater equal`.
///
/// Two spellings that differ in more than the case of letters differ here too.
#[must_use]
pub fn spell_out(text: &str) -> String {
    let mut words = String::new();
    let mut before = None;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if before == Some(false) {
                words.push(' ');
            }
            words.push(c);
        } else {
            words.push(' ');
            words.push_str(&symbol(c));
        }
        before = Some(c.is_ascii_alphanumeric());
    }
    words.trim_start().to_owned()
}

fn symbol(c: char) -> String {
    let name = match c {
        ' ' => "space",
        '!' => "not",
        '"' => "quote",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '\'' => "apostrophe",
        '(' | ')' => "parenthesis",
        '*' => "star",
        '+' => "plus",
        ',' => "comma",
        '-' => "minus",
        '.' => "dot",
        '/' => "slash",
        ':' => "colon",
        ';' => "semicolon",
        '<' => "less",
        '=' => "equal",
        '>' => "greater",
        '?' => "question",
        '@' => "at",
        '[' | ']' => "bracket",
        '\\' => "backslash",
        '^' => "caret",
        '_' => "underscore",
        '{' | '}' => "brace",
        '|' => "or",
        '~' => "tilde",
        _ => return format!("u{:04x}", u32::from(c)),
    };
    name.to_owned()
}

/// How a spelling separates its words. The order is the order of preference for the name of a
/// type or a variant: the first keeps the name that several need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// `PageSize`, as Rust would have it.
    Pascal,
    /// `pageSize`.
    Camel,
    /// `page_size`.
    Snake,
    /// `page-size`.
    Kebab,
    /// `page size`.
    Spaced,
    /// `page.size`.
    Dotted,
    /// `pagesize`.
    Lower,
    /// `PAGE_SIZE`.
    Upper,
    /// Anything else.
    Other,
}

impl Style {
    /// The style of a spelling.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let inner = |separator: char| {
            !text.starts_with(separator)
                && !text.ends_with(separator)
                && text.chars().all(|c| c == separator || c.is_ascii_digit() || c.is_ascii_lowercase())
        };
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
        if plain && text == pascal(text) {
            Self::Pascal
        } else if plain && inner('_') {
            Self::Lower
        } else if plain && text.starts_with(|c: char| c.is_ascii_lowercase()) {
            Self::Camel
        } else if inner('_') {
            Self::Snake
        } else if inner('-') {
            Self::Kebab
        } else if inner(' ') {
            Self::Spaced
        } else if inner('.') {
            Self::Dotted
        } else if text.chars().all(|c| c == '_' || c.is_ascii_digit() || c.is_ascii_uppercase()) {
            Self::Upper
        } else {
            Self::Other
        }
    }

    /// The word that tells a name of this style apart from the same name of another.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pascal => "pascal",
            Self::Camel => "camel",
            Self::Snake => "snake",
            Self::Kebab => "kebab",
            Self::Spaced => "spaced",
            Self::Dotted => "dotted",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Other => "other",
        }
    }

    /// The place of this style among those that want the name of a field: camel case, of one word
    /// or several, comes first.
    #[must_use]
    pub fn rank_of_field(self) -> u8 {
        match self {
            Self::Camel | Self::Lower => 0,
            Self::Snake => 1,
            other => 2 + other as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, pascal, snake, spell_out};

    #[test]
    fn spellings() {
        for (text, camel, under) in [
            ("pageSize", "PageSize", "page_size"),
            ("page_size", "PageSize", "page_size"),
            ("pagesize", "Pagesize", "pagesize"),
            ("meshery-server", "MesheryServer", "meshery_server"),
            ("1.10", "1_10", "1_10"),
            ("v1beta3", "V1beta3", "v1beta3"),
            ("APIKey", "ApiKey", "api_key"),
            (">=", "", ""),
            ("reference architecture", "ReferenceArchitecture", "reference_architecture"),
        ] {
            assert_eq!((pascal(text).as_str(), snake(text).as_str()), (camel, under), "{text}");
        }
    }

    #[test]
    fn symbols_become_words() {
        assert_eq!(pascal(&spell_out(">=")), "GreaterEqual");
        assert_eq!(pascal(&spell_out("-created_at")), "MinusCreatedUnderscoreAt");
        assert_eq!(pascal(&spell_out("µs")), "U00b5S");
    }

    #[test]
    fn styles() {
        for (text, style) in [
            ("Workspace", Style::Pascal),
            ("pageSize", Style::Camel),
            ("page_size", Style::Snake),
            ("yes", Style::Lower),
            ("YES", Style::Upper),
            ("page-size", Style::Kebab),
            ("-page", Style::Other),
            ("Page size", Style::Other),
        ] {
            assert_eq!(Style::of(text), style, "{text}");
        }
    }
}
