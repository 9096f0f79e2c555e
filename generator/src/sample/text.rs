//! Strings: lengths, patterns, formats, lists.

use super::{ATTEMPTS, Sampler, Style, check, format};
use crate::ir::{Rules, Ty};
use rand::RngExt;

/// The characters that free text may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Any that JSON can say, also beyond the basic plane.
    Any,
    /// Those that a header value carries unchanged.
    Header,
}

const ANY: &[char] = &[
    'a', 'b', 'c', 'x', 'y', 'z', 'A', 'Q', 'Z', '0', '7', '9', '-', '_', '.', ' ', '"', '\\', '/', '%', '&',
    '+', '=', '?', '#', ';', ',', '<', '\'', '\t', '\n', 'ä', 'é', 'ß', 'Ж', '中', '\u{2028}', '😀', '🦀',
];
const HEADER: &[char] = &['a', 'b', 'c', 'x', 'y', 'z', 'A', 'Z', '0', '9', '-', '_', '.'];

/// The greatest length that is drawn; a longer one is only built to break a bound.
pub(super) const LONG: u64 = 300;

impl Sampler<'_> {
    pub(super) fn text(&mut self, ty: &Ty, rules: &Rules, style: Style) -> Option<String> {
        let format = format_of(ty, rules);
        if rules.min_length.unwrap_or(0) > rules.max_length.unwrap_or(u64::MAX) {
            return None;
        }
        if !rules.one_of.is_empty() {
            let holds = |text: &&String| check::text(format, rules, text).is_empty();
            let list: Vec<String> = rules.one_of.iter().filter(holds).cloned().collect();
            let pick = self.pick(list.len(), style);
            return list.get(pick).cloned();
        }
        for attempt in 0..ATTEMPTS {
            let alternative = self.alternative(rules);
            let drawn = alternative.as_ref().unwrap_or(rules);
            let Some(candidate) = self.candidate(format_of(ty, drawn), drawn, style, attempt) else {
                continue;
            };
            let fitted = self.fitted(candidate, format, drawn, style);
            if check::text(format, rules, &fitted).is_empty() {
                return Some(fitted);
            }
        }
        None
    }

    /// The rules narrowed to one of their alternatives, where they have any.
    fn alternative(&mut self, rules: &Rules) -> Option<Rules> {
        let alternatives =
            if rules.exactly_one.is_empty() { &rules.at_least_one } else { &rules.exactly_one };
        let pick = self.below(alternatives.len());
        alternatives.get(pick).map(|one| one.and(rules))
    }

    fn candidate(
        &mut self,
        format: Option<&str>,
        rules: &Rules,
        style: Style,
        attempt: usize,
    ) -> Option<String> {
        let long = style == Style::Maximal || attempt > ATTEMPTS / 2;
        match (&rules.pattern, format) {
            (Some(pattern), None) => self.patterns.draw(pattern, long, &mut self.rng),
            (Some(pattern), Some(_)) if attempt.is_multiple_of(2) => {
                self.patterns.draw(pattern, long, &mut self.rng)
            }
            (_, Some(format)) => Some(self.formatted(format, rules, style)),
            (None, None) => {
                let alternative = rules.one_of.get(self.pick(rules.one_of.len(), style)).cloned();
                Some(alternative.unwrap_or_else(|| {
                    self.plain_text(rules.min_length.unwrap_or(0), rules.max_length, style)
                }))
            }
        }
    }

    /// Text of any letters with a length within bounds.
    pub(super) fn plain_text(&mut self, min: u64, max: Option<u64>, style: Style) -> String {
        let edge = self.chance(16);
        let length = match (style, max) {
            (Style::Minimal, _) => min,
            (Style::Maximal, Some(max)) if max <= LONG => max,
            (Style::Random, Some(max)) if edge && max <= LONG => max,
            (Style::Maximal, _) => min + 64.min(max.unwrap_or(u64::MAX).saturating_sub(min)),
            (Style::Random, _) if edge => min,
            (Style::Random, _) => {
                let span = max.unwrap_or(u64::MAX).saturating_sub(min).min(20);
                min + self.rng.random_range(0..=span)
            }
        };
        let letters = match self.letters {
            Letters::Any => ANY,
            Letters::Header => HEADER,
        };
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }

    fn formatted(&mut self, format: &str, rules: &Rules, style: Style) -> String {
        match format {
            "uuid" => self.uuid(style),
            "date" => self.date(style),
            "date-time" => self.date_time(style),
            "byte" => {
                let most = rules.max_length.unwrap_or(LONG).min(LONG) / 4;
                let least = rules.min_length.unwrap_or(0).div_ceil(4);
                let groups = match style {
                    Style::Minimal => least,
                    Style::Maximal => most.min(least + 16),
                    Style::Random => self.rng.random_range(least..=most.min(least + 8).max(least)),
                };
                self.base64(groups)
            }
            _ => {
                let examples = format::examples(format);
                let pick = self.pick(examples.len(), style);
                examples.get(pick).map_or_else(
                    || self.plain_text(rules.min_length.unwrap_or(0), rules.max_length, style),
                    |text| (*text).to_owned(),
                )
            }
        }
    }

    fn uuid(&mut self, style: Style) -> String {
        let bits = match style {
            Style::Minimal => 0,
            Style::Maximal => u128::MAX,
            Style::Random => self.rng.random::<u128>(),
        };
        let hex = format!("{bits:032x}");
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    fn date(&mut self, style: Style) -> String {
        match style {
            Style::Minimal => "1970-01-01".to_owned(),
            Style::Maximal => "2096-02-29".to_owned(),
            Style::Random => {
                let mut part = |low: u32, high: u32| self.rng.random_range(low..=high);
                format!("{:04}-{:02}-{:02}", part(1900, 2100), part(1, 12), part(1, 28))
            }
        }
    }

    fn date_time(&mut self, style: Style) -> String {
        let date = self.date(style);
        match style {
            Style::Minimal => format!("{date}T00:00:00Z"),
            Style::Maximal => format!("{date}T23:59:59.123456789+14:00"),
            Style::Random => {
                let mut part = |low: u32, high: u32| self.rng.random_range(low..=high);
                let time = format!("{:02}:{:02}:{:02}", part(0, 23), part(0, 59), part(0, 59));
                let ends = ["Z", ".5Z", ".123Z", ".120000Z", "+05:30", "-08:00", "+00:00"];
                format!("{date}T{time}{}", ends[self.below(ends.len())])
            }
        }
    }

    /// Canonical base64 of `groups` times three bytes, the last group sometimes padded.
    fn base64(&mut self, groups: u64) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let whole = groups.saturating_sub(1) * 4;
        let text: String = (0..whole).map(|_| char::from(DIGITS[self.below(DIGITS.len())])).collect();
        let last = ["", "Zm9v", "Zm8=", "Zg=="];
        let pick = if groups == 0 { 0 } else { 1 + self.below(3) };
        text + last[pick]
    }

    /// A candidate brought to a length within the bounds (to the bound itself for a maximal one)
    /// by repeating or dropping one of its characters, as long as nothing else breaks.
    fn fitted(&mut self, candidate: String, format: Option<&str>, rules: &Rules, style: Style) -> String {
        let length = candidate.chars().count() as u64;
        let low = rules.min_length.unwrap_or(0);
        let high = rules.max_length.unwrap_or(u64::MAX);
        let goal = match style {
            Style::Maximal if high <= LONG => high,
            Style::Minimal => low,
            _ => length.clamp(low, high),
        };
        if goal == length || goal > LONG {
            return candidate;
        }
        resized(&candidate, goal)
            .into_iter()
            .find(|text| check::text(format, rules, text).is_empty())
            .unwrap_or(candidate)
    }
}

/// The format that is checked: of the type, or of the rules.
pub(super) fn format_of<'r>(ty: &Ty, rules: &'r Rules) -> Option<&'r str> {
    match ty {
        Ty::Uuid => Some("uuid"),
        Ty::DateTime => Some("date-time"),
        Ty::Date => Some("date"),
        Ty::Base64 => Some("byte"),
        _ => rules.format.as_deref(),
    }
}

/// A text with `goal` characters in several ways: each repeats or drops at another place.
pub(super) fn resized(text: &str, goal: u64) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let goal = usize::try_from(goal).unwrap_or(usize::MAX);
    let resize = |at: usize| -> String {
        let (head, tail) = chars.split_at(at);
        if goal >= chars.len() {
            let filler = head.last().or(tail.first()).copied().unwrap_or('a');
            let fill = std::iter::repeat_n(filler, goal - chars.len());
            head.iter().copied().chain(fill).chain(tail.iter().copied()).collect()
        } else {
            let keep = goal.saturating_sub(tail.len());
            let from = tail.len().saturating_sub(goal);
            head[..keep.min(head.len())].iter().chain(&tail[from..]).collect()
        }
    };
    let places = [chars.len(), chars.len() / 2, 1, 0, chars.len().saturating_sub(1)];
    places.into_iter().filter(|at| *at <= chars.len()).map(resize).collect()
}
