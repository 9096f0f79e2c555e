//! Where the archives of upstream are.

use std::path::{Path, PathBuf};

/// The archive of a release: in the folder that `MESHERY_UPSTREAM` names, or in `../shared/upstream`
/// beside the workspace. It need not be there.
pub(crate) fn archive(workspace: &Path, release: &str) -> PathBuf {
    let folder = std::env::var_os("MESHERY_UPSTREAM")
        .map_or_else(|| workspace.join("../shared/upstream"), PathBuf::from);
    folder.join(format!("meshery-schemas-{}.tar.gz", release.trim_start_matches('v')))
}
