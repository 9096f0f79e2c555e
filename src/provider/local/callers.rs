//! Callers by the identities that tokens vouch for.

use super::Caller;
use crate::auth::server::Identity;
use meshery_server::{Asked, Authenticate, Denied};
use uuid::Uuid;

/// An authenticator for the local provider, of one that finds out identities.
///
/// The local user is the local user; anybody else is the user whose id the token's subject is, or,
/// where the subject is no UUID, one that follows from the provider and the subject.
#[derive(Clone, Debug)]
pub struct Callers<A>(pub A);

impl<A: Authenticate<Identity = Identity>> Authenticate for Callers<A> {
    type Identity = Caller;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<Caller, Denied> {
        Ok(Caller::from(&self.0.authenticate(asked).await?))
    }
}

impl From<&Identity> for Caller {
    fn from(identity: &Identity) -> Self {
        if identity.is_local() {
            return Self::local();
        }
        let id = Uuid::parse_str(&identity.subject).ok().map(Self::user);
        // Nobody is the local user for saying so, nor nobody.
        id.filter(|caller| !caller.is_local() && !caller.id().is_nil()).unwrap_or_else(|| {
            let name = format!("{}\0{}", identity.provider, identity.subject);
            Self::user(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Caller;
    use crate::auth::server::Identity;

    #[test]
    fn nobody_is_the_local_user_for_saying_so() {
        let mut identity = Identity::local();
        assert!(Caller::from(&identity).is_local());
        identity.provider = "Another".to_owned();
        assert!(!Caller::from(&identity).is_local());
        identity.subject = "0193c7a0-0000-7000-8000-000000000001".to_owned();
        assert_eq!(Caller::from(&identity).id().to_string(), identity.subject);
        identity.subject = "someone".to_owned();
        let one = Caller::from(&identity);
        identity.provider = "A third".to_owned();
        assert_ne!(one, Caller::from(&identity), "subjects are of a provider");
    }
}
