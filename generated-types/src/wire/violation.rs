//! What is reported: which rule was broken where, never with which value.

use std::fmt;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $keyword:literal;)+) => {
        /// A rule of the contract, by its JSON Schema keyword.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule { $($(#[doc = $doc])+ $name,)+ }

        impl Rule {
            /// The keyword: `maxLength`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $keyword,)+ }
            }
        }
    };
}

rules! {
    /// The value is of another type; the limit names the type that was expected.
    Type = "type";
    /// A member that must be there is missing; the pointer is that of the member.
    Required = "required";
    /// A member that may not be there is; the pointer is that of the member.
    AdditionalProperties = "additionalProperties";
    /// The string is none of those allowed.
    Enum = "enum";
    /// The string is too short, in Unicode scalar values.
    MinLength = "minLength";
    /// The string is too long, in Unicode scalar values.
    MaxLength = "maxLength";
    /// The pattern is not found in the string.
    Pattern = "pattern";
    /// The value is not of the format; the limit names it. A number too great for `int32` or
    /// `int64` is reported so, too.
    Format = "format";
    /// The number is too small.
    Minimum = "minimum";
    /// The number is not greater than the limit.
    ExclusiveMinimum = "exclusiveMinimum";
    /// The number is too great.
    Maximum = "maximum";
    /// The number is not smaller than the limit.
    ExclusiveMaximum = "exclusiveMaximum";
    /// The number is not a multiple of the limit.
    MultipleOf = "multipleOf";
    /// The array has too few elements.
    MinItems = "minItems";
    /// The array has too many elements.
    MaxItems = "maxItems";
    /// Two elements of the array are equal.
    UniqueItems = "uniqueItems";
    /// The object has too few members.
    MinProperties = "minProperties";
    /// The object has too many members.
    MaxProperties = "maxProperties";
    /// Not exactly one of the alternatives holds.
    OneOf = "oneOf";
    /// None of the alternatives holds.
    AnyOf = "anyOf";
    /// Members are there that exclude each other.
    Not = "not";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    /// The JSON pointer of the value; empty for the whole document, or for a parameter.
    pub pointer: String,
    /// The rule.
    pub rule: Rule,
    /// What the rule asks for: `255`, `uuid`, a pattern. Never the value that broke it.
    pub limit: Option<String>,
}

/// How long a pointer may become, in bytes. Its tokens may be names that a caller chose, and each
/// violation below such a name has it in its pointer.
const LONGEST_POINTER: usize = 1024;

impl Violation {
    /// A violation at the place where it is found; whoever holds the value completes the pointer.
    #[must_use]
    pub fn new(rule: Rule, limit: Option<String>) -> Self {
        Self { pointer: String::new(), rule, limit }
    }

    /// Puts the name of a member, or the index of an element, before the pointer. What is beyond
    /// 1,024 bytes is cut off, and `…` ends the pointer.
    pub fn prefix(&mut self, token: &str) {
        // Twice what stays, so that what is cut off here would be cut off below.
        let token = &token[..token.floor_char_boundary(2 * LONGEST_POINTER)];
        let escaped;
        let token = if token.contains(['~', '/']) {
            escaped = token.replace('~', "~0").replace('/', "~1");
            &escaped
        } else {
            token
        };
        self.pointer = shortened(["/", token, &self.pointer].concat());
    }
}

/// In memory of its own, too: a string that is truncated keeps what it had.
fn shortened(pointer: String) -> String {
    if pointer.len() <= LONGEST_POINTER {
        return pointer;
    }
    let end = pointer.floor_char_boundary(LONGEST_POINTER - '…'.len_utf8());
    [&pointer[..end], "…"].concat()
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        self.rule.fmt(f)?;
        match &self.limit {
            Some(limit) => write!(f, " {limit}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Violation {}

/// All that is wrong with a value, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    pub(super) list: Vec<Violation>,
    pub(super) more: bool,
}

impl Violations {
    /// The violations.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.list.iter()
    }

    /// Whether there were more than [`Options::max_violations`](super::Options).
    #[must_use]
    pub fn more(&self) -> bool {
        self.more
    }

    /// Takes the violations out.
    #[must_use]
    pub fn into_vec(self) -> Vec<Violation> {
        self.list
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self { list: vec![violation], more: false }
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, violation) in self.list.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        if self.more { f.write_str("; and more") } else { Ok(()) }
    }
}

impl std::error::Error for Violations {}

/// Why a document could not be decoded. It never shows a value of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It is not JSON.
    Syntax {
        /// The line, from 1; 0 when the document was a value already.
        line: usize,
        /// The column, in bytes, from 1; 0 when the document was a value already.
        column: usize,
        /// What was expected.
        message: String,
    },
    /// It is JSON, but not of the type.
    Invalid(Violations),
}

impl DecodeError {
    /// The document is not UTF-8.
    pub(super) fn not_text(bytes: &[u8], error: &std::str::Utf8Error) -> Self {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
        Self::Syntax { line, column, message: "invalid UTF-8".to_owned() }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line: 0, message, .. } => write!(f, "not JSON: {message}"),
            Self::Syntax { line, column, message } => {
                write!(f, "not JSON: {message} at line {line} column {column}")
            }
            Self::Invalid(violations) => violations.fmt(f),
        }
    }
}

impl std::error::Error for DecodeError {}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let mut message = error.to_string();
        let place = format!(" at line {line} column {column}");
        if message.ends_with(&place) {
            message.truncate(message.len() - place.len());
        }
        Self::Syntax { line, column, message }
    }
}

#[cfg(test)]
mod tests {
    use super::{DecodeError, LONGEST_POINTER, Rule, Violation};

    #[test]
    fn what_is_not_text_has_a_place() {
        let bytes = b"{\n  \"a\": \"\xff\"}".to_vec();
        let error = DecodeError::not_text(&bytes, &std::str::from_utf8(&bytes).unwrap_err());
        assert_eq!(error.to_string(), "not JSON: invalid UTF-8 at line 2 column 9");
    }

    #[test]
    fn pointers_do_not_grow_with_the_names_that_a_caller_chose() {
        let mut violation = Violation::new(Rule::Type, None);
        violation.prefix("a~/b");
        assert_eq!(violation.pointer, "/a~0~1b");
        for _ in 0..3 {
            violation.prefix(&"ä".repeat(400));
            assert!(violation.pointer.starts_with("/ää"));
        }
        assert!(violation.pointer.len() <= LONGEST_POINTER);
        assert!(violation.pointer.ends_with('…'));
    }

    #[test]
    fn pointers_take_no_more_memory_than_they_need() {
        for name in ["n".repeat(1 << 20), "~".repeat(1 << 20), "/ä".repeat(1 << 19)] {
            let mut violation = Violation::new(Rule::Type, None);
            violation.prefix("inner");
            violation.prefix(&name);
            let length = violation.pointer.len();
            assert!((LONGEST_POINTER - 3..=LONGEST_POINTER).contains(&length), "{length}");
            assert!(violation.pointer.ends_with('…'));
            assert!(violation.pointer.capacity() <= LONGEST_POINTER, "{}", violation.pointer.capacity());
        }
    }
}
