//! Reports as people and programs want them.

mod json;
mod text;
