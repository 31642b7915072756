//! The queries of scheduling. Data comes out only for a permit, a scope or the decision behind one.

pub(super) mod availability;
pub(super) mod opened;
pub(super) mod outcomes;
pub(super) mod sessions;
