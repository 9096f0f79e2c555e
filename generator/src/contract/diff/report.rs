//! Differences as text for people.

use super::{Cause, Difference, Differences, Names, What};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// The longest value that is shown whole.
const LONG: usize = 100;

impl Cause {
    /// As it is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnlyInA => "only in A",
            Self::OnlyInB => "only in B",
            Self::Changed => "changed",
            Self::Order => "order",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::Inlined => "inlined",
            Self::Named => "named",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::TooLarge => "too large to compare",
        }
    }
}

impl What {
    /// As it is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Operation => "operation",
            Self::Products => "products",
            Self::Tags => "tags",
            Self::OperationId => "operation id",
            Self::Deprecated => "deprecated",
            Self::Security => "security",
            Self::SecurityScheme => "security scheme",
            Self::Parameter => "parameter",
            Self::Body => "request body",
            Self::MediaType => "media type",
            Self::Status => "status",
            Self::Header => "header",
            Self::Type => "type",
            Self::Constraint => "constraint",
            Self::Default => "default",
            Self::Member => "member",
            Self::Alternative => "alternative",
            Self::Schema => "schema",
            Self::Permission => "permission key",
        }
    }
}

impl Display for Difference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`: {}", self.what.as_str(), self.name, self.cause.as_str())?;
        if let (Some(before), Some(after)) = (&self.before, &self.after) {
            write!(f, ", {} in A, {} in B", excerpt(before), excerpt(after))?;
        } else if let Some(stated) = self.before.as_ref().or(self.after.as_ref()).filter(|s| **s != self.name)
        {
            write!(f, ", {}", excerpt(stated))?;
        }
        write!(f, "\n  --> {}", self.place)?;
        if self.operations > 1 {
            write!(f, "\n  = in {} operations", self.operations)?;
        }
        for (side, pointer) in ["A", "B"].iter().zip(&self.declared) {
            // Elsewhere the place says it.
            if pointer.starts_with("/components/schemas/") {
                write!(f, "\n  = {pointer} in {side}")?;
            }
        }
        Ok(())
    }
}

impl Display for Differences {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for difference in &self.differences {
            writeln!(f, "{difference}\n")?;
            *kinds.entry(difference.what.as_str()).or_default() += 1;
        }
        let [a, b] = &self.releases;
        write!(f, "A {a}, {} operations; B {b}, {} operations: ", self.operations[0], self.operations[1])?;
        if kinds.is_empty() {
            return writeln!(f, "equal, whatever things are called");
        }
        let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        writeln!(f, "{} differences ({})", self.differences.len(), kinds.join(", "))
    }
}

impl Display for Names {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for construct in &self.constructs {
            let (before, after) = (&construct.before, &construct.after);
            writeln!(f, "construct: {before} in A, {after} in B\n  --> {}\n", construct.place)?;
        }
        for renamed in &self.renamed {
            let text = |name: &Option<String>| name.clone().unwrap_or_else(|| "written in place".to_owned());
            let (before, after) = (text(&renamed.before), text(&renamed.after));
            writeln!(f, "component: {}, {before} in A, {after} in B", renamed.cause.as_str())?;
            writeln!(f, "  --> {}\n  = {}\n", renamed.place, places(renamed.places))?;
        }
        let [places, same] = self.places;
        writeln!(f, "names: {same} of {places} places have the same component")?;
        let [a, b, alike] = self.components;
        writeln!(f, "components: {a} in A, {b} in B, {alike} of A are the same wherever they are used")?;
        match &self.types {
            Ok(types) => {
                for (before, after) in &types.others {
                    let after = if after.is_empty() { "nothing".to_owned() } else { after.join(", ") };
                    writeln!(f, "type: {before} in A, {after} in B")?;
                }
                for name in &types.only_in_b {
                    writeln!(f, "type: only in B, {name}")?;
                }
                let [a, b] = types.counts;
                write!(f, "types: {a} in A, {b} in B, {} identical, {:.2} %", types.identical, types.share)?;
                writeln!(f, "; {} of A wherever they are used", types.in_place)?;
                let [a, b] = types.aliases;
                if a == b { Ok(()) } else { writeln!(f, "aliases among them: {a} in A, {b} in B") }
            }
            Err(why) => writeln!(f, "types: not generated, {why}"),
        }
    }
}

fn places(count: usize) -> String {
    if count == 1 { "at this place only".to_owned() } else { format!("at {count} places") }
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
