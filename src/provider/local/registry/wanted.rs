//! What callers want of the lists of the registry: their queries, in which as much is alike as in the lists.

use crate::provider::local::listing::Ask;
use meshery_server::meshery::registry::*;

/// A list of the registry, as a caller wants it.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) ask: Ask,
    pub(super) narrow: Narrow,
    pub(super) with: With,
    /// Whether components are shown without what is large.
    pub(super) trim: bool,
    /// `true` as the search of a list by name: the name may be anywhere in what is found.
    greedy: bool,
}

/// What a list of the registry is narrowed to.
#[derive(Debug, Default)]
pub(super) struct Narrow {
    pub(super) category: Option<String>,
    pub(super) model: Option<String>,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) variant: Option<String>,
    pub(super) status: Option<String>,
    /// `true`: only what annotates; `false`: only what does not; anything else: both.
    pub(super) annotations: Option<String>,
    /// Whether the name may be anywhere in what is found.
    pub(super) greedy: bool,
}

/// What of a model is shown beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct With {
    pub(super) components: bool,
    pub(super) relationships: bool,
}

impl Wanted {
    /// What all of the queries can say.
    fn page(
        (number, size): (Option<i64>, Option<String>),
        search: Option<String>,
        (order, sort): (Option<String>, Option<String>),
    ) -> Self {
        let greedy = is_true(search.as_deref());
        let ask = Ask::spelt(number, size).search(search).sorted(order, sort);
        Self { ask, narrow: Narrow::default(), with: With::default(), trim: false, greedy }
    }

    /// Only what is of this category.
    pub(super) fn category(mut self, name: String) -> Self {
        self.narrow.category = Some(name);
        self
    }

    /// Only what is part of this model.
    pub(super) fn model(mut self, name: String) -> Self {
        self.narrow.model = Some(name);
        self
    }

    /// Only what has this name, or has it in its name if that is searched for.
    pub(super) fn named(mut self, name: String) -> Self {
        self.narrow.greedy = self.greedy;
        self.exactly(name)
    }

    /// Only what has this name.
    pub(super) fn exactly(mut self, name: String) -> Self {
        self.narrow.name = Some(name);
        self
    }

    fn version(&mut self, version: Option<String>) {
        self.narrow.version = version;
    }

    fn variant(&mut self, variant: Option<String>) {
        self.narrow.variant = variant;
    }

    fn status(&mut self, status: Option<String>) {
        self.narrow.status = status.filter(|status| !status.is_empty());
    }

    fn annotations(&mut self, annotations: Option<String>) {
        self.narrow.annotations = annotations;
    }

    fn components(&mut self, components: Option<String>) {
        self.with.components = is_true(components.as_deref());
    }

    fn relationships(&mut self, relationships: Option<String>) {
        self.with.relationships = is_true(relationships.as_deref());
    }

    fn trim(&mut self, trim: Option<String>) {
        self.trim = is_true(trim.as_deref());
    }
}

fn is_true(text: Option<&str>) -> bool {
    text == Some("true")
}

/// Queries that can say the same beside the page: what is said, and the parameter that says it.
macro_rules! queries {
    ($said:tt: $($query:ident)+) => {
        $(queries!(@one $query $said);)+
    };
    (@one $query:ident { $($said:ident: $parameter:ident),* }) => {
        impl From<$query> for Wanted {
            #[allow(unused_mut, reason = "some queries can say nothing else")]
            fn from(query: $query) -> Self {
                let mut wanted =
                    Self::page((query.page, query.page_size), query.search, (query.order, query.sort));
                $(wanted.$said(query.$parameter);)*
                wanted
            }
        }
    };
}

queries! {
    {}:
    GetRegistryCategoriesQuery
    GetRegistryCategoriesByNameQuery
    GetRegistryPoliciesByModelQuery
    GetRegistryPoliciesByModelAndNameQuery
    GetRegistryRegistrantsQuery
}

queries! {
    { version: version }:
    GetRegistryRelationshipsQuery
    GetRegistryRelationshipsByModelQuery
    GetRegistryRelationshipsByModelAndNameQuery
}

queries! {
    { version: version, variant: api_version, annotations: annotations, trim: trim }:
    GetRegistryComponentsQuery
    GetRegistryComponentsByNameQuery
    GetRegistryComponentsByCategoryQuery
    GetRegistryComponentsByCategoryAndNameQuery
    GetRegistryComponentsByCategoryAndModelQuery
    GetRegistryComponentsByCategoryAndModelAndNameQuery
    GetRegistryComponentsByModelQuery
    GetRegistryComponentsByModelAndNameQuery
}

queries! {
    { version: version, annotations: annotations, components: components, relationships: relationships }:
    GetRegistryModelsByNameQuery
    GetRegistryModelsByCategoryQuery
    GetRegistryModelsByCategoryAndModelQuery
}

queries! {
    {
        version: version, variant: registrant, status: status, annotations: annotations,
        components: components, relationships: relationships, trim: trim
    }:
    GetRegistryModelsQuery
}
