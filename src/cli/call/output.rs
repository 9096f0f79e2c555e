//! How an answer is shown.

use anyhow::Result;
use clap::ValueEnum;
use serde_json::Value;
use std::fmt::Write;

/// Wider cells are cut.
const WIDTH: usize = 40;
/// More columns than a terminal has room for.
const COLUMNS: usize = 6;
/// Members that say most about an item, in this order.
const FIRST: [&str; 7] = ["id", "name", "displayName", "kind", "type", "status", "version"];

/// How an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Indented JSON.
    Json,
    /// JSON as it came.
    Raw,
    /// A row for each item of a list.
    Table,
}

impl Format {
    /// A whole answer.
    pub(super) fn of_document(self, bytes: &[u8]) -> Result<String> {
        if self == Self::Raw {
            return Ok(String::from_utf8_lossy(bytes).into_owned() + "\n");
        }
        let document: Value = serde_json::from_slice(bytes)?;
        let list = match &document {
            Value::Array(items) => Some(items),
            Value::Object(members) => members.values().find_map(Value::as_array),
            _ => None,
        };
        match list {
            Some(items) if self == Self::Table => Ok(table(items)),
            None if self == Self::Table => Ok(table(std::slice::from_ref(&document))),
            _ => Ok(serde_json::to_string_pretty(&document)? + "\n"),
        }
    }

    /// The items of a list.
    pub(super) fn of_items(self, items: &[Value]) -> Result<String> {
        Ok(match self {
            Self::Json => serde_json::to_string_pretty(items)? + "\n",
            Self::Raw => serde_json::to_string(items)? + "\n",
            Self::Table => table(items),
        })
    }
}

fn table(items: &[Value]) -> String {
    let columns = columns(items);
    let mut rows = vec![columns.iter().map(|name| name.to_uppercase()).collect::<Vec<_>>()];
    rows.extend(items.iter().map(|item| columns.iter().map(|name| cell(&item[*name])).collect()));
    let widths: Vec<_> = (0..columns.len())
        .map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default())
        .collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

/// The scalar members of items: those that say most, then the others.
fn columns(items: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, value) in items.iter().filter_map(Value::as_object).flatten() {
        if !value.is_object() && !value.is_array() && !value.is_null() && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let rank = |name: &&str| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len());
    names.sort_by_key(rank);
    names.truncate(COLUMNS);
    names
}

/// What a terminal would take for a command is shown as what it is.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().count() <= WIDTH {
        return text;
    }
    text.chars().take(WIDTH - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_table_has_a_row_for_each_item() {
        let page = br#"{"page":0,"things":[
            {"owner":"me","id":"1","name":"first","tags":["a"]},
            {"id":"22","name":"esc\u001b[31m","owner":null}
        ]}"#;
        let table = Format::Table.of_document(page).unwrap();
        assert_eq!(table, "ID  NAME      OWNER\n1   first     me\n22  esc\u{fffd}[31m\n");
        assert_eq!(Format::Raw.of_document(b"[1]").unwrap(), "[1]\n");
        assert_eq!(Format::Json.of_document(b"[1]").unwrap(), "[\n  1\n]\n");
    }
}
