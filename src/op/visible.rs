//! Reading a confidential part of a record that the caller may see.

use std::future::Future;

use super::{Op, Tx};
use crate::access::PrincipalKind;
use crate::kernel::{Error, RedactionReason, Result, Visible};

impl Op {
    /// Reads a part of a record that not everybody sees who sees the record. Who may see the record and not this gets the
    /// reason instead, and the try is recorded; who may not even know of the record hears what they would hear of none.
    pub async fn read_part<T, F, Fut>(&self, work: F) -> Result<Visible<T>>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        match self.read(work).await {
            Ok(value) => Ok(Visible::Shown(value)),
            Err(Error::Forbidden) => Ok(Visible::Redacted(self.why_redacted())),
            Err(other) => Err(other),
        }
    }

    /// Caregivers hold their rights one by one; everybody else's hang on their role alone.
    fn why_redacted(&self) -> RedactionReason {
        match self.principal().kind {
            PrincipalKind::FamilyMember => RedactionReason::NotGivenToYou,
            _ => RedactionReason::NotYourRole,
        }
    }
}
