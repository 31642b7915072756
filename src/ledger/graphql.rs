//! The ledger in GraphQL.

use async_graphql::{Context, Enum, ID, Object, Result};

use super::{Line, model, service};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::TextLanguage;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::TypedId as _;
use crate::op::Op;

/// What was done with a family's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Happening")]
pub enum LedgerHappening {
    /// The family's record was opened in an emergency.
    RecordOpened,
    /// A caregiver agreed that something may be told.
    ReleaseSigned,
    /// The family took a release back.
    ReleaseRevoked,
    /// A release's time was over.
    ReleaseExpired,
    /// Something was told under a release.
    InformationDisclosed,
}

/// In what role somebody acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ActingRole")]
pub enum LedgerRole {
    /// A safeguarding lead of the programme.
    SafeguardingLead,
    /// A coordinator of the programme.
    Coordinator,
    /// A caregiver of the family.
    Caregiver,
    /// Nobody: its time was over.
    Nobody,
}

/// One line of a family's ledger.
#[derive(Debug)]
pub struct LedgerEntry(Line);

/// One line of a family's ledger.
#[Object]
impl LedgerEntry {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_global())
    }

    /// When it happened.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// What was done.
    async fn what(&self) -> LedgerHappening {
        self.0.what.into()
    }

    /// In what role. People of the staff are never named.
    async fn role(&self) -> LedgerRole {
        self.0.role.into()
    }

    /// Until when it had effect.
    async fn until(&self) -> Option<DateTime> {
        self.0.until.map(DateTime)
    }

    /// What it was about, in plain words; in English when no language is named.
    async fn words(&self, language: Option<TextLanguage>) -> &str {
        self.0.words_in(language.unwrap_or(TextLanguage::English).into())
    }
}

/// What a family may know of what was done with its record.
#[derive(Debug, Default)]
pub struct LedgerQuery;

#[Object]
impl LedgerQuery {
    /// The ledger of your family, newest first: who opened its record in an emergency, and what left the programme. For its
    /// own caregivers.
    async fn family_ledger(
        &self,
        ctx: &Context<'_>,
        family_id: ID,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<LedgerEntry>> {
        let request = page_request(first, after.as_deref())?;
        let id = target(&family_id, "familyId").map_err(fault)?;
        let page = service::family_ledger(ctx.data::<Op>()?, id, request).await.map_err(fault)?;
        Ok(connection(&request, page, Line::cursor, LedgerEntry))
    }
}
