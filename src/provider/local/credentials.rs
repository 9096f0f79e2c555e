//! Credentials: their secrets are sealed on the way in, and never come out.

use super::kind::CREDENTIAL;
use super::listing::{Ask, Layout};
use super::objects::{Document, failed, missing, named, read};
use super::{Caller, Local};
use crate::store::{Change, Scope, StoreError};
use meshery_server::meshery::credentials::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta2::credential::CredentialPayload;

impl Credentials<Caller> for Local {
    async fn delete_user_credential(
        &self,
        cx: Context<Caller>,
        query: DeleteUserCredentialQuery,
    ) -> Result<DeleteUserCredentialResponse, Failure> {
        Ok(match self.remove(cx.identity, &CREDENTIAL, query.credential_id).await? {
            true => DeleteUserCredentialResponse::NoContent,
            false => DeleteUserCredentialResponse::NotFound(missing(&CREDENTIAL)),
        })
    }

    async fn get_user_credentials(
        &self,
        cx: Context<Caller>,
        query: GetUserCredentialsQuery,
    ) -> Result<GetUserCredentialsResponse, Failure> {
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let wanted = ask.of(&CREDENTIAL, Scope::Owner(Some(cx.identity.id())));
        let layout = Layout::new("credentials", &CREDENTIAL.shape);
        Ok(GetUserCredentialsResponse::Ok(self.page(wanted, layout).await?))
    }

    async fn save_user_credential(
        &self,
        cx: Context<Caller>,
        body: CredentialPayload,
    ) -> Result<SaveUserCredentialResponse, Failure> {
        let secret = body.secret.unwrap_or_default();
        let mut record = self.credential(cx.identity, &body.name, &body.r#type, &secret)?;
        if let Some(id) = body.id {
            record.id = id;
            self.seal(&mut record, &secret)?;
        }
        let answer = read(&CREDENTIAL, &record)?;
        match self.store().commit(vec![Change::Insert(record)]).await {
            Ok(()) => Ok(SaveUserCredentialResponse::Created(answer)),
            Err(StoreError::Exists) => Ok(SaveUserCredentialResponse::BadRequest(
                "there is a credential with this id already".into(),
            )),
            Err(error) => Err(failed(error)),
        }
    }

    async fn update_user_credential(
        &self,
        cx: Context<Caller>,
        body: CredentialPayload,
    ) -> Result<UpdateUserCredentialResponse, Failure> {
        let Some(id) = body.id else {
            return Ok(UpdateUserCredentialResponse::BadRequest("which credential: `id` is missing".into()));
        };
        let Some(mut sealed) = self.find(cx.identity, &CREDENTIAL, id).await? else {
            return Ok(UpdateUserCredentialResponse::NotFound(missing(&CREDENTIAL)));
        };
        // Without a new secret the one that is there stays.
        if let Some(secret) = &body.secret {
            self.seal(&mut sealed, secret)?;
        }
        let edited = self.change(cx.identity, &CREDENTIAL, id, |record, document: &mut Document| {
            named(record, &body.name);
            record.class.clone_from(&body.r#type);
            if body.secret.is_some() {
                record.sealed.clone_from(&sealed.sealed);
            }
            document.insert("name".to_owned(), body.name.clone().into());
            document.insert("type".to_owned(), body.r#type.clone().into());
        });
        Ok(match edited.await? {
            Some(record) => UpdateUserCredentialResponse::Ok(read(&CREDENTIAL, &record)?),
            None => UpdateUserCredentialResponse::NotFound(missing(&CREDENTIAL)),
        })
    }

    async fn get_credential_by_id(
        &self,
        cx: Context<Caller>,
        path: GetCredentialByIdPath,
    ) -> Result<GetCredentialByIdResponse, Failure> {
        Ok(match self.find(cx.identity, &CREDENTIAL, path.credential_id).await? {
            Some(record) => GetCredentialByIdResponse::Ok(read(&CREDENTIAL, &record)?),
            None => GetCredentialByIdResponse::NotFound(missing(&CREDENTIAL)),
        })
    }
}
