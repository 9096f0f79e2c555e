//! Says, in every generated crate alike, which contract it is generated from. The build script of
//! the root package compares that with the contract.

use super::{File, Source};
use crate::diagnostic::Diagnostics;
use crate::emit::names::doc;
use crate::ir::{Api, Crates};
use quote::quote;

/// `contract.rs` below the generated folder of a crate.
///
/// # Errors
/// None, unless the generator is at fault.
pub fn emit(api: &Api) -> Result<File, Diagnostics> {
    let (release, digest) = (&api.release, &api.digest);
    let about = if api.crates == Crates::default() {
        doc("The release of meshery/schemas that this crate is generated from.")
    } else {
        doc("The version of the document that this crate is generated from.")
    };
    let tokens = quote! {
        #about
        pub const CONTRACT_RELEASE: &str = #release;
        /// SHA-256 of the contract that this crate is generated from, in hexadecimal.
        pub const CONTRACT_DIGEST: &str = #digest;
    };
    Source::new(api, "contract.rs", "Which contract this crate is generated from.", tokens).print(api)
}
