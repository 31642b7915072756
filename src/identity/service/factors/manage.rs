//! What somebody sees and changes of their own factors.

use secrecy::SecretString;

use crate::access::act;
use crate::identity::model::factor::check_name;
use crate::identity::model::sign_in::EndReason;
use crate::identity::store::{self, Credential, Factor, HeldRole};
use crate::kernel::ids::{AccountId, FactorId};
use crate::kernel::{Check, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::super::accounts::own;
use super::{LAST_FACTOR, NO_FACTOR, caller, new_set};

/// How somebody signs in, as they see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyFactors {
    /// The factors, oldest first.
    pub factors: Vec<Factor>,
    /// How many recovery codes are unused.
    pub recovery_codes_left: u32,
    /// Whether a role of theirs needs a second factor.
    pub required: bool,
    /// Whether they have a passphrase.
    pub has_passphrase: bool,
    /// Wrong codes in a row since the last right one: somebody else may know the passphrase.
    pub wrong_codes: u32,
}

/// The caller's own factors.
pub async fn my_factors(op: &Op) -> Result<MyFactors> {
    let (account, _) = own(op)?;
    op.read(|tx| async move {
        tx.allow::<act::ListFactors>(store::account_facts(tx.conn()?, account).await?)?;
        overview(&tx, account).await
    })
    .await
}

async fn overview(tx: &Tx, account: AccountId) -> Result<MyFactors> {
    let conn = tx.conn()?;
    let (who, roles) = standing(tx, account).await?;
    let tries = store::tries_of(conn, account).await?;
    Ok(MyFactors {
        factors: store::factors_of(conn, &tx.op().core().sealer, account).await?,
        recovery_codes_left: store::recovery_left(conn, account).await?,
        required: roles.iter().any(|held| held.role.needs_second_factor()),
        has_passphrase: who.hash.is_some(),
        wrong_codes: tries.map_or(0, |tries| u32::try_from(tries.failures).unwrap_or(u32::MAX)),
    })
}

async fn standing(tx: &Tx, account: AccountId) -> Result<(Credential, Vec<HeldRole>)> {
    let who = store::credential_by_id(tx.conn()?, account).await?.ok_or(Error::Unauthenticated)?;
    Ok((who, store::roles_of(tx.conn()?, account).await?))
}

/// Gives a factor another name.
pub async fn rename_factor(op: &Op, id: FactorId, name: &str) -> Result<MyFactors> {
    let mut check = Check::new();
    let name = &check_name(&mut check, "input.name", name);
    check.done()?;
    op.write(|tx| async move {
        let conn = tx.conn()?;
        let permit = tx.allow::<act::RenameFactor>(facts(&tx, id).await?)?;
        store::rename_factor(conn, id, tx.seal(store::name_place(id), name)?).await?;
        tx.named(permit.decision(), [id]);
        tx.touched(permit.decision(), &["name"]);
        overview(&tx, permit.id()).await
    })
    .await
}

/// Removes a factor and ends all other sign-ins of its owner. Mentors and staff keep at least one, and so does whoever has
/// no passphrase.
pub async fn remove_factor(op: &Op, id: FactorId) -> Result<MyFactors> {
    op.write(|tx| async move {
        let (conn, now) = (tx.conn()?, tx.now());
        let permit = tx.allow::<act::RemoveFactor>(facts(&tx, id).await?)?;
        let (account, sign_in) = caller(&tx)?;
        let is_last = store::keys_of(conn, account).await?.len() == 1;
        if is_last {
            let (who, roles) = standing(&tx, account).await?;
            if who.hash.is_none() || roles.iter().any(|held| held.role.needs_second_factor()) {
                let said = "This is your only factor, and you need one. Add another first.";
                return Err(Problem::at(LAST_FACTOR, "input.id", said).into());
            }
            store::void_recovery(conn, account).await?;
        }
        store::remove_factor(conn, id).await?;
        store::end_other_sign_ins(conn, account, sign_in, EndReason::FactorRemoved, now).await?;
        store::void_challenges(conn, account, now).await?;
        super::super::cut(&tx, account);
        tx.named(permit.decision(), [id]);
        overview(&tx, account).await
    })
    .await
}

/// Ten new recovery codes, shown this once; the old ones are void.
pub async fn renew_recovery_codes(op: &Op) -> Result<Vec<SecretString>> {
    let (account, _) = own(op)?;
    op.write(|tx| async move {
        let conn = tx.conn()?;
        tx.allow::<act::RenewRecoveryCodes>(store::account_facts(conn, account).await?)?;
        if store::keys_of(conn, account).await?.is_empty() {
            return Err(
                Problem::of_the_whole(NO_FACTOR, "Add a second factor first: these codes stand in for one.").into()
            );
        }
        let codes = new_set(&tx, account).await?;
        if codes.is_empty() {
            return Err(Problem::of_the_whole(NO_FACTOR, "Choose a passphrase first: these codes go with one.").into());
        }
        Ok(codes)
    })
    .await
}

/// The facts about the account that a factor belongs to.
async fn facts(tx: &Tx, id: FactorId) -> Result<Option<crate::access::Resource>> {
    match store::owner_of(tx.conn()?, id).await? {
        Some(owner) => store::account_facts(tx.conn()?, owner).await,
        None => Ok(None),
    }
}
