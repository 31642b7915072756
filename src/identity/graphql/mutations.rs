//! Changes.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use secrecy::SecretString;

use super::factors::SignInPayload;
use super::passkeys::NewPasskeyInput;
use super::types::{Account, Invitation, InvitationCode, Programme, Role, Session};
use crate::graphql::{fault, target};
use crate::identity::{self, Identity, NewProgramme, ProgrammeSettings, StaffInvitation};
use crate::kernel::ids::{AccountId, InvitationId, ProgrammeId, RoleId};
use crate::kernel::{Code, Problem};
use crate::op::Op;
use crate::payload;

/// An invitation code, and the passphrase that the person chose or, for a family, the passkey that their device made: one
/// of the two.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// The code as it was told: any case, with or without dashes.
    code: String,
    /// 12 to 128 characters of any kind, spaces too; four or five words that belong together only for you are best.
    #[graphql(secret)]
    passphrase: Option<String>,
    /// A passkey made after `beginInvitation`, instead of a passphrase. Families only.
    passkey: Option<NewPasskeyInput>,
}

/// Name and passphrase.
#[derive(InputObject)]
pub struct SignInInput {
    /// The name that was shown when the invitation was accepted.
    sign_in_name: String,
    /// The passphrase.
    #[graphql(secret)]
    passphrase: String,
    /// The `deviceKey` of the last sign-in on this device, if there was one.
    #[graphql(secret)]
    device_key: Option<String>,
}

/// A refresh token.
#[derive(InputObject)]
pub struct RefreshTokensInput {
    /// The token of the last sign-in or refresh.
    #[graphql(secret)]
    refresh_token: String,
    /// 22 to 128 random characters, made anew for each exchange and kept until its answer has come. If the answer is lost,
    /// the same token with the same key gets new tokens, within a minute; without a key a second use ends the sign-in.
    #[graphql(secret)]
    retry_key: Option<String>,
}

/// Which role to act in.
#[derive(InputObject)]
pub struct SwitchRoleInput {
    /// One of your own roles.
    role_id: ID,
}

/// The present and the new passphrase.
#[derive(InputObject)]
pub struct ChangePassphraseInput {
    /// The one in use; left out by who has none yet.
    #[graphql(secret)]
    present_passphrase: Option<String>,
    /// The one to be used from now on: 12 to 128 characters of any kind, spaces too.
    #[graphql(secret)]
    new_passphrase: String,
}

/// A programme to be made.
#[derive(InputObject)]
pub struct CreateProgrammeInput {
    /// 2 to 120 characters.
    name: String,
    /// An IANA zone, for example `America/Chicago`.
    zone: String,
}

/// What a programme decides for itself.
#[derive(InputObject)]
pub struct SetProgrammeSettingsInput {
    /// Which programme.
    id: ID,
    /// Whether a mentor is never proposed to a family of the same town.
    keep_towns_apart: bool,
}

/// A member of staff to be invited.
#[derive(InputObject)]
pub struct InviteStaffInput {
    /// The programme they will work in.
    programme_id: ID,
    /// Coordinator, safeguarding lead or auditor.
    role: Role,
    /// 1 to 60 characters.
    first_name: String,
}

/// A staff role for somebody who has an account.
#[derive(InputObject)]
pub struct GrantRoleInput {
    /// Whose.
    account_id: ID,
    /// Where; left out for an administrator, who acts in no programme.
    programme_id: Option<ID>,
    /// A role of staff.
    role: Role,
}

/// Which role.
#[derive(InputObject)]
pub struct RevokeRoleInput {
    /// A role that somebody else holds.
    role_id: ID,
}

/// Which invitation.
#[derive(InputObject)]
pub struct RevokeInvitationInput {
    /// The invitation.
    id: ID,
}

/// Which account.
#[derive(InputObject)]
pub struct AccountInput {
    /// The account.
    id: ID,
}

payload! {
    /// Who signed in.
    pub SessionPayload { /// The tokens.
        session: Session }
    /// Whether it was done.
    pub DonePayload { /// True when it was done.
        done: bool }
    /// The programme.
    pub ProgrammePayload { /// The programme.
        programme: Programme }
    /// The invitation and its code.
    pub InvitePayload { /// The invitation with its code, shown this once.
        invitation: InvitationCode }
    /// The invitation.
    pub InvitationPayload { /// The invitation.
        invitation: Invitation }
    /// The account.
    pub AccountPayload { /// The account.
        account: Account }
}

fn identity<'a>(ctx: &Context<'a>) -> Result<&'a Identity> {
    Ok(ctx.data::<Arc<Identity>>()?.as_ref())
}

/// Tells the browser of somebody who has signed out to drop what it kept of this origin, on a machine that others may use.
fn forget(ctx: &Context<'_>, done: &crate::kernel::Result<bool>) {
    if done.is_ok() {
        ctx.insert_http_header("clear-site-data", "\"cache\", \"storage\"");
    }
}

/// Signing in, inviting, and keeping accounts.
#[derive(Debug, Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Turns an invitation code into an account with a passphrase or, for a family, a passkey, and signs it in.
    async fn accept_invitation(&self, ctx: &Context<'_>, input: AcceptInvitationInput) -> Result<SessionPayload> {
        let (op, identity, code) = (ctx.data::<Op>()?, identity(ctx)?, &input.code);
        let outcome = match (input.passphrase, input.passkey) {
            (Some(passphrase), None) => identity.accept_invitation(op, code, passphrase.into()).await,
            (None, Some(passkey)) => identity.accept_with_passkey(op, code, passkey.into()).await,
            _ => Err(Problem::at(Code::Required, "input", "Choose a passphrase or a passkey.").into()),
        };
        SessionPayload::from_result(outcome)
    }

    /// Signs in, or asks for a second factor. A wrong name and a wrong passphrase get the same answer.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload> {
        let passphrase = SecretString::from(input.passphrase);
        let op = ctx.data::<Op>()?;
        let device_key = input.device_key.map(SecretString::from);
        let outcome = identity(ctx)?.sign_in(op, &input.sign_in_name, passphrase, device_key.as_ref()).await;
        SignInPayload::from_result(outcome)
    }

    /// Exchanges a refresh token for new tokens. Each token is good once; using one twice ends the sign-in. Ask once at a
    /// time.
    async fn refresh_tokens(&self, ctx: &Context<'_>, input: RefreshTokensInput) -> Result<SessionPayload> {
        let token = SecretString::from(input.refresh_token);
        let retry_key = input.retry_key.map(SecretString::from);
        SessionPayload::from_result(identity(ctx)?.refresh(ctx.data::<Op>()?, &token, retry_key.as_ref()).await)
    }

    /// Ends this sign-in. A browser is told to forget what it kept of this origin.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<DonePayload> {
        let done = identity::sign_out(ctx.data::<Op>()?).await.map(|()| true);
        forget(ctx, &done);
        DonePayload::from_result(done)
    }

    /// Ends all your sign-ins, this one included. A browser is told to forget what it kept of this origin.
    async fn sign_out_everywhere(&self, ctx: &Context<'_>) -> Result<DonePayload> {
        let done = identity::sign_out_everywhere(ctx.data::<Op>()?).await.map(|()| true);
        forget(ctx, &done);
        DonePayload::from_result(done)
    }

    /// Goes on in another of your roles, for example in another programme.
    async fn switch_role(&self, ctx: &Context<'_>, input: SwitchRoleInput) -> Result<SessionPayload> {
        let op = ctx.data::<Op>()?;
        let outcome = match target::<RoleId>(&input.role_id, "input.roleId") {
            Ok(role) => identity(ctx)?.switch_role(op, role).await,
            Err(error) => Err(error),
        };
        SessionPayload::from_result(outcome)
    }

    /// Changes your passphrase, or adds one if you have none, and ends all your other sign-ins. Asks for a fresh proof.
    async fn change_passphrase(&self, ctx: &Context<'_>, input: ChangePassphraseInput) -> Result<SessionPayload> {
        let (present, new) = (input.present_passphrase.map(SecretString::from), input.new_passphrase.into());
        SessionPayload::from_result(identity(ctx)?.change_passphrase(ctx.data::<Op>()?, present, new).await)
    }

    /// Makes a programme. Administrators only.
    async fn create_programme(&self, ctx: &Context<'_>, input: CreateProgrammeInput) -> Result<ProgrammePayload> {
        let new = NewProgramme { name: input.name, zone: input.zone };
        ProgrammePayload::from_result(identity::create_programme(ctx.data::<Op>()?, new).await)
    }

    /// Changes a programme's settings. Administrators only.
    async fn set_programme_settings(
        &self,
        ctx: &Context<'_>,
        input: SetProgrammeSettingsInput,
    ) -> Result<ProgrammePayload> {
        let id = target::<ProgrammeId>(&input.id, "input.id").map_err(fault)?;
        let settings = ProgrammeSettings { keep_towns_apart: input.keep_towns_apart };
        ProgrammePayload::from_result(identity::set_programme_settings(ctx.data::<Op>()?, id, settings).await)
    }

    /// Invites a member of staff. Administrators only.
    async fn invite_staff(&self, ctx: &Context<'_>, input: InviteStaffInput) -> Result<InvitePayload> {
        let outcome = match target::<ProgrammeId>(&input.programme_id, "input.programmeId") {
            Ok(programme) => {
                let staff = StaffInvitation { programme, role: input.role.into(), first_name: input.first_name };
                identity::invite_staff(ctx.data::<Op>()?, staff).await
            }
            Err(error) => Err(error),
        };
        InvitePayload::from_result(outcome)
    }

    /// Gives somebody who has an account a staff role in a further programme, or makes them an administrator.
    /// Administrators only; asks for a fresh proof.
    async fn grant_role(&self, ctx: &Context<'_>, input: GrantRoleInput) -> Result<AccountPayload> {
        let programme =
            input.programme_id.as_ref().map(|id| target::<ProgrammeId>(id, "input.programmeId")).transpose();
        let outcome = match (target::<AccountId>(&input.account_id, "input.accountId"), programme) {
            (Ok(account), Ok(programme)) => {
                identity::grant_role(ctx.data::<Op>()?, account, programme, input.role.into()).await
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        AccountPayload::from_result(outcome)
    }

    /// Takes a role away: whoever acts in it is out at once. Administrators only; asks for a fresh proof.
    async fn revoke_role(&self, ctx: &Context<'_>, input: RevokeRoleInput) -> Result<AccountPayload> {
        let outcome = match target::<RoleId>(&input.role_id, "input.roleId") {
            Ok(id) => identity::revoke_role(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        AccountPayload::from_result(outcome)
    }

    /// Takes an unused invitation back.
    async fn revoke_invitation(&self, ctx: &Context<'_>, input: RevokeInvitationInput) -> Result<InvitationPayload> {
        let outcome = match target::<InvitationId>(&input.id, "input.id") {
            Ok(id) => identity::revoke_invitation(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        InvitationPayload::from_result(outcome)
    }

    /// Shuts an account out at once: sessions end, sockets close.
    async fn suspend_account(&self, ctx: &Context<'_>, input: AccountInput) -> Result<AccountPayload> {
        let outcome = match target::<AccountId>(&input.id, "input.id") {
            Ok(id) => identity::suspend_account(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        AccountPayload::from_result(outcome)
    }

    /// Lets a suspended account in again.
    async fn reinstate_account(&self, ctx: &Context<'_>, input: AccountInput) -> Result<AccountPayload> {
        let outcome = match target::<AccountId>(&input.id, "input.id") {
            Ok(id) => identity::reinstate_account(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        AccountPayload::from_result(outcome)
    }

    /// Closes an account for good.
    async fn close_account(&self, ctx: &Context<'_>, input: AccountInput) -> Result<AccountPayload> {
        let outcome = match target::<AccountId>(&input.id, "input.id") {
            Ok(id) => identity::close_account(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        AccountPayload::from_result(outcome)
    }
}
