//! Why a confidential part of a record that the caller may see is kept from them.

use super::Op;
use crate::access::ActionTag;
use crate::kernel::RedactionReason;

impl Op {
    /// What the caller is told who may not do `A`, which shows the part. It says nothing about the record.
    pub(super) fn why_redacted<A: ActionTag>(&self) -> RedactionReason {
        let for_others = self.core.policy.is_for_their_role(self.principal(), A::ACTION);
        if for_others { RedactionReason::NotGivenToYou } else { RedactionReason::NotYourRole }
    }
}
