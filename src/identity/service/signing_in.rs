//! Signing in and staying so.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::access::{Decision, Principal, PrincipalKind, Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::device::device_words;
use crate::identity::model::passphrase::MOST_BYTES;
use crate::identity::model::sign_in::{EndReason, NOTED_EVERY};
use crate::identity::passkeys::Passkeys;
use crate::identity::provider::Provider;
use crate::identity::secrets::{Passphrases, digest_of, new_token};
use crate::identity::store::{self, Credential, HeldRole, NewRefresh, SignInRow};
use crate::identity::throttle::Throttle;
use crate::identity::tokens::Tokens;
use crate::identity::{AccountState, Lifetimes, Role};
use crate::kernel::ids::{RoleId, SignInId};
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Core, Op, Tx};

use super::accounts::own;
use super::factors::FirstStep;

/// The name or the passphrase is not right, or the account is not in use: one answer for all.
pub const WRONG_NAME_OR_PASSPHRASE: Code = Code::WrongNameOrPassphrase;
/// The present passphrase is not the one given.
pub const WRONG_PASSPHRASE: Code = Code::WrongPassphrase;

/// What identity needs beside an `Op`: keys, the passphrase workers, the rate limits.
#[derive(Debug)]
pub struct Identity {
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Hashes and checks passphrases.
    pub passphrases: Passphrases,
    /// Counts tries.
    pub throttle: Throttle,
    /// How long sign-ins last.
    pub lifetimes: Lifetimes,
    /// The identity provider of the staff, where there is one.
    pub provider: Option<Provider>,
    /// Makes and checks passkeys, where the service's address allows it.
    pub passkeys: Option<Passkeys>,
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
    /// A key that the device keeps for its next sign-in; only after one.
    pub device_key: Option<SecretString>,
    /// The role that the tokens are for.
    pub role: HeldRole,
    /// All roles that can be switched to.
    pub roles: Vec<HeldRole>,
}

/// How strongly somebody proved who they are, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proved {
    strength: Strength,
    at: Timestamp,
    /// When at the latest a sign-in ends that goes on from another: switching roles makes none last longer.
    until: Option<Timestamp>,
}

impl Proved {
    /// Something that was shown just now.
    pub(super) fn now(tx: &Tx, strength: Strength) -> Self {
        Self { strength, at: tx.now(), until: None }
    }

    /// Something that was shown elsewhere, at `at`.
    pub(super) const fn at(strength: Strength, at: Timestamp) -> Self {
        Self { strength, at, until: None }
    }

    /// What the caller has proved in their present session, no more and no later.
    async fn so_far(tx: &Tx) -> Result<Self> {
        let present = tx.principal().sign_in.ok_or(Error::Unauthenticated)?;
        let (sign_in, ..) = store::standing(tx.conn()?, present).await?.ok_or(Error::Unauthenticated)?;
        Ok(Self { strength: sign_in.strength, at: sign_in.proved_at, until: Some(sign_in.expires_at) })
    }
}

impl Identity {
    /// Who the bearer of a token is *now*: the session, the account and the role must all still stand.
    pub async fn authenticate(&self, core: &Core, token: &str) -> Result<Caller> {
        let claims = self.tokens.check(token, core.clock.now())?;
        let (id, now) = (claims.sign_in(), core.clock.now());
        let standing = core.db.read(|conn| async move { store::standing(&conn, id).await }).await?;
        let (sign_in, held) = self.open(standing, now).ok_or(Error::Unauthenticated)?;
        let good =
            sign_in.account == claims.account() && sign_in.role == claims.role() && held.account == claims.account();
        if !good {
            return Err(Error::Unauthenticated);
        }
        if sign_in.last_used_at + NOTED_EVERY <= now {
            // Behind the caller's back: a note that is not written must not shut anybody out.
            let noted = core.db.write(|conn| async move { store::note_use(&conn, id, now - NOTED_EVERY, now).await });
            if let Err(error) = noted.await {
                tracing::warn!(%error, sign_in = %id, "the use of a sign-in could not be noted");
            }
        }
        let ends = sign_in.expires_at.min(now + self.lifetimes.of(held.role).idle);
        Ok(Caller { principal: principal(&held, &sign_in)?, expires_at: claims.expires_at().min(ends) })
    }

    /// The first step of signing in: a name and a passphrase. An unknown name, a wrong passphrase and an account that is
    /// not active, or holds no role, get the same answer in the same time.
    pub async fn sign_in(
        &self,
        op: &Op,
        name: &str,
        passphrase: SecretString,
        device_key: Option<&SecretString>,
    ) -> Result<FirstStep> {
        let mut check = Check::new();
        let name = check.line("input.signInName", name, 1, 200).to_lowercase();
        let length = passphrase.expose_secret().len();
        check.ensure(length <= MOST_BYTES, Code::TooLong, "input.passphrase", "Use at most 128 characters.");
        check.done()?;
        self.throttle.try_name(op, &name, device_key).await?;
        let name = &name;
        let found = op.core().db.read(|conn| async move { store::credential_by_name(&conn, name).await }).await?;
        let kept = found.as_ref().and_then(|credential| credential.hash.clone());
        let fits = self.passphrases.verify(passphrase, kept).await?;
        let known = found.as_ref().map(|credential| credential.account);
        let fitted = &found.filter(|_| fits);
        op.write(|tx| async move {
            let permit = tx.allow::<act::SignIn>(Some(Resource::system()))?;
            // Asked whether the name is known or not, so that the time tells nothing.
            let roles = store::roles_of(tx.conn()?, known.unwrap_or_else(|| Uuid::nil().into())).await?;
            let place = roles.first().and_then(|held| held.programme);
            // Looked at once more: the passphrase may have been changed, or the account shut, while this one was hashed.
            let now = store::credential_by_name(tx.conn()?, name).await?;
            let same = |now: &Credential| fitted.as_ref().is_some_and(|then| then.hash == now.hash);
            let good = now.filter(|now| same(now) && now.state == AccountState::Active);
            let refuse = || {
                tx.deny_in(permit.decision(), Outcome::Denied, known, place);
                let said = "The name or the passphrase is not right.";
                Error::from(Problem::at(WRONG_NAME_OR_PASSPHRASE, "input", said))
            };
            let credential = good.as_ref().ok_or_else(refuse)?;
            if roles.is_empty() {
                return Err(refuse());
            }
            if let Some(challenge) = self.question(&tx, credential.account).await? {
                tx.named(permit.decision(), [credential.account]);
                tx.file_under(permit.decision(), place);
                return Ok(FirstStep { session: None, challenge: Some(challenge) });
            }
            let proved = Proved::now(&tx, Strength::Passphrase);
            let session = self.begin(&tx, permit.decision(), credential, None, proved).await?;
            Ok(FirstStep { session: Some(session), challenge: None })
        })
        .await
    }

    /// Goes on in another role of the same account; the present sign-in ends.
    pub async fn switch_role(&self, op: &Op, role: RoleId) -> Result<SignedIn> {
        let (account, facts) = own(op)?;
        let (facts, present) = (&facts, op.principal().sign_in.ok_or(Error::Unauthenticated)?);
        op.write(|tx| async move {
            let permit = tx.allow::<act::ManageOwnSessions>(Some(facts.clone()))?;
            let conn = tx.conn()?;
            let credential = store::credential_by_id(conn, account).await?.ok_or(Error::Unauthenticated)?;
            store::end_sign_ins(conn, account, Some(present), EndReason::SwitchedRole, tx.now()).await?;
            tx.publish(super::access_topic(account), serde_json::json!({ "sign_in": present.uuid() }));
            self.begin(&tx, permit.decision(), &credential, Some(role), Proved::so_far(&tx).await?).await
        })
        .await
    }

    /// Changes the caller's passphrase and ends all their other sign-ins. Who came in with a passkey alone has none yet, and
    /// gets one.
    pub async fn change_passphrase(
        &self,
        op: &Op,
        present: Option<SecretString>,
        new: SecretString,
    ) -> Result<SignedIn> {
        let (account, facts) = own(op)?;
        // By the sign-in: whoever holds a copy of one must not keep its owner from changing the passphrase in another.
        self.throttle.count(op.principal().sign_in.map(|id| id.to_string()).as_deref(), None)?;
        let found = op.core().db.read(|conn| async move {
            Ok((store::credential_by_id(&conn, account).await?, store::surroundings(&conn, account).await?))
        });
        let (found, context) = found.await?;
        let credential = &found.ok_or(Error::Unauthenticated)?;
        self.passphrases.judge("input.newPassphrase", &new, context).await?;
        let fits = match (present, &credential.hash) {
            (None, None) => true,
            (present, kept) => self.passphrases.verify(present.unwrap_or_default(), kept.clone()).await?,
        };
        let (facts, kept) = (&facts, &self.passphrases.hash(new).await?);
        op.write(|tx| async move {
            let conn = tx.conn()?;
            let permit = tx.allow::<act::ChangePassphrase>(Some(facts.clone()))?;
            // What was compared above must still be what is kept.
            let now = store::credential_by_id(conn, account).await?.ok_or(Error::Unauthenticated)?;
            if !fits || now.hash != credential.hash {
                tx.deny(permit.decision(), Outcome::Denied);
                let said = "This is not your present passphrase.";
                return Err(Problem::at(WRONG_PASSPHRASE, "input.presentPassphrase", said).into());
            }
            store::set_passphrase(conn, account, kept, tx.now()).await?;
            store::end_sign_ins(conn, account, None, EndReason::PassphraseChanged, tx.now()).await?;
            store::void_challenges(conn, account, tx.now()).await?;
            super::cut(&tx, account);
            tx.touched(permit.decision(), &["passphrase"]);
            self.begin(&tx, permit.decision(), credential, tx.principal().role, Proved::so_far(&tx).await?).await
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
        let longest = now + self.lifetimes.of(held.role).longest;
        let expires_at = proved.until.map_or(longest, |until| until.min(longest));
        let row = SignInRow {
            id,
            account: credential.account,
            role: held.id,
            ended: false,
            expires_at,
            strength: proved.strength,
            proved_at: proved.at,
            last_used_at: now,
            device: device_words(tx.op().origin().user_agent.as_deref()),
        };
        store::insert_sign_in(conn, &row, now).await?;
        tx.named(decision, [credential.account.uuid(), id.uuid()]);
        tx.file_under(decision, held.programme);
        let signed_in = self.issue(tx, credential, &held, &row).await?;
        // Who goes on in another role has shown no secret.
        if wanted.is_some() {
            return Ok(signed_in);
        }
        let device_key = self.throttle.welcome(tx, credential.account, &credential.sign_in_name).await?;
        Ok(SignedIn { device_key: Some(device_key), ..signed_in })
    }

    /// New tokens for a sign-in. The refresh token before them must have been used: a sign-in has one that is not.
    pub(super) async fn issue(
        &self,
        tx: &Tx,
        who: &Credential,
        held: &HeldRole,
        sign_in: &SignInRow,
    ) -> Result<SignedIn> {
        let (conn, now) = (tx.conn()?, tx.now());
        let refresh_token = new_token(tx.op().core().entropy.as_ref());
        let row = NewRefresh { id: tx.make_id(), sign_in: sign_in.id, expires_at: sign_in.expires_at };
        store::insert_refresh(conn, &row, digest_of(refresh_token.expose_secret()), now).await?;
        let subject = (who.account, sign_in.id, held.id);
        let (access_token, expires_at) =
            self.tokens.issue(subject, tx.op().core().ids.make(), now, sign_in.expires_at)?;
        Ok(SignedIn {
            sign_in_name: who.sign_in_name.clone(),
            access_token: access_token.into(),
            expires_at,
            refresh_token,
            device_key: None,
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
