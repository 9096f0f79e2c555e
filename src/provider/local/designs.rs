//! Designs: Meshery Server's contract has one operation for them, to import a file.

use super::kind::DESIGN;
use super::objects::{Document, draft, named, read, set};
use super::reading::{Unreadable, aside, yaml};
use super::{Caller, Local};
use crate::store::Change;
use meshery_server::meshery::designs::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta1::design::PatternFile;
use meshery_types::v1beta3::design::{MesheryPatternImportFilePayload, MesheryPatternImportRequestBody};
use meshery_types::wire;
use serde_json::Value;

impl Designs<Caller> for Local {
    async fn import_design(
        &self,
        cx: Context<Caller>,
        body: MesheryPatternImportRequestBody,
    ) -> Result<ImportDesignResponse, Failure> {
        let file = match body {
            MesheryPatternImportRequestBody::MesheryPatternImportFilePayload(file) => file,
            MesheryPatternImportRequestBody::MesheryPatternImportUrlPayload(_) => {
                return Err(Failure::unsupported("the local provider fetches no URL that a caller names"));
            }
            MesheryPatternImportRequestBody::Unknown(_) => {
                return Ok(ImportDesignResponse::BadRequest);
            }
        };
        let source = serde_json::to_value(&file.file)?;
        let (text, name) = match aside(move || design(&file)).await? {
            Ok(found) => found,
            Err(why) => {
                tracing::debug!(%why, "a design is not imported");
                return Ok(ImportDesignResponse::BadRequest);
            }
        };
        let (mut record, mut document) = draft(cx.identity, &DESIGN, &Document::new())?;
        named(&mut record, &name);
        document.insert("name".to_owned(), name.into());
        document.insert("patternFile".to_owned(), text.into());
        document.insert("visibility".to_owned(), "private".into());
        document.insert("designType".to_owned(), "Design".into());
        document.insert("sourceContent".to_owned(), source);
        set(&DESIGN, &mut record, document);
        let answer = read(&DESIGN, &record)?;
        self.commit(vec![Change::Insert(record)]).await?;
        Ok(ImportDesignResponse::Ok(vec![answer]))
    }
}

/// The text of a design, and its name.
fn design(file: &MesheryPatternImportFilePayload) -> Result<(String, String), Unreadable> {
    let text = std::str::from_utf8(file.file.as_ref()).map_err(|_| Unreadable::Malformed)?;
    let value = yaml(text.as_bytes())?;
    let document = value.as_object().ok_or(Unreadable::Malformed)?;
    // What a design cannot do without, in this form and the one before it.
    if !document.contains_key("components") && !document.contains_key("services") {
        return Err(Unreadable::Malformed);
    }
    let said = document.get("name").and_then(Value::as_str).map(str::to_owned);
    let stem = file.file_name.rsplit(['/', '\\']).next().and_then(|name| name.split('.').next());
    let name = file.name.clone().or(said).filter(|name| !name.trim().is_empty());
    Ok((text.to_owned(), name.unwrap_or_else(|| stem.unwrap_or("design").to_owned())))
}

/// A design with its file as an object, where a page holds the version before; without it where
/// the file is of another form.
pub(super) fn with_parsed_file(document: &mut Document) {
    let text = document.remove("patternFile");
    let file = text.as_ref().and_then(Value::as_str).and_then(|text| yaml(text.as_bytes()).ok());
    let fits =
        |file: &Value| wire::from_value::<PatternFile>(file, &wire::ANY, &wire::Options::TOLERANT).is_ok();
    if let Some(file) = file.filter(fits) {
        document.insert("patternFile".to_owned(), file);
    }
    document.remove("catalogData");
}
