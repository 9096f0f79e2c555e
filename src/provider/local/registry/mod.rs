//! The registry: models and what they are made of. It belongs to everybody, and most of it is public.

mod entity;
mod export;
mod import;
mod read;
mod wanted;
mod write;

use super::{Caller, Local};
use entity::Sort;
use meshery_server::meshery::registry::*;
use meshery_server::{ByteStream, Context, Failure};
use meshery_types::v1beta1::registry::{
    EntityStatusPayload, GenerateComponentsRequest, RegistrantData, ValidationRequest,
};
use meshery_types::v1beta2::model::{ImportBody, ImportRequest};
use uuid::Uuid;
use wanted::Wanted;

impl Registry<Caller> for Local {
    async fn get_registry_categories(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryCategoriesQuery,
    ) -> Result<GetRegistryCategoriesResponse, Failure> {
        Ok(GetRegistryCategoriesResponse::Ok(self.categories(query.into()).await?))
    }

    async fn get_registry_categories_by_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryCategoriesByNamePath,
        query: GetRegistryCategoriesByNameQuery,
    ) -> Result<GetRegistryCategoriesByNameResponse, Failure> {
        let wanted = Wanted::from(query).named(path.category);
        Ok(GetRegistryCategoriesByNameResponse::Ok(self.categories(wanted).await?))
    }

    async fn get_registry_components_by_category(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryPath,
        query: GetRegistryComponentsByCategoryQuery,
    ) -> Result<GetRegistryComponentsByCategoryResponse, Failure> {
        let wanted = Wanted::from(query).category(path.category);
        Ok(GetRegistryComponentsByCategoryResponse::Ok(self.components(wanted).await?))
    }

    async fn get_registry_components_by_category_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryAndNamePath,
        query: GetRegistryComponentsByCategoryAndNameQuery,
    ) -> Result<GetRegistryComponentsByCategoryAndNameResponse, Failure> {
        let wanted = Wanted::from(query).category(path.category).named(path.name);
        Ok(GetRegistryComponentsByCategoryAndNameResponse::Ok(self.components(wanted).await?))
    }

    async fn get_registry_models_by_category(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryModelsByCategoryPath,
        query: GetRegistryModelsByCategoryQuery,
    ) -> Result<GetRegistryModelsByCategoryResponse, Failure> {
        let wanted = Wanted::from(query).category(path.category);
        Ok(GetRegistryModelsByCategoryResponse::Ok(self.models(wanted).await?))
    }

    async fn get_registry_models_by_category_and_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryModelsByCategoryAndModelPath,
        query: GetRegistryModelsByCategoryAndModelQuery,
    ) -> Result<GetRegistryModelsByCategoryAndModelResponse, Failure> {
        let wanted = Wanted::from(query).category(path.category).named(path.model);
        Ok(GetRegistryModelsByCategoryAndModelResponse::Ok(self.models(wanted).await?))
    }

    async fn get_registry_components_by_category_and_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryAndModelPath,
        query: GetRegistryComponentsByCategoryAndModelQuery,
    ) -> Result<GetRegistryComponentsByCategoryAndModelResponse, Failure> {
        let wanted = Wanted::from(query).category(path.category).model(path.model);
        Ok(GetRegistryComponentsByCategoryAndModelResponse::Ok(self.components(wanted).await?))
    }

    async fn get_registry_components_by_category_and_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByCategoryAndModelAndNamePath,
        query: GetRegistryComponentsByCategoryAndModelAndNameQuery,
    ) -> Result<GetRegistryComponentsByCategoryAndModelAndNameResponse, Failure> {
        let wanted = Wanted::from(query).category(path.category).model(path.model).named(path.name);
        Ok(GetRegistryComponentsByCategoryAndModelAndNameResponse::Ok(self.components(wanted).await?))
    }

    async fn get_registry_components(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryComponentsQuery,
    ) -> Result<GetRegistryComponentsResponse, Failure> {
        Ok(GetRegistryComponentsResponse::Ok(self.components(query.into()).await?))
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
        let wanted = Wanted::from(query).named(path.name);
        Ok(GetRegistryComponentsByNameResponse::Ok(self.components(wanted).await?))
    }

    async fn export_registry_model(
        &self,
        _: Context<Option<Caller>>,
        query: ExportRegistryModelQuery,
    ) -> Result<ExportRegistryModelResponse, Failure> {
        Ok(match self.export(query).await? {
            Some(file) => ExportRegistryModelResponse::Ok(ByteStream::from(file)),
            None => ExportRegistryModelResponse::NotFound,
        })
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
        mut query: GetRegistryModelsQuery,
    ) -> Result<GetRegistryModelsResponse, Failure> {
        let id = query.id.take();
        let mut wanted = Wanted::from(query);
        if let Some(id) = id {
            // An id that is none is nobody's: a name that no model can have.
            let found = self.model(Some(id), None, None).await?;
            wanted = wanted.exactly(found.map_or_else(|| " ".to_owned(), |model| model.name));
        }
        Ok(GetRegistryModelsResponse::Ok(self.models(wanted).await?))
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
        let wanted = Wanted::from(query).named(path.model);
        Ok(GetRegistryModelsByNameResponse::Ok(self.models(wanted).await?))
    }

    async fn get_registry_components_by_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByModelPath,
        query: GetRegistryComponentsByModelQuery,
    ) -> Result<GetRegistryComponentsByModelResponse, Failure> {
        let wanted = Wanted::from(query).model(path.model);
        Ok(GetRegistryComponentsByModelResponse::Ok(self.components(wanted).await?))
    }

    async fn get_registry_components_by_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryComponentsByModelAndNamePath,
        query: GetRegistryComponentsByModelAndNameQuery,
    ) -> Result<GetRegistryComponentsByModelAndNameResponse, Failure> {
        let wanted = Wanted::from(query).model(path.model).named(path.name);
        Ok(GetRegistryComponentsByModelAndNameResponse::Ok(self.components(wanted).await?))
    }

    async fn get_registry_policies_by_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryPoliciesByModelPath,
        query: GetRegistryPoliciesByModelQuery,
    ) -> Result<GetRegistryPoliciesByModelResponse, Failure> {
        let wanted = Wanted::from(query).model(path.model);
        Ok(GetRegistryPoliciesByModelResponse::Ok(self.policies(wanted).await?))
    }

    async fn get_registry_policies_by_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryPoliciesByModelAndNamePath,
        query: GetRegistryPoliciesByModelAndNameQuery,
    ) -> Result<GetRegistryPoliciesByModelAndNameResponse, Failure> {
        let wanted = Wanted::from(query).model(path.model).named(path.name);
        Ok(GetRegistryPoliciesByModelAndNameResponse::Ok(self.policies(wanted).await?))
    }

    async fn get_registry_relationships_by_model(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryRelationshipsByModelPath,
        query: GetRegistryRelationshipsByModelQuery,
    ) -> Result<GetRegistryRelationshipsByModelResponse, Failure> {
        let wanted = Wanted::from(query).model(path.model);
        Ok(GetRegistryRelationshipsByModelResponse::Ok(self.relationships(wanted).await?))
    }

    async fn get_registry_relationships_by_model_and_name(
        &self,
        _: Context<Option<Caller>>,
        path: GetRegistryRelationshipsByModelAndNamePath,
        query: GetRegistryRelationshipsByModelAndNameQuery,
    ) -> Result<GetRegistryRelationshipsByModelAndNameResponse, Failure> {
        let wanted = Wanted::from(query).model(path.model).named(path.name);
        Ok(GetRegistryRelationshipsByModelAndNameResponse::Ok(self.relationships(wanted).await?))
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
        Ok(GetRegistryRegistrantsResponse::Ok(self.registrants(query.into()).await?))
    }

    async fn get_registry_relationships(
        &self,
        _: Context<Option<Caller>>,
        query: GetRegistryRelationshipsQuery,
    ) -> Result<GetRegistryRelationshipsResponse, Failure> {
        Ok(GetRegistryRelationshipsResponse::Ok(self.relationships(query.into()).await?))
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

/// What the contract has no place for in the answer.
fn refused(message: &str) {
    tracing::debug!(message, "an entity is not registered");
}
