//! The names of components: version, construct and own name, as the contract has them.

use std::fmt;

/// The version folder of a construct whose version nothing says.
pub(super) const UNVERSIONED: &str = "unversioned";

/// The name of a component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name {
    /// The construct it belongs to.
    pub(super) home: Home,
    /// What its construct calls it.
    pub(super) own: String,
}

/// A construct: its version folder and its own folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Home {
    /// The version folder: `v1beta3`.
    pub(super) version: String,
    /// Its own folder: `workspace`.
    pub(super) construct: String,
}

impl Home {
    /// The construct of these folders.
    pub(super) fn new(version: &str, construct: &str) -> Self {
        Self { version: version.to_owned(), construct: construct.to_owned() }
    }

    /// A construct as the contract writes it: `v1beta3.workspace`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (version, construct) = text.split_once('.')?;
        Some(Self::new(version, construct))
    }

    /// The construct that the path of a Go package ends in: `…/models/v1beta3/workspace`.
    pub(super) fn of_package(path: &str) -> Option<Self> {
        let mut segments = path.rsplit('/');
        let (construct, version) = (segments.next()?, segments.next()?);
        (is_version(version) && is_folder(construct)).then(|| Self::new(version, construct))
    }
}

impl Name {
    /// The name `own` in a construct.
    pub(super) fn new(home: &Home, own: &str) -> Self {
        Self { home: home.clone(), own: own.to_owned() }
    }

    /// A name as the contract writes it: `v1beta3.workspace.Workspace`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (home, own) = text.rsplit_once('.')?;
        Some(Self::new(&Home::parse(home)?, own))
    }
}

impl fmt::Display for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.version, self.construct)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.home, self.own)
    }
}

/// Whether a text can be the name of a folder, and stand in a reference as it is.
pub(super) fn is_folder(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Whether a folder is named as those of versions are: `v1`, `v1beta3`.
fn is_version(folder: &str) -> bool {
    let mut rest = folder.chars();
    rest.next() == Some('v')
        && rest.next().is_some_and(|c| c.is_ascii_digit())
        && rest.all(|c| c.is_ascii_alphanumeric())
}
