//! What part of a list a caller may see. The store turns it into a WHERE clause.

use std::marker::PhantomData;

use crate::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId};

use super::{Decision, PrincipalKind, principal::Principal};

/// How far a list reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every programme (administrators and the service itself).
    Everything,
    /// One programme.
    Programme(ProgrammeId),
    /// What is tied to one family now.
    Family(FamilyId),
    /// What is tied to one mentor now.
    Mentor(MentorId),
    /// What is one account's own.
    Account(AccountId),
    /// Nothing at all.
    Nothing,
}

/// The right to list, for the action `A`. Only a decision makes one.
#[derive(Debug, Clone)]
pub struct Scope<A> {
    reach: Reach,
    decision: Decision,
    action: PhantomData<A>,
}

impl<A> Scope<A> {
    pub(super) fn new(principal: &Principal, decision: Decision) -> Self {
        Self { reach: reach(principal), decision, action: PhantomData }
    }

    /// How far it reaches.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// What decided it.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

fn reach(principal: &Principal) -> Reach {
    match principal.kind {
        PrincipalKind::Administrator | PrincipalKind::SystemJob => Reach::Everything,
        PrincipalKind::Coordinator | PrincipalKind::SafeguardingLead | PrincipalKind::Auditor => {
            principal.programme.map_or(Reach::Nothing, Reach::Programme)
        }
        PrincipalKind::FamilyMember => principal.family.map_or(Reach::Nothing, Reach::Family),
        PrincipalKind::Mentor => principal.mentor.map_or(Reach::Nothing, Reach::Mentor),
        PrincipalKind::Anonymous => Reach::Nothing,
    }
}
