//! Behaviour through the public face.
