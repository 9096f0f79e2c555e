//! The server: a trait for each group, the types its methods speak, and the router's table.
//!
//! What a shared operation is (its facts, arguments, responses, and how they are read and written)
//! is emitted once, in `ops/`; a product adds one trait for each of its groups and the `Api` that
//! collects implementations. Everything that is not different from operation to operation is in the
//! hand-written part of the crate.

mod api;
mod arguments;
mod body;
mod docs;
mod info;
mod ops;
mod params;
mod permissions;
mod responses;
mod scaffold;
mod traits;

pub use scaffold::scaffold;

pub(super) use api::method_name as mount_name;
pub(super) use traits::name as trait_name;

use super::{File, Source, printed};
use crate::diagnostic::Diagnostics;
use crate::ir::Api;

/// Every file of the server, by its path below `src/generated/`.
///
/// # Errors
/// Media types that a server can neither read nor write, and faults of the generator.
pub fn emit(api: &Api) -> Result<Vec<File>, Diagnostics> {
    printed(api, sources(api)?)
}

/// The same before it is printed.
pub(crate) fn sources(api: &Api) -> Result<Vec<Source>, Diagnostics> {
    let mut files = vec![api::root(api), permissions::file(api)];
    files.extend(ops::files(api)?);
    for product in &api.products {
        files.push(api::product(api, product));
        for group in &product.groups {
            files.push(traits::file(api, product, group));
        }
    }
    Ok(files)
}
