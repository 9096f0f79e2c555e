//! The registry: models and what they are made of. It belongs to everybody, and most of it is public.

mod entity;
mod export;
mod import;
mod read;
mod write;

use super::listing::Ask;
use super::objects::failed;
use super::reading::aside;
use super::{Caller, Local};
use crate::store::{Query, Record, Scope};
use entity::Sort;
use export::Parts;
use meshery_server::meshery::registry::*;
use meshery_server::{ByteStream, Context, Failure};
use meshery_types::v1beta1::registry::{
    EntityStatusPayload, ExportRegistryModelFileType, ExportRegistryModelOutputFormat,
    GenerateComponentsRequest, RegistrantData, ValidationRequest,
};
use meshery_types::v1beta2::model::{ImportBody, ImportRequest};
use read::{Narrow, With};
use uuid::Uuid;

impl Registry<Caller> for Local {
    async fn get_registry_categories(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryCategoriesQuery,
    ) -> Result<GetRegistryCategoriesResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow::default();
        Ok(GetRegistryCategoriesResponse::Ok(self.categories(ask, narrow).await?))
    }

    async fn get_registry_categories_by_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryCategoriesByNamePath,
        query: GetRegistryCategoriesByNameQuery,
    ) -> Result<GetRegistryCategoriesByNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow { name: Some(path.category), greedy, ..Narrow::default() };
        Ok(GetRegistryCategoriesByNameResponse::Ok(self.categories(ask, narrow).await?))
    }

    async fn get_registry_components_by_category(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryPath,
        query: GetRegistryComponentsByCategoryQuery,
    ) -> Result<GetRegistryComponentsByCategoryResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            category: Some(path.category),
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsByCategoryResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn get_registry_components_by_category_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryAndNamePath,
        query: GetRegistryComponentsByCategoryAndNameQuery,
    ) -> Result<GetRegistryComponentsByCategoryAndNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            category: Some(path.category),
            name: Some(path.name),
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            greedy,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsByCategoryAndNameResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn get_registry_models_by_category(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryModelsByCategoryPath,
        query: GetRegistryModelsByCategoryQuery,
    ) -> Result<GetRegistryModelsByCategoryResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            category: Some(path.category),
            version: query.version,
            annotations: query.annotations,
            ..Narrow::default()
        };
        let with = with(query.components.as_deref(), query.relationships.as_deref());
        Ok(GetRegistryModelsByCategoryResponse::Ok(self.models(ask, narrow, with).await?))
    }

    async fn get_registry_models_by_category_and_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryModelsByCategoryAndModelPath,
        query: GetRegistryModelsByCategoryAndModelQuery,
    ) -> Result<GetRegistryModelsByCategoryAndModelResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            category: Some(path.category),
            name: Some(path.model),
            version: query.version,
            annotations: query.annotations,
            greedy,
            ..Narrow::default()
        };
        let with = with(query.components.as_deref(), query.relationships.as_deref());
        Ok(GetRegistryModelsByCategoryAndModelResponse::Ok(self.models(ask, narrow, with).await?))
    }

    async fn get_registry_components_by_category_and_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryAndModelPath,
        query: GetRegistryComponentsByCategoryAndModelQuery,
    ) -> Result<GetRegistryComponentsByCategoryAndModelResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            category: Some(path.category),
            model: Some(path.model),
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsByCategoryAndModelResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn get_registry_components_by_category_and_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryAndModelAndNamePath,
        query: GetRegistryComponentsByCategoryAndModelAndNameQuery,
    ) -> Result<GetRegistryComponentsByCategoryAndModelAndNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            category: Some(path.category),
            model: Some(path.model),
            name: Some(path.name),
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            greedy,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsByCategoryAndModelAndNameResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn get_registry_components(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryComponentsQuery,
    ) -> Result<GetRegistryComponentsResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn register_registry_component(
        &self,
        cx: Context<Option<Caller>>,
        body: RegistrantData,
    ) -> Result<RegisterRegistryComponentResponse, Failure> {
        Ok(match self.register(cx.identity, body, Sort::Component).await? {
            Ok(()) => RegisterRegistryComponentResponse::Ok,
            Err(message) => {
                refused(&message);
                RegisterRegistryComponentResponse::BadRequest
            }
        })
    }

    async fn get_registry_components_by_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByNamePath,
        query: GetRegistryComponentsByNameQuery,
    ) -> Result<GetRegistryComponentsByNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            name: Some(path.name),
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            greedy,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsByNameResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn export_registry_model(
        &self,
        _: Context<Option<Caller>>,
        query: ExportRegistryModelQuery,
    ) -> Result<ExportRegistryModelResponse, Failure> {
        let Some(model) = self.model(query.id, query.name, query.version).await? else {
            return Ok(ExportRegistryModelResponse::NotFound);
        };
        let too_large = || Failure::unsupported("this model is too large for the local provider to export");
        let mut parts = Parts {
            components: Vec::new(),
            relationships: Vec::new(),
            yaml: query.output_format == Some(ExportRegistryModelOutputFormat::Yaml),
            model,
        };
        let (name, version) = (parts.model.name.clone(), parts.model.version.clone());
        if query.components.unwrap_or(true) {
            let components = self.all_parts(&super::kind::COMPONENT, &name, &version).await?;
            parts.components = components.ok_or_else(too_large)?;
        }
        if query.relationships.unwrap_or(true) {
            let relationships = self.all_parts(&super::kind::RELATIONSHIP, &name, &version).await?;
            parts.relationships = relationships.ok_or_else(too_large)?;
        }
        let image = query.file_type != Some(ExportRegistryModelFileType::Tar);
        let packed = aside(move || {
            let archive = export::archive(&parts)?;
            if image { export::image(&archive) } else { Ok(archive) }
        });
        let file = packed.await??;
        Ok(ExportRegistryModelResponse::Ok(ByteStream::from(file)))
    }

    async fn generate_registry_components(
        &self,
        _: Context<Option<Caller>>,
        _: GenerateComponentsRequest,
    ) -> Result<GenerateRegistryComponentsResponse, Failure> {
        Err(Failure::unsupported("the local provider fetches no charts to generate components from"))
    }

    async fn get_registry_models(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryModelsQuery,
    ) -> Result<GetRegistryModelsResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let mut narrow = Narrow {
            version: query.version,
            variant: query.registrant,
            annotations: query.annotations,
            ..Narrow::default()
        };
        narrow.status = query.status.filter(|status| !status.is_empty());
        let mut with = with(query.components.as_deref(), query.relationships.as_deref());
        with.trim = is_true(query.trim.as_deref());
        if let Some(id) = query.id {
            // An id that is none is nobody's: a name that no model can have.
            let found = self.model(Some(id), None, None).await?;
            narrow.name = Some(found.map_or_else(|| " ".to_owned(), |model| model.name));
        }
        Ok(GetRegistryModelsResponse::Ok(self.models(ask, narrow, with).await?))
    }

    async fn delete_registry_model(
        &self,
        _: Context<Caller>,
        path: DeleteRegistryModelPath,
    ) -> Result<DeleteRegistryModelResponse, Failure> {
        self.remove_model(&path.model).await?;
        Ok(DeleteRegistryModelResponse::Ok)
    }

    async fn get_registry_models_by_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryModelsByNamePath,
        query: GetRegistryModelsByNameQuery,
    ) -> Result<GetRegistryModelsByNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            name: Some(path.model),
            version: query.version,
            annotations: query.annotations,
            greedy,
            ..Narrow::default()
        };
        let with = with(query.components.as_deref(), query.relationships.as_deref());
        Ok(GetRegistryModelsByNameResponse::Ok(self.models(ask, narrow, with).await?))
    }

    async fn get_registry_components_by_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByModelPath,
        query: GetRegistryComponentsByModelQuery,
    ) -> Result<GetRegistryComponentsByModelResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            model: Some(path.model),
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsByModelResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn get_registry_components_by_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByModelAndNamePath,
        query: GetRegistryComponentsByModelAndNameQuery,
    ) -> Result<GetRegistryComponentsByModelAndNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            model: Some(path.model),
            name: Some(path.name),
            version: query.version,
            variant: query.api_version,
            annotations: query.annotations,
            greedy,
            ..Narrow::default()
        };
        Ok(GetRegistryComponentsByModelAndNameResponse::Ok(
            self.components(ask, narrow, is_true(query.trim.as_deref())).await?,
        ))
    }

    async fn get_registry_policies_by_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryPoliciesByModelPath,
        query: GetRegistryPoliciesByModelQuery,
    ) -> Result<GetRegistryPoliciesByModelResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow { model: Some(path.model), ..Narrow::default() };
        Ok(GetRegistryPoliciesByModelResponse::Ok(self.policies(ask, narrow).await?))
    }

    async fn get_registry_policies_by_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryPoliciesByModelAndNamePath,
        query: GetRegistryPoliciesByModelAndNameQuery,
    ) -> Result<GetRegistryPoliciesByModelAndNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow { model: Some(path.model), name: Some(path.name), greedy, ..Narrow::default() };
        Ok(GetRegistryPoliciesByModelAndNameResponse::Ok(self.policies(ask, narrow).await?))
    }

    async fn get_registry_relationships_by_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryRelationshipsByModelPath,
        query: GetRegistryRelationshipsByModelQuery,
    ) -> Result<GetRegistryRelationshipsByModelResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow { model: Some(path.model), version: query.version, ..Narrow::default() };
        Ok(GetRegistryRelationshipsByModelResponse::Ok(self.relationships(ask, narrow).await?))
    }

    async fn get_registry_relationships_by_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryRelationshipsByModelAndNamePath,
        query: GetRegistryRelationshipsByModelAndNameQuery,
    ) -> Result<GetRegistryRelationshipsByModelAndNameResponse, Failure> {
        let greedy = is_true(query.search.as_deref());
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow {
            model: Some(path.model),
            name: Some(path.name),
            version: query.version,
            greedy,
            ..Narrow::default()
        };
        Ok(GetRegistryRelationshipsByModelAndNameResponse::Ok(self.relationships(ask, narrow).await?))
    }

    async fn register_registry_entities(
        &self,
        cx: Context<Caller>,
        body: ImportRequest,
    ) -> Result<RegisterRegistryEntitiesResponse, Failure> {
        let ImportBody::FileNameModelFile(file) = body.import_body else {
            return Err(Failure::unsupported(
                "the local provider imports files of documents, no URLs and no CSV",
            ));
        };
        Ok(match self.import(cx.identity, file.model_file, body.register).await? {
            Ok(answer) => RegisterRegistryEntitiesResponse::Ok(answer),
            Err(message) => {
                refused(&message);
                RegisterRegistryEntitiesResponse::BadRequest
            }
        })
    }

    async fn get_registry_registrants(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryRegistrantsQuery,
    ) -> Result<GetRegistryRegistrantsResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        Ok(GetRegistryRegistrantsResponse::Ok(self.registrants(ask).await?))
    }

    async fn get_registry_relationships(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryRelationshipsQuery,
    ) -> Result<GetRegistryRelationshipsResponse, Failure> {
        let ask =
            Ask::spelt(query.page, query.page_size).search(query.search).sorted(query.order, query.sort);
        let narrow = Narrow { version: query.version, ..Narrow::default() };
        Ok(GetRegistryRelationshipsResponse::Ok(self.relationships(ask, narrow).await?))
    }

    async fn register_registry_relationship(
        &self,
        cx: Context<Option<Caller>>,
        body: RegistrantData,
    ) -> Result<RegisterRegistryRelationshipResponse, Failure> {
        Ok(match self.register(cx.identity, body, Sort::Relationship).await? {
            Ok(()) => RegisterRegistryRelationshipResponse::Ok,
            Err(message) => {
                refused(&message);
                RegisterRegistryRelationshipResponse::BadRequest
            }
        })
    }

    async fn validate_registry_entities(
        &self,
        _: Context<Option<Caller>>,
        _: ValidationRequest,
    ) -> Result<ValidateRegistryEntitiesResponse, Failure> {
        Err(Failure::unsupported("the local provider interprets no schemas that a caller sends"))
    }

    async fn update_registry_entity_status(
        &self,
        cx: Context<Caller>,
        path: UpdateRegistryEntityStatusPath,
        body: EntityStatusPayload,
    ) -> Result<UpdateRegistryEntityStatusResponse, Failure> {
        let sort = Sort::parse(&path.entity_type);
        let id = body.id.and_then(|id| Uuid::parse_str(&id).ok());
        let known = matches!(&*body.status, "enabled" | "ignored" | "duplicate" | "resolved" | "open");
        if let (Some(sort), Some(id), true) = (sort, id, known)
            && self.set_status(cx.identity, sort, id, &body.status).await?
        {
            return Ok(UpdateRegistryEntityStatusResponse::NoContent);
        }
        Ok(UpdateRegistryEntityStatusResponse::BadRequest)
    }
}

impl Local {
    /// A model by id, or by name and version.
    async fn model(
        &self,
        id: Option<String>,
        name: Option<String>,
        version: Option<String>,
    ) -> Result<Option<Record>, Failure> {
        if let Some(id) = id {
            let Ok(id) = Uuid::parse_str(&id) else { return Ok(None) };
            return self.store().get(super::kind::MODEL.name, id).await.map_err(failed);
        }
        let mut query = Query::new(super::kind::MODEL.name, Scope::Owner(None));
        query.name = Some(name.unwrap_or_default());
        query.version = version;
        query.size = 1;
        Ok(self.store().list(&query).await.map_err(failed)?.records.into_iter().next())
    }
}

/// What of a model is wanted beside itself.
fn with(components: Option<&str>, relationships: Option<&str>) -> With {
    With { components: is_true(components), relationships: is_true(relationships), trim: false }
}

fn is_true(text: Option<&str>) -> bool {
    text == Some("true")
}

/// What the contract has no place for in the answer.
fn refused(message: &str) {
    tracing::debug!(message, "an entity is not registered");
}
