//! Notes on cases.

use super::super::model::{Case, NewNote, Note};
use super::super::store;
use super::{actor, tell};
use crate::access::act;
use crate::audit::Outcome;
use crate::kernel::ids::MessageId;
use crate::kernel::{Error, Result};
use crate::messaging;
use crate::op::Op;

/// Writes a note on a case: for coordinators and safeguarding leads. A public note is for the message's author too.
pub async fn add_case_note(op: &Op, input: NewNote) -> Result<Case> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let found = store::facts(&tx, input.case).await?;
        let permit = tx.allow::<act::NoteCase>(found.clone())?;
        let row = found.ok_or(Error::NotFound)?;
        let id = store::add_note(&tx, input, actor(&tx)?).await?;
        tx.touched(permit.decision(), &["note"]);
        tx.named(permit.decision(), [id]);
        tell(&tx, &row);
        row.view(tx.principal().account)
    })
    .await
}

/// The public notes that moderators wrote on a message: for its author only, without the moderators' names.
pub async fn notes_on_my_message(op: &Op, id: MessageId) -> Result<Vec<Note>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadConversation>(messaging::facts_of_message(&tx, id).await?)?;
        let proof = permit.decision();
        if messaging::authored(&tx, proof, id).await?.is_none() {
            tx.deny(proof, Outcome::Denied);
            return Err(Error::NotFound);
        }
        let notes = store::public_notes(&tx, proof, id).await?;
        tx.named(proof, notes.iter().map(|note| note.id));
        Ok(notes)
    })
    .await
}
