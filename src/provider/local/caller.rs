//! Who calls.

use uuid::{Uuid, uuid};

/// A user, as the local provider knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    user: Uuid,
}

/// The id that Meshery gives its local user: a UUIDv5 of `meshery-local-provider-user`.
const LOCAL_USER: Uuid = uuid!("a449604d-3f10-58f4-95ff-a9385c2fad6a");

impl Caller {
    /// The one user of a server without login.
    #[must_use]
    pub fn local() -> Self {
        Self { user: LOCAL_USER }
    }

    /// The user with this id.
    #[must_use]
    pub fn user(id: Uuid) -> Self {
        Self { user: id }
    }

    /// The id of the user.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.user
    }

    /// Whether it is the one user of a server without login.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.user == LOCAL_USER
    }
}

#[cfg(test)]
mod tests {
    use super::Caller;
    use uuid::Uuid;

    #[test]
    fn the_local_user_is_the_one_that_meshery_knows() {
        let id = Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"meshery-local-provider-user");
        assert_eq!(Caller::local().id(), id);
    }
}
