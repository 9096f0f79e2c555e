//! A scope: spellings of the contract that need distinct Rust names.
//!
//! Where several spellings come to the same name, the one in the style of Rust (for members: camel
//! case, the style of upstream) keeps it. Each other gets the name of its own style added, so that
//! its name does not depend on how many there are: `pageSize` stays `page_size`, and `page_size`
//! becomes `page_size_snake`. Spellings that differ in symbols only have these spelled out.

use crate::words::{Style, pascal, snake, spell_out};
use std::collections::{BTreeMap, BTreeSet};

/// How the names of a scope are written, and what they must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Types.
    Type,
    /// Traits of groups, which live beside the entry points of a product.
    Group,
    /// Variants of an enumeration, which has a variant `Unknown` of its own.
    Variant,
    /// Variants of a union.
    Alternative,
    /// Members of an object; `additional` holds the members without a name.
    Field,
    /// Parameters, which are methods of a builder.
    Param,
    /// Modules of types, one for each file that has some.
    File,
    /// Modules and accessors.
    Module,
    /// Methods.
    Method,
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names that cannot be raw identifiers.
const NEVER_RAW: &[&str] = &["crate", "self", "super", "_"];

/// What the prelude brings into every module, as types, traits or variants.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

impl Case {
    fn spell(self, text: &str) -> String {
        match self {
            Self::Type | Self::Group | Self::Variant | Self::Alternative => pascal(text),
            Self::Field | Self::Param | Self::File | Self::Module | Self::Method => snake(text),
        }
    }

    fn is_pascal(self) -> bool {
        matches!(self, Self::Type | Self::Group | Self::Variant | Self::Alternative)
    }

    fn with(self, name: &str, word: &str) -> String {
        if self.is_pascal() { format!("{name}{}", pascal(word)) } else { format!("{name}_{word}") }
    }

    fn rank(self, style: Style) -> u8 {
        if self.is_pascal() { style as u8 } else { style.rank_of_field() }
    }

    /// Whether a name is taken by the language or by generated code.
    fn reserved(self, name: &str) -> bool {
        let list: &[&str] = match self {
            Self::Group if PRELUDE.contains(&name) => return true,
            // `T` and `I` are parameters where implementations of a trait are taken.
            Self::Group => &["Api", "Builder", "Client", "I", "T"],
            Self::Type => PRELUDE,
            Self::Variant | Self::Alternative => &["Self", "Unknown"],
            Self::Field => &["additional"],
            Self::Param => &["body", "new", "send", "stream"],
            Self::File => &["meshery_types", "mod", "std", "wire"],
            Self::Module => &["builder", "into_router", "mod", "new"],
            Self::Method => &["new"],
        };
        list.contains(&name) || NEVER_RAW.contains(&name)
    }

    /// The word added to a name that is taken.
    fn word(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Variant | Self::Alternative => "value",
            Self::Field => "member",
            Self::Param => "param",
            Self::File => "file",
            Self::Group | Self::Module => "group",
            Self::Method => "operation",
        }
    }

    /// `name` as a legal identifier that hides nothing.
    pub(super) fn legal(self, name: &str) -> String {
        let name = match (name, self.is_pascal()) {
            ("", true) => "Empty".to_owned(),
            ("", false) => "empty".to_owned(),
            (name, pascal) if name.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{}{name}", if pascal { "V" } else { "v" })
            }
            (name, _) => name.to_owned(),
        };
        match name {
            name if self.reserved(&name) => self.with(&name, self.word()),
            name if KEYWORDS.contains(&name.as_str()) => format!("r#{name}"),
            name => name,
        }
    }

    /// The name of one spelling, if nothing else wants it.
    pub(super) fn name(self, text: &str) -> String {
        let name = self.spell(text);
        if name.is_empty() && !text.is_empty() {
            self.legal(&self.spell(&spell_out(text)))
        } else {
            self.legal(&name)
        }
    }
}

/// A name for each of `spellings`, all distinct.
///
/// # Errors
/// The indices of two spellings that no rule tells apart.
pub(super) fn assign(case: Case, spellings: &[&str]) -> Result<Vec<String>, (usize, usize)> {
    let mut names: Vec<String> = spellings.iter().map(|text| case.name(text)).collect();
    for group in groups(&names) {
        for (index, name) in apart(case, spellings, &group) {
            if let Some(slot) = names.get_mut(index) {
                *slot = name;
            }
        }
    }
    // A name that was completed may be the plain name of another spelling.
    for group in groups(&names) {
        let spelled = group.iter().filter_map(|i| spellings.get(*i).map(|text| (*i, text)));
        for (index, text) in spelled.filter(|(_, text)| Style::of(text) != Style::Pascal) {
            if let Some(slot) = names.get_mut(index) {
                *slot = case.legal(&case.spell(&spell_out(text)));
            }
        }
    }
    for group in groups(&names) {
        give_way(case, spellings, &group, &mut names);
    }
    match groups(&names).first().map(Vec::as_slice) {
        Some([first, second, ..]) => Err((*first, *second)),
        _ => Ok(names),
    }
}

/// The one of a group whose own name is no legal one makes room for the others: `Option` for
/// `OptionType`.
fn give_way(case: Case, spellings: &[&str], group: &[usize], names: &mut [String]) {
    let altered = |index: &&usize| {
        let plain = spellings.get(**index).map(|text| case.spell(text)).unwrap_or_default();
        case.legal(&plain) != plain
    };
    let altered: Vec<_> = group.iter().filter(altered).collect();
    let [index] = altered.as_slice() else { return };
    let Some(mut name) = names.get(**index).cloned() else { return };
    while names.contains(&name) {
        name = case.with(&name, case.word());
    }
    if let Some(slot) = names.get_mut(**index) {
        *slot = name;
    }
}

/// Legal identifiers for names that are distinct, as distinct as they are: one that is legal stays
/// as it is.
pub(super) fn legal(case: Case, names: &[&str]) -> Vec<String> {
    let mut taken: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let one = |name: &&str| {
        let mut legal = case.legal(name);
        while legal != **name && !taken.insert(legal.clone()) {
            legal = case.with(&legal, case.word());
        }
        legal
    };
    names.iter().map(one).collect()
}

/// The indices of equal names, for each name that there is more than once.
fn groups(names: &[String]) -> Vec<Vec<usize>> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        by_name.entry(name).or_default().push(index);
    }
    by_name.into_values().filter(|group| group.len() > 1).collect()
}

/// Distinct names for the spellings of a group, as far as their styles go.
fn apart(case: Case, spellings: &[&str], group: &[usize]) -> Vec<(usize, String)> {
    let members: Vec<_> = group.iter().filter_map(|i| spellings.get(*i).map(|text| (*i, *text))).collect();
    let ranks: Vec<_> = members.iter().map(|(_, text)| case.rank(Style::of(text))).collect();
    let best = ranks.iter().min().copied().unwrap_or_default();
    let lone = |rank: u8| ranks.iter().filter(|other| **other == rank).count() == 1;
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for ((index, text), rank) in members.iter().zip(&ranks) {
        let style = Style::of(text);
        let plain = case.spell(text);
        let name = if *rank == best && lone(*rank) {
            case.legal(&plain)
        } else if lone(*rank) && style != Style::Other && !plain.is_empty() {
            case.legal(&case.with(&plain, style.word()))
        } else {
            case.legal(&case.spell(&spell_out(text)))
        };
        taken.insert(name.clone());
        names.push((*index, name));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Case, assign, legal};

    fn names(case: Case, spellings: &[&str]) -> Vec<String> {
        assign(case, spellings).unwrap_or_else(|pair| panic!("{pair:?}"))
    }

    #[test]
    fn upstream_style_keeps_the_name() {
        assert_eq!(
            names(Case::Field, &["pageSize", "page_size", "pagesize"]),
            ["page_size", "page_size_snake", "pagesize"]
        );
        assert_eq!(names(Case::Variant, &["yes", "Yes", "YES"]), ["YesLower", "Yes", "YesUpper"]);
        assert_eq!(names(Case::Type, &["Workspace", "workspace"]), ["Workspace", "WorkspaceLower"]);
    }

    #[test]
    fn order_does_not_matter() {
        let mut forward = names(Case::Variant, &["-a", "a", "A", "a_b", "aB", ">=", ""]);
        let mut backward = names(Case::Variant, &["", ">=", "aB", "a_b", "A", "a", "-a"]);
        backward.reverse();
        assert_eq!(forward, backward);
        forward.sort();
        forward.dedup();
        assert_eq!(forward.len(), 7);
    }

    #[test]
    fn the_language_and_generated_code_come_first() {
        assert_eq!(
            names(Case::Field, &["type", "self", "1st", "additional"]),
            ["r#type", "self_member", "v1st", "additional_member"]
        );
        assert_eq!(
            names(Case::Variant, &["unknown", "Self", "", "1.0", "10"]),
            ["UnknownValue", "SelfValue", "Empty", "V1_0", "V10"]
        );
        assert_eq!(names(Case::Type, &["Option", "uuid"]), ["OptionType", "Uuid"]);
    }

    #[test]
    fn what_is_taken_gives_way_to_what_is_called_like_it_would_be() {
        assert_eq!(names(Case::Type, &["Option", "OptionType"]), ["OptionTypeType", "OptionType"]);
        assert_eq!(names(Case::Type, &["OptionType", "Option"]), ["OptionType", "OptionTypeType"]);
        assert_eq!(names(Case::Variant, &["Unknown", "UnknownValue"]), ["UnknownValueValue", "UnknownValue"]);
        assert_eq!(names(Case::Group, &["T", "t", "Things"]), ["TGroup", "TLower", "Things"]);
        assert_eq!(names(Case::File, &["mod", "wire", "tree"]), ["mod_file", "wire_file", "tree"]);
    }

    #[test]
    fn distinct_names_stay_distinct() {
        assert_eq!(
            legal(Case::Method, &["new", "new_operation"]),
            ["new_operation_operation", "new_operation"]
        );
        assert_eq!(
            legal(Case::Type, &["2fa", "V2fa", "Copy", "Fine"]),
            ["V2faType", "V2fa", "CopyType", "Fine"]
        );
    }

    #[test]
    fn symbols_are_spelled_out() {
        assert_eq!(names(Case::Variant, &["-1", "1", "<", "<="]), ["Minus1", "V1", "Less", "LessEqual"]);
    }

    #[test]
    fn what_cannot_be_told_apart_is_said() {
        assert_eq!(assign(Case::Field, &["a", "same", "same"]), Err((1, 2)));
    }
}
