//! From a request to the arguments of a handler.
//!
//! The head is checked first (`Accept`, `Content-Type`), then the body is read up to its limit, then
//! parameters and body are decoded together, so that one answer names every violation. A body that is
//! bytes and nothing else has nothing to be checked: the handler reads it while it arrives.

mod accept;
mod arrival;
mod body;
mod decode;
mod held;
mod media;
mod multipart;
mod object;
mod params;

pub(crate) use accept::Accept;
pub(crate) use arrival::Arrival;
pub(crate) use body::{BodyInput, Incoming, read};
pub(crate) use decode::{Decoder, Input};
pub use multipart::FilePart;
pub(crate) use multipart::Parts;
pub(crate) use object::Scalar;
