//! The use cases of conversations.

mod follow;
mod opened;
mod read;
mod review;
mod screen;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::model::{FIRST_HELD, Side, shows_to_others};
use super::store::{self, Row};
use super::view::Message;
use crate::access::{Decision, PrincipalKind};
use crate::identity;
use crate::kernel::ids::{AccountId, CaseId, ConversationId, FamilyId, MatchId, MessageId, ProgrammeId};
use crate::kernel::{Error, Result};
use crate::op::Tx;
use crate::screening::Screener;

pub use follow::follow;
pub use opened::{follow_opened, opened_messages};
pub use read::{message, messages};
pub use review::{Release, authored, block, context, facts_of_message, release, under_review};
pub use write::{appeal_message, edit_message, remove_message, report_message, send_message};

/// What messaging needs beside the caller: built once, handed to every use case that changes something.
#[derive(Debug, Clone)]
pub struct Messaging {
    /// Reads the words.
    pub screener: Arc<Screener>,
    /// Opens the cases that a person must read.
    pub cases: Arc<dyn OpenCase>,
    /// How many of each side's first messages of a match are held for a reader.
    pub first_held: u32,
}

impl Messaging {
    /// Messaging with the usual number of first messages held.
    #[must_use]
    pub fn new(screener: Arc<Screener>, cases: Arc<dyn OpenCase>) -> Self {
        Self { screener, cases, first_held: FIRST_HELD }
    }
}

/// Why a person must look at a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseReason {
    /// It is kept back.
    Held {
        /// Whether a threat stands in it, which goes before other holds.
        threat: bool,
    },
    /// It is a cry for help, or a threat to somebody's life: somebody must come at once.
    Crisis,
    /// It was delivered, with a flag.
    Flagged,
    /// The other side reported it.
    Report,
    /// Its author asks for another look at a refusal.
    Appeal,
}

/// A case to be opened.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The programme whose staff it is for.
    pub programme: ProgrammeId,
    /// The family that it concerns.
    pub family: FamilyId,
    /// The match.
    pub match_id: MatchId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The message.
    pub message: MessageId,
    /// Why.
    pub reason: CaseReason,
    /// What the person who asks for it says, for staff only.
    pub note: Option<(AccountId, String)>,
}

/// Opens cases, in the transaction of the message that needs one. Where a report is open for the message already, a further
/// one is added to it and leaves it with whoever holds it.
pub trait OpenCase: Send + Sync + std::fmt::Debug {
    /// Opens the case, or adds to the open one; gives its id.
    fn open<'a>(&'a self, tx: &'a Tx, case: NewCase) -> BoxFuture<'a, Result<CaseId>>;

    /// Whether a case about the message, of whatever kind, is not decided yet.
    fn is_open<'a>(&'a self, tx: &'a Tx, message: MessageId) -> BoxFuture<'a, Result<bool>>;
}

/// Who is asking, as a side of the conversation.
#[derive(Debug, Clone, Copy)]
struct Person {
    account: AccountId,
    side: Side,
}

impl Person {
    /// The caller. The policies let only the two sides in; anybody else is refused here once more.
    fn asking(tx: &Tx) -> Result<Self> {
        let side = match tx.principal().kind {
            PrincipalKind::FamilyMember => Side::Family,
            PrincipalKind::Mentor => Side::Mentor,
            _ => return Err(Error::Forbidden),
        };
        let account = tx.principal().account.ok_or(Error::Forbidden)?;
        Ok(Self { account, side })
    }

    fn wrote(self, row: &Row) -> bool {
        row.author_account_id == self.account.uuid()
    }

    /// Whether this person may know of the message.
    fn may_see(self, row: &Row) -> Result<bool> {
        Ok(self.wrote(row) || shows_to_others(store::state_and_side(row)?.0))
    }
}

/// Turns rows that the reader may see into what they see; the first names come with one statement.
async fn views(tx: &Tx, proof: &Decision, rows: &[Row], reader: Person) -> Result<Vec<Message>> {
    let names = names(tx, proof, rows).await?;
    rows.iter().map(|row| view(tx, row, &names, reader)).collect()
}

async fn one_view(tx: &Tx, proof: &Decision, row: &Row, reader: Person) -> Result<Message> {
    let names = names(tx, proof, std::slice::from_ref(row)).await?;
    view(tx, row, &names, reader)
}

async fn names(tx: &Tx, proof: &Decision, rows: &[Row]) -> Result<HashMap<AccountId, String>> {
    let mut authors: Vec<AccountId> = rows.iter().map(|row| row.author_account_id.into()).collect();
    authors.sort();
    authors.dedup();
    if authors.is_empty() { Ok(HashMap::new()) } else { identity::first_names(tx, proof, &authors).await }
}

fn view(tx: &Tx, row: &Row, names: &HashMap<AccountId, String>, reader: Person) -> Result<Message> {
    let (state, side) = store::state_and_side(row)?;
    let is_mine = reader.wrote(row);
    let shown = store::shown(tx, row)?;
    let is_redacted = shown.is_some();
    let (body, shown_as) = match (shows_to_others(state) && !is_mine, shown) {
        _ if state == super::MessageState::Removed => (None, None),
        (true, Some(shown)) => (Some(shown), None),
        (_, shown) => (Some(store::body(tx, row)?), shown),
    };
    Ok(Message {
        id: row.id.into(),
        side,
        first_name: names.get(&row.author_account_id.into()).cloned().unwrap_or_default(),
        is_mine,
        state,
        body,
        shown_as,
        is_redacted,
        sent_at: row.created_at.timestamp(),
        edited_at: row.edited_at.map(crate::db::At::timestamp),
        version: row.version,
        seq: row.seq,
    })
}

/// Tells listeners of the conversation to look again.
fn tell(tx: &Tx, to: MatchId, id: MessageId, change: i64) {
    tx.publish(format!("conversation:{}", to.uuid()), serde_json::json!({"message": id, "change": change}));
}
