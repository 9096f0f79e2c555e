//! Callers by the identities that tokens vouch for.

use super::Caller;
use crate::auth::server::Identity;
use meshery_server::{Asked, Authenticate, Denied};
use uuid::Uuid;

/// An authenticator for the local provider, of one that finds out identities.
///
/// The local user is the local user; anybody else is the user whose id the token's subject is, or,
/// where the subject is no UUID, one that follows from the provider and the subject. So it is for one
/// remote provider, whose users keep their ids: of two, either could issue a token for a user of the
/// other. For more than one there is [`CallersOfMany`].
#[derive(Clone, Debug)]
pub struct Callers<A>(pub A);

/// The same where several remote providers issue tokens: whatever a subject is, it is one of its
/// provider's, and nobody has the id of a user of another one.
///
/// A store that was used with [`Callers`] does not know its users by these ids.
#[derive(Clone, Debug)]
pub struct CallersOfMany<A>(pub A);

impl<A: Authenticate<Identity = Identity>> Authenticate for Callers<A> {
    type Identity = Caller;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<Caller, Denied> {
        Ok(Caller::from(&self.0.authenticate(asked).await?))
    }
}

impl<A: Authenticate<Identity = Identity>> Authenticate for CallersOfMany<A> {
    type Identity = Caller;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<Caller, Denied> {
        Ok(Caller::of_provider(&self.0.authenticate(asked).await?))
    }
}

impl Caller {
    /// The user whom a provider calls so, as [`CallersOfMany`] has it.
    #[must_use]
    pub fn of_provider(identity: &Identity) -> Self {
        if identity.is_local() {
            return Self::local();
        }
        let name = format!("{}\0{}", identity.provider, identity.subject);
        Self::user(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
    }
}

/// As [`Callers`] has it: for one remote provider.
impl From<&Identity> for Caller {
    fn from(identity: &Identity) -> Self {
        if identity.is_local() {
            return Self::local();
        }
        let id = Uuid::parse_str(&identity.subject).ok().map(Self::user);
        // Nobody is the local user for saying so, nor nobody.
        id.filter(|caller| !caller.is_local() && !caller.id().is_nil())
            .unwrap_or_else(|| Self::of_provider(identity))
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

    #[test]
    fn of_several_providers_none_issues_tokens_for_users_of_another() {
        let mut identity = Identity::local();
        assert!(Caller::of_provider(&identity).is_local());
        identity.provider = "One".to_owned();
        identity.subject = "0193c7a0-0000-7000-8000-000000000001".to_owned();
        let one = Caller::of_provider(&identity);
        assert_eq!(one, Caller::of_provider(&identity));
        identity.provider = "Another".to_owned();
        assert_ne!(one, Caller::of_provider(&identity));
        assert_ne!(one, Caller::from(&identity));
    }
}
