//! Strings: by format, else by what a member of that name usually holds, else by pattern.

use super::draw::Draw;
use super::random::Random;
use super::schema::count;
use serde_json::Value;

/// Draws by pattern, before it is given up.
const ATTEMPTS: u64 = 40;

const QUALITIES: [&str; 16] = [
    "amber", "brisk", "calm", "crisp", "deep", "early", "faint", "gentle", "keen", "late", "mild", "noble",
    "quiet", "rapid", "silver", "vivid",
];
const THINGS: [&str; 16] = [
    "anchor", "beacon", "bridge", "canyon", "delta", "ember", "forest", "harbor", "island", "lantern",
    "meadow", "orchard", "prairie", "river", "summit", "valley",
];

/// A string for a schema.
pub(super) fn text(draw: &mut Draw<'_>, schema: &Value, name: &str) -> String {
    let (least, most) = (count(schema, "minLength").unwrap_or(0), count(schema, "maxLength"));
    let pattern = schema["pattern"].as_str().and_then(|text| draw.patterns.get(text));
    let fits = |text: &str| {
        let length = text.chars().count();
        length >= least
            && most.is_none_or(|most| length <= most)
            && pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
    };
    let format = schema["format"].as_str().unwrap_or_default();
    let usual = by_format(&mut draw.random, format, name).unwrap_or_else(|| by_name(&mut draw.random, name));
    if fits(&usual) {
        return usual;
    }
    let Some(pattern) = &pattern else { return fitted(usual, least, most) };
    for attempt in 0..ATTEMPTS {
        let drawn = pattern.draw(&mut draw.random, 3 + attempt);
        if fits(&drawn) {
            return drawn;
        }
    }
    usual
}

/// The same, cut or filled up.
fn fitted(text: String, least: usize, most: Option<usize>) -> String {
    let mut text: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
    while text.chars().count() < least {
        text.push('x');
    }
    text
}

fn by_format(random: &mut Random, format: &str, name: &str) -> Option<String> {
    Some(match format {
        "uuid" => uuid(random),
        "date-time" => time(random, name),
        "date" => time(random, name).split('T').next().unwrap_or_default().to_owned(),
        "email" => email(random),
        "uri" | "url" | "uri-reference" => url(random),
        "hostname" => format!("{}.example.com", random.pick(&THINGS)),
        "ipv4" => format!("192.0.2.{}", random.below(256)),
        "ipv6" => format!("2001:db8::{:x}", random.below(0x1_0000)),
        "byte" => random.pick(&["bW9jaw==", "aGVsbG8=", "ZHJhd24="]).to_owned(),
        _ => return None,
    })
}

fn by_name(random: &mut Random, name: &str) -> String {
    let name: String = name.chars().filter(|c| *c != '_').collect::<String>().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let (quality, thing) = (random.pick(&QUALITIES), random.pick(&THINGS));
    if name == "id" || name.ends_with("id") {
        uuid(random)
    } else if has(&["email"]) {
        email(random)
    } else if has(&["url", "uri", "link", "href", "avatar", "image", "logo"]) {
        url(random)
    } else if has(&["version"]) {
        format!("v1.{}.{}", random.below(20), random.below(10))
    } else if name.ends_with("at") && has(&["created", "updated", "deleted"]) {
        time(random, &name)
    } else if has(&["color"]) {
        format!("#{:06x}", random.below(0x0100_0000))
    } else if has(&["description", "summary", "message", "detail"]) {
        format!("A {quality} {thing}.")
    } else if has(&["name", "title"]) {
        format!("{quality} {thing} {}", 1 + random.below(99))
    } else {
        format!("{quality}-{thing}")
    }
}

fn email(random: &mut Random) -> String {
    format!("{}.{}@example.com", random.pick(&QUALITIES), random.pick(&THINGS))
}

fn url(random: &mut Random) -> String {
    format!("https://example.com/{}/{}", random.pick(&QUALITIES), random.pick(&THINGS))
}

/// A UUID of version 4.
pub(super) fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff,
    )
}

/// A time of 2025; what says when something changed is in the second half of it.
fn time(random: &mut Random, name: &str) -> String {
    let later = ["updat", "modif", "last", "end"].iter().any(|word| name.to_lowercase().contains(word));
    let month = 1 + random.below(6) + if later { 6 } else { 0 };
    let (day, hour) = (1 + random.below(28), random.below(24));
    format!("2025-{month:02}-{day:02}T{hour:02}:{:02}:{:02}Z", random.below(60), random.below(60))
}
