//! Providers: implementations of the traits of `meshery-server`.

#[cfg(feature = "local")]
pub mod local;
