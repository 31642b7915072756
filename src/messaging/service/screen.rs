//! What the screener says, turned into a verdict, a state and cases.

use super::super::model::{MessageState, Verdict, Why, state_after};
use super::super::store::{self, Ground, Row};
use serde::{Deserialize, Serialize};

use super::{CaseReason, Messaging, NewCase};
use crate::access::Decision;
use crate::kernel::ids::{AccountId, ConversationId, MessageId};
use crate::kernel::{Error, Result};
use crate::op::Tx;
use crate::screening::{Category, Context, Finding, Outcome, SCREENER_VERSION, Screener, Screening, Tier};

/// How many of the author's last messages the screener reads along, each in all its versions, to see what is split over
/// several.
const READ_ALONG: u64 = 8;

/// What is kept with a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grounds {
    /// Why it fell so.
    pub(super) why: Why,
    /// Whether somebody is to be paged: a cry for help, or a threat to somebody's life.
    pub(super) page: bool,
    /// What was found.
    pub(super) findings: Vec<Finding>,
}

impl Grounds {
    /// The grounds of a moderator's verdict, which need no words here.
    pub(super) fn moderator() -> Self {
        Self { why: Why::Moderator, page: false, findings: Vec::new() }
    }

    /// Whether the author, or somebody they write of, needs help. Who threatens others is not told that it was noticed.
    pub(super) fn is_cry(&self) -> bool {
        self.findings.iter().any(|finding| finding.category == Category::Crisis)
    }

    /// The grounds of the screener's verdict on the message's present version.
    pub(super) async fn of(tx: &Tx, proof: &Decision, row: &Row) -> Result<Option<Self>> {
        let stored = store::findings(tx, proof, row).await?;
        stored.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()
    }

    /// Stores a verdict on the message's present version; by the screener, unless a moderator is named.
    pub(super) async fn keep(
        &self,
        tx: &Tx,
        proof: &Decision,
        row: &Row,
        outcome: Verdict,
        judge: Option<AccountId>,
    ) -> Result<()> {
        let findings = serde_json::to_string(self).map_err(Error::internal)?;
        store::judge(tx, proof, row, outcome, store::Judged { findings, judge, screener: SCREENER_VERSION }).await
    }
}

/// What was decided about the words, before anything is stored.
#[derive(Debug, PartialEq, Eq)]
struct Judgement {
    verdict: Verdict,
    state: MessageState,
    grounds: Grounds,
}

impl Judgement {
    fn has_threat(&self) -> bool {
        self.grounds.findings.iter().any(|f| f.category == Category::Threat)
    }

    fn reasons(&self) -> Vec<CaseReason> {
        let mut reasons = Vec::new();
        if self.grounds.page {
            reasons.push(CaseReason::Crisis);
        }
        if self.state == MessageState::Held {
            reasons.push(CaseReason::Held { threat: self.has_threat() });
        } else if self.verdict == Verdict::DeliverAndFlag {
            reasons.push(CaseReason::Flagged);
        }
        reasons
    }
}

/// What is known beside the words.
#[derive(Debug, Clone, Copy)]
struct Circumstances<'a> {
    recent: &'a [String],
    earlier: u32,
    first_held: u32,
    kept_back: bool,
}

fn weigh(screener: &Screener, body: &str, known: Circumstances<'_>) -> Judgement {
    let context = Context { recent: known.recent, known_names: &[] };
    let (said, page, findings, mut why) = match screener.screen(body, &context) {
        Ok(screening) => {
            let why = why(&screening);
            (Verdict::from(screening.outcome), screening.page, screening.findings, why)
        }
        // What cannot be read is held; nothing goes through because the screener failed.
        Err(_) => (Verdict::Hold, false, Vec::new(), Why::NotScreened),
    };
    let mut state = state_after(said, known.earlier, known.first_held);
    if state == MessageState::Held && said != Verdict::Hold {
        why = Why::FirstMessages;
    }
    // Words that a reader took out could else come back unread.
    if known.kept_back && said != Verdict::DeliverAndPage && state == MessageState::Delivered {
        (state, why) = (MessageState::Held, Why::EditedWhileHeld);
    }
    // No delivering verdict may lie about for a message that is held: the database would let it pass.
    let verdict = if state == MessageState::Held { Verdict::Hold } else { said };
    Judgement { verdict, state, grounds: Grounds { why, page, findings } }
}

/// What the screener's outcome rests on: its findings, or that it does not know the language.
fn why(screening: &Screening) -> Why {
    let holds = screening.findings.iter().any(|f| f.tier == Tier::Hold);
    match (screening.unknown_language, screening.findings.is_empty()) {
        (true, _) if !holds => Why::UnknownLanguage,
        (false, true) => Why::Clear,
        _ => Why::Findings,
    }
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Deliver => Self::Deliver,
            Outcome::DeliverAndFlag => Self::DeliverAndFlag,
            Outcome::DeliverAndPage => Self::DeliverAndPage,
            Outcome::Hold => Self::Hold,
        }
    }
}

/// The writing of one message, in one transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) tx: &'a Tx,
    pub(super) messaging: &'a Messaging,
    pub(super) proof: &'a Decision,
    pub(super) ground: &'a Ground,
}

impl Desk<'_> {
    /// Judges a stored message that is in `screening`: verdict, state, cases. `kept_back` says that a reader took something
    /// out of its earlier words. Gives the row as it then stands, and whether somebody is paged.
    pub(super) async fn judge(&self, row: &Row, body: &str, kept_back: bool) -> Result<(Row, bool)> {
        let (tx, proof) = (self.tx, self.proof);
        let recent = store::said_before(tx, proof, row, READ_ALONG).await?;
        let first_held = self.messaging.first_held;
        let earlier = store::earlier(tx, proof, row, first_held).await?;
        let known = Circumstances { recent: &recent, earlier, first_held, kept_back };
        let judgement = weigh(&self.messaging.screener, body, known);
        judgement.grounds.keep(tx, proof, row, judgement.verdict, None).await?;
        let row = store::step(tx, proof, row, judgement.state, row.change_seq).await?;
        for reason in judgement.reasons() {
            self.open_case(row.conversation_id.into(), row.id.into(), reason, None).await?;
        }
        super::tell(tx, self.ground.tie.id, row.id.into(), row.change_seq);
        Ok((row, judgement.grounds.page))
    }

    /// Opens a case about a message.
    pub(super) async fn open_case(
        &self,
        conversation: ConversationId,
        message: MessageId,
        reason: CaseReason,
        note: Option<(AccountId, String)>,
    ) -> Result<()> {
        let tie = &self.ground.tie;
        let (programme, family, match_id) = (tie.programme, tie.family, tie.id);
        let case = NewCase { programme, family, match_id, conversation, message, reason, note };
        let id = self.messaging.cases.open(self.tx, case).await?;
        self.tx.named(self.proof, [id]);
        Ok(())
    }
}
