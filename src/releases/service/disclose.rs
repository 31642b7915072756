//! Telling something outside of the programme. There is no other door.

use super::super::model::{Disclosed, Disclosure, Field, ReleaseState, check_disclosed, not_live};
use super::super::store;
use super::{actor, content, found, tell};
use crate::access::act;
use crate::kernel::ids::ReleaseId;
use crate::kernel::{Error, Problem, Result};
use crate::op::Op;

/// Gives a coordinator exactly these fields of the family to tell the receiver of a live release, and nothing else. What,
/// when, to whom and under which release is kept and shown to the family; the content is not. Whether the release is live
/// is asked in the transaction of the record, and by the database once more.
pub async fn disclose(op: &Op, id: ReleaseId, asked: Vec<Field>) -> Result<Disclosed> {
    let asked = &asked;
    op.write(|tx| async move {
        let (permit, facts) = found::<act::Disclose>(&tx, id).await?;
        let release = store::load(&tx, permit.decision(), id).await?;
        if release.state != ReleaseState::Signed {
            return Err(not_live().into());
        }
        let fields = check_disclosed(asked, &release.fields)?;
        let stored = store::insert_disclosure(&tx, &permit, &facts.stored, actor(&tx)?, &fields).await;
        let disclosure = stored.map_err(refused)?;
        let names: Vec<&'static str> = fields.iter().map(|field| field.as_str()).collect();
        tx.touched(permit.decision(), &names);
        tx.named(permit.decision(), [disclosure]);
        tell(&tx, facts.family(), id);
        let content = content::gather(&tx, permit.decision(), facts.family(), &fields).await?;
        let (release, receiver, at) = (id, release.receiver, tx.now());
        Ok(Disclosed { disclosure: Disclosure { id: disclosure, release, receiver, fields, at }, content })
    })
    .await
}

/// The database's own word on a release that is not live.
fn refused(error: Error) -> Error {
    let outside =
        Problem::at(super::super::model::FIELD_NOT_RELEASED, "input.fields", "The family has not agreed to tell this.");
    error.explain("disclosure_live", not_live()).explain("disclosure_field_released", outside)
}
