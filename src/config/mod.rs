//! x
/// x
#[derive(Debug, Clone, Default)]
pub struct Clocks {}
