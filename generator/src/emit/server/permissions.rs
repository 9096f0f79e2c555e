//! The table of permission keys.

use super::super::Source;
use crate::ir::{Api, Permission};
use quote::quote;

/// `permissions.rs`: every key, sorted by id.
pub(super) fn file(api: &Api) -> Source {
    let keys = api.permissions.iter().map(|permission| {
        let Permission { id, theme, function, roles, limited, local } = permission;
        quote! {
            crate::support::PermissionKey::new(#id, #theme, #function, &[#(#roles),*], &[#(#limited),*], #local)
        }
    });
    let tokens = quote! {
        /// Every permission key of the contract, sorted by id.
        pub const PERMISSION_KEYS: &[crate::support::PermissionKey] = &[#(#keys),*];
    };
    Source::new(
        api,
        "permissions.rs",
        "Permission keys: what they permit, and which roles hold them.",
        tokens,
    )
}
