//! The place of what has not been said yet.

/// Stands in the type of a builder for a required member that is not set; it cannot be built then.
///
/// ```compile_fail
/// # use meshery_types::wire::Missing;
/// struct NameBuilder<Name = Missing>(Name);
/// impl NameBuilder<String> {
///     fn build(self) -> String { self.0 }
/// }
/// NameBuilder(Missing).build(); // no method named `build` found for `NameBuilder`
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Missing;
