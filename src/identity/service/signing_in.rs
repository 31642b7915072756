//! Signing in and staying so.

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::access::{Decision, Principal, PrincipalKind, Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::invitation::MAX_LIFETIME;
use crate::identity::secrets::{Passphrases, digest_of, new_token};
use crate::identity::store::{self, Credential, HeldRole, RefreshRow, SignInRow};
use crate::identity::throttle::Throttle;
use crate::identity::tokens::Tokens;
use crate::identity::{AccountState, InvitationCode, Role, check_passphrase};
use crate::kernel::ids::{RoleId, SignInId};
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Core, Op, Tx};

use super::accounts::own;
use super::factors::{FirstStep, question};

/// The code is not known, was used, was taken back or has expired: one answer for all.
pub const CODE_NOT_GOOD: Code = Code("CODE_NOT_GOOD");
/// The name or the passphrase is not right, or the account is not in use: one answer for all.
pub const WRONG_NAME_OR_PASSPHRASE: Code = Code("WRONG_NAME_OR_PASSPHRASE");
/// The present passphrase is not the one given.
pub const WRONG_PASSPHRASE: Code = Code("WRONG_PASSPHRASE");

/// How long a sign-in lasts at most, and so its refresh tokens.
const SIGN_IN_LIFETIME: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What identity needs beside an `Op`: keys, the passphrase workers, the rate limits.
#[derive(Debug)]
pub struct Identity {
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Hashes and checks passphrases.
    pub passphrases: Passphrases,
    /// Counts tries.
    pub throttle: Throttle,
}

/// A caller with a good token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who they are.
    pub principal: Principal,
    /// When their token ends.
    pub expires_at: Timestamp,
}

/// What somebody gets who signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The name that is typed at sign-in.
    pub sign_in_name: String,
    /// The access token.
    pub access_token: SecretString,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// The refresh token, good once.
    pub refresh_token: SecretString,
    /// The role that the tokens are for.
    pub role: HeldRole,
    /// All roles that can be switched to.
    pub roles: Vec<HeldRole>,
}

/// How strongly somebody proved who they are, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proved {
    pub(super) strength: Strength,
    pub(super) at: Timestamp,
}

impl Proved {
    /// What the caller has proved in their present session, no more and no later.
    fn so_far(tx: &Tx) -> Self {
        let caller = tx.principal();
        Self { strength: caller.strength, at: caller.proved_at.unwrap_or(Timestamp::UNIX_EPOCH) }
    }
}

impl Identity {
    /// Who the bearer of a token is *now*: the session, the account and the role must all still stand.
    pub async fn authenticate(&self, core: &Core, token: &str) -> Result<Caller> {
        let claims = self.tokens.check(token, core.clock.now())?;
        let id = claims.sign_in();
        let standing = core.db.read(|conn| async move { store::standing(&conn, id).await }).await?;
        let (sign_in, state, held) = standing.ok_or(Error::Unauthenticated)?;
        let good = !sign_in.ended
            && sign_in.expires_at > core.clock.now()
            && state == AccountState::Active
            && sign_in.account == claims.account()
            && sign_in.role == claims.role()
            && held.account == claims.account();
        if !good {
            return Err(Error::Unauthenticated);
        }
        Ok(Caller { principal: principal(&held, &sign_in)?, expires_at: claims.expires_at().min(sign_in.expires_at) })
    }

    /// Turns an invitation code into an account with a passphrase, and signs it in. An unknown, used, revoked and expired
    /// code get the same refusal.
    pub async fn accept_invitation(&self, op: &Op, code: &str, passphrase: SecretString) -> Result<SignedIn> {
        self.throttle.count(None, op.origin().source.as_deref())?;
        let parsed = InvitationCode::parse(code);
        let hash = &digest_of(parsed.as_ref().map_or("", InvitationCode::canonical));
        let name = op.core().db.read(|conn| async move {
            let Some(invitation) = store::invitation_by_code(&conn, hash.clone()).await? else { return Ok(None) };
            Ok(store::credential_by_id(&conn, invitation.account).await?.map(|found| found.sign_in_name))
        });
        let name = name.await?;
        let mut check = Check::new();
        check_passphrase(&mut check, "input.passphrase", passphrase.expose_secret(), name.as_deref());
        check.done()?;
        // Hashed before the transaction, which must not wait for it.
        let kept = &self.passphrases.hash(passphrase).await?;
        op.write(|tx| async move {
            let permit = tx.allow::<act::AcceptInvitation>(Some(Resource::system()))?;
            let (conn, now) = (tx.conn()?, tx.now());
            let found = store::invitation_by_code(conn, hash.clone()).await?;
            let (known, place) = (found.as_ref().map(|i| i.account), found.as_ref().and_then(|i| i.programme));
            let good =
                found.filter(|i| !i.used && !i.revoked && i.expires_at > now && i.created_at + MAX_LIFETIME > now);
            // A code of the command line was for the first administrator only.
            let late = match &good {
                Some(invitation) if invitation.is_bootstrap() => store::administrator_exists(conn).await?,
                _ => false,
            };
            let Some(invitation) = good.filter(|_| !late) else {
                tx.deny_in(permit.decision(), Outcome::Denied, known, place);
                return Err(
                    Problem::at(CODE_NOT_GOOD, "input.code", "This code is not good. Ask for a new one.").into()
                );
            };
            store::use_invitation(conn, invitation.id, now).await?;
            store::set_passphrase(conn, invitation.account, kept, now).await?;
            store::set_account_state(conn, invitation.account, AccountState::Active, now).await?;
            tx.named(permit.decision(), [invitation.id.uuid(), invitation.account.uuid()]);
            let credential = store::credential_by_id(conn, invitation.account).await?.ok_or(Error::NotFound)?;
            let proved = Proved { strength: Strength::Passphrase, at: now };
            self.begin(&tx, permit.decision(), &credential, None, proved).await
        })
        .await
    }

    /// The first step of signing in: a name and a passphrase. An unknown name, a wrong passphrase and an account that is
    /// not active, or holds no role, get the same answer in the same time.
    pub async fn sign_in(&self, op: &Op, name: &str, passphrase: SecretString) -> Result<FirstStep> {
        let mut check = Check::new();
        let name = check.line("input.signInName", name, 1, 200).to_lowercase();
        let length = passphrase.expose_secret().len();
        check.ensure(length <= 1_024, Code::TOO_LONG, "input.passphrase", "Use at most 128 characters.");
        check.done()?;
        self.throttle.count(Some(&name), op.origin().source.as_deref())?;
        let name = &name;
        let found = op.core().db.read(|conn| async move { store::credential_by_name(&conn, name).await }).await?;
        let kept = found.as_ref().and_then(|credential| credential.hash.clone());
        let fits = self.passphrases.verify(passphrase, kept).await?;
        let known = found.as_ref().map(|credential| credential.account);
        let good = &found.filter(|credential| fits && credential.state == AccountState::Active);
        op.write(|tx| async move {
            let permit = tx.allow::<act::SignIn>(Some(Resource::system()))?;
            // Asked whether the name is known or not, so that the time tells nothing.
            let roles = store::roles_of(tx.conn()?, known.unwrap_or_else(|| Uuid::nil().into())).await?;
            let place = roles.first().and_then(|held| held.programme);
            let refuse = || {
                tx.deny_in(permit.decision(), Outcome::Denied, known, place);
                let said = "The name or the passphrase is not right.";
                Error::from(Problem::at(WRONG_NAME_OR_PASSPHRASE, "input", said))
            };
            let credential = good.as_ref().ok_or_else(refuse)?;
            if roles.is_empty() {
                return Err(refuse());
            }
            if let Some(challenge) = question(&tx, credential.account).await? {
                tx.named(permit.decision(), [credential.account]);
                tx.file_under(permit.decision(), place);
                return Ok(FirstStep { session: None, challenge: Some(challenge) });
            }
            let proved = Proved { strength: Strength::Passphrase, at: tx.now() };
            let session = self.begin(&tx, permit.decision(), credential, None, proved).await?;
            Ok(FirstStep { session: Some(session), challenge: None })
        })
        .await
    }

    /// Exchanges a refresh token for new tokens. A token that was used before ends the whole sign-in: somebody has a copy.
    pub async fn refresh(&self, op: &Op, token: &SecretString) -> Result<SignedIn> {
        // By the token, not by the address: people behind one address must not shut each other out by going on.
        self.throttle.count(Some(token.expose_secret()), None)?;
        let hash = &digest_of(token.expose_secret());
        let outcome = op
            .write(|tx| async move {
                let permit = tx.allow::<act::RefreshTokens>(Some(Resource::system()))?;
                let (conn, now) = (tx.conn()?, tx.now());
                let found = store::refresh_by_hash(conn, hash.clone()).await?;
                let Some(row) = found.filter(|row| row.expires_at > now) else {
                    tx.deny(permit.decision(), Outcome::Denied);
                    return Err(Error::Unauthenticated);
                };
                let standing = store::standing(conn, row.sign_in).await?;
                let Some((sign_in, AccountState::Active, held)) = standing.filter(|(s, ..)| !s.ended) else {
                    tx.deny(permit.decision(), Outcome::Denied);
                    return Err(Error::Unauthenticated);
                };
                tx.named(permit.decision(), [sign_in.account.uuid(), sign_in.id.uuid()]);
                tx.file_under(permit.decision(), held.programme);
                if row.used {
                    // The end of the sign-in must be kept, so this is no error inside the transaction.
                    store::end_sign_ins(conn, sign_in.account, Some(sign_in.id), "refresh_reused", now).await?;
                    tx.deny_in(permit.decision(), Outcome::Denied, Some(sign_in.account), held.programme);
                    super::cut(&tx, sign_in.account);
                    return Ok(None);
                }
                store::use_refresh(conn, row.id, now).await?;
                let credential = store::credential_by_id(conn, sign_in.account).await?.ok_or(Error::Unauthenticated)?;
                self.issue(&tx, &credential, &held, &sign_in).await.map(Some)
            })
            .await?;
        outcome.ok_or(Error::Unauthenticated)
    }

    /// Goes on in another role of the same account; the present sign-in ends.
    pub async fn switch_role(&self, op: &Op, role: RoleId) -> Result<SignedIn> {
        let (account, facts) = own(op)?;
        let (facts, present) = (&facts, op.principal().sign_in.ok_or(Error::Unauthenticated)?);
        op.write(|tx| async move {
            let permit = tx.allow::<act::ManageOwnSessions>(Some(facts.clone()))?;
            let conn = tx.conn()?;
            let credential = store::credential_by_id(conn, account).await?.ok_or(Error::Unauthenticated)?;
            store::end_sign_ins(conn, account, Some(present), "switched_role", tx.now()).await?;
            tx.publish(super::access_topic(account), serde_json::json!({ "sign_in": present.uuid() }));
            self.begin(&tx, permit.decision(), &credential, Some(role), Proved::so_far(&tx)).await
        })
        .await
    }

    /// Changes the caller's passphrase and ends all their other sign-ins.
    pub async fn change_passphrase(&self, op: &Op, present: SecretString, new: SecretString) -> Result<SignedIn> {
        let (account, facts) = own(op)?;
        self.throttle.count(Some(&account.to_string()), op.origin().source.as_deref())?;
        let found = op.core().db.read(|conn| async move { store::credential_by_id(&conn, account).await }).await?;
        let credential = &found.ok_or(Error::Unauthenticated)?;
        let mut check = Check::new();
        check_passphrase(&mut check, "input.newPassphrase", new.expose_secret(), Some(&credential.sign_in_name));
        check.done()?;
        let fits = self.passphrases.verify(present, credential.hash.clone()).await?;
        let (facts, kept) = (&facts, &self.passphrases.hash(new).await?);
        op.write(|tx| async move {
            let permit = tx.allow::<act::ChangePassphrase>(Some(facts.clone()))?;
            if !fits {
                tx.deny(permit.decision(), Outcome::Denied);
                let said = "This is not your present passphrase.";
                return Err(Problem::at(WRONG_PASSPHRASE, "input.presentPassphrase", said).into());
            }
            store::set_passphrase(tx.conn()?, account, kept, tx.now()).await?;
            store::end_sign_ins(tx.conn()?, account, None, "passphrase_changed", tx.now()).await?;
            store::void_challenges(tx.conn()?, account, tx.now()).await?;
            super::cut(&tx, account);
            tx.touched(permit.decision(), &["passphrase"]);
            self.begin(&tx, permit.decision(), credential, tx.principal().role, Proved::so_far(&tx)).await
        })
        .await
    }

    /// Begins a sign-in in the wanted role, or the first one that the account holds.
    pub(super) async fn begin(
        &self,
        tx: &Tx,
        decision: &Decision,
        credential: &Credential,
        wanted: Option<RoleId>,
        proved: Proved,
    ) -> Result<SignedIn> {
        let (conn, now) = (tx.conn()?, tx.now());
        let roles = store::roles_of(conn, credential.account).await?;
        let held = match wanted {
            None => roles.into_iter().next().ok_or(Error::Unauthenticated)?,
            Some(id) => roles.into_iter().find(|held| held.id == id).ok_or_else(|| {
                tx.deny(decision, Outcome::Denied);
                Error::NotFound
            })?,
        };
        let id: SignInId = tx.make_id();
        let expires_at = now + SIGN_IN_LIFETIME;
        let row = SignInRow {
            id,
            account: credential.account,
            role: held.id,
            ended: false,
            expires_at,
            strength: proved.strength,
            proved_at: proved.at,
        };
        store::insert_sign_in(conn, &row, now).await?;
        tx.named(decision, [credential.account.uuid(), id.uuid()]);
        tx.file_under(decision, held.programme);
        self.issue(tx, credential, &held, &row).await
    }

    async fn issue(&self, tx: &Tx, who: &Credential, held: &HeldRole, sign_in: &SignInRow) -> Result<SignedIn> {
        let (conn, now) = (tx.conn()?, tx.now());
        let refresh_token = new_token(tx.op().core().entropy.as_ref());
        let row = RefreshRow { id: tx.make_id(), sign_in: sign_in.id, used: false, expires_at: sign_in.expires_at };
        store::insert_refresh(conn, &row, digest_of(refresh_token.expose_secret()), now).await?;
        let subject = (who.account, sign_in.id, held.id);
        let (access_token, expires_at) =
            self.tokens.issue(subject, tx.op().core().ids.make(), now, sign_in.expires_at)?;
        Ok(SignedIn {
            sign_in_name: who.sign_in_name.clone(),
            access_token: access_token.into(),
            expires_at,
            refresh_token,
            role: held.clone(),
            roles: store::roles_of(conn, who.account).await?,
        })
    }
}

fn principal(held: &HeldRole, sign_in: &SignInRow) -> Result<Principal> {
    let kind = match held.role {
        Role::Administrator => PrincipalKind::Administrator,
        Role::Coordinator => PrincipalKind::Coordinator,
        Role::SafeguardingLead => PrincipalKind::SafeguardingLead,
        Role::Auditor => PrincipalKind::Auditor,
        Role::Mentor => PrincipalKind::Mentor,
        Role::FamilyMember => PrincipalKind::FamilyMember,
    };
    if held.role.is_in_programme() != held.programme.is_some() {
        return Err(Error::internal("a role is stored without its programme"));
    }
    Ok(Principal {
        kind,
        account: Some(held.account),
        role: Some(held.id),
        sign_in: Some(sign_in.id),
        programme: held.programme,
        family: held.family,
        mentor: held.mentor,
        strength: sign_in.strength,
        proved_at: Some(sign_in.proved_at),
    })
}
