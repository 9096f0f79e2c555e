//! Models as files: a tar archive of their documents, or the same as the layer of an OCI image.

use crate::provider::local::Local;
use crate::provider::local::kind::{COMPONENT, Kind, MODEL, RELATIONSHIP};
use crate::provider::local::reading::aside;
use crate::store::Record;
use flate2::{Compression, write::GzEncoder};
use meshery_server::Failure;
use meshery_server::meshery::registry::ExportRegistryModelQuery;
use meshery_types::v1beta1::registry::{ExportRegistryModelFileType, ExportRegistryModelOutputFormat};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;

/// What goes into an archive.
struct Parts {
    model: Record,
    components: Vec<Record>,
    relationships: Vec<Record>,
    yaml: bool,
}

impl Local {
    /// A model as a file; `None` if there is no such model.
    pub(super) async fn export(&self, query: ExportRegistryModelQuery) -> Result<Option<Vec<u8>>, Failure> {
        let Some(model) = self.model(query.id, query.name, query.version).await? else { return Ok(None) };
        let too_large = || Failure::unsupported("this model is too large for the local provider to export");
        let mut parts = Parts {
            components: Vec::new(),
            relationships: Vec::new(),
            yaml: query.output_format == Some(ExportRegistryModelOutputFormat::Yaml),
            model,
        };
        let (name, version) = (parts.model.name.clone(), parts.model.version.clone());
        if query.components.unwrap_or(true) {
            let components = self.all_parts(&COMPONENT, &name, &version).await?;
            parts.components = components.ok_or_else(too_large)?;
        }
        if query.relationships.unwrap_or(true) {
            let relationships = self.all_parts(&RELATIONSHIP, &name, &version).await?;
            parts.relationships = relationships.ok_or_else(too_large)?;
        }
        let as_image = query.file_type != Some(ExportRegistryModelFileType::Tar);
        let packed = aside(move || {
            let archive = archive(&parts)?;
            if as_image { image(&archive) } else { Ok(archive) }
        });
        packed.await?.map(Some)
    }
}

/// The documents of a model as a tar archive.
fn archive(parts: &Parts) -> Result<Vec<u8>, Failure> {
    let mut files = vec![("model".to_owned(), written(parts, &MODEL, &parts.model)?)];
    for (folder, kind, records) in [
        ("components", &COMPONENT, &parts.components),
        ("relationships", &RELATIONSHIP, &parts.relationships),
    ] {
        for record in records {
            files.push((format!("{folder}/{}", record.id), written(parts, kind, record)?));
        }
    }
    let extension = if parts.yaml { "yaml" } else { "json" };
    pack(files.iter().map(|(name, text)| (format!("{name}.{extension}"), text.as_bytes())))
}

/// The archive as an OCI image of one layer, in the layout that images have as files.
fn image(archive: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(archive)?;
    let layer = encoder.finish()?;
    let config = b"{}".to_vec();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.oci.empty.v1+json", &config),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &layer)],
    });
    let manifest = manifest.to_string().into_bytes();
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [descriptor("application/vnd.oci.image.manifest.v1+json", &manifest)],
    });
    let index = index.to_string().into_bytes();
    let layout = br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec();
    let blob = |bytes: &[u8]| format!("blobs/sha256/{}", digest(bytes));
    let files = [
        ("oci-layout".to_owned(), &layout),
        ("index.json".to_owned(), &index),
        (blob(&manifest), &manifest),
        (blob(&config), &config),
        (blob(&layer), &layer),
    ];
    pack(files.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())))
}

fn written(parts: &Parts, kind: &Kind, record: &Record) -> Result<String, Failure> {
    let mut json = String::new();
    kind.shape.write(record, &mut json);
    if !parts.yaml {
        return Ok(json);
    }
    let value: Value = serde_json::from_str(&json)?;
    Ok(serde_yaml::to_string(&value)?)
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": format!("sha256:{}", digest(bytes)), "size": bytes.len()})
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn pack<'a>(files: impl Iterator<Item = (String, &'a [u8])>) -> Result<Vec<u8>, Failure> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes)?;
    }
    Ok(builder.into_inner()?)
}
