//! What the fuzz targets share: `schemas/sources.toml`, and limits that a small input can reach.

use meshery_generator::load::Limits;
use meshery_generator::load::sources::Sources;
use std::sync::LazyLock;

/// The committed `schemas/sources.toml`.
pub static SOURCES: LazyLock<Sources> = LazyLock::new(|| {
    let text = include_str!("../../schemas/sources.toml");
    Sources::parse(text, "sources.toml").expect("the committed file is valid")
});

/// Limits that a small input can reach.
pub fn limits() -> Limits {
    Limits { entries: 64, total: 1 << 20, file: 64 << 10, depth: 8 }
}
