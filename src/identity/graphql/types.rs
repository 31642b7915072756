//! The API types of identity.

use async_graphql::{Enum, ID, SimpleObject};
use secrecy::ExposeSecret as _;

use super::resets::PendingReset;
use crate::graphql::scalars::DateTime;
use crate::identity::{self, AccountState, HeldRole, Invited, SignedIn};
use crate::kernel::ids::TypedId as _;

/// What somebody may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::Role")]
pub enum Role {
    /// Keeps programmes, accounts and settings; sees no content.
    Administrator,
    /// Staff of a programme: triage, proposals, moderation.
    Coordinator,
    /// Staff of a programme who answer for concerns and escalations.
    SafeguardingLead,
    /// Reads and verifies the audit log; sees no content.
    Auditor,
    /// A trained volunteer with lived experience.
    Mentor,
    /// A caregiver of a family.
    FamilyMember,
}

/// The state of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "AccountState", name = "AccountState")]
pub enum AccountStateKind {
    /// Made for an invitation that nobody has used yet.
    Invited,
    /// In use.
    Active,
    /// Shut out until somebody lifts it.
    Suspended,
    /// Gone for good.
    Closed,
}

/// A role that an account holds.
#[derive(Debug, SimpleObject)]
pub struct RoleHeld {
    /// Its id, for switching.
    id: ID,
    /// What they may be.
    role: Role,
    /// In which programme; none for an administrator.
    programme_id: Option<ID>,
    /// The family of a caregiver.
    family_id: Option<ID>,
    /// The record of a mentor.
    mentor_id: Option<ID>,
}

impl From<HeldRole> for RoleHeld {
    fn from(held: HeldRole) -> Self {
        Self {
            id: ID(held.id.to_global()),
            role: held.role.into(),
            programme_id: held.programme.map(|id| ID(id.to_global())),
            family_id: held.family.map(|id| ID(id.to_global())),
            mentor_id: held.mentor.map(|id| ID(id.to_global())),
        }
    }
}

/// An account.
#[derive(Debug, SimpleObject)]
pub struct Account {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// The name that is typed at sign-in.
    sign_in_name: String,
    /// Its state.
    state: AccountStateKind,
    /// When it was made.
    created_at: DateTime,
    /// The roles that it holds now, oldest first.
    roles: Vec<RoleHeld>,
}

impl From<identity::Account> for Account {
    fn from(account: identity::Account) -> Self {
        Self {
            id: ID(account.id.to_global()),
            sign_in_name: account.sign_in_name,
            state: account.state.into(),
            created_at: account.created_at.into(),
            roles: account.roles.into_iter().map(RoleHeld::from).collect(),
        }
    }
}

/// The caller about themself.
#[derive(Debug, SimpleObject)]
pub struct Viewer {
    /// Their account.
    account: Account,
    /// Their first name.
    first_name: String,
    /// The role they act in now.
    acting: RoleHeld,
    /// A reset of their account that is under way: if they did not ask for it, they should stop it.
    pending_reset: Option<PendingReset>,
}

impl From<identity::Viewer> for Viewer {
    fn from(viewer: identity::Viewer) -> Self {
        Self {
            account: viewer.account.into(),
            first_name: viewer.first_name,
            acting: viewer.acting.into(),
            pending_reset: viewer.pending_reset.map(PendingReset::from),
        }
    }
}

/// A programme: one organisation's peer-support service.
#[derive(Debug, SimpleObject)]
pub struct Programme {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Its name.
    name: String,
    /// The IANA zone that its staff work in.
    zone: String,
    /// Whether a mentor is never proposed to a family of the same town.
    keep_towns_apart: bool,
    /// When it was made.
    created_at: DateTime,
}

impl From<identity::Programme> for Programme {
    fn from(programme: identity::Programme) -> Self {
        Self {
            id: ID(programme.id.to_global()),
            name: programme.name,
            zone: programme.zone,
            keep_towns_apart: programme.settings.keep_towns_apart,
            created_at: programme.created_at.into(),
        }
    }
}

/// An open invitation.
#[derive(Debug, SimpleObject)]
pub struct Invitation {
    /// Its id.
    id: ID,
    /// The account that it opens.
    account_id: ID,
    /// The role that comes with it.
    role: Role,
    /// When it was made.
    created_at: DateTime,
    /// Until when it can be used.
    expires_at: DateTime,
    /// Whether it was taken back.
    revoked: bool,
}

impl From<identity::Invitation> for Invitation {
    fn from(invitation: identity::Invitation) -> Self {
        Self {
            id: ID(invitation.id.to_global()),
            account_id: ID(invitation.account.to_global()),
            role: invitation.role.into(),
            created_at: invitation.created_at.into(),
            expires_at: invitation.expires_at.into(),
            revoked: invitation.revoked,
        }
    }
}

/// An invitation that was just made, with its code. The code is shown this once: tell it by phone.
#[derive(Debug, SimpleObject)]
pub struct InvitationCode {
    /// The invitation.
    invitation_id: ID,
    /// The account that it opens.
    account_id: ID,
    /// The code, in four groups of four.
    code: String,
    /// Until when it can be used.
    expires_at: DateTime,
}

impl From<Invited> for InvitationCode {
    fn from(invited: Invited) -> Self {
        Self {
            invitation_id: ID(invited.invitation.to_global()),
            account_id: ID(invited.account.to_global()),
            code: invited.code,
            expires_at: invited.expires_at.into(),
        }
    }
}

/// What somebody gets who signed in.
#[derive(SimpleObject)]
#[graphql(name = "SignedInSession")]
pub struct Session {
    /// The name that is typed at sign-in. Write it down with the passphrase: there is no e-mail to recover it.
    sign_in_name: String,
    /// The access token: `Authorization: Bearer …`.
    access_token: String,
    /// When the access token ends: ten minutes after it was made.
    expires_at: DateTime,
    /// The refresh token, good once, for `refreshTokens`.
    refresh_token: String,
    /// Keep it on this device and send it with the next `signIn`: while somebody tries many passphrases with your name, it
    /// keeps the way in open for this device. It signs nobody in. Null where no passphrase or code was shown.
    device_key: Option<String>,
    /// The role that the tokens are for.
    acting: RoleHeld,
    /// All roles that can be switched to.
    roles: Vec<RoleHeld>,
}

impl From<SignedIn> for Session {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            sign_in_name: signed_in.sign_in_name,
            access_token: signed_in.access_token.expose_secret().to_owned(),
            expires_at: signed_in.expires_at.into(),
            refresh_token: signed_in.refresh_token.expose_secret().to_owned(),
            device_key: signed_in.device_key.map(|key| key.expose_secret().to_owned()),
            acting: signed_in.role.into(),
            roles: signed_in.roles.into_iter().map(RoleHeld::from).collect(),
        }
    }
}
