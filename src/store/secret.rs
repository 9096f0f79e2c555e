//! The key that secrets are sealed with before a store sees them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// How a sealed text starts, so that another way to seal can follow.
const FORM: &str = "v1.";
/// AES-256.
const KEY_LENGTH: usize = 32;

/// Seals and opens secrets with AES-256-GCM.
///
/// What is sealed is bound to what it belongs to: a sealed secret that is copied to another record
/// does not open there.
///
/// ```
/// # use meshery_runtime::store::Keyring;
/// let keyring = Keyring::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")?;
/// let sealed = keyring.seal("credential 1", b"s3cret")?;
/// assert_eq!(keyring.open("credential 1", &sealed)?, b"s3cret");
/// assert!(keyring.open("credential 2", &sealed).is_err());
/// # Ok::<(), meshery_runtime::store::KeyringError>(())
/// ```
pub struct Keyring(RandomizedNonceKey);

/// Why there is no key, or why it does not open.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyringError {
    /// The file cannot be read or written.
    File(io::Error),
    /// A key is 32 bytes in base64.
    NoKey,
    /// Others than its owner may read the file of the key.
    Exposed,
    /// What is sealed was damaged, belongs elsewhere, or was sealed with another key.
    Closed,
}

impl Keyring {
    /// A keyring of a key in base64, of 32 bytes.
    ///
    /// # Errors
    /// [`KeyringError::NoKey`] if it is anything else.
    pub fn from_base64(text: &str) -> Result<Self, KeyringError> {
        let key = STANDARD.decode(text.trim()).map_err(|_| KeyringError::NoKey)?;
        Self::of(&key)
    }

    /// The keyring of a file that holds a key in base64; where there is no file, one with a new key
    /// is made, which only its owner may read.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds no key, or is open to others.
    pub fn from_file(path: &Path) -> Result<Self, KeyringError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                private(path)?;
                Self::from_base64(&text)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(path)?;
                Self::from_base64(&fs::read_to_string(path).map_err(KeyringError::File)?)
            }
            Err(error) => Err(KeyringError::File(error)),
        }
    }

    /// A secret as it may be kept, for the owner that `belongs_to` names.
    ///
    /// # Errors
    /// When the cipher fails, which it does for secrets of many gigabytes.
    pub fn seal(&self, belongs_to: &str, secret: &[u8]) -> Result<String, KeyringError> {
        let mut text = secret.to_vec();
        let aad = Aad::from(belongs_to.as_bytes());
        let nonce = self.0.seal_in_place_append_tag(aad, &mut text).map_err(|_| KeyringError::Closed)?;
        let mut all = nonce.as_ref().to_vec();
        all.append(&mut text);
        Ok(format!("{FORM}{}", STANDARD.encode(all)))
    }

    /// The secret that was sealed for `belongs_to`.
    ///
    /// # Errors
    /// [`KeyringError::Closed`] if it was not.
    pub fn open(&self, belongs_to: &str, sealed: &str) -> Result<Vec<u8>, KeyringError> {
        let all = sealed.strip_prefix(FORM).and_then(|text| STANDARD.decode(text).ok());
        let all = all.filter(|all| all.len() > NONCE_LEN).ok_or(KeyringError::Closed)?;
        let (nonce, text) = all.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyringError::Closed)?;
        let mut text = text.to_vec();
        let aad = Aad::from(belongs_to.as_bytes());
        let secret = self.0.open_in_place(nonce, aad, &mut text).map_err(|_| KeyringError::Closed)?;
        Ok(secret.to_vec())
    }

    fn of(key: &[u8]) -> Result<Self, KeyringError> {
        if key.len() != KEY_LENGTH {
            return Err(KeyringError::NoKey);
        }
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Self).map_err(|_| KeyringError::NoKey)
    }
}

/// A new key in a new file. Whoever makes it second reads what the first made.
fn create(path: &Path) -> Result<(), KeyringError> {
    let mut key = [0; KEY_LENGTH];
    aws_lc_rs::rand::fill(&mut key).map_err(|_| KeyringError::NoKey)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(KeyringError::File)?;
    let mut file = tempfile::Builder::new().prefix(".key").tempfile_in(folder).map_err(KeyringError::File)?;
    writeln!(file, "{}", STANDARD.encode(key)).map_err(KeyringError::File)?;
    file.as_file().sync_all().map_err(KeyringError::File)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(KeyringError::File(error.error)),
    }
}

#[cfg(unix)]
fn private(path: &Path) -> Result<(), KeyringError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(KeyringError::File)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyringError::Exposed) }
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), KeyringError> {
    Ok(())
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(redacted)")
    }
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "the file of the store's key cannot be used",
            Self::NoKey => "the store's key must be 32 bytes in base64",
            Self::Exposed => "the file of the store's key is open to others; `chmod 600` closes it",
            Self::Closed => "a sealed secret does not open with the store's key",
        })
    }
}

impl std::error::Error for KeyringError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            Self::NoKey | Self::Exposed | Self::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Keyring;

    #[test]
    fn a_new_key_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/store.key");
        let sealed = Keyring::from_file(&path).unwrap().seal("a", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(Keyring::from_file(&path).unwrap().open("a", &sealed).unwrap(), b"secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(Keyring::from_file(&path).is_err());
        }
    }

    #[test]
    fn what_is_damaged_or_of_another_key_stays_closed() {
        let folder = tempfile::tempdir().unwrap();
        let one = Keyring::from_file(&folder.path().join("one")).unwrap();
        let two = Keyring::from_file(&folder.path().join("two")).unwrap();
        let sealed = one.seal("a", b"secret").unwrap();
        assert_ne!(sealed, one.seal("a", b"secret").unwrap(), "a nonce is used once");
        assert!(two.open("a", &sealed).is_err());
        for damaged in ["", "v1.", "v1.AAAA", &sealed[..sealed.len() - 4], &sealed.replace("v1", "v2")] {
            assert!(one.open("a", damaged).is_err(), "{damaged}");
        }
        assert!(Keyring::from_base64("c2hvcnQ=").is_err());
    }
}
