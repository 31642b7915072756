//! Adding an authenticator.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Strength, act};
use crate::identity::model::authenticator::{AuthenticatorSecret, LABEL, check_label};
use crate::identity::model::factor::{FactorKind, Purpose, check_name};
use crate::identity::secrets::digest_of;
use crate::identity::store;
use crate::kernel::{Check, Error, Problem, Result};
use crate::op::Op;

use super::{Addition, Enrolled, WRONG_PROOF, caller, keep, not_good, open, room};

/// An authenticator that waits for its first code. Its secret is shown this once.
#[derive(Debug)]
pub struct AuthenticatorEnrolment {
    /// Names the enrolment, for confirming it.
    pub token: SecretString,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
    /// The secret in base 32, for typing.
    pub secret: SecretString,
    /// The secret as an `otpauth` address, for a QR code.
    pub address: SecretString,
}

/// Begins to add an authenticator to the caller's account. `label` is the name under which the entry stands on the phone,
/// for people whose phone somebody else looks at.
pub async fn begin_authenticator(op: &Op, label: Option<&str>) -> Result<AuthenticatorEnrolment> {
    let mut check = Check::new();
    let label = &check_label(&mut check, "input.label", label.unwrap_or(LABEL));
    check.done()?;
    let (account, _) = super::super::accounts::own(op)?;
    op.write(|tx| async move {
        let conn = tx.conn()?;
        let permit = tx.allow::<act::AddFactor>(store::account_facts(conn, account).await?)?;
        let (account, sign_in) = caller(&tx)?;
        room(&store::keys_of(conn, account).await?)?;
        let who = store::credential_by_id(conn, account).await?.ok_or(Error::Unauthenticated)?;
        let secret = AuthenticatorSecret::generate(tx.op().core().entropy.as_ref());
        let address = secret.address(label, &who.sign_in_name)?.into();
        let secret = secret.text();
        let purpose = Purpose::EnrolAuthenticator;
        let (token, expires_at) = open(&tx, purpose, Some(account), Some(sign_in), Some(&secret)).await?;
        tx.touched(permit.decision(), &["authenticator"]);
        Ok(AuthenticatorEnrolment { token, expires_at, secret: secret.into(), address })
    })
    .await
}

/// Adds the authenticator, shown by its first code, to the caller's account.
pub async fn confirm_authenticator(op: &Op, token: &SecretString, code: &str, name: &str) -> Result<Enrolled> {
    let mut check = Check::new();
    let name = &check_name(&mut check, "input.name", name);
    check.done()?;
    let (account, _) = super::super::accounts::own(op)?;
    let hash = &digest_of(token.expose_secret());
    op.write(|tx| async move {
        let (conn, now) = (tx.conn()?, tx.now());
        let permit = tx.allow::<act::AddFactor>(store::account_facts(conn, account).await?)?;
        let (account, sign_in) = caller(&tx)?;
        let found = store::open_challenge(conn, hash.clone(), now).await?;
        let ours = found.filter(|row| {
            (row.purpose, row.account, row.sign_in) == (Purpose::EnrolAuthenticator, Some(account), Some(sign_in))
        });
        let row = ours.ok_or_else(|| not_good("input.enrolment"))?;
        let sealed = row.state_sealed.as_deref().ok_or_else(|| Error::internal("an enrolment without a secret"))?;
        let secret = tx.open(store::state_place(row.id), sealed)?;
        let Some(step) = AuthenticatorSecret::read(&secret)?.step_of(code, now)? else {
            let said = "This is not the code that belongs to the secret now. Check the clock of your phone.";
            return Err(Problem::at(WRONG_PROOF, "input.code", said).into());
        };
        if !store::use_challenge(conn, row.id, now).await? {
            return Err(not_good("input.enrolment"));
        }
        let addition = Addition {
            kind: FactorKind::Authenticator,
            name: name.clone(),
            secret,
            credential_hash: None,
            last_step: Some(step),
            counter: None,
        };
        keep(&tx, permit.decision(), addition, Strength::SecondFactor).await
    })
    .await
}
