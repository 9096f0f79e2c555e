//! What all emitters spell in the same way: identifiers, types, rules, docs, features.

use crate::ir::{Api, Product, Rules, Ty, TypeDef, Use};
use crate::number::Number;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

/// An identifier, raw where the name is a keyword. The IR holds legal names, with or without `r#`.
#[must_use]
pub fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None if syn::parse_str::<Ident>(name).is_ok() => Ident::new(name, Span::call_site()),
        // These four cannot be raw.
        None if matches!(name, "self" | "Self" | "super" | "crate" | "_") => {
            Ident::new(&format!("{name}_"), Span::call_site())
        }
        None if syn::parse_str::<Ident>(&format!("r#{name}")).is_ok() => {
            Ident::new_raw(name, Span::call_site())
        }
        // No name of the IR is like that; should one be, the program goes on.
        None => {
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            Ident::new(&format!("_{plain}_"), Span::call_site())
        }
    }
}

/// The file of a module, without its ending.
#[must_use]
pub fn file_name(module: &str) -> &str {
    module.trim_start_matches("r#")
}

/// The Rust type of a use, `Nullable` included; `Option` and `Box` are the field's affair.
#[must_use]
pub fn ty_tokens(api: &Api, used: &Use) -> TokenStream {
    let bare = bare_ty_tokens(api, used);
    if is_nullable(api, used) { quote!(meshery_types::wire::Nullable<#bare>) } else { bare }
}

/// The Rust type of a use without regard to whether it is nullable.
#[must_use]
pub fn bare_ty_tokens(api: &Api, used: &Use) -> TokenStream {
    match &used.ty {
        Ty::Json => quote!(meshery_types::wire::Value),
        Ty::Object => quote!(meshery_types::wire::Map<String, meshery_types::wire::Value>),
        Ty::String => quote!(String),
        Ty::Boolean => quote!(bool),
        Ty::Int32 => quote!(i32),
        Ty::Int64 => quote!(i64),
        Ty::Number => quote!(f64),
        Ty::Uuid => quote!(meshery_types::wire::Uuid),
        Ty::DateTime => quote!(meshery_types::wire::Timestamp),
        Ty::Date => quote!(meshery_types::wire::Date),
        Ty::Base64 => quote!(meshery_types::wire::Bytes),
        Ty::Named(id) => match api.get(id) {
            Some(def) => path_tokens(def),
            // The IR promises that there is no such id; the diagnostic is then rustc's.
            None => quote!(compile_error!("a type that is not in the IR")),
        },
        Ty::Array(items) => {
            let items = ty_tokens(api, items);
            quote!(Vec<#items>)
        }
        Ty::Map(values) => {
            let values = ty_tokens(api, values);
            quote!(meshery_types::wire::BTreeMap<String, #values>)
        }
    }
}

/// The path of a type: `meshery_types::v1beta3::workspace::Workspace`.
#[must_use]
pub fn path_tokens(def: &TypeDef) -> TokenStream {
    let modules = def.module.iter().map(|module| ident(module));
    let name = ident(&def.name);
    quote!(meshery_types #(:: #modules)* :: #name)
}

/// Whether `null` is told apart from a value there. A value of any kind holds `null` itself.
#[must_use]
pub fn is_nullable(api: &Api, used: &Use) -> bool {
    let resolved = api.resolve(used);
    resolved.nullable && resolved.ty != Ty::Json
}

/// The rules of a use with those of its elements, as an expression of type `&'static Rules`.
#[must_use]
pub fn rules_tokens(api: &Api, used: &Use) -> TokenStream {
    match rules_value(api, used) {
        None => quote!(&meshery_types::wire::ANY),
        Some(calls) => quote!(meshery_types::wire::rules!(#calls)),
    }
}

/// The rules as the calls that build them; `None` where nothing is asked.
fn rules_value(api: &Api, used: &Use) -> Option<TokenStream> {
    let used = api.resolve(used);
    let items = match &used.ty {
        Ty::Array(items) | Ty::Map(items) => rules_value(api, items),
        _ => None,
    };
    if used.rules.is_empty() && items.is_none() {
        return None;
    }
    let own = rules_calls(&used.rules);
    let items = items.map(|items| quote!(.items(meshery_types::wire::rules!(#items))));
    Some(quote!(#own #items))
}

/// `.min_length(1).max_length(255)`
fn rules_calls(rules: &Rules) -> TokenStream {
    let mut chain = TokenStream::new();
    let mut call = |name: &str, args: TokenStream| {
        let name = ident(name);
        chain.extend(quote!(.#name(#args)));
    };
    let counts = [
        ("min_length", rules.min_length),
        ("max_length", rules.max_length),
        ("min_items", rules.min_items),
        ("max_items", rules.max_items),
        ("min_properties", rules.min_properties),
        ("max_properties", rules.max_properties),
    ];
    for (name, count) in counts {
        if let Some(count) = count {
            let count = Literal::u64_unsuffixed(count);
            call(name, quote!(#count));
        }
    }
    let bounds = [
        ("minimum", rules.minimum, rules.exclusive_minimum),
        ("maximum", rules.maximum, rules.exclusive_maximum),
    ];
    for (name, bound, exclusive) in bounds {
        if let Some((kind, bound)) = bound.map(limit) {
            call(&format!("{name}{kind}"), quote!(#bound, #exclusive));
        }
    }
    if let Some(divisor) = rules.multiple_of {
        let (kind, divisor) = limit(divisor);
        call(&format!("multiple_of{kind}"), quote!(#divisor));
    }
    if rules.unique_items {
        call("unique_items", quote!(true));
    }
    text_rules(rules, &mut call);
    for (name, list) in [("exactly_one", &rules.exactly_one), ("at_least_one", &rules.at_least_one)] {
        if !list.is_empty() {
            let list = list.iter().map(rules_calls);
            let list = list.map(|calls| quote!(meshery_types::wire::Rules::ANY #calls));
            call(name, quote!(&[#(#list),*]));
        }
    }
    chain
}

fn text_rules(rules: &Rules, call: &mut impl FnMut(&str, TokenStream)) {
    if let Some(pattern) = &rules.pattern {
        call("pattern", quote!(meshery_types::wire::pattern!(#pattern)));
    }
    if let Some(format) = rules.format.as_deref().and_then(format_variant) {
        let format = ident(format);
        call("format", quote!(meshery_types::wire::Format::#format));
    }
    if !rules.one_of.is_empty() {
        let values = &rules.one_of;
        call("one_of", quote!(&[#(#values),*]));
    }
}

/// The formats that `meshery_types::wire` checks; the others are remarks of the contract.
fn format_variant(format: &str) -> Option<&'static str> {
    Some(match format {
        "uuid" => "Uuid",
        "date-time" => "DateTime",
        "date" => "Date",
        "byte" => "Byte",
        "email" => "Email",
        "uri" => "Uri",
        "uri-reference" => "UriReference",
        "hostname" => "Hostname",
        "ipv4" => "Ipv4",
        "ipv6" => "Ipv6",
        _ => return None,
    })
}

fn float(value: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(value.abs());
    if value.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}

/// A limit of a number, and what the method that takes it ends in: another takes integers that no
/// float is.
fn limit(value: Number) -> (&'static str, TokenStream) {
    match value.whole().filter(|_| value.as_exact_float().is_none()) {
        None => ("", float(value.float())),
        Some(whole) => {
            let literal = Literal::u128_unsuffixed(whole.unsigned_abs());
            ("_integer", if whole < 0 { quote!(-#literal) } else { quote!(#literal) })
        }
    }
}

/// A doc comment: one attribute per line, so that it is printed as `///`.
#[must_use]
pub fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| match printable(line) {
        line if line.is_empty() => line,
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// A line as a comment may have it: rustc refuses control characters, and what turns the direction
/// of a text.
#[must_use]
pub fn printable(line: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text that stands in backquotes in a doc comment, whatever it holds; `""` if it is nothing.
#[must_use]
pub fn code(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    if text.is_empty() {
        text.push_str("\"\"");
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// `#[cfg(feature = "...")]` for what is there with any of these features; nothing where there are
/// none.
#[must_use]
pub fn cfg<'a>(features: impl IntoIterator<Item = &'a str>) -> TokenStream {
    let features: BTreeSet<&str> = features.into_iter().collect();
    let features: Vec<_> = features.into_iter().collect();
    match features.as_slice() {
        [] => TokenStream::new(),
        [feature] => quote!(#[cfg(feature = #feature)]),
        _ => quote!(#[cfg(any(#(feature = #features),*))]),
    }
}

/// The attribute of an operation within the module of its group, which has one of its own: nothing
/// where whoever has the module has the operation.
#[must_use]
pub fn cfg_within(api: &Api, module: &str, products: &BTreeSet<String>) -> TokenStream {
    let all = api.products.iter().map(|product| product.name.clone()).collect();
    let (own, around) = (api.features(module, products), api.features(module, &all));
    if own == around { TokenStream::new() } else { cfg(own) }
}

/// The attribute of the module of a group, whatever the products that have it.
#[must_use]
pub fn cfg_module(api: &Api, module: &str) -> TokenStream {
    let all = api.products.iter().map(|product| product.name.clone()).collect();
    cfg(api.features(module, &all))
}

/// The attribute of what belongs to a product as a whole: it is there with any group of it.
#[must_use]
pub fn cfg_product(product: &Product) -> TokenStream {
    cfg(product.groups.iter().map(|group| group.feature.as_str()))
}

/// The media type that a body of bytes is sent as: for a range of them, that of bytes.
#[must_use]
pub fn concrete(media_type: &str) -> &str {
    if media_type.contains('*') { "application/octet-stream" } else { media_type }
}

/// `#[deprecated]` where the contract says so.
#[must_use]
pub fn deprecated(deprecated: bool) -> TokenStream {
    if deprecated { quote!(#[deprecated = "deprecated in the contract"]) } else { TokenStream::new() }
}

/// What the contract asks of a value, in words for a doc comment: ``at most 255 characters``.
#[must_use]
pub fn rules_words(rules: &Rules) -> Vec<String> {
    let mut words = Vec::new();
    let ranges = [
        ("characters", rules.min_length, rules.max_length),
        ("elements", rules.min_items, rules.max_items),
        ("members", rules.min_properties, rules.max_properties),
    ];
    for (unit, min, max) in ranges {
        match (min, max) {
            (Some(min), Some(max)) if min == max => words.push(format!("{min} {unit}")),
            (Some(min), Some(max)) => words.push(format!("{min} to {max} {unit}")),
            (Some(min), None) => words.push(format!("at least {min} {unit}")),
            (None, Some(max)) => words.push(format!("at most {max} {unit}")),
            (None, None) => {}
        }
    }
    let over = if rules.exclusive_minimum { "greater than" } else { "at least" };
    let under = if rules.exclusive_maximum { "less than" } else { "at most" };
    words.extend(rules.minimum.map(|bound| format!("{over} {bound}")));
    words.extend(rules.maximum.map(|bound| format!("{under} {bound}")));
    words.extend(rules.multiple_of.map(|divisor| format!("a multiple of {divisor}")));
    words.extend(rules.unique_items.then(|| "distinct elements".to_owned()));
    words.extend(rules.format.as_deref().map(|format| format!("format {}", code(format))));
    words.extend(rules.pattern.as_deref().map(|pattern| format!("pattern {}", code(pattern))));
    if !rules.one_of.is_empty() {
        let values: Vec<_> = rules.one_of.iter().map(|value| code(value)).collect();
        words.push(format!("one of {}", values.join(", ")));
    }
    words
}

/// Text of upstream as documentation: what rustdoc would take for links, HTML or tests is not.
#[must_use]
pub fn prose(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("```")) {
        for (i, word) in line.split(' ').enumerate() {
            if i > 0 {
                out.push(' ');
            }
            if word.starts_with("http://") || word.starts_with("https://") {
                let end = word.trim_end_matches(['.', ',', ';', ')']).len();
                out.push_str(&format!("<{}>{}", &word[..end], &word[end..]));
                continue;
            }
            for c in word.chars() {
                if matches!(c, '<' | '>' | '[' | ']' | '`' | '*' | '_' | '#' | '|' | '~') {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        out.push('\n');
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Group;

    #[test]
    fn identifiers_are_legal() {
        let names = ["plain", "type", "r#type", "self", "crate", "_"].map(|name| ident(name).to_string());
        assert_eq!(names, ["plain", "r#type", "r#type", "self_", "crate_", "__"]);
        assert_eq!(["", "1a", "a b"].map(|name| ident(name).to_string()), ["__", "_1a_", "_ab_"]);
    }

    #[test]
    fn text_in_backquotes_stays_in_them() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(code("two\nlines"), "`two lines`");
        assert_eq!(code(&"x".repeat(200)).chars().count(), 83);
    }

    #[test]
    fn upstream_s_words_are_neither_links_nor_tests() {
        assert_eq!(prose("See [x](y) <b>"), "See \\[x\\](y) \\<b\\>");
        assert_eq!(prose("at http://a.b/c_d."), "at <http://a.b/c_d>.");
        assert_eq!(prose("    indented\n```\ncode\n```"), "indented\ncode");
    }

    #[test]
    fn features_are_asked_for_only_where_products_differ() {
        let group = |feature: &str| Group { module: "g".into(), feature: feature.into(), ..Group::default() };
        let product =
            |name: &str| Product { name: name.into(), groups: vec![group(name)], ..Product::default() };
        let api = Api { products: ["a", "b", "c"].map(product).into(), ..Api::default() };
        let of = |names: &[&str]| {
            cfg_within(&api, "g", &names.iter().map(|name| (*name).to_owned()).collect()).to_string()
        };
        assert_eq!(of(&["a", "b", "c"]), "");
        assert_eq!(of(&["b"]), quote!(#[cfg(feature = "b")]).to_string());
        assert_eq!(of(&["a", "b"]), quote!(#[cfg(any(feature = "a", feature = "b"))]).to_string());
        assert_eq!(cfg([]).to_string(), "");
    }

    #[test]
    fn rules_are_calls_and_words() {
        let rules = Rules {
            min_length: Some(1),
            max_length: Some(9),
            minimum: Some((-1.0).into()),
            ..Rules::default()
        };
        let used = Use { ty: Ty::Array(Box::new(Use { rules, ..Use::default() })), ..Use::default() };
        let expected = quote!(meshery_types::wire::rules!(
            .items(meshery_types::wire::rules!(.min_length(1).max_length(9).minimum(-1.0, false)))
        ));
        assert_eq!(rules_tokens(&Api::default(), &used).to_string(), expected.to_string());
        assert_eq!(
            rules_tokens(&Api::default(), &Use::default()).to_string(),
            quote!(&meshery_types::wire::ANY).to_string()
        );
    }
}
