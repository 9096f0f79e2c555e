//! The table of diagnostic codes: every code once, with its severity and meaning.

use super::Severity;
use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $severity:ident;)+) => {
        /// The kind of a finding. Codes are stable: one that is retired is not given out again.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code as it is printed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// How much it matters.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    // load: M01xx
    /// The source cannot be read.
    SourceUnreadable = "M0101", Error;
    /// The archive is damaged, hostile or not an archive.
    BadArchive = "M0102", Error;
    /// The document is not YAML.
    NotYaml = "M0103", Error;
    /// The document is not an OpenAPI 3.0 document.
    NotOpenApi = "M0104", Error;
    /// `sources.toml` is not what it should be.
    BadSources = "M0105", Error;
    /// The source holds no construct at all.
    NoConstructs = "M0106", Error;
    /// A file in the folder of a construct has operations, and is not the one that is read.
    MisnamedDocument = "M0107", Warning;

    // bundle: M02xx
    /// A reference leads nowhere.
    UnresolvedReference = "M0201", Error;
    /// A chain of references comes back to itself without ever reaching a schema.
    ReferenceCycle = "M0202", Error;
    /// Two documents define the same path and method.
    DuplicateOperation = "M0203", Error;
    /// An operation does not say which products it belongs to.
    MissingInternal = "M0204", Error;
    /// An operation names a product that `sources.toml` does not know.
    UnknownProduct = "M0205", Error;
    /// A document has no title to prefix its components with.
    MissingTitle = "M0206", Error;
    /// The dereferenced form of the documents is larger than makes sense.
    BundleTooLarge = "M0207", Error;

    // overlay: M03xx
    /// The overlay is not a document of the OpenAPI Overlay Specification 1.0.
    BadOverlay = "M0301", Error;
    /// An overlay action matches nothing.
    StaleOverlay = "M0302", Error;
    /// An overlay action, verified for older releases only, matches nothing in this one.
    UnverifiedOverlay = "M0303", Warning;

    // contract: M04xx
    /// A keyword that the contract cannot hold.
    UnsupportedKeyword = "M0401", Error;
    /// A schema is not an object or its keyword has a value of the wrong kind.
    BadSchema = "M0402", Error;
    /// Two components have the same name in the contract.
    DuplicateComponent = "M0403", Error;
    /// An operation without `operationId`: one is derived from method and path.
    MissingOperationId = "M0404", Warning;
    /// A default that its own schema does not allow is left out.
    BadDefault = "M0405", Warning;
    /// Something that is not a schema stands where a schema should: any value is allowed.
    NotASchema = "M0406", Warning;
    /// A closed schema is composed with others that add members: the whole is closed instead.
    ClosedComposition = "M0407", Warning;
    /// The contract does not match its lock.
    LockMismatch = "M0409", Error;
    /// The lock is not what it should be.
    BadLock = "M0410", Error;
    /// The contract is not an OpenAPI 3.0.3 document of ours.
    BadContract = "M0411", Error;
    /// A keyword that neither OpenAPI nor JSON Schema knows: it is left out.
    UnknownKeyword = "M0412", Warning;
    /// An operation that belongs to no product is left out.
    NoProduct = "M0413", Warning;
    /// An enumeration and the type beside it do not agree.
    BadEnum = "M0414", Warning;
    /// The table of permission keys is not what `sources.toml` says of it.
    BadPermissions = "M0415", Error;
    /// A row of the table of permission keys that is no key, or one that is there already.
    OddPermission = "M0416", Warning;
    /// A class of statuses that is not written in capitals: it is taken as if it were.
    OddStatus = "M0417", Warning;

    // lower and passes: M05xx
    /// A schema outside of what can be expressed in Rust.
    UnsupportedSchema = "M0501", Error;
    /// A media type or encoding outside of what can be generated.
    UnsupportedMedia = "M0502", Error;
    /// A parameter or header outside of what can be generated: its name, its style or its value.
    UnsupportedParameter = "M0503", Error;
    /// Two operations have the same id once it is a Rust name.
    DuplicateOperationId = "M0504", Error;
    /// Two routes match the same requests.
    CollidingRoutes = "M0505", Error;
    /// A path template and its parameters do not agree.
    BadPath = "M0506", Error;
    /// Two things need the same Rust name.
    NameCollision = "M0507", Error;
    /// A type contains itself with nothing between that could end it.
    InfiniteType = "M0508", Error;
    /// The variants of a union cannot be told apart.
    AmbiguousUnion = "M0509", Warning;
    /// A pattern that is not a regular expression with linear-time matching.
    BadPattern = "M0510", Error;
    /// The members of an `allOf` contradict each other.
    ConflictingAllOf = "M0511", Error;
    /// A security requirement that no hook can express.
    BadSecurity = "M0512", Error;
    /// A security alternative that asks for nothing is left out.
    OptionalSecurity = "M0513", Warning;
    /// A response outside of what can be generated.
    UnsupportedResponse = "M0514", Error;
    /// An operation that is not what the contract should say.
    BadOperation = "M0515", Error;
    /// An operation has parameters for pages, but what it gives is not read as a list in pages.
    UnpagedList = "M0516", Warning;

    // emit and write: M06xx
    /// Generated code does not parse: a fault of the generator.
    BadEmission = "M0601", Error;
    /// A file cannot be written.
    Unwritable = "M0602", Error;
    /// Generated code is not what the contract asks for.
    Stale = "M0603", Error;
    /// A file has no place for the part of it that is generated.
    NoRegion = "M0604", Error;

    // fold: M07xx
    /// Two bundles state the same operation differently.
    BundlesDisagree = "M0701", Error;
    /// A document without references is nested so deep that it may contain itself.
    NestedTooDeep = "M0702", Error;
    /// A bundle cannot be read, is damaged or larger than makes sense, or is something else.
    BadBundle = "M0703", Error;
    /// It cannot be told which product a bundle is of.
    UnknownBundle = "M0704", Error;
    /// A discriminator names a component that the document does not have: the mapping is left out.
    LostMapping = "M0705", Warning;
    /// A schema contains itself, and the document has it expanded and then cut off.
    CutRecursion = "M0706", Warning;

    // npm and trust: M08xx
    /// The package is not the one that `sources.toml` names, or not laid out as it says.
    BadPackage = "M0801", Error;
    /// A file of the package is not the JavaScript of a single literal.
    NotALiteral = "M0802", Error;
    /// The source is not the one that was locked for its release.
    SourceChanged = "M0803", Error;

    // lint: M09xx
    /// A member that OpenAPI 3.0 does not have there.
    UnknownMember = "M0901", Error;
    /// A member with a value of the wrong kind.
    WrongValue = "M0902", Error;
    /// A member that OpenAPI 3.0 asks for is missing.
    MissingMember = "M0903", Error;
    /// A keyword of another version of JSON Schema.
    ForeignKeyword = "M0904", Warning;
    /// Members beside a `$ref`, which OpenAPI 3.0 ignores and upstream merges.
    ReferenceSiblings = "M0905", Warning;
    /// An operation relies on the security of its document, which upstream's merge drops.
    LostSecurity = "M0906", Warning;
    /// Nothing says who may call an operation.
    UnstatedSecurity = "M0907", Warning;
    /// A path template and the path parameters of an operation do not agree.
    PathParameters = "M0908", Error;
    /// One name is spelled in several ways.
    DoubleSpelling = "M0909", Warning;
    /// A required member that the Go server leaves out when it is zero.
    RequiredOmitted = "M0910", Warning;
    /// A required member that no schema describes.
    RequiredUnknown = "M0911", Warning;
    /// Several statuses of success.
    SeveralSuccesses = "M0912", Warning;
    /// No status of success.
    NoSuccess = "M0913", Warning;
    /// A body where HTTP has none.
    ForbiddenBody = "M0914", Warning;
    /// A body that is not described.
    UndescribedBody = "M0915", Warning;
    /// An operation without a tag.
    MissingTag = "M0916", Warning;
    /// An enumeration of objects or arrays.
    EnumOfObjects = "M0917", Warning;
    /// A value that is listed twice where each must be there once.
    RepeatedValue = "M0918", Warning;
    /// An alternative of `oneOf` whose every value another matches as well: none is valid.
    ImpossibleAlternative = "M0919", Error;
    /// A component that no operation reaches.
    UnreachedComponent = "M0920", Warning;
    /// A reference into a deprecated construct.
    DeprecatedReference = "M0921", Warning;
    /// A reference into a construct that is left out.
    ExcludedReference = "M0922", Warning;
    /// A reference to a version of a construct that has a newer one.
    OldReference = "M0923", Warning;
    /// A document that names another release than the one it is published in.
    OtherRelease = "M0924", Warning;
    /// An overlay action that repairs nothing that is found.
    NeedlessRepair = "M0925", Warning;
    /// A value that readers of YAML 1.1 take for something else than those of YAML 1.2.
    AmbiguousScalar = "M0926", Warning;

    // documents of others: M10xx
    /// A body that nobody here can write or read: it is carried as bytes, as it is.
    OpaqueMedia = "M1001", Warning;
    /// A part of a document that nothing is generated for.
    LeftOut = "M1002", Warning;
    /// A pattern that cannot be matched in linear time, or is none: values are not checked against it.
    UncheckedPattern = "M1003", Warning;
    /// A path template and its parameters do not agree: one that is not declared is a text, one that
    /// is not in the path is left out.
    MendedPath = "M1004", Warning;
    /// A parameter that is one of several scalars: it is a text, and not checked.
    LooseParameter = "M1005", Warning;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_and_in_order() {
        let printed: Vec<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        let mut sorted = printed.clone();
        sorted.sort_unstable();
        assert_eq!(printed, sorted);
        assert_eq!(printed.iter().collect::<BTreeSet<_>>().len(), printed.len());
    }
}
