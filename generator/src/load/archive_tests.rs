use super::super::{Limits, Tree, sources::Sources};
use super::archive;
use crate::diagnostic::Diagnostics;
use flate2::{Compression, write::GzEncoder};
use std::io::{Read, Write};
use tar::{Builder, EntryType, Header};

fn sources() -> Sources {
    Sources::parse(include_str!("../../../schemas/sources.toml"), "sources.toml").unwrap()
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Tree, Diagnostics> {
    archive(bytes, &sources(), limits)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An archive of entries whose names are written as they are, hostile ones too.
fn packed(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, content) in entries {
        let mut header = Header::new_ustar();
        header.set_entry_type(*kind);
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        let link = kind.is_symlink() || kind.is_hard_link();
        if link {
            header.as_old_mut().linkname[..content.len()].copy_from_slice(content.as_bytes());
        }
        let content = if link { "" } else { content };
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn refused(entries: &[(&str, EntryType, &str)]) -> String {
    read(&packed(entries), &Limits::default()).unwrap_err().to_string()
}

const FILE: EntryType = EntryType::Regular;

#[test]
fn only_what_matters_is_kept_without_its_root() {
    let tree = read(
        &packed(&[
            (
                "pax_global_header",
                EntryType::XGlobalHeader,
                "52 comment=0123456789012345678901234567890123456789\n",
            ),
            ("schemas-1.2.3/", EntryType::Directory, ""),
            ("schemas-1.2.3/README.md", FILE, "x"),
            ("schemas-1.2.3/inside", EntryType::Symlink, "README.md"),
            ("schemas-1.2.3/schemas/base.yml", FILE, "a: 1"),
            ("schemas-1.2.3/build/permissions.csv", FILE, "c"),
        ]),
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(tree.files.keys().collect::<Vec<_>>(), ["build/permissions.csv", "schemas/base.yml"]);
    assert_eq!(tree.release.as_deref(), Some("v1.2.3"));
    assert_eq!(tree.commit.as_deref(), Some("0123456789012345678901234567890123456789"));
}

#[test]
fn long_names_are_read() {
    let long = format!("r-1.0.0/schemas/{}/x.yml", "d".repeat(120));
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(1);
    builder.append_data(&mut header, &long, &b"1"[..]).unwrap();
    let tree = read(&gzip(&builder.into_inner().unwrap()), &Limits::default()).unwrap();
    assert!(tree.files.contains_key(long.trim_start_matches("r-1.0.0/")));
    let record = format!("{} path={long}\n", long.len() + 10);
    let tree = read(&packed(&[("x", EntryType::XHeader, &record), ("short", FILE, "1")]), &Limits::default())
        .unwrap();
    assert!(tree.files.contains_key(long.trim_start_matches("r-1.0.0/")));
}

#[test]
fn hostile_entries_are_refused_all_of_them() {
    let message = refused(&[
        ("r/../../etc/x.yml", FILE, "x"),
        ("/etc/x.yml", FILE, "x"),
        ("r/schemas/a.yml", EntryType::Symlink, "/etc/passwd"),
        ("r/b", EntryType::Symlink, "../x"),
        ("r/schemas/c", EntryType::Link, "../../x"),
        ("r/schemas/d.yml", EntryType::Symlink, "e.yml"),
        ("r/tty", EntryType::Char, ""),
        ("r/schemas/f.yml", FILE, "x"),
        ("r/schemas/f.yml", FILE, "y"),
        ("s/schemas/g.yml", FILE, "x"),
    ]);
    for part in [
        "contains `..`\n  --> r/../../etc/x.yml",
        "not a relative path\n  --> /etc/x.yml",
        "links to `/etc/passwd`, outside",
        "links to `../x`, outside",
        "links to `../../x`, outside",
        "is a link to `e.yml`",
        "is neither a file",
        "twice\n  --> r/schemas/f.yml",
        "not below the root folder `r`",
    ] {
        assert!(message.contains(part), "{part} is not in:\n{message}");
    }
}

#[test]
fn bounds_hold() {
    let entries = [("r/schemas/a.yml", FILE, "0123456789"), ("r/schemas/b.yml", FILE, "0")];
    let bytes = packed(&entries);
    let default = Limits::default;
    let fails = |limits: Limits, part: &str| {
        let message = read(&bytes, &limits).unwrap_err().to_string();
        assert!(message.contains(part), "{part}: {message}");
    };
    assert!(read(&bytes, &default()).is_ok());
    fails(Limits { entries: 1, ..default() }, "more than 1 entries");
    fails(Limits { file: 5, ..default() }, "10 bytes, more than 5");
    fails(Limits { total: 1000, ..default() }, "unpacks to more than 1000 bytes");
    fails(Limits { depth: 2, ..default() }, "deeper than 2");
}

#[test]
fn bombs_are_refused() {
    let mut bomb = Vec::new();
    flate2::read::GzEncoder::new(std::io::repeat(0).take(3 << 20), Compression::best())
        .read_to_end(&mut bomb)
        .unwrap();
    let limits = Limits { total: 1 << 20, ..Limits::default() };
    assert!(read(&bomb, &limits).unwrap_err().to_string().contains("unpacks to more than"));
    // A header that claims a name of a gigabyte is not believed.
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(1 << 30);
    header.set_cksum();
    let message = read(&gzip(header.as_bytes()), &limits).unwrap_err().to_string();
    assert!(message.contains("extended header of 1073741824 bytes"), "{message}");
}

#[test]
fn damage_is_told() {
    let bytes = packed(&[("r/schemas/a.yml", FILE, &"long text ".repeat(2000))]);
    let message = |bytes: &[u8]| read(bytes, &Limits::default()).unwrap_err().to_string();
    assert!(message(b"<!doctype html><html></html>").contains("not a gzip archive"));
    assert!(message(b"").contains("ends too early"), "{}", message(b""));
    for cut in [20, bytes.len() / 2, bytes.len() - 4] {
        assert!(message(&bytes[..cut]).contains("archive"), "cut at {cut}");
    }
    let mut flipped = bytes.clone();
    let middle = flipped.len() - 6;
    flipped[middle] ^= 0xff;
    assert!(message(&flipped).contains("damaged"), "{}", message(&flipped));
    assert!(message(&gzip(&[0; 1024])).contains("empty"));
}
