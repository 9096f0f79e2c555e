//! Providers: implementations of the traits of `meshery-server`.

pub mod local;
