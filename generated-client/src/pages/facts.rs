//! What a page says: how many items it has, which these are, and what it states of the list.

use meshery_types::wire::Nullable;
use serde::Serialize;
use std::hash::{DefaultHasher, Hasher};
use std::io;

/// What there is to know of a page.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    /// How many items it has.
    pub(crate) len: u64,
    /// A digest of the items.
    pub(crate) digest: u64,
    /// Which page it is, by its own account.
    pub(crate) page: Option<i64>,
    /// How many items a page has, by its own account.
    pub(crate) size: Option<i64>,
    /// How many items there are in all, by its own account.
    pub(crate) total: Option<i64>,
}

impl Facts {
    /// Those of a page with a member that holds its items.
    pub(crate) fn of<L: Listed>(items: &L) -> Self
    where
        L::Item: Serialize,
    {
        Self::of_items(items.list())
    }

    /// Those of a page with these items.
    pub(super) fn of_items<T: Serialize>(items: &[T]) -> Self {
        let mut digest = Digest(DefaultHasher::new());
        // Nothing that was read cannot be written; if so, pages of one length are taken for the same.
        let _ = serde_json::to_writer(&mut digest, items);
        Self { len: items.len() as u64, digest: digest.0.finish(), ..Self::default() }
    }

    /// With what a member states of which page it is; the first that says so counts.
    pub(crate) fn page(mut self, number: &impl Counted) -> Self {
        self.page = self.page.or_else(|| number.count());
        self
    }

    /// With what a member states of how many items a page has.
    pub(crate) fn size(mut self, number: &impl Counted) -> Self {
        self.size = self.size.or_else(|| number.count());
        self
    }

    /// With what a member states of how many items there are.
    pub(crate) fn total(mut self, number: &impl Counted) -> Self {
        self.total = self.total.or_else(|| number.count());
        self
    }
}

struct Digest(DefaultHasher);

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A list, or a member that may hold one.
pub(crate) trait Listed {
    /// What is in it.
    type Item;

    /// The list; an empty one where there is none.
    fn list(&self) -> &[Self::Item];

    /// The same, by value.
    fn into_list(self) -> Vec<Self::Item>;
}

impl<T> Listed for Vec<T> {
    type Item = T;

    fn list(&self) -> &[T] {
        self
    }

    fn into_list(self) -> Vec<T> {
        self
    }
}

impl<L: Listed> Listed for Option<L> {
    type Item = L::Item;

    fn list(&self) -> &[L::Item] {
        self.as_ref().map_or(&[], L::list)
    }

    fn into_list(self) -> Vec<L::Item> {
        self.map(L::into_list).unwrap_or_default()
    }
}

impl<L: Listed> Listed for Nullable<L> {
    type Item = L::Item;

    fn list(&self) -> &[L::Item] {
        match self {
            Self::Null => &[],
            Self::Value(list) => list.list(),
        }
    }

    fn into_list(self) -> Vec<L::Item> {
        match self {
            Self::Null => Vec::new(),
            Self::Value(list) => list.into_list(),
        }
    }
}

/// A number, or a member that may hold one.
pub(crate) trait Counted {
    /// The number, if there is one.
    fn count(&self) -> Option<i64>;
}

impl Counted for i64 {
    fn count(&self) -> Option<i64> {
        Some(*self)
    }
}

impl Counted for i32 {
    fn count(&self) -> Option<i64> {
        Some((*self).into())
    }
}

impl Counted for String {
    fn count(&self) -> Option<i64> {
        self.parse().ok()
    }
}

impl<C: Counted> Counted for Option<C> {
    fn count(&self) -> Option<i64> {
        self.as_ref()?.count()
    }
}

impl<C: Counted> Counted for Nullable<C> {
    fn count(&self) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Value(number) => number.count(),
        }
    }
}
