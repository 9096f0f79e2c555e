//! Files that are replaced whole, and together or not at all.

use anyhow::Context;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Replaces a file; where a link leads to it, that one. What is no file, as a pipe or `/dev/null`, is
/// written to: it must stay what it is.
pub(crate) fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let target = fs::canonicalize(path);
    let path = target.as_deref().unwrap_or(path);
    if fs::metadata(path).is_ok_and(|facts| !facts.is_file() && !facts.is_dir()) {
        return fs::write(path, text).with_context(|| format!("cannot write to {}", path.display()));
    }
    staged(path, text.as_bytes())?
        .persist(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// Replaces several files; when one cannot be, those before it get back what they held.
pub(crate) fn replace_all(files: &[(PathBuf, String)]) -> anyhow::Result<()> {
    let mut ready = Vec::new();
    for (path, text) in files {
        let before = match fs::read(path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("cannot replace {}", path.display())),
        };
        ready.push((path, before, staged(path, text.as_bytes())?));
    }
    let mut done: Vec<(&PathBuf, Option<Vec<u8>>)> = Vec::new();
    for (path, before, staged) in ready {
        if let Err(error) = staged.persist(path) {
            let error = anyhow::Error::new(error).context(format!("cannot write {}", path.display()));
            return Err(restore(&done, error));
        }
        done.push((path, before));
    }
    Ok(())
}

/// Puts back what files held; `error` is why, and gets what does not work on the way.
fn restore(files: &[(&PathBuf, Option<Vec<u8>>)], mut error: anyhow::Error) -> anyhow::Error {
    for (path, before) in files {
        let restored = match before {
            Some(bytes) => staged(path, bytes).and_then(|file| Ok(file.persist(path).map(drop)?)),
            None => fs::remove_file(path).map_err(Into::into),
        };
        if let Err(again) = restored {
            error = error.context(format!("{} could not be restored: {again}", path.display()));
        }
    }
    error
}

/// A file beside the one it is for, gone unless it takes that one's place.
fn staged(path: &Path, bytes: &[u8]) -> anyhow::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", path.display());
    let mut builder = tempfile::Builder::new();
    // Temporary files are private by default; what takes the place of a file of the workspace is not.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder).with_context(failed)?;
    file.write_all(bytes).with_context(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{replace, replace_all};
    use std::fs;

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_stay_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "old").unwrap();
        std::os::unix::fs::symlink(path("file"), path("link")).unwrap();
        replace(&path("link"), "new").unwrap();
        assert!(path("link").is_symlink());
        assert_eq!(fs::read_to_string(path("file")).unwrap(), "new");

        let pipe = path("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).unwrap()
        });
        replace(&pipe, "said").unwrap();
        assert_eq!(reader.join().unwrap(), "said");
        assert!(!fs::metadata(&pipe).unwrap().is_file());
        assert!(replace(folder.path(), "text").is_err());
    }

    #[test]
    fn all_or_none_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "old").unwrap();
        replace_all(&[(path("a"), "new".to_owned()), (path("b"), "new".to_owned())]).unwrap();
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "new");
        // A folder cannot be replaced by a file, nor read as one.
        fs::create_dir(path("c")).unwrap();
        let files =
            [(path("a"), "newer".to_owned()), (path("d"), "x".to_owned()), (path("c"), "x".to_owned())];
        assert!(replace_all(&files).is_err());
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "new");
        assert!(!path("d").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing is left behind");
    }

    #[test]
    fn what_was_replaced_is_restored() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&a, "new").unwrap();
        fs::write(&b, "new").unwrap();
        let done = [(&a, Some(b"old".to_vec())), (&b, None)];
        let error = super::restore(&done, anyhow::anyhow!("it failed"));
        assert_eq!(format!("{error:#}"), "it failed");
        assert_eq!(fs::read_to_string(&a).unwrap(), "old");
        assert!(!b.exists());
    }
}
