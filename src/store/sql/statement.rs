//! SQL that is put together from our own words and values that are bound.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};
use uuid::Uuid;

/// A statement with its values. Only literals of this crate become part of its text.
#[derive(Debug)]
pub(super) struct Statement {
    text: String,
    values: Vec<Value>,
}

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(i64),
}

impl Statement {
    pub(super) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// More of the statement.
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A value that is a text. PostgreSQL holds no NUL in one, and neither does any name.
    pub(super) fn text(&mut self, value: impl Into<String>) -> &mut Self {
        let mut value = value.into();
        value.retain(|c| c != '\0');
        self.value(Value::Text(value))
    }

    /// A value that is a number.
    pub(super) fn number(&mut self, value: i64) -> &mut Self {
        self.value(Value::Number(value))
    }

    /// `(a, b, c)` of texts; `(NULL)`, which nothing is in, of none.
    pub(super) fn any_of(&mut self, values: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        let before = self.values.len();
        self.push("(");
        for value in values {
            if self.values.len() > before {
                self.push(", ");
            }
            self.text(value);
        }
        if self.values.len() == before {
            self.push("NULL");
        }
        self.push(")")
    }

    /// The statement as sqlx takes it.
    pub(super) fn query(&self) -> Query<'static, Any, AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(self.text.clone()));
        for value in &self.values {
            query = match value {
                Value::Text(text) => query.bind(text.clone()),
                Value::Number(number) => query.bind(*number),
            };
        }
        query
    }

    /// The same after other words: `EXPLAIN`.
    pub(super) fn explained(&self, how: &'static str) -> Self {
        Self { text: format!("{how} {}", self.text), values: self.values.clone() }
    }

    fn value(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }
}

/// How much of a text is in an indexed column, in bytes: PostgreSQL takes rows of an index up to a
/// third of a page, 2704 bytes, and what is longer would not be written at all.
pub(super) const NAME: usize = 1024;
pub(super) const SEARCH: usize = 1536;
pub(super) const PARENT: usize = 512;
pub(super) const STATUS: usize = 512;

/// The beginning of a text, of so many bytes at most.
pub(super) fn short(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// An id as it is kept.
pub(super) fn id_text(id: Uuid) -> String {
    id.hyphenated().to_string()
}

/// An owner as it is kept.
pub(super) fn owner_text(owner: Option<Uuid>) -> String {
    owner.map(id_text).unwrap_or_default()
}
