//! The `kinward` program.

fn main() {}
