//! The closed list of edits, each with its mirror and with what it does to a request and a response.

use super::effect::Effect;
use serde::{Serialize, Serializer};
use std::fmt;

/// Declares the kinds: `Variant "id" mirrored Variant, effect on requests, effect on responses, words`.
macro_rules! kinds {
    ($($kind:ident $id:literal $mirror:ident $request:ident $response:ident $words:literal;)*) => {
        /// What kind of edit a finding is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $(#[doc = $words] $kind,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Its name in reports and in the file of what is accepted: `property-removed`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$kind => $id,)* }
            }

            /// The kind of the edit that takes it back.
            #[must_use]
            pub fn mirror(self) -> Self {
                match self { $(Self::$kind => Self::$mirror,)* }
            }

            /// What it does to the values of a request and of a response, where nothing else counts.
            #[must_use]
            pub fn effects(self) -> [Effect; 2] {
                match self { $(Self::$kind => [Effect::$request, Effect::$response],)* }
            }

            /// What happened, with `{}` for its name.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$kind => $words,)* }
            }
        }
    };
}

kinds! {
    ProductAdded "product-added" ProductRemoved Widens Equal "product {} added";
    ProductRemoved "product-removed" ProductAdded Narrows Equal "product {} removed";
    ProductTitle "product-title-changed" ProductTitle Equal Equal "title of product {} changed";
    ProductServers "product-servers-changed" ProductServers Unknown Equal "servers of product {} changed";
    SchemeDeclared "security-scheme-declared" SchemeUndeclared Equal Equal "security scheme {} declared";
    SchemeUndeclared "security-scheme-undeclared" SchemeDeclared Equal Equal "security scheme {} no longer declared";
    SchemeChanged "security-scheme-changed" SchemeChanged Incomparable Equal "security scheme {} changed";
    PermissionAdded "permission-added" PermissionRemoved Equal Equal "permission key {} added";
    PermissionRemoved "permission-removed" PermissionAdded Equal Equal "permission key {} removed";
    PermissionChanged "permission-changed" PermissionChanged Equal Equal "permission key {} changed";
    OperationAdded "operation-added" OperationRemoved Widens Equal "operation added";
    OperationRemoved "operation-removed" OperationAdded Narrows Equal "operation removed";
    OperationOffered "operation-offered" OperationWithdrawn Widens Equal "operation added to product {}";
    OperationWithdrawn "operation-withdrawn" OperationOffered Narrows Equal "operation no longer in product {}";
    OperationId "operation-id-changed" OperationId Equal Equal "operation id changed";
    Tags "tags-changed" Tags Equal Equal "tags changed";
    Construct "construct-changed" Construct Equal Equal "declared by another construct";
    PathParameterRenamed "path-parameter-renamed" PathParameterRenamed Equal Equal "path parameter {} renamed";
    DeprecatedSet "deprecated" DeprecatedUnset Equal Equal "{} deprecated";
    DeprecatedUnset "undeprecated" DeprecatedSet Equal Equal "{} no longer deprecated";
    AlternativeOffered "security-alternative-added" AlternativeWithdrawn Widens Equal "another way to authenticate: {}";
    AlternativeWithdrawn "security-alternative-removed" AlternativeOffered Narrows Equal "a way to authenticate removed: {}";
    SchemeRequired "security-scheme-added" SchemeDropped Narrows Equal "security scheme {} asked for as well";
    SchemeDropped "security-scheme-removed" SchemeRequired Widens Equal "security scheme {} no longer asked for";
    ScopeRequired "security-scope-added" ScopeDropped Narrows Equal "scope {} asked for as well";
    ScopeDropped "security-scope-removed" ScopeRequired Widens Equal "scope {} no longer asked for";
    BecamePublic "became-public" BecameProtected Widens Equal "operation became public";
    BecameProtected "became-protected" BecamePublic Narrows Equal "operation became protected";
    ParameterAdded "parameter-added" ParameterRemoved Widens Equal "parameter {} added";
    ParameterRemoved "parameter-removed" ParameterAdded Narrows Equal "parameter {} removed";
    Spelling "spelling-changed" Spelling Equal Equal "{} is spelled otherwise";
    ParameterOrder "parameter-order-changed" ParameterOrder Equal Equal "order of {} parameters changed";
    Writing "writing-changed" Writing Incomparable Incomparable "the way {} is written changed";
    Reserved "reserved-characters-changed" Reserved Unknown Unknown "reserved characters in {} changed";
    EmptyAllowed "empty-value-allowed" EmptyRefused Widens Equal "{} may be empty";
    EmptyRefused "empty-value-refused" EmptyAllowed Narrows Equal "{} may no longer be empty";
    BodyAdded "body-added" BodyRemoved Widens Equal "request body added";
    BodyRemoved "body-removed" BodyAdded Narrows Equal "request body removed";
    MediaTypeAdded "media-type-added" MediaTypeRemoved Widens Widens "media type {} added";
    MediaTypeRemoved "media-type-removed" MediaTypeAdded Narrows Narrows "media type {} removed";
    Encoding "encoding-changed" Encoding Unknown Unknown "encoding of parts changed";
    StatusAdded "status-added" StatusRemoved Equal Widens "status {} added";
    StatusRemoved "status-removed" StatusAdded Equal Narrows "status {} removed";
    HeaderAdded "header-added" HeaderRemoved Equal Narrows "header {} added";
    HeaderRemoved "header-removed" HeaderAdded Equal Widens "header {} removed";
    BecameRequired "became-required" BecameOptional Narrows Narrows "{} became required";
    BecameOptional "became-optional" BecameRequired Widens Widens "{} became optional";
    OmissionAllowed "omission-allowed" OmissionRefused Equal Widens "{} may be left out although it is required";
    OmissionRefused "omission-refused" OmissionAllowed Equal Narrows "{} may no longer be left out";
    SchemaStated "schema-stated" SchemaDropped Narrows Narrows "schema of {} stated";
    SchemaDropped "schema-dropped" SchemaStated Widens Widens "schema of {} no longer stated";
    PropertyAdded "property-added" PropertyRemoved Widens Narrows "property {} added";
    PropertyRemoved "property-removed" PropertyAdded Narrows Widens "property {} removed";
    TypeChanged "type-changed" TypeChanged Incomparable Incomparable "type changed";
    FormatChanged "format-changed" FormatChanged Incomparable Incomparable "format changed";
    NullableGained "nullable-gained" NullableLost Widens Widens "null allowed";
    NullableLost "nullable-lost" NullableGained Narrows Narrows "null no longer allowed";
    EnumAdded "enum-value-added" EnumRemoved Widens Widens "enum value added: {}";
    EnumRemoved "enum-value-removed" EnumAdded Narrows Narrows "enum value removed: {}";
    EnumSet "enum-set" EnumUnset Narrows Narrows "values listed: {}";
    EnumUnset "enum-unset" EnumSet Widens Widens "values no longer listed: {}";
    EnumOrder "enum-order-changed" EnumOrder Equal Equal "order of enum values changed";
    BoundTightened "bound-tightened" BoundLoosened Narrows Narrows "{} tightened";
    BoundLoosened "bound-loosened" BoundTightened Widens Widens "{} loosened";
    BoundSet "bound-set" BoundUnset Narrows Narrows "{} set";
    BoundUnset "bound-unset" BoundSet Widens Widens "{} unset";
    BoundChanged "bound-changed" BoundChanged Incomparable Incomparable "{} changed";
    PatternSet "pattern-set" PatternUnset Narrows Narrows "pattern set";
    PatternUnset "pattern-unset" PatternSet Widens Widens "pattern unset";
    PatternChanged "pattern-changed" PatternChanged Unknown Unknown "pattern changed";
    DefaultChanged "default-changed" DefaultChanged Unknown Unknown "default changed";
    ReadOnlySet "read-only-set" ReadOnlyUnset Narrows Equal "became read only";
    ReadOnlyUnset "read-only-unset" ReadOnlySet Widens Equal "no longer read only";
    WriteOnlySet "write-only-set" WriteOnlyUnset Equal Widens "became write only";
    WriteOnlyUnset "write-only-unset" WriteOnlySet Equal Narrows "no longer write only";
    MembersClosed "members-closed" MembersOpened Narrows Narrows "other members no longer allowed";
    MembersOpened "members-opened" MembersClosed Widens Widens "other members allowed";
    MembersTyped "members-typed" MembersUntyped Narrows Narrows "other members got a schema";
    MembersUntyped "members-untyped" MembersTyped Widens Widens "other members may be anything";
    VariantAdded "variant-added" VariantRemoved Widens Widens "alternative added: {}";
    VariantRemoved "variant-removed" VariantAdded Narrows Narrows "alternative removed: {}";
    VariantOrder "variant-order-changed" VariantOrder Equal Equal "order of alternatives changed";
    UnionStated "alternatives-stated" UnionDropped Narrows Narrows "alternatives ({}) stated";
    UnionDropped "alternatives-dropped" UnionStated Widens Widens "alternatives ({}) no longer stated";
    UnionWidened "alternatives-added" UnionNarrowed Widens Widens "alternatives beside it added: {}";
    UnionNarrowed "alternatives-removed" UnionWidened Narrows Narrows "alternatives beside it removed: {}";
    UnionLoosened "one-of-became-any-of" UnionTightened Widens Widens "oneOf became anyOf";
    UnionTightened "any-of-became-one-of" UnionLoosened Narrows Narrows "anyOf became oneOf";
    DiscriminatorChanged "discriminator-changed" DiscriminatorChanged Incomparable Incomparable "discriminator changed";
    MappingAdded "discriminator-value-added" MappingRemoved Widens Widens "discriminator value {} added";
    MappingRemoved "discriminator-value-removed" MappingAdded Narrows Narrows "discriminator value {} removed";
    NotSet "exclusion-set" NotUnset Narrows Narrows "values excluded (not)";
    NotUnset "exclusion-unset" NotSet Widens Widens "values no longer excluded (not)";
    FactChanged "fact-changed" FactChanged Unknown Unknown "{} changed, and nothing is known about it";
    TooLarge "too-large" TooLarge Unknown Unknown "the schemas expand to more than is compared";
    ConstructMoved "construct-moved" ConstructMoved Equal Equal "construct {} moved";
    SchemaRenamed "schema-renamed" SchemaRenamed Equal Equal "schema {} is called otherwise";
    SchemaReplaced "schema-replaced" SchemaReplaced Equal Equal "another schema in place of {}";
    SchemaInlined "schema-inlined" SchemaNamed Equal Equal "schema {} is written where it is used";
    SchemaNamed "schema-named" SchemaInlined Equal Equal "a schema is now called {}";
    CodeChanged "generated-code-changed" CodeChanged Equal Equal "generated {} changed by what others say";
}

impl Kind {
    /// Whether it takes away something that a deprecation may have announced.
    #[must_use]
    pub fn is_removal(self) -> bool {
        matches!(
            self,
            Self::OperationRemoved
                | Self::OperationWithdrawn
                | Self::ParameterRemoved
                | Self::PropertyRemoved
                | Self::HeaderRemoved
        )
    }

    /// The kind with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_taken_back_has_the_mirrored_effects() {
        for kind in Kind::ALL {
            assert_eq!(kind.mirror().mirror(), *kind);
            assert_eq!(kind.mirror().effects(), kind.effects().map(super::Effect::mirror), "{kind}");
        }
    }

    #[test]
    fn each_kind_has_an_id_of_its_own() {
        let ids: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(ids.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| Kind::from_id(kind.id()) == Some(*kind)));
    }
}
