//! Behaviour through the public face.

mod architecture;
mod settings;
