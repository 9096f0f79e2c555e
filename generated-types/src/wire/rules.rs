//! Constraints on one value, as data that the generated code holds in statics.

use super::number::Limit;
use super::{Format, Pattern, Rule, Violation};
use std::cmp::Ordering;

/// What the contract asks of a value beyond its type.
///
/// Built in statics: `Rules::ANY.min_length(1).max_length(255)`.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    min_length: u64,
    max_length: u64,
    pattern: Option<&'static Pattern>,
    format: Option<Format>,
    one_of: &'static [&'static str],
    exactly_one: &'static [Rules],
    at_least_one: &'static [Rules],
    minimum: Option<(Limit, bool)>,
    maximum: Option<(Limit, bool)>,
    multiple_of: Option<Limit>,
    min_items: u64,
    max_items: u64,
    pub(super) unique_items: bool,
    pub(super) min_properties: u64,
    pub(super) max_properties: u64,
    pub(super) items: Option<&'static Rules>,
    plain: bool,
}

/// The rules of a value of which only its type is asked.
pub static ANY: Rules = Rules::ANY;

macro_rules! setters {
    ($($(#[doc = $doc:literal])+ $name:ident: $ty:ty = $value:expr;)+) => {
        $($(#[doc = $doc])+
        #[must_use]
        pub const fn $name(mut self, $name: $ty) -> Self {
            self.$name = $value;
            self.plain = false;
            self
        })+
    };
}

impl Rules {
    /// No constraint.
    pub const ANY: Self = Self {
        min_length: 0,
        max_length: u64::MAX,
        pattern: None,
        format: None,
        one_of: &[],
        exactly_one: &[],
        at_least_one: &[],
        minimum: None,
        maximum: None,
        multiple_of: None,
        min_items: 0,
        max_items: u64::MAX,
        unique_items: false,
        min_properties: 0,
        max_properties: u64::MAX,
        items: None,
        plain: true,
    };

    setters! {
        /// Least length of a string, in Unicode scalar values.
        min_length: u64 = min_length;
        /// Greatest length of a string, in Unicode scalar values.
        max_length: u64 = max_length;
        /// A pattern that must be found in the string.
        pattern: &'static Pattern = Some(pattern);
        /// A format the string must have.
        format: Format = Some(format);
        /// The strings that are allowed.
        one_of: &'static [&'static str] = one_of;
        /// Alternatives of which exactly one must hold.
        exactly_one: &'static [Rules] = exactly_one;
        /// Alternatives of which at least one must hold.
        at_least_one: &'static [Rules] = at_least_one;
        /// What a number must be a multiple of.
        multiple_of: f64 = Some(Limit::Float(multiple_of));
        /// Least number of elements of an array.
        min_items: u64 = min_items;
        /// Greatest number of elements of an array.
        max_items: u64 = max_items;
        /// Whether the elements of an array must be distinct.
        unique_items: bool = unique_items;
        /// Least number of members of a map.
        min_properties: u64 = min_properties;
        /// Greatest number of members of a map.
        max_properties: u64 = max_properties;
        /// The rules of the elements of an array, or of the values of a map.
        items: &'static Rules = Some(items);
    }

    /// Least value of a number, and whether it is itself excluded.
    #[must_use]
    pub const fn minimum(mut self, minimum: f64, exclusive: bool) -> Self {
        self.minimum = Some((Limit::Float(minimum), exclusive));
        self.plain = false;
        self
    }

    /// The same, of an integer that no `f64` is.
    #[must_use]
    pub const fn minimum_integer(mut self, minimum: i128, exclusive: bool) -> Self {
        self.minimum = Some((Limit::Integer(minimum), exclusive));
        self.plain = false;
        self
    }

    /// Greatest value of a number, and whether it is itself excluded.
    #[must_use]
    pub const fn maximum(mut self, maximum: f64, exclusive: bool) -> Self {
        self.maximum = Some((Limit::Float(maximum), exclusive));
        self.plain = false;
        self
    }

    /// The same, of an integer that no `f64` is.
    #[must_use]
    pub const fn maximum_integer(mut self, maximum: i128, exclusive: bool) -> Self {
        self.maximum = Some((Limit::Integer(maximum), exclusive));
        self.plain = false;
        self
    }

    /// What a number must be a multiple of: an integer that no `f64` is.
    #[must_use]
    pub const fn multiple_of_integer(mut self, multiple_of: i128) -> Self {
        self.multiple_of = Some(Limit::Integer(multiple_of));
        self.plain = false;
        self
    }

    /// The rules of the elements or values.
    pub(super) fn inner(&self) -> &'static Self {
        self.items.unwrap_or(&ANY)
    }

    /// Checks a boolean, which may be constant.
    pub(super) fn flag(&self, value: bool, report: &mut dyn FnMut(Violation)) {
        let text = if value { "true" } else { "false" };
        if !self.one_of.is_empty() && !self.one_of.contains(&text) {
            report(Violation::new(Rule::Enum, Some(self.one_of.join(", "))));
        }
    }

    /// Checks a string.
    pub(super) fn text(&self, text: &str, report: &mut dyn FnMut(Violation)) {
        if self.plain {
            return;
        }
        self.length(text, report);
        if let Some(pattern) = self.pattern.filter(|pattern| !pattern.is_match(text)) {
            report(Violation::new(Rule::Pattern, Some(pattern.source().to_owned())));
        }
        if let Some(format) = self.format.filter(|format| !format.is_valid(text)) {
            report(Violation::new(Rule::Format, Some(format.as_str().to_owned())));
        }
        if !self.one_of.is_empty() && !self.one_of.contains(&text) {
            report(Violation::new(Rule::Enum, Some(self.one_of.join(", "))));
        }
        self.alternatives(report, |rules, report| rules.text(text, report));
    }

    fn length(&self, text: &str, report: &mut dyn FnMut(Violation)) {
        let bytes = text.len() as u64;
        // A scalar value has one to four bytes: count only when that does not settle it.
        if bytes <= self.max_length && bytes / 4 >= self.min_length {
            return;
        }
        self.between(text.chars().count() as u64, report);
    }

    /// What a file of so many bytes breaks: they are what the length of its content is counted in.
    #[must_use]
    pub fn broken_by_file(&self, bytes: u64) -> Vec<Violation> {
        let mut broken = Vec::new();
        self.between(bytes, &mut |violation| broken.push(violation));
        broken
    }

    /// What files of these sizes break, together and each.
    #[must_use]
    pub fn broken_by_files(&self, sizes: &[u64]) -> Vec<Violation> {
        let mut broken = Vec::new();
        for (index, size) in sizes.iter().enumerate() {
            broken.extend(self.inner().broken_by_file(*size).into_iter().map(|mut violation| {
                violation.prefix(&index.to_string());
                violation
            }));
        }
        self.count(sizes.len(), &mut |violation| broken.push(violation));
        broken
    }

    /// Checks how many elements an array has.
    pub(super) fn count(&self, elements: usize, report: &mut dyn FnMut(Violation)) {
        let elements = elements as u64;
        if elements < self.min_items {
            report(Violation::new(Rule::MinItems, Some(self.min_items.to_string())));
        }
        if elements > self.max_items {
            report(Violation::new(Rule::MaxItems, Some(self.max_items.to_string())));
        }
    }

    fn between(&self, length: u64, report: &mut dyn FnMut(Violation)) {
        if length < self.min_length {
            report(Violation::new(Rule::MinLength, Some(self.min_length.to_string())));
        }
        if length > self.max_length {
            report(Violation::new(Rule::MaxLength, Some(self.max_length.to_string())));
        }
    }

    /// Checks an integer.
    pub(super) fn integer(&self, value: i64, report: &mut dyn FnMut(Violation)) {
        if self.plain {
            return;
        }
        self.bounds(|limit| limit.order_of_integer(value), report);
        if let Some(divisor) = self.multiple_of
            && !divisor.divides_integer(value)
        {
            report(Violation::new(Rule::MultipleOf, Some(divisor.to_string())));
        }
        self.alternatives(report, |rules, report| rules.integer(value, report));
    }

    /// Checks a number.
    pub(super) fn number(&self, value: f64, report: &mut dyn FnMut(Violation)) {
        if self.plain {
            return;
        }
        self.bounds(|limit| limit.order_of(value), report);
        if let Some(divisor) = self.multiple_of
            && !divisor.divides(value)
        {
            report(Violation::new(Rule::MultipleOf, Some(divisor.to_string())));
        }
        self.alternatives(report, |rules, report| rules.number(value, report));
    }

    fn bounds(&self, order: impl Fn(Limit) -> Ordering, report: &mut dyn FnMut(Violation)) {
        if let Some((limit, exclusive)) = self.minimum {
            let order = order(limit);
            if order.is_lt() || (exclusive && order.is_eq()) {
                let rule = if exclusive { Rule::ExclusiveMinimum } else { Rule::Minimum };
                report(Violation::new(rule, Some(limit.to_string())));
            }
        }
        if let Some((limit, exclusive)) = self.maximum {
            let order = order(limit);
            if order.is_gt() || (exclusive && order.is_eq()) {
                let rule = if exclusive { Rule::ExclusiveMaximum } else { Rule::Maximum };
                report(Violation::new(rule, Some(limit.to_string())));
            }
        }
    }

    fn alternatives(
        &self,
        report: &mut dyn FnMut(Violation),
        check: impl Fn(&Self, &mut dyn FnMut(Violation)),
    ) {
        let holding = |list: &[Self]| {
            let holds = |rules: &&Self| {
                let mut holds = true;
                check(rules, &mut |_| holds = false);
                holds
            };
            list.iter().filter(holds).count()
        };
        if !self.exactly_one.is_empty() && holding(self.exactly_one) != 1 {
            report(Violation::new(Rule::OneOf, None));
        }
        if !self.at_least_one.is_empty() && holding(self.at_least_one) == 0 {
            report(Violation::new(Rule::AnyOf, None));
        }
    }
}
