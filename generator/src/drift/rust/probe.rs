//! Code that uses each public item of the generated crates, so that the compiler can say whether what
//! a report says of code is true: what an item of the old contract stands for, compiled against the
//! crates of the new one, breaks where the report says so and nowhere else.

use super::surface::{Exports, Item, Pieces, Role, Surface};
use super::tidy::Paths;
use super::{PARTS, aliases, made, moved};
use crate::contract::Contract;
use crate::drift::walk::Walk;
use crate::emit::Source;
use crate::ir::Api;
use std::collections::BTreeMap;

/// A use of an item, in one line of Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The item as reports name it: `meshery_types::v1::tree::Tree.name`.
    pub item: String,
    /// What is done with it.
    pub uses: Uses,
    /// The line for the crates of the old contract.
    pub before: String,
    /// The same line for those of the new contract. Types that have moved are called by their new
    /// names, but for the one that the line is about.
    pub after: String,
}

/// What a line does with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Uses {
    /// It uses the item itself: names a type, reads a member, calls a function.
    Item,
    /// It names all that the item has: a literal of a struct, an implementation of a trait.
    Whole,
}

pub(in crate::drift) fn of(contracts: [&Contract; 2], walk: &Walk<'_>) -> Result<Vec<Probe>, String> {
    let apis = made::lowered(contracts)?;
    let moved = moved(apis.each_ref(), walk);
    let [old, new] = &apis;
    let types = old.crates.library("types");
    let whole = moved.iter().map(|(from, to)| (format!("{types}::{from}"), format!("{types}::{to}")));
    let whole: BTreeMap<String, String> = whole.collect();
    let mut probes = Vec::new();
    for part in PARTS {
        let sources = [made::sources(old, part)?, made::sources(new, part)?];
        let [before, after] =
            [&BTreeMap::new(), &whole].map(|moved| surface(old, &sources[0], part, moved.clone()));
        let library = old.crates.library(part);
        let owners = if part == "types" { moved.clone() } else { BTreeMap::new() };
        let exports = sources.each_ref().map(|own| match part {
            "types" => Exports::default(),
            _ => Exports::of(own),
        });
        Lines { library, owners, exports, before: before?, after: after? }.all(&mut probes);
    }
    Ok(probes)
}

/// All public items of a crate.
fn surface(
    api: &Api,
    sources: &[Source],
    part: &str,
    moved: BTreeMap<String, String>,
) -> Result<Surface, String> {
    let library = api.crates.library(part);
    let files = sources.iter().cloned().map(Pieces::of);
    Surface::read(files, &Paths { library, aliases: aliases(api), moved })
}

/// The items of one crate, with types where they were and where they are.
struct Lines {
    library: String,
    /// Where owners are now.
    owners: BTreeMap<String, String>,
    /// Where they can be had.
    exports: [Exports; 2],
    before: Surface,
    after: Surface,
}

impl Lines {
    fn all(&self, probes: &mut Vec<Probe>) {
        for (path, item) in &self.before.items {
            let Some(other) = self.after.items.get(path) else { continue };
            let owner = self.owners.get(&item.owner).unwrap_or(&item.owner);
            let there = format!("{owner}{}", &path[item.owner.len()..]);
            let is_owner = *path == item.owner;
            // The name of what has moved is no more.
            let named = if is_owner { &item.owner } else { owner };
            // As reports call it: what is no more as it was called.
            let known = self.exports[1].public(owner) != *owner;
            let shown = self.exports[usize::from(known)].public(owner);
            let there = format!("{shown}{}", &there[owner.len()..]);
            let old = self.exports[0].public(&item.owner);
            let named = self.exports[0].public(named);
            let lines = [self.line(&self.before, item, &old), self.line(&self.after, other, &named)];
            self.put(probes, &there, Uses::Item, lines.map(|line| Some(self.shown(line?))));
            if is_owner {
                let now = self.exports[0].public(owner);
                let lines = [self.whole(&self.before, item, &old), self.whole(&self.after, other, &now)];
                self.put(probes, &there, Uses::Whole, lines.map(|line| Some(self.shown(line?))));
            }
        }
    }

    fn put(&self, probes: &mut Vec<Probe>, path: &str, uses: Uses, lines: [Option<String>; 2]) {
        if let [Some(before), Some(after)] = lines {
            let item = format!("{}::{path}", self.library);
            probes.push(Probe { item, uses, before, after });
        }
    }

    /// A line with every path as users write it.
    fn shown(&self, line: String) -> String {
        let library = &self.library;
        let own = |path: &str| {
            let (first, rest) = path.split_once("::").unwrap_or((path, ""));
            match first {
                // What is private is offered at the root of the crate.
                "support" => Some(format!("{library}::{rest}")),
                "ops" => Some(format!("{library}::{}", self.exports[0].public(path))),
                // What another module declares, and this one uses by its name.
                _ if rest.is_empty() => {
                    let found = self.exports[0].public(first);
                    (found != first).then(|| format!("{library}::{found}"))
                }
                _ if first == *library => {
                    let rest = rest.strip_prefix("support::").unwrap_or(rest);
                    Some(format!("{library}::{}", self.exports[0].public(rest)))
                }
                _ => None,
            }
        };
        super::tidy::mapped(&line, &own)
    }

    /// A line that uses an item of `surface` whose owner is at `owner`.
    fn line(&self, surface: &Surface, item: &Item, owner: &str) -> Option<String> {
        let path = format!("{}::{owner}", self.library);
        let Generics { declared, named } = generics(surface.items.get(&item.owner)?);
        let ty = format!("{path}{named}");
        let Item { name, compared, .. } = item;
        Some(match item.role {
            Role::Item | Role::Trait | Role::Export => format!("use {path} as _;"),
            Role::Field => format!("fn p{declared}(x: &{ty}) -> &{compared} {{ &x.{name} }}"),
            Role::Variant if compared.is_empty() => format!("fn p{declared}() -> {ty} {{ {path}::{name} }}"),
            Role::Variant => {
                let inner = compared.strip_prefix('(')?.strip_suffix(')')?;
                format!("fn p{declared}(x: {inner}) -> {ty} {{ {path}::{name}(x) }}")
            }
            Role::Method if !compared.contains('(') => {
                let compared = compared.replace('&', "&'static ");
                format!("fn p{declared}() -> {compared} {{ <{ty}>::{name} }}")
            }
            Role::Method => call(&path, &ty, &declared, item)?,
            Role::Impl => {
                let name = match name.as_str() {
                    "Debug" => "std::fmt::Debug",
                    "Hash" => "std::hash::Hash",
                    "Clone" | "Copy" | "Default" | "Eq" | "Ord" | "PartialEq" | "PartialOrd" => name,
                    _ => return None,
                };
                format!("fn p{declared}(x: {ty}) {{ fn is<T: {name}>(_: T) {{}} is(x) }}")
            }
            Role::Required => return None,
        })
    }

    /// A line that names all that an item has.
    fn whole(&self, surface: &Surface, item: &Item, owner: &str) -> Option<String> {
        let path = format!("{}::{owner}", self.library);
        let Generics { declared, named } = generics(item);
        let members = |role: Role| {
            let all = surface.items.values();
            all.filter(move |own| own.owner == item.owner && own.role == role).collect::<Vec<_>>()
        };
        match item.role {
            Role::Trait => {
                let each: Option<Vec<String>> = members(Role::Required).into_iter().map(method).collect();
                let each = each?.join(" ");
                Some(format!(
                    "const _: () = {{ struct X; impl{declared} {path}{named} for X {{ {each} }} }};"
                ))
            }
            Role::Item if item.signature.starts_with("struct ") && !item.open => {
                let fields = members(Role::Field);
                let each = |show: &dyn Fn(&Item) -> String| {
                    fields.iter().map(|own| show(own)).collect::<Vec<_>>().join(", ")
                };
                let taken = each(&|own| format!("{}: {}", own.name, own.compared));
                let given = each(&|own| own.name.clone());
                Some(format!("fn p{declared}({taken}) -> {path}{named} {{ {path} {{ {given} }} }}"))
            }
            _ => None,
        }
    }
}

/// The parameters of a type or a trait, as they are declared and as they are named.
struct Generics {
    declared: String,
    named: String,
}

fn generics(item: &Item) -> Generics {
    let Some((_, list)) =
        item.signature.split_once('<').filter(|_| matches!(item.role, Role::Item | Role::Trait))
    else {
        return Generics { declared: String::new(), named: String::new() };
    };
    // Lists of parameters hold no commas but their own, and defaults are for the type only.
    let each: Vec<&str> = list
        .trim_end_matches('>')
        .split(',')
        .map(|one| one.split(" = ").next().unwrap_or(one).trim())
        .filter(|one| !one.is_empty())
        .collect();
    let names: Vec<&str> = each.iter().map(|one| one.split(':').next().unwrap_or(one).trim()).collect();
    Generics { declared: format!("<{}>", each.join(", ")), named: format!("<{}>", names.join(", ")) }
}

/// A call of a method, with all its arguments.
fn call(path: &str, ty: &str, declared: &str, item: &Item) -> Option<String> {
    let (asynchronous, signature) = match item.compared.strip_prefix("async ") {
        Some(rest) => ("async ", rest),
        None => ("", item.compared.as_str()),
    };
    let (arguments, output) = parted(signature)?;
    let own = |text: &str| super::tidy::mapped(text, &|word| (word == "Self").then(|| ty.to_owned()));
    let mut taken = Vec::new();
    for (number, argument) in arguments.iter().enumerate() {
        let argument = match argument.as_str() {
            "self" => ty.to_owned(),
            "&self" => format!("&{ty}"),
            "&mut self" => format!("&mut {ty}"),
            other => own(other),
        };
        taken.push(format!("a{number}: {argument}"));
    }
    let given: Vec<String> = (0..arguments.len()).map(|number| format!("a{number}")).collect();
    let wait = if asynchronous.is_empty() { "" } else { ".await" };
    let (name, taken, given) = (&item.name, taken.join(", "), given.join(", "));
    Some(format!("{asynchronous}fn p{declared}({taken}){} {{ {path}::{name}({given}){wait} }}", own(&output)))
}

/// A method of an implementation, as a trait asks for it.
fn method(item: &Item) -> Option<String> {
    if !item.compared.contains('(') {
        return None;
    }
    let (arguments, output) = parted(item.compared.strip_prefix("async ").unwrap_or(&item.compared))?;
    let taken = arguments.iter().enumerate().map(|(number, argument)| {
        if argument.ends_with("self") { argument.clone() } else { format!("a{number}: {argument}") }
    });
    let taken = taken.collect::<Vec<_>>().join(", ");
    Some(format!("fn {}({taken}){output} {{ async {{ std::future::pending().await }} }}", item.name))
}

/// `(A, B) -> C` as its arguments and `-> C`.
fn parted(signature: &str) -> Option<(Vec<String>, String)> {
    let rest = signature.strip_prefix('(')?;
    let (mut depth, mut start, mut arguments) = (0_i32, 0, Vec::new());
    for (at, c) in rest.char_indices() {
        let arrow = rest[..at].ends_with('-');
        match c {
            '(' | '[' | '<' => depth += 1,
            ')' if depth == 0 => {
                arguments.push(rest[start..at].trim().to_owned());
                arguments.retain(|argument| !argument.is_empty());
                return Some((arguments, rest[at + 1..].to_owned()));
            }
            ')' | ']' => depth -= 1,
            '>' if !arrow => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(rest[start..at].trim().to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parted;

    #[test]
    fn signatures_are_parted() {
        let (arguments, output) = parted("(&self, Map<A, B>, [u8]) -> Result<(), C>").unwrap();
        assert_eq!(arguments, ["&self", "Map<A, B>", "[u8]"]);
        assert_eq!(output, " -> Result<(), C>");
        assert_eq!(parted("()").unwrap(), (vec![], String::new()));
    }
}
