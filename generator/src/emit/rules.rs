//! What the contract asks of a value: as calls that build rules, and in words.

use super::names::{code, ident};
use crate::ir::{Api, Rules, Ty, Use};
use crate::number::Number;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The rules of a use with those of its elements, as an expression of type `&'static Rules`.
#[must_use]
pub fn tokens(api: &Api, used: &Use) -> TokenStream {
    match value(api, used) {
        None => quote!(&meshery_types::wire::ANY),
        Some(calls) => quote!(meshery_types::wire::rules!(#calls)),
    }
}

/// The rules as the calls that build them; `None` where nothing is asked.
fn value(api: &Api, used: &Use) -> Option<TokenStream> {
    let used = api.resolve(used);
    let items = match &used.ty {
        Ty::Array(items) | Ty::Map(items) => value(api, items),
        _ => None,
    };
    if used.rules.is_empty() && items.is_none() {
        return None;
    }
    let own = calls(&used.rules);
    let items = items.map(|items| quote!(.items(meshery_types::wire::rules!(#items))));
    Some(quote!(#own #items))
}

/// `.min_length(1).max_length(255)`
fn calls(rules: &Rules) -> TokenStream {
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
            let list = list.iter().map(calls);
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

/// What the contract asks of a value, in words for a doc comment: ``at most 255 characters``.
#[must_use]
pub fn words(rules: &Rules) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(tokens(&Api::default(), &used).to_string(), expected.to_string());
        assert_eq!(
            tokens(&Api::default(), &Use::default()).to_string(),
            quote!(&meshery_types::wire::ANY).to_string()
        );
    }
}
