//! What is read of upstream and how its documents make one API: `schemas/sources.toml`.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The facts about upstream that the pipeline needs; each table of the file is documented there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Where releases come from.
    pub repository: Repository,
    /// The npm package with the same documents.
    pub npm: Npm,
    /// Bundles that are got from the network.
    pub bundles: Bundles,
    /// The files that matter.
    pub tree: Selection,
    /// Where constructs are, and which are not merged.
    pub constructs: Constructs,
    /// Where permission keys are, if there are any.
    #[serde(default)]
    pub permissions: Option<Permissions>,
    /// What operations say about themselves.
    pub operations: Operations,
    /// The merge of all constructs.
    pub merged: Merged,
    /// The products, in the order of the file.
    pub products: Vec<Product>,
    /// The contract that is made of them.
    pub contract: ContractFacts,
    /// The one document of somebody's own that is read in place of constructs.
    #[serde(skip)]
    pub single: Option<Single>,
}

/// A document that stands for itself: `cargo xtask generate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Single {
    /// Its file, relative to the root of the source.
    pub file: String,
    /// The name of the API in snake case: that of its product and of the module of its types.
    pub name: String,
}

/// What the contract adds to what upstream says, and what it leaves out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFacts {
    /// Its title.
    pub title: String,
    /// The security scheme that an operation asks for when neither it nor its document says. Without
    /// one, such an operation is public, as OpenAPI has it.
    #[serde(default)]
    pub security: Option<String>,
    /// Keywords of upstream's own in schemas that say nothing about values.
    pub annotations: Vec<String>,
}

/// Where releases come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Owner and name: `meshery/schemas`.
    pub name: String,
    /// The origin that has the archives.
    pub base: String,
    /// The path of an archive below `base`, with `{name}` and `{tag}`.
    pub archive: String,
    /// Hosts that may answer in place of the host of `base`.
    pub redirects: Vec<String>,
}

/// The npm package that has the documents of the constructs as JavaScript object literals.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Npm {
    /// Its name: `@meshery/schemas`.
    pub package: String,
    /// The registry to ask when no npm configuration names one.
    pub registry: String,
    /// Paths of documents in the package, with `{version}`, `{construct}` and one `*` for a part
    /// of a file name. Of several files of one construct, the first pattern that fits counts.
    pub documents: Vec<String>,
}

/// Bundles that are got from the network.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundles {
    /// Hosts that may answer in place of the one that was asked.
    pub redirects: Vec<String>,
    /// Hosts that a GitHub token is for.
    pub token_hosts: Vec<String>,
}

/// The files of a source that matter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Folders whose files matter, when they have one of `extensions`.
    pub folders: Vec<String>,
    /// File name extensions, without the dot.
    pub extensions: Vec<String>,
    /// Single files that matter.
    pub files: Vec<String>,
}

/// Where constructs are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constructs {
    /// The folder of the version folders.
    pub root: String,
    /// The name of the OpenAPI document of a construct.
    pub document: String,
    /// Constructs (`version/name`) that are left out altogether.
    pub excluded: BTreeSet<String>,
    /// Constructs (`version/name`) whose document only lends schemas.
    pub schema_only: BTreeSet<String>,
    /// The member of `info` that keeps a construct out of the merge.
    pub deprecated_key: String,
}

/// The table of permission keys, a file of comma-separated values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// The file.
    pub file: String,
    /// The column with the theme of a key.
    pub theme: String,
    /// The column with the function that it permits.
    pub function: String,
    /// The column with its id.
    pub key: String,
    /// The column that says whether the local provider knows it.
    pub local: String,
    /// What that column holds if so.
    pub yes: String,
    /// The columns of the roles.
    pub roles: Vec<String>,
    /// What those hold where a role has the key.
    pub mark: String,
}

/// What operations say about themselves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// The member that lists the products of an operation.
    pub products_key: String,
}

/// The merge of all constructs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merged {
    /// The document it starts from.
    pub base: String,
}

/// One audience of the API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// As operations name it.
    pub name: String,
    /// The document that gives its bundle `openapi`, `info` and `servers`.
    pub base: String,
    /// The title of its bundle, where the form that is read has no base document.
    pub title: String,
    /// The addresses of its servers, likewise.
    pub servers: Vec<String>,
}

impl Sources {
    /// Reads the text of a `sources.toml`; `file` is how messages call it.
    ///
    /// # Errors
    /// [`Code::BadSources`] when it is not TOML of that shape or contradicts itself.
    pub fn parse(text: &str, file: &str) -> Result<Self, Diagnostics> {
        let sources: Self = toml::from_str(text).map_err(|e| {
            let mut place = Place::new(file, "");
            place.line = e.span().map(|s| 1 + text[..s.start.min(text.len())].matches('\n').count());
            Diagnostics::one(Diagnostic::new(Code::BadSources, place, e.message().to_owned()))
        })?;
        let mut findings = Diagnostics::new();
        let mut bad = |pointer: &str, message: String| {
            findings.push(Diagnostic::new(Code::BadSources, Place::new(file, pointer), message));
        };
        let names: BTreeSet<_> = sources.products.iter().map(|p| &p.name).collect();
        if names.is_empty() || names.len() != sources.products.len() {
            bad("/products", "at least one product is expected, each once".to_owned());
        }
        for pattern in &sources.npm.documents {
            if !super::npm::is_pattern(pattern) {
                bad(
                    "/npm/documents",
                    format!("`{pattern}` does not name `{{version}}`, `{{construct}}` and a file"),
                );
            }
        }
        for id in sources.constructs.excluded.iter().chain(&sources.constructs.schema_only) {
            if id.split('/').count() != 2 {
                bad("/constructs", format!("`{id}` is not `<version>/<name>`"));
            }
        }
        findings.ok(sources)
    }

    /// What is read of a single document: all of its operations are those of one product.
    ///
    /// `name` is the name of the API in snake case.
    #[must_use]
    pub fn single(file: &str, name: &str) -> Self {
        let (file, name) = (file.to_owned(), name.to_owned());
        Self {
            repository: Repository {
                name: name.clone(),
                base: String::new(),
                archive: String::new(),
                redirects: Vec::new(),
            },
            npm: Npm::default(),
            bundles: Bundles::default(),
            tree: Selection { folders: Vec::new(), extensions: Vec::new(), files: vec![file.clone()] },
            constructs: Constructs {
                root: String::new(),
                document: file.clone(),
                excluded: BTreeSet::new(),
                schema_only: BTreeSet::new(),
                deprecated_key: String::new(),
            },
            permissions: None,
            operations: Operations { products_key: String::new() },
            merged: Merged { base: file.clone() },
            products: vec![Product {
                name: name.clone(),
                base: file.clone(),
                title: String::new(),
                servers: Vec::new(),
            }],
            contract: ContractFacts { title: name.clone(), security: None, annotations: Vec::new() },
            single: Some(Single { file, name }),
        }
    }

    /// The product of that name.
    #[must_use]
    pub fn product(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|p| p.name == name)
    }
}

impl Selection {
    /// Whether the file at `path`, relative to the root of the source, matters.
    #[must_use]
    pub fn wants(&self, path: &str) -> bool {
        let hidden = path.split('/').any(|part| part.starts_with('.'));
        let extension = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, e)| e);
        let below = |folder: &String| {
            path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
        };
        self.files.iter().any(|f| f == path)
            || !hidden
                && extension.is_some_and(|e| self.extensions.iter().any(|x| x == e))
                && self.folders.iter().any(below)
    }

    /// Whether a folder at `path` can hold files that matter.
    #[must_use]
    pub fn enters(&self, path: &str) -> bool {
        let leads_to = |wanted: &String| {
            wanted == path || wanted.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
        };
        let inside = |folder: &String| path.strip_prefix(folder.as_str()).is_some_and(|r| r.starts_with('/'));
        self.folders.iter().any(|f| leads_to(f) || inside(f)) || self.files.iter().any(leads_to)
    }
}

#[cfg(test)]
mod tests {
    use super::Sources;

    const TEXT: &str = include_str!("../../../schemas/sources.toml");

    #[test]
    fn the_committed_file_is_read() {
        let sources = Sources::parse(TEXT, "sources.toml").unwrap();
        assert!(sources.product("cloud").is_some());
        assert!(sources.product("none").is_none());
    }

    #[test]
    fn a_mistake_has_its_line() {
        let text = TEXT.replace("[merged]", "[marged]");
        let findings = Sources::parse(&text, "sources.toml").unwrap_err();
        let finding = findings.iter().next().unwrap();
        assert!(finding.place.line.is_some_and(|l| l > 1), "{finding}");
        let text = TEXT.replace("name = \"cloud\"", "name = \"meshery\"");
        assert!(Sources::parse(&text, "sources.toml").is_err());
    }

    #[test]
    fn only_files_that_matter_are_wanted() {
        let tree = Sources::parse(TEXT, "sources.toml").unwrap().tree;
        for yes in ["schemas/base_cloud.yml", "schemas/constructs/v1/x/x.yaml", "build/permissions.csv"] {
            assert!(tree.wants(yes), "{yes}");
        }
        for no in ["schemas", "schemas/x.go", "schemasx/x.yml", "schemas/.x.yml", "build/x.csv", "README.md"]
        {
            assert!(!tree.wants(no), "{no}");
        }
        assert!(tree.enters("build") && tree.enters("schemas/constructs") && tree.enters("schemas"));
        assert!(!tree.enters("models") && !tree.enters("schemasx"));
    }
}
