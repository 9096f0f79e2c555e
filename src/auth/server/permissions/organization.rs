//! Which organization a request is about: the one whose keys count.

use http::Uri;
use meshery_server::{Denied, OperationInfo};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use url::form_urlencoded;
use uuid::Uuid;

/// Whether a parameter or a member is an organization, in any spelling that a server may read: they
/// differ in case and underscores.
fn is_organization(name: &str) -> bool {
    let letters: String = name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    matches!(letters.as_str(), "orgid" | "organizationid")
}

/// The organization whose keys count: the one in a parameter that the operation declares, else the
/// default. What a request names beside it must be the same: keys of one organization would count in
/// another, at a server that reads more than the contract says.
pub(super) fn of_request(
    operation: &OperationInfo,
    uri: &Uri,
    default: Option<Uuid>,
) -> Result<Uuid, Denied> {
    let two = || Denied::forbidden("two organizations are named");
    let (in_path, in_query) = (in_path(operation, uri)?, in_query(uri)?);
    let declared = operation.query.iter().any(|name| is_organization(name));
    let counts = in_path.or(in_query.filter(|_| declared)).or(default);
    let counts = counts.ok_or_else(|| Denied::forbidden("no organization is named, so no keys count"))?;
    if in_query.is_some_and(|named| named != counts) { Err(two()) } else { Ok(counts) }
}

fn in_path(operation: &OperationInfo, uri: &Uri) -> Result<Option<Uuid>, Denied> {
    let segments = operation.path.split('/').zip(uri.path().split('/'));
    let named = segments.filter(|(segment, _)| {
        segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(is_organization)
    });
    one(named.map(|(_, value)| value))
}

fn in_query(uri: &Uri) -> Result<Option<Uuid>, Denied> {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let values: Vec<_> = pairs.filter(|(name, _)| is_organization(name)).map(|(_, value)| value).collect();
    one(values.iter().map(AsRef::as_ref))
}

/// The one id among these values. An empty one is none; beside another it is a second.
fn one<'v>(mut values: impl Iterator<Item = &'v str>) -> Result<Option<Uuid>, Denied> {
    let Some(first) = values.next() else { return Ok(None) };
    let parsed = |value: &str| match value {
        "" => Ok(None),
        value => value.parse().map(Some).map_err(|_| Denied::forbidden("the organization is no id")),
    };
    let first = parsed(first)?;
    for value in values {
        if parsed(value)? != first {
            return Err(Denied::forbidden("two organizations are named"));
        }
    }
    Ok(first)
}

/// Whether a body names no organization but this one. What is no object names none.
pub(super) fn is_of(body: &[u8], organization: Uuid) -> bool {
    let Ok(Named(named)) = serde_json::from_slice(body) else { return true };
    named.iter().all(|value| match value {
        serde_json::Value::Null => true,
        value => value.as_str().and_then(|id| id.parse().ok()) == Some(organization),
    })
}

/// The organizations in the members of an object, each of those that occur twice.
struct Named(Vec<serde_json::Value>);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Named;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named, A::Error> {
                let mut named = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if is_organization(&name) {
                        named.push(map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Named(named))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::is_of;
    use uuid::Uuid;

    #[test]
    fn a_body_names_one_organization_however_it_is_spelled() {
        let (own, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        for body in ["{}", "[1]", "null", "{\"name\":\"a\"}", "{\"organizationId\":null}"] {
            assert!(is_of(body.as_bytes(), own), "{body}");
        }
        for name in ["organizationId", "organization_id", "ORGANIZATIONID", "orgId", "org_id"] {
            assert!(is_of(format!("{{\"{name}\":\"{own}\"}}").as_bytes(), own), "{name}");
            for value in [format!("\"{other}\""), "\"\"".to_owned(), "7".to_owned(), "{}".to_owned()] {
                assert!(!is_of(format!("{{\"{name}\":{value}}}").as_bytes(), own), "{name}: {value}");
            }
            let twice = format!("{{\"{name}\":\"{own}\",\"a\":[{{}}],\"{name}\":\"{other}\"}}");
            assert!(!is_of(twice.as_bytes(), own), "{twice}");
        }
    }
}
