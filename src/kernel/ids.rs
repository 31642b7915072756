//! Typed ids. Inside, a UUIDv7; outside, an opaque text with a prefix that names the kind, so that an id of the wrong
//! kind is refused at the edge and never reaches a query.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// What all typed ids have in common.
pub trait TypedId: Copy + From<Uuid> + Into<Uuid> {
    /// The prefix of the global form, for example `fam`.
    const PREFIX: &'static str;

    /// The opaque text that leaves the service, for example `fam_AZq…`.
    #[must_use]
    fn to_global(self) -> String {
        let uuid: Uuid = self.into();
        format!("{}_{}", Self::PREFIX, URL_SAFE_NO_PAD.encode(uuid.as_bytes()))
    }

    /// Reads a global id back. `None` when it is of another kind or no id at all; a caller answers "not found" then,
    /// as for an id that nobody has.
    #[must_use]
    fn from_global(text: &str) -> Option<Self> {
        let (prefix, rest) = text.split_once('_')?;
        if prefix != Self::PREFIX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(rest).ok()?;
        Some(Self::from(Uuid::from_slice(&bytes).ok()?))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
            #[serde(transparent)]
            pub struct $name(Uuid);

            impl $name {
                /// The bare UUID, for the store.
                #[must_use]
                pub const fn uuid(self) -> Uuid {
                    self.0
                }
            }

            impl From<Uuid> for $name {
                fn from(uuid: Uuid) -> Self {
                    Self(uuid)
                }
            }

            impl From<$name> for Uuid {
                fn from(id: $name) -> Self {
                    id.0
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&self.to_global())
                }
            }

            impl TypedId for $name {
                const PREFIX: &'static str = $prefix;
            }
        )+

        /// Every prefix in use, for the test that keeps them apart.
        pub const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

ids! {
    /// A programme: one organisation's peer-support service.
    ProgrammeId = "prg";
    /// A person's account.
    AccountId = "acc";
    /// A role held by an account, in one programme or (administrators) in all.
    RoleId = "rol";
    /// An invitation.
    InvitationId = "inv";
    /// A signed-in session of an account (not a meeting: that is `MeetingId`).
    SignInId = "sgn";
    /// A security alert.
    AlertId = "alr";
    /// A refresh token's row.
    RefreshId = "rfr";
    /// A second factor: an authenticator or a passkey.
    FactorId = "fct";
    /// A recovery code's row.
    RecoveryId = "rcv";
    /// A challenge that waits for its answer.
    ChallengeId = "chl";
    /// A reset of somebody who lost what they sign in with.
    FactorResetId = "frs";
    /// A sign-in that is under way at the identity provider.
    ProviderSignInId = "pvs";
    /// That an account belongs to somebody whom the identity provider knows.
    ProviderLinkId = "pvl";
    /// A family.
    FamilyId = "fam";
    /// A member of a family.
    MemberId = "mem";
    /// A mark on an alleged abuser of a family.
    MarkId = "mrk";
    /// That a mark was lifted.
    LiftId = "lft";
    /// That rights of a caregiver were taken away by staff.
    RestrictionId = "rst";
    /// A mentor.
    MentorId = "men";
    /// A piece of evidence for a mentor's readiness.
    EvidenceId = "evi";
    /// A support request.
    RequestId = "req";
    /// A proposal.
    ProposalId = "prp";
    /// A match.
    MatchId = "mat";
    /// A weekly rule or an exception of somebody's availability.
    AvailabilityId = "avl";
    /// A scheduled session between mentor and family.
    MeetingId = "ses";
    /// A conversation.
    ConversationId = "cnv";
    /// A message.
    MessageId = "msg";
    /// A kept version of a message.
    VersionId = "ver";
    /// A verdict on a message.
    VerdictId = "vdt";
    /// A moderation case.
    CaseId = "cas";
    /// A note on a moderation case.
    NoteId = "not";
    /// An opening of a family by break-glass.
    BreakGlassId = "brk";
    /// A release of information.
    ReleaseId = "rls";
    /// That something was told under a release.
    DisclosureId = "dsc";
    /// A line of a family's ledger.
    LedgerEntryId = "led";
    /// An audit entry.
    AuditId = "aud";
    /// Something that the audit log names without saying of what kind it is.
    ReferenceId = "ref";
    /// A background job.
    JobId = "job";
    /// An event in the outbox.
    EventId = "evt";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_global_id_round_trips_and_keeps_its_kind() {
        let id = FamilyId::from(Uuid::from_u128(7));
        assert_eq!(FamilyId::from_global(&id.to_global()), Some(id));
        assert_eq!(MentorId::from_global(&id.to_global()), None);
        for junk in ["", "fam", "fam_", "fam_!!", "fam_AAAA", "_"] {
            assert_eq!(FamilyId::from_global(junk), None, "{junk}");
        }
    }

    #[test]
    fn no_two_kinds_share_a_prefix() {
        assert_eq!(PREFIXES.iter().collect::<BTreeSet<_>>().len(), PREFIXES.len());
    }
}
