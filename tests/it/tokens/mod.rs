//! What a token is, and everything that is none.

mod attacks;
mod forge;
mod rotation;
