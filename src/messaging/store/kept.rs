//! The words of a message as they were, version by version. Nothing here is ever changed: an edit or a redaction adds.

use std::collections::{HashMap, HashSet};

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use super::super::entity::{kept, message, verdict};
use super::super::model::{Form, Verdict, Version};
use super::{Row, body};
use crate::access::Decision;
use crate::db::At;
use crate::kernel::ids::{MessageId, VersionId};
use crate::kernel::{Error, Place, Result};
use crate::op::Tx;

/// The most versions that one look shows: every form that the author wrote, and as many that moderators made of them.
const MOST: u64 = 60;

/// Keeps the words of the message's present version.
pub(super) async fn keep(tx: &Tx, row: &Row, form: Form, words: &str) -> Result<()> {
    insert(tx, row, form, words, At::from(tx.now())).await
}

async fn insert(tx: &Tx, row: &Row, form: Form, words: &str, at: At) -> Result<()> {
    let id: VersionId = tx.make_id();
    let kept = kept::ActiveModel {
        id: Set(id.uuid()),
        message_id: Set(row.id),
        version: Set(row.version),
        form: Set(form.as_str().to_owned()),
        body_sealed: Set(tx.seal(place(id.uuid()), words)?),
        kept_at: Set(at),
    };
    kept::Entity::insert(kept).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// Keeps the words that are about to be overwritten, unless they are kept already: those of a message that is older than
/// this record are not. The database refuses the overwriting otherwise.
pub(super) async fn keep_before_change(tx: &Tx, row: &Row) -> Result<()> {
    let written = kept::Entity::find()
        .filter(kept::Column::MessageId.eq(row.id))
        .filter(kept::Column::Version.eq(row.version))
        .filter(kept::Column::Form.eq(Form::Written.as_str()));
    if written.count(tx.conn()?.raw()).await? > 0 {
        return Ok(());
    }
    insert(tx, row, Form::Written, &body(tx, row)?, row.edited_at.unwrap_or(row.created_at)).await
}

/// What was said in a message, the latest first, with what the other side could read of it.
pub(in crate::messaging) async fn versions(tx: &Tx, _proof: &Decision, id: MessageId) -> Result<Vec<Version>> {
    let rows = kept::Entity::find()
        .filter(kept::Column::MessageId.eq(id.uuid()))
        .order_by_desc(kept::Column::Version)
        // What a moderator made of a version comes after its author's words, so it stands before them.
        .order_by_asc(kept::Column::Form)
        .order_by_desc(kept::Column::KeptAt)
        .order_by_desc(kept::Column::Id)
        .limit(MOST)
        .all(tx.conn()?.raw())
        .await?;
    let delivered = delivered(tx, id).await?;
    rows.iter().map(|row| view(tx, row, &delivered)).collect()
}

/// What the author of a message said before its present words, oldest first: their last `count` messages, and every earlier
/// version of those and of this one. What is split over edits is seen like what is split over messages.
pub(in crate::messaging) async fn said_before(
    tx: &Tx,
    _proof: &Decision,
    row: &Row,
    count: u64,
) -> Result<Vec<String>> {
    let mut rows = message::Entity::find()
        .filter(message::Column::ConversationId.eq(row.conversation_id))
        .filter(message::Column::AuthorAccountId.eq(row.author_account_id))
        .filter(message::Column::Seq.lt(row.seq))
        .order_by_desc(message::Column::Seq)
        .limit(count)
        .all(tx.conn()?.raw())
        .await?;
    rows.reverse();
    rows.push(row.clone());
    let mut earlier = earlier_words(tx, &rows).await?;
    let mut said = Vec::new();
    for of in &rows {
        said.append(&mut earlier.remove(&of.id).unwrap_or_default());
        if of.id != row.id {
            said.push(body(tx, of)?);
        }
    }
    Ok(said)
}

/// The words that were overwritten, by message, oldest first. Most messages were never changed, and need no query.
async fn earlier_words(tx: &Tx, rows: &[Row]) -> Result<HashMap<Uuid, Vec<String>>> {
    let present: HashMap<Uuid, i32> = rows.iter().filter(|of| of.version > 1).map(|of| (of.id, of.version)).collect();
    if present.is_empty() {
        return Ok(HashMap::new());
    }
    let written = kept::Entity::find()
        .filter(kept::Column::MessageId.is_in(present.keys().copied()))
        .filter(kept::Column::Form.eq(Form::Written.as_str()))
        .order_by_asc(kept::Column::Version);
    let mut words: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in written.all(tx.conn()?.raw()).await? {
        if present.get(&row.message_id).is_some_and(|now| row.version < *now) {
            words.entry(row.message_id).or_default().push(tx.open(place(row.id), &row.body_sealed)?);
        }
    }
    Ok(words)
}

/// The versions that reached the other side in their author's own words.
async fn delivered(tx: &Tx, id: MessageId) -> Result<HashSet<i32>> {
    let letting = Verdict::ALL.iter().filter(|v| v.delivers() && **v != Verdict::Redacted).map(|v| v.as_str());
    let versions = verdict::Entity::find()
        .select_only()
        .distinct()
        .column(verdict::Column::MessageVersion)
        .filter(verdict::Column::MessageId.eq(id.uuid()))
        .filter(verdict::Column::Outcome.is_in(letting))
        .into_tuple::<i32>();
    Ok(versions.all(tx.conn()?.raw()).await?.into_iter().collect())
}

fn view(tx: &Tx, row: &kept::Model, delivered: &HashSet<i32>) -> Result<Version> {
    let form = Form::parse(&row.form).ok_or_else(|| Error::internal(format!("version {} is unreadable", row.id)))?;
    Ok(Version {
        number: row.version,
        form,
        body: tx.open(place(row.id), &row.body_sealed)?,
        // A redaction is stored with the verdict that lets it go.
        was_delivered: form == Form::Shown || delivered.contains(&row.version),
        kept_at: row.kept_at.timestamp(),
    })
}

fn place(id: Uuid) -> Place {
    Place::new("message_version", "body_sealed", id)
}
