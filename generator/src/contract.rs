//! The contract: one canonical OpenAPI 3.0.3 document of facts for all products.
//!
//! `schemas/contract.yml` is small enough to be reviewed, and it is all that is read from here on,
//! offline. It says what changes the wire and nothing else:
//! - operations with all they need in place: parameters, bodies and responses are written where
//!   they are used, schemas are components named `<version>.<construct>.<Name>`;
//! - beside OpenAPI's own words a few of ours: `x-products` (the products, with title and
//!   servers), `x-permissions` (the permission keys, by id), `x-internal` (the products of an operation), `x-construct` (which construct
//!   declares it), `x-may-omit` (required members that the Go server leaves out when they are
//!   zero), `x-default-sha256` (the digest of a default too long to read);
//! - `nullable` beside an `allOf` of one reference means that type or `null`; beside an `enum`,
//!   one of its values or `null`;
//! - no prose: where OpenAPI asks for a description, the reason phrase of the status.
//!
//! [`build`] makes it from upstream's documents, [`read`] takes it from its file. The same facts
//! always give the same bytes, whatever the order of files and members upstream.

mod canonical;
pub mod diff;
mod docs;
pub(crate) mod gather;
pub(crate) mod keywords;
pub mod lock;
pub(crate) mod names;
mod normalise;
mod permissions;
mod read;
pub(crate) mod resolve;
mod single;

pub use single::{Origins, Single, single};

pub(crate) use canonical::{SCHEMAS, prune, references};
pub(crate) use gather::{METHODS, reason};
pub(crate) use keywords::{KEYWORDS, Kind, Standing, standing};
pub(crate) use permissions::MEMBER as PERMISSIONS;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::sources::Sources;
use crate::load::{self, Documents};
use crate::overlay::Overlay;
use lock::Lock;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A contract, in canonical form or as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// The release of upstream it is of: `v1.3.45`.
    pub release: String,
    /// SHA-256 of its file, in hexadecimal.
    pub sha256: String,
    /// The OpenAPI document.
    pub document: Value,
}

/// What [`build`] makes.
#[derive(Clone, Debug)]
pub struct Built {
    /// The contract.
    pub contract: Contract,
    /// The text of `schemas/contract.yml`.
    pub text: String,
    /// The lock that belongs to it.
    pub lock: Lock,
    /// What is odd in the sources.
    pub warnings: Diagnostics,
}

/// Makes the contract of the release that `documents` are of.
///
/// # Errors
/// All that keeps the facts from being said in OpenAPI 3.0, or keeps the overlay from being applied.
pub fn build(documents: &Documents, sources: &Sources, overlay: &Overlay) -> Result<Built, Diagnostics> {
    let mut found = documents.warnings().clone();
    let Some(release) = documents.tree().release.clone() else {
        let message = "the source does not say which release it is of";
        return Err(Diagnostics::one(
            Diagnostic::new(Code::SourceUnreadable, Place::default(), message)
                .help("name its root folder after the release, like `schemas-1.3.45`"),
        ));
    };
    found.extend(load::misnamed(documents, sources));
    let placed = gathered(documents, sources, overlay, &release, &mut found);
    let document = canonical::document(placed);
    let text = to_yaml(&document)?;
    let contract = Contract { sha256: sha256(text.as_bytes()), release, document };
    let lock = Lock::of(documents.tree(), sources, &contract.release, &text);
    let (contract, text, lock) = found.ok((contract, text, lock))?;
    found.sort();
    Ok(Built { contract, text, lock, warnings: found })
}

/// The contract `held`, with the descriptions of the sources that it is made of.
///
/// # Errors
/// As [`build`], and [`Code::LockMismatch`] when those sources make another contract.
pub fn documented(
    held: &Contract,
    documents: &Documents,
    sources: &Sources,
    overlay: &Overlay,
) -> Result<Contract, Diagnostics> {
    let mut found = Diagnostics::new();
    let placed = gathered(documents, sources, overlay, &held.release, &mut found);
    let placed = found.ok(placed)?;
    let mut document = canonical::document(placed.clone());
    if sha256(to_yaml(&document)?.as_bytes()) != held.sha256 {
        let message = format!("these sources are not those of the contract of {}", held.release);
        let help = "give the release that schemas/schemas.lock names, or fetch this one first";
        return Err(Diagnostics::one(
            Diagnostic::new(Code::LockMismatch, Place::default(), message).help(help),
        ));
    }
    docs::describe(&mut document, &placed, documents);
    Ok(Contract { document, ..held.clone() })
}

/// The facts, chosen and repaired, not yet in canonical form.
fn gathered(
    documents: &Documents,
    sources: &Sources,
    overlay: &Overlay,
    release: &str,
    found: &mut Diagnostics,
) -> Value {
    let mut document = stated(documents, sources, overlay, release, found);
    normalise::document(&mut document, found);
    document
}

/// The facts as upstream states them and the overlay repairs them, each schema with its place.
pub(crate) fn stated(
    documents: &Documents,
    sources: &Sources,
    overlay: &Overlay,
    release: &str,
    found: &mut Diagnostics,
) -> Value {
    let mut document = gather::gathered(documents, sources, release, found);
    // What an action repairs may be in the part of the release that is not at hand, or in what could
    // not be read.
    let unread = found.has_errors();
    let excused = |code: Code| match code {
        Code::StaleOverlay => documents.is_part() || unread,
        Code::UnverifiedOverlay => unread,
        _ => false,
    };
    let mut applied = Diagnostics::new();
    overlay.apply(&mut document, release, &mut applied);
    applied.iter().filter(|finding| !excused(finding.code)).for_each(|finding| found.push(finding.clone()));
    gather::assigned(&mut document, sources, found);
    document
}

/// Facts that were [`stated`] as the document of a contract.
pub(crate) fn settled(mut facts: Value, found: &mut Diagnostics) -> Value {
    normalise::document(&mut facts, found);
    canonical::document(facts)
}

/// Reads the text of a contract; `file` is how messages call it.
///
/// # Errors
/// [`Code::BadContract`] for each thing that a contract must have and this one has not.
pub fn read(text: &str, file: &str) -> Result<Contract, Diagnostics> {
    read::contract(text, file)
}

/// Reads the text of a contract that must be the one its lock is of.
///
/// # Errors
/// As [`read`], [`Lock::parse`] and [`Lock::check`].
pub fn read_locked(
    (text, file): (&str, &str),
    (lock_text, lock_file): (&str, &str),
) -> Result<(Contract, Lock), Diagnostics> {
    let mut found = Diagnostics::new();
    let lock = Lock::parse(lock_text, lock_file).map_err(|findings| found.extend(findings)).ok();
    let contract = read(text, file).map_err(|findings| found.extend(findings)).ok();
    if let (Some(lock), Some(contract)) = (&lock, &contract)
        && let Err(findings) = lock.check(text, &contract.release, file)
    {
        found.extend(findings);
    }
    match (contract, lock) {
        (Some(contract), Some(lock)) => found.ok((contract, lock)),
        _ => Err(found),
    }
}

/// The text of a document.
///
/// # Errors
/// [`Code::BadContract`] when it cannot be written as YAML.
pub fn to_yaml(document: &Value) -> Result<String, Diagnostics> {
    serde_yaml::to_string(document).map_err(|error| {
        Diagnostics::one(Diagnostic::new(Code::BadContract, Place::default(), error.to_string()))
    })
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
pub(crate) mod bundle_tests;
#[cfg(test)]
pub(crate) mod release_tests;
