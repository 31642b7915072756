//! Under which programme an entry is filed when the decision itself is about the whole service: whoever signs in is not
//! known yet when the policies are asked.

use crate::access::{Decision, Tried};
use crate::audit::Outcome;
use crate::kernel::ids::{AccountId, ProgrammeId};

use super::{Tx, lock};

impl Tx {
    /// Files the entry of a permitted change under the programme that it turned out to concern, so that its auditors see
    /// it. What belongs to no programme, such as an administrator's sign-in, stays unfiled.
    pub fn file_under(&self, decision: &Decision, programme: Option<ProgrammeId>) {
        self.amend(decision, |draft| draft.programme = programme);
    }

    /// As [`Tx::deny_about`], filed under the programme concerned. The caller hears nothing of either.
    pub fn deny_in(&self, tried: &Tried, outcome: Outcome, account: Option<AccountId>, programme: Option<ProgrammeId>) {
        self.deny_about(tried, outcome, account);
        if let Some(draft) = lock(&self.log).denied.last_mut() {
            draft.programme = programme;
        }
    }
}
