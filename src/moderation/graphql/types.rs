//! The API types of moderation.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};

use super::super::{Case, Content, Note, service};
use crate::graphql::fault;
use crate::graphql::scalars::DateTime;
use crate::kernel::ids::{CaseId, TypedId as _};
use crate::messaging::{ApiForm, ApiSide, ApiState, Spoken, UnderReview, Version};
use crate::op::Op;

/// The state of a moderation case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::moderation::CaseState")]
pub enum CaseState {
    /// Waits for somebody.
    Open,
    /// Somebody reads it, for five minutes.
    Claimed,
    /// Done, unless it is reopened.
    Decided,
    /// Waits for a safeguarding lead.
    Escalated,
    /// Must be decided again, by somebody else.
    Reopened,
}

/// Why a case was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::moderation::CaseKind")]
pub enum CaseKind {
    /// A message that was kept back.
    HeldMessage,
    /// A cry for help, or a threat to somebody's life.
    Crisis,
    /// Somebody reported it.
    Report,
    /// Delivered, and to be looked at.
    Sample,
}

/// How a case ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::moderation::Decision")]
pub enum CaseDecision {
    /// Let the message go as it is.
    Deliver,
    /// Let it go with parts taken out.
    #[graphql(name = "REDACT")]
    RedactAndDeliver,
    /// Refuse it.
    Block,
    /// A report or sample without consequence.
    Dismiss,
    /// A cry for help was seen and answered.
    Acknowledge,
}

/// Who may read a note on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::moderation::NoteVisibility")]
pub enum CaseNoteVisibility {
    /// Staff only.
    Internal,
    /// The author of the message too.
    Public,
}

/// A moderation case.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ModerationCase {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Why it was opened.
    kind: CaseKind,
    /// The place in the queue, lower is sooner.
    priority: i32,
    /// Its state; after a claim that ran out, the one that it waited in before.
    state: CaseState,
    /// When it was handed to the safeguarding leads: until it is decided, only they claim and decide it.
    escalated_at: Option<DateTime>,
    /// When it was opened.
    opened_at: DateTime,
    /// When somebody must have acted.
    due_at: DateTime,
    /// Whether that time is over and nothing was decided.
    is_overdue: bool,
    /// The account that holds it now.
    claimed_by_id: Option<ID>,
    /// Until when it is held.
    lease_until: Option<DateTime>,
    /// Whether you hold it.
    is_mine: bool,
    /// What was decided last.
    decision: Option<CaseDecision>,
    /// The account that decided last.
    decided_by_id: Option<ID>,
    /// When that was.
    decided_at: Option<DateTime>,
    /// The family that it concerns.
    family_id: ID,
    /// The match that it concerns.
    match_id: ID,
    /// How often the message was reported to this case.
    report_count: i32,
    /// When it was reported last.
    last_reported_at: Option<DateTime>,
    /// Rises with every change of who holds it and of what was decided. A further report is none.
    version: i32,
    #[graphql(skip)]
    case: CaseId,
}

#[ComplexObject]
impl ModerationCase {
    /// The words that the case puts in front of you; reading them is recorded, case by case.
    #[graphql(complexity = "20 + child_complexity")]
    async fn content(&self, ctx: &Context<'_>) -> async_graphql::Result<CaseContent> {
        let content = service::case_content(ctx.data::<Op>()?, self.case).await;
        content.map(CaseContent::from).map_err(fault)
    }
}

impl From<Case> for ModerationCase {
    fn from(case: Case) -> Self {
        Self {
            id: ID(case.id.to_global()),
            kind: case.kind.into(),
            priority: case.priority,
            state: case.state.into(),
            escalated_at: case.escalated_at.map(DateTime),
            opened_at: DateTime(case.opened_at),
            due_at: DateTime(case.due_at),
            is_overdue: case.is_overdue,
            claimed_by_id: case.holder.map(|(account, _)| ID(account.to_global())),
            lease_until: case.holder.map(|(_, until)| DateTime(until)),
            is_mine: case.is_mine,
            decision: case.decision.map(Into::into),
            decided_by_id: case.decided_by.map(|account| ID(account.to_global())),
            decided_at: case.decided_at.map(DateTime),
            family_id: ID(case.family.to_global()),
            match_id: ID(case.match_id.to_global()),
            report_count: case.report_count,
            last_reported_at: case.last_reported_at.map(DateTime),
            version: case.version,
            case: case.id,
        }
    }
}

/// The words that a case puts in front of its reader.
#[derive(Debug, SimpleObject)]
pub struct CaseContent {
    /// The message.
    message: Option<CaseMessage>,
    /// A few messages around it; none for a sample, and none once the case is decided.
    context: Vec<CaseContextMessage>,
    /// The notes, oldest first.
    notes: Vec<CaseNote>,
}

impl From<Content> for CaseContent {
    fn from(content: Content) -> Self {
        Self {
            message: content.message.map(CaseMessage::from),
            context: content.context.into_iter().map(CaseContextMessage::from).collect(),
            notes: content.notes.into_iter().map(CaseNote::from).collect(),
        }
    }
}

/// The message that a case is about.
#[derive(Debug, SimpleObject)]
pub struct CaseMessage {
    /// Its id.
    id: ID,
    /// Which side wrote it.
    side: ApiSide,
    /// The author's first name.
    first_name: String,
    /// Its state.
    state: ApiState,
    /// The author's own words.
    body: String,
    /// What others read instead, when parts were taken out.
    shown_as: Option<String>,
    /// Why it was judged so, for example `findings`, `first_messages`, `unknown_language` or `not_screened`.
    why: String,
    /// What was found in it.
    findings: Vec<CaseFinding>,
    /// When it was sent.
    sent_at: DateTime,
    /// Rises with every change of the text.
    version: i32,
    /// What was said in it, the latest first, the present words too; at most 60. Of a message from before versions were kept
    /// it begins with the first change since.
    versions: Vec<CaseMessageVersion>,
}

impl From<UnderReview> for CaseMessage {
    fn from(message: UnderReview) -> Self {
        let chars = |byte: usize| {
            let count = message.body.get(..byte).map_or(0, |before| before.chars().count());
            i32::try_from(count).unwrap_or(i32::MAX)
        };
        let finding = |found: &crate::screening::Finding| CaseFinding {
            category: found.category.as_str().to_owned(),
            tier: found.tier.as_str().to_owned(),
            start: chars(found.start),
            end: chars(found.end),
        };
        Self {
            id: ID(message.id.to_global()),
            side: message.side.into(),
            state: message.state.into(),
            why: message.why.as_str().to_owned(),
            findings: message.findings.iter().map(finding).collect(),
            first_name: message.first_name,
            shown_as: message.shown_as,
            sent_at: DateTime(message.sent_at),
            version: message.version,
            versions: message.versions.into_iter().map(CaseMessageVersion::from).collect(),
            body: message.body,
        }
    }
}

/// The words of a message as they once were.
#[derive(Debug, SimpleObject)]
pub struct CaseMessageVersion {
    /// Which version of the message.
    version: i32,
    /// Whose words they are.
    form: ApiForm,
    /// The words.
    body: String,
    /// Whether the other side could read them.
    was_delivered: bool,
    /// Since when they stood.
    kept_at: DateTime,
}

impl From<Version> for CaseMessageVersion {
    fn from(version: Version) -> Self {
        let Version { number, form, body, was_delivered, kept_at } = version;
        Self { version: number, form: form.into(), body, was_delivered, kept_at: DateTime(kept_at) }
    }
}

/// Something that was found in a message.
#[derive(Debug, SimpleObject)]
pub struct CaseFinding {
    /// What it is, for example `phone`, `threat` or `crisis`.
    category: String,
    /// How it weighs: `hold`, `flag` or `page`.
    tier: String,
    /// Its first character.
    start: i32,
    /// The character after its last.
    end: i32,
}

/// A message near the one that a case is about.
#[derive(Debug, SimpleObject)]
pub struct CaseContextMessage {
    /// Its id.
    id: ID,
    /// Which side wrote it.
    side: ApiSide,
    /// The author's own words.
    body: String,
    /// When it was sent.
    sent_at: DateTime,
}

impl From<Spoken> for CaseContextMessage {
    fn from(spoken: Spoken) -> Self {
        let (id, sent_at) = (ID(spoken.id.to_global()), DateTime(spoken.sent_at));
        Self { id, side: spoken.side.into(), body: spoken.body, sent_at }
    }
}

/// A note on a case.
#[derive(Debug, SimpleObject)]
pub struct CaseNote {
    /// Its id.
    id: ID,
    /// Who may read it.
    visibility: CaseNoteVisibility,
    /// The words.
    body: String,
    /// The account that wrote it.
    author_id: ID,
    /// When it was written.
    written_at: DateTime,
}

impl From<Note> for CaseNote {
    fn from(note: Note) -> Self {
        Self {
            id: ID(note.id.to_global()),
            visibility: note.visibility.into(),
            body: note.body,
            author_id: ID(note.author.to_global()),
            written_at: DateTime(note.written_at),
        }
    }
}

/// What coordinators wrote to the author of a message.
#[derive(Debug, SimpleObject)]
pub struct PublicNote {
    /// The words.
    body: String,
    /// When they were written.
    written_at: DateTime,
}

impl From<Note> for PublicNote {
    fn from(note: Note) -> Self {
        Self { body: note.body, written_at: DateTime(note.written_at) }
    }
}
