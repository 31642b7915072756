//! Releases in GraphQL.

mod inputs;
mod told;
mod types;

use async_graphql::{Context, ID, Object, Result, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::{Filter, service};
use crate::graphql::terms::{TextLanguage, each};
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::FamilyId;
use crate::op::Op;

pub use inputs::{
    DiscardReleaseInput, DiscardReleasePayload, DiscloseInput, DisclosePayload, DraftReleaseInput, DraftReleasePayload,
    ReleaseReceiverInput, RevokeReleaseInput, RevokeReleasePayload, SignReleaseInput, SignReleasePayload,
};
pub use told::{
    Disclosed, DisclosedContent, DisclosedHours, DisclosedOutcome, DisclosedSupport, DisclosedWindow, Disclosure,
};
pub use types::{
    InformationRelease, ReleaseField, ReleasePurpose, ReleaseReceiver, ReleaseSignature, ReleaseState, ReleaseTerms,
};

/// Reading releases.
#[derive(Debug, Default)]
pub struct ReleasesQuery;

#[Object]
impl ReleasesQuery {
    /// The releases of information of a family, newest first: your own, or one of your programme.
    async fn releases(
        &self,
        ctx: &Context<'_>,
        family_id: ID,
        #[graphql(desc = "Only those that something may be told under now.", default)] live_only: bool,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<InformationRelease>> {
        let request = page_request(first, after.as_deref())?;
        let (id, filter) = (target(&family_id, "familyId").map_err(fault)?, Filter { live_only });
        let page = service::list(ctx.data::<Op>()?, id, filter, request).await.map_err(fault)?;
        Ok(connection(&request, page, super::Release::cursor, InformationRelease::from))
    }

    /// One release of information.
    async fn release(&self, ctx: &Context<'_>, id: ID) -> Result<InformationRelease> {
        let found = service::release(ctx.data::<Op>()?, target(&id, "id").map_err(fault)?).await;
        found.map(InformationRelease::from).map_err(fault)
    }
}

/// Drafting, signing, taking back, and telling.
#[derive(Debug, Default)]
pub struct ReleasesMutation;

#[Object]
impl ReleasesMutation {
    /// Writes a draft: a new one for a family, or a change of one that is not signed. The family itself, or a coordinator.
    async fn draft_release(&self, ctx: &Context<'_>, input: DraftReleaseInput) -> Result<DraftReleasePayload> {
        let draft = input.read().map_err(fault)?;
        DraftReleasePayload::from_result(service::draft(ctx.data::<Op>()?, draft).await)
    }

    /// Drops a draft. The family itself, or a coordinator.
    async fn discard_release(&self, ctx: &Context<'_>, input: DiscardReleaseInput) -> Result<DiscardReleasePayload> {
        let id = target(&input.release_id, "input.releaseId").map_err(fault)?;
        DiscardReleasePayload::from_result(service::discard(ctx.data::<Op>()?, id).await)
    }

    /// Signs a release: a caregiver of the family alone. Read `terms` first, send its version and confirm each field.
    async fn sign_release(&self, ctx: &Context<'_>, input: SignReleaseInput) -> Result<SignReleasePayload> {
        let signing = input.read().map_err(fault)?;
        SignReleasePayload::from_result(service::sign(ctx.data::<Op>()?, signing).await)
    }

    /// Takes a release back, at once and without a reason: a caregiver of the family, or a coordinator at its word.
    async fn revoke_release(&self, ctx: &Context<'_>, input: RevokeReleaseInput) -> Result<RevokeReleasePayload> {
        let id = target(&input.release_id, "input.releaseId").map_err(fault)?;
        RevokeReleasePayload::from_result(service::revoke(ctx.data::<Op>()?, id).await)
    }

    /// Gives exactly these fields to be told to the receiver of a live release; that it was told is kept and shown to the
    /// family. Coordinators.
    async fn disclose(&self, ctx: &Context<'_>, input: DiscloseInput) -> Result<DisclosePayload> {
        let (id, fields) = (target(&input.release_id, "input.releaseId").map_err(fault)?, each(input.fields));
        DisclosePayload::from_result(service::disclose(ctx.data::<Op>()?, id, fields).await)
    }
}

/// Watching releases.
#[derive(Debug, Default)]
pub struct ReleasesSubscription;

#[Subscription]
impl ReleasesSubscription {
    /// Every release of a family when it changes, is used, expires or is taken back: your own family, or one of your
    /// programme.
    async fn release_changes(
        &self,
        ctx: &Context<'_>,
        family_id: ID,
    ) -> Result<impl Stream<Item = Result<InformationRelease>> + use<>> {
        let id: FamilyId = target(&family_id, "familyId").map_err(fault)?;
        let changes = service::changes(ctx.data::<Op>()?, id).await.map_err(fault)?;
        Ok(changes.map(|change| change.map(InformationRelease::from).map_err(fault)))
    }
}

/// The language that a text is asked for in; English when none is named.
fn language(named: Option<TextLanguage>) -> crate::kernel::terms::TextLanguage {
    named.unwrap_or(TextLanguage::English).into()
}
