//! The contract as a document to show: OpenAPI 3.0, facts only, of one product or of all.

mod answers;
mod explicit;
mod prune;
mod yaml;

use serde_json::{Value, json};

#[cfg(feature = "mock")]
pub(crate) use yaml::print as print_yaml;

/// As it is generated: a header, then JSON.
const TEXT: &str = include_str!("generated/document.jsonc");

/// The contract as an OpenAPI 3.0 document: facts only, no prose.
///
/// ```
/// # #[cfg(feature = "meshery")] {
/// let document = meshery_server::meshery::document();
/// assert_eq!(document.value()["openapi"], "3.0.3");
/// let router = document.served().into_router();
/// # drop(router);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Document(Value);

impl Document {
    /// The contract with all its products. Operations say by `x-internal` which they are of.
    #[must_use]
    pub fn contract() -> Self {
        let json = TEXT.split_once('\n').map_or(TEXT, |(_, json)| json);
        // A test reads it; what is generated does not change while the program runs.
        Self(serde_json::from_str(json).unwrap_or_default())
    }

    /// The operations of these products, and the components that they need.
    #[must_use]
    pub fn of(products: &[&str]) -> Self {
        let mut document = Self::contract().0;
        prune::operations(&mut document, products);
        prune::components(&mut document);
        let held = document.as_object_mut().and_then(|d| d.remove("x-products")).unwrap_or_default();
        let mine: Vec<&Value> = products.iter().filter_map(|name| held.get(*name)).collect();
        let titles: Vec<&str> = mine.iter().filter_map(|p| p["title"].as_str()).collect();
        if !titles.is_empty() {
            document["info"]["title"] = titles.join(" and ").into();
        }
        let servers = mine.iter().flat_map(|p| p["servers"].as_array().into_iter().flatten());
        let servers: Vec<Value> = servers.map(|url| json!({ "url": url })).collect();
        if !servers.is_empty() {
            document["servers"] = servers.into();
        }
        Self(document)
    }

    /// The same with what a server of this crate answers by itself, before a handler is called:
    /// 400 for what breaks the contract, 401 without credentials, and so on; and with what the
    /// contract leaves open: how wide numbers are, and that `null` is one of the values that are
    /// listed for what may be `null`.
    ///
    /// Its one server is the host that it comes from.
    #[must_use]
    pub fn served(mut self) -> Self {
        answers::add(&mut self.0);
        explicit::add(&mut self.0);
        self.server("/")
    }

    /// The same with one server: the URL below which the operations are found.
    #[must_use]
    pub fn server(mut self, url: &str) -> Self {
        if let Value::Object(document) = &mut self.0 {
            document.insert("servers".to_owned(), json!([{ "url": url }]));
        }
        self
    }

    /// The document itself.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.0.to_string()
    }

    /// As YAML.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        yaml::print(&self.0)
    }

    /// A router with the document at `/openapi.json` and `/openapi.yaml`; with the feature `docs`
    /// also with a page to read and try it at `/docs`. Nobody is asked for credentials there.
    pub fn into_router(self) -> crate::Router {
        use crate::transport::{Page, pages};
        #[allow(unused_mut, reason = "there is more with the feature `docs`")]
        let mut all = vec![
            Page::new("/openapi.json", "application/json", self.to_json()),
            Page::new("/openapi.yaml", "application/yaml", self.to_yaml()),
        ];
        #[cfg(feature = "docs")]
        all.extend(crate::docs::pages(self.0["info"]["title"].as_str().unwrap_or_default()));
        pages(all)
    }

    /// The method and path of each operation, and what is said of it.
    #[cfg(feature = "mock")]
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, item)| {
            let members = item.as_object().into_iter().flatten();
            let operations = members.filter(|(_, operation)| operation["responses"].is_object());
            operations.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
        })
    }
}

/// The methods of a path item, each with its operation.
fn methods(item: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let members = item.as_object_mut().into_iter().flatten();
    members.filter(|(name, _)| METHODS.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[test]
    fn every_product_has_its_operations_and_no_reference_leads_nowhere() {
        for product in crate::PRODUCTS {
            let document = Document::of(&[product.name]).served();
            let text = document.to_json();
            for operation in product.operations {
                let method = operation.method.as_str().to_lowercase();
                let found = &document.value()["paths"][operation.path][&method]["operationId"];
                // One operation without an id has one only here.
                assert!(found.is_null() || found == operation.id, "{}", operation.id);
                assert!(document.value()["paths"][operation.path][&method].is_object(), "{}", operation.id);
            }
            for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(document.value().pointer(reference).is_some(), "{reference}");
            }
            assert_eq!(document.value()["info"]["title"], product.title);
            assert!(!text.contains("x-products"));
        }
    }

    #[test]
    fn what_the_server_answers_by_itself_is_said() {
        for product in crate::PRODUCTS {
            let document = Document::of(&[product.name]).served();
            for operation in product.operations {
                let method = operation.method.as_str().to_lowercase();
                let responses = &document.value()["paths"][operation.path][&method]["responses"];
                let has = |status: &str| responses.get(status).is_some();
                assert_eq!(has("415") && has("413"), operation.body.is_some(), "{}", operation.id);
                assert!(operation.is_public() || has("401"), "{}", operation.id);
                assert_eq!(has("426"), operation.websocket, "{}", operation.id);
                let media = &responses["400"]["content"];
                if media.get("application/problem+json").is_some() {
                    assert!(media["application/json"].to_string().contains("Problem"), "{}", operation.id);
                }
            }
        }
    }

    #[test]
    fn yaml_says_what_json_says() {
        let document = Document::contract();
        let read: serde_json::Value = serde_yaml::from_str(&document.to_yaml()).unwrap();
        assert_eq!(&read, document.value());
    }
}
