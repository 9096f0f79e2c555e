//! A product on the command line: one by its name, or all.

use meshery_server::PRODUCTS;
use std::fmt;
use std::str::FromStr;

/// What all products together are called.
pub(super) const ALL: &str = "both";

/// One product, or all.
#[derive(Clone, Debug)]
pub(super) struct Product(Option<&'static str>);

impl Product {
    pub(super) fn names(&self) -> Vec<&'static str> {
        let all = PRODUCTS.iter().map(|product| product.name);
        all.filter(|name| self.0.is_none_or(|one| one == *name)).collect()
    }
}

impl FromStr for Product {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == ALL {
            return Ok(Self(None));
        }
        let found = PRODUCTS.iter().find(|product| product.name == text);
        let names: Vec<_> = PRODUCTS.iter().map(|product| product.name).collect();
        found
            .map(|product| Self(Some(product.name)))
            .ok_or_else(|| format!("there is no such product: it is one of {}, or `{ALL}`", names.join(", ")))
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = PRODUCTS.iter().filter(|product| self.0.is_none_or(|one| one == product.name));
        f.write_str(&named.map(|product| product.title).collect::<Vec<_>>().join(" and "))
    }
}
