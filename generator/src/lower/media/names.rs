//! The names of media types, as variants.

use crate::ir::Media;
use crate::words::{pascal, spell_out};
use std::collections::BTreeSet;

/// The name of a media type's variant.
pub(super) fn name(media_type: &str) -> String {
    let sub = media_type.split_once('/').map_or(media_type, |(_, sub)| sub);
    match sub {
        "plain" => "Text".to_owned(),
        "octet-stream" => "Bytes".to_owned(),
        "form-data" => "Multipart".to_owned(),
        "x-www-form-urlencoded" => "Form".to_owned(),
        "*" => "Any".to_owned(),
        other => variant(other.trim_start_matches("x-")),
    }
}

/// A text as the name of a variant, whatever it holds: its symbols are words where it has no others.
fn variant(text: &str) -> String {
    let names = [pascal(text), pascal(&spell_out(text))];
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let legal = name != "Self" && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if legal { name } else { format!("Media{name}") }
}

/// Names that several media types have are completed by the type before the slash.
///
/// Those that differ in symbols only have these spelled out, and a number if that is a name too.
pub(super) fn tell_apart(media: &mut [Media]) {
    let spellings: [fn(&str) -> String; 2] = [variant, |media_type| variant(&spell_out(media_type))];
    for spelled in spellings {
        let names: Vec<_> = media.iter().map(|m| m.name.clone()).collect();
        for one in media.iter_mut() {
            if names.iter().filter(|name| **name == one.name).count() > 1 {
                one.name = spelled(&one.media_type);
            }
        }
    }
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for one in media {
        let numbered = (2..).map(|number| format!("{}{number}", one.name));
        let mut names = std::iter::once(one.name.clone()).chain(numbered);
        one.name = names.find(|name| !taken.contains(name)).unwrap_or_default();
        taken.insert(one.name.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::{Media, name, tell_apart};
    use crate::ir::Payload;

    fn names(media_types: &[&str]) -> Vec<String> {
        let one = |media_type: &&str| Media {
            media_type: (*media_type).to_owned(),
            name: name(media_type),
            payload: Payload::Bytes,
            described_by: None,
        };
        let mut media: Vec<Media> = media_types.iter().map(one).collect();
        tell_apart(&mut media);
        media.into_iter().map(|media| media.name).collect()
    }

    #[test]
    fn each_media_type_has_a_legal_name_of_its_own() {
        for (media_types, expected) in [
            (&["*/*", "image/*"] as &[_], ["StarSlashStar", "Image"]),
            (&["application/\u{65e5}", "text/plain"], ["U65e5", "Text"]),
            (&["application/1", "application/self"], ["Media1", "MediaSelf"]),
            (&["application/x-", "a/-"], ["Media", "Minus"]),
            (&["a/b", "c/b"], ["AB", "CB"]),
            (&["a/b.c", "a/b-c"], ["ASlashBDotC", "ASlashBMinusC"]),
        ] {
            assert_eq!(names(media_types), expected);
        }
        assert_eq!(names(&["a/b", "c/b", "x/a-b"]), ["ASlashB", "CB", "XSlashAMinusB"]);
        assert_eq!(names(&["x/a-b", "x/a+b", "z/x.slash.a.minus.b"])[2], "XSlashAMinusB2");
    }
}
