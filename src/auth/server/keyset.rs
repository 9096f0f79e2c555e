//! The keys of a provider, fetched when they are needed and kept while they cannot be fetched.
//!
//! What always holds: however many requests name whatever keys, the provider is asked once at a time, and
//! not again before [a while](KeySet::pause) has gone by since it was done answering, or failed to; who
//! comes while it is asked shares what comes of it; a request whose key is known never waits.

use super::Algorithm;
use crate::auth::{Issuer, IssuerFault};
use jsonwebtoken as jwt;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// More keys than any provider has at once.
const MOST: usize = 256;
/// RSA keys with fewer bits can be broken.
const RSA_BYTES: usize = 256;

/// The keys of one provider. Clones share them.
#[derive(Clone)]
pub struct KeySet(Arc<Inner>);

struct Inner {
    issuer: Issuer,
    pause: Duration,
    age: Duration,
    held: RwLock<Held>,
    /// Says when a fetch has ended.
    ended: watch::Sender<()>,
}

#[derive(Default)]
struct Held {
    keys: HashMap<String, Key>,
    /// When keys came.
    fetched: Option<Instant>,
    /// Whether they are asked for now.
    under_way: bool,
    /// When the last fetch ended.
    asked: Option<Instant>,
    /// Why none came then.
    fault: Option<IssuerFault>,
}

/// A key, and what it may have signed.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) decoding: Arc<jwt::DecodingKey>,
    algorithm: Option<jwt::Algorithm>,
}

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFault {
    /// The provider has no such key.
    Unknown,
    /// It is not known here, and the provider cannot be asked.
    Unavailable(IssuerFault),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// The keys of a provider; none is fetched yet.
    #[must_use]
    pub fn new(issuer: Issuer) -> Self {
        Self::with(issuer, Duration::from_secs(10), Duration::from_secs(600))
    }

    /// The same, asking the provider at most once in `pause` (10 s unless set), and anew after `age`
    /// (10 min unless set) even if all keys that are asked for are known.
    #[must_use]
    pub fn with(issuer: Issuer, pause: Duration, age: Duration) -> Self {
        let inner = Inner { issuer, pause, age, held: RwLock::default(), ended: watch::Sender::new(()) };
        Self(Arc::new(inner))
    }

    /// The pause between two questions to the provider.
    #[must_use]
    pub fn pause(&self) -> Duration {
        self.0.pause
    }

    /// Fetches the keys now: what a server does when it starts, to say early that it cannot.
    ///
    /// # Errors
    /// The provider cannot be asked, or has no usable key.
    pub async fn warm(&self) -> Result<usize, IssuerFault> {
        self.0.refetch(Duration::ZERO).await;
        let held = self.0.read();
        match &held.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(held.keys.len()),
        }
    }

    /// The key with this id.
    pub(super) async fn key(&self, id: &str) -> Result<Key, KeyFault> {
        if let Some((key, aged)) = self.0.held(id) {
            if aged {
                self.0.begin(self.0.pause);
            }
            return Ok(key);
        }
        self.0.refetch(self.0.pause).await;
        match self.0.held(id) {
            Some((key, _)) => Ok(key),
            None => Err(self.0.read().fault.clone().map_or(KeyFault::Unknown, KeyFault::Unavailable)),
        }
    }
}

impl Inner {
    fn read(&self) -> std::sync::RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key that is here, and whether it is time to ask for all of them again.
    fn held(&self, id: &str) -> Option<(Key, bool)> {
        let held = self.read();
        let key = held.keys.get(id)?.clone();
        let aged = held.fetched.is_none_or(|at| at.elapsed() > self.age) && held.may_ask(self.pause);
        Some((key, aged))
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the fetch that is under way, or for one that begins now, unless one just ended.
    async fn refetch(self: &Arc<Self>, pause: Duration) {
        let mut ended = self.ended.subscribe();
        if self.begin(pause) {
            // The sender is in `self`.
            let _ = ended.changed().await;
        }
    }

    /// Has keys fetched if it is time to. Returns whether a fetch is under way.
    fn begin(self: &Arc<Self>, pause: Duration) -> bool {
        let mut held = self.write();
        if held.under_way || !held.may_ask(pause) {
            return held.under_way;
        }
        held.under_way = true;
        // A runtime that shuts down drops at once what is spawned, and that writes.
        drop(held);
        // In a task of its own: a caller that gives up does not take the keys of the others along.
        let flight = Flight(Arc::clone(self));
        tokio::spawn(async move {
            let flight = flight;
            flight.0.fetch().await;
        });
        true
    }

    async fn fetch(&self) {
        let came = self.issuer.keys().await.and_then(|document| read(&document));
        let mut held = self.write();
        match came {
            Ok(keys) => {
                (held.keys, held.fetched, held.fault) = (keys, Some(Instant::now()), None);
            }
            Err(fault) => {
                tracing::warn!(%fault, kept = held.keys.len(), "the keys of the provider cannot be had");
                held.fault = Some(fault);
            }
        }
    }
}

/// A fetch. However it ends, who waits is told.
struct Flight(Arc<Inner>);

impl Drop for Flight {
    fn drop(&mut self) {
        let mut held = self.0.write();
        (held.under_way, held.asked) = (false, Some(Instant::now()));
        drop(held);
        self.0.ended.send_replace(());
    }
}

impl Held {
    fn may_ask(&self, pause: Duration) -> bool {
        self.asked.is_none_or(|at| at.elapsed() >= pause)
    }
}

impl Key {
    /// Whether it may have signed with this algorithm.
    pub(super) fn signs(&self, algorithm: jwt::Algorithm) -> bool {
        self.algorithm.is_none_or(|own| own == algorithm)
            && self.decoding.family().algorithms().contains(&algorithm)
    }
}

/// The usable keys of a document. One that cannot be used does not spoil the others; a document
/// without any is taken for a mistake, and does not replace what is held.
fn read(document: &[u8]) -> Result<HashMap<String, Key>, IssuerFault> {
    let fault = |what: &str| IssuerFault::Content(what.to_owned());
    let Document { keys } = serde_json::from_slice(document).map_err(|_| fault("it is no set of keys"))?;
    if keys.len() > MOST {
        return Err(fault("it has too many keys"));
    }
    let mut usable = HashMap::new();
    for jwk in keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok()) {
        if let Some((id, key)) = usable_key(&jwk) {
            usable.entry(id).or_insert(key);
        }
    }
    if usable.is_empty() { Err(fault("it has no usable key")) } else { Ok(usable) }
}

fn usable_key(jwk: &Jwk) -> Option<(String, Key)> {
    let id = jwk.common.key_id.clone().filter(|id| !id.is_empty())?;
    if jwk.common.public_key_use.as_ref().is_some_and(|usage| *usage != PublicKeyUse::Signature) {
        return None;
    }
    let algorithm = match &jwk.common.key_algorithm {
        Some(name) => Some(name.to_string().parse::<Algorithm>().ok()?.inner()?),
        None => None,
    };
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_)
        | AlgorithmParameters::EllipticCurve(_)
        | AlgorithmParameters::OctetKeyPair(_) => {}
        // A shared secret that is published is none.
        _ => return None,
    }
    let decoding = jwt::DecodingKey::from_jwk(jwk).ok()?;
    if let jwt::DecodingKeyKind::RsaModulusExponent { n, .. } = decoding.kind()
        && n.iter().skip_while(|byte| **byte == 0).count() < RSA_BYTES
    {
        return None;
    }
    Some((id, Key { decoding: Arc::new(decoding), algorithm }))
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.0.read();
        f.debug_struct("KeySet")
            .field("issuer", &self.0.issuer)
            .field("keys", &held.keys.len())
            .field("fault", &held.fault)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("the provider has no such key"),
            Self::Unavailable(_) => f.write_str("the keys of the provider cannot be had"),
        }
    }
}

impl std::error::Error for KeyFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unknown => None,
            Self::Unavailable(fault) => Some(fault),
        }
    }
}
