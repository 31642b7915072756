//! What the mutations take and answer with.

use async_graphql::{ID, InputObject};

use super::told::Disclosed;
use super::types::{InformationRelease, ReleaseField, ReleasePurpose};
use crate::graphql::target;
use crate::graphql::terms::{TextLanguage, each};
use crate::kernel::Result;
use crate::payload;
use crate::releases::{NewDraft, Receiver, Signing};

/// Who receives what is told.
#[derive(InputObject)]
pub struct ReleaseReceiverInput {
    /// The person's name, 1 to 120 characters.
    #[graphql(secret)]
    name: String,
    /// Their organisation, 1 to 120 characters.
    #[graphql(secret)]
    organisation: String,
}

/// A draft, new or changed.
#[derive(InputObject)]
pub struct DraftReleaseInput {
    /// The family, for a new draft.
    family_id: Option<ID>,
    /// The draft to be changed; send its `version` with it.
    release_id: Option<ID>,
    /// The version that you read, so that you overwrite nobody else's change; needed with `releaseId`.
    version: Option<i32>,
    /// The one receiver.
    receiver: ReleaseReceiverInput,
    /// What for, in broad terms.
    purpose: ReleasePurpose,
    /// What for, in one sentence of 10 to 500 characters.
    #[graphql(secret)]
    purpose_detail: String,
    /// What may be told.
    fields: Vec<ReleaseField>,
    /// For how many days from the signature on, 1 to 90 (or what the programme allows); as long as can be when left out.
    valid_days: Option<i32>,
}

impl DraftReleaseInput {
    pub(super) fn read(self) -> Result<NewDraft> {
        let release = self.release_id.as_ref().map(|id| target(id, "input.releaseId")).transpose()?;
        // A changed draft stays with its family; who names both means the draft.
        let family = if release.is_some() {
            None
        } else {
            self.family_id.as_ref().map(|id| target(id, "input.familyId")).transpose()?
        };
        Ok(NewDraft {
            changes: release.map(|id| (id, self.version.unwrap_or_default())),
            family,
            receiver: Receiver { name: self.receiver.name, organisation: self.receiver.organisation },
            purpose: self.purpose.into(),
            purpose_detail: self.purpose_detail,
            fields: each(self.fields),
            valid_days: self.valid_days,
        })
    }
}

/// A draft to be dropped.
#[derive(InputObject)]
pub struct DiscardReleaseInput {
    /// The release.
    pub(super) release_id: ID,
}

/// A signature.
#[derive(InputObject)]
pub struct SignReleaseInput {
    /// The release.
    release_id: ID,
    /// The version that you read: you sign what you saw.
    version: i32,
    /// The language in which you read what it means.
    language: TextLanguage,
    /// The version of that text, from `terms`.
    text_version: String,
    /// Each thing that may be told, confirmed one by one.
    confirmed_fields: Vec<ReleaseField>,
}

impl SignReleaseInput {
    pub(super) fn read(self) -> Result<Signing> {
        Ok(Signing {
            id: target(&self.release_id, "input.releaseId")?,
            version: self.version,
            language: self.language.into(),
            text_version: self.text_version,
            confirmed: each(self.confirmed_fields),
        })
    }
}

/// A release to be taken back.
#[derive(InputObject)]
pub struct RevokeReleaseInput {
    /// The release.
    pub(super) release_id: ID,
}

/// What is to be told.
#[derive(InputObject)]
pub struct DiscloseInput {
    /// The release.
    pub(super) release_id: ID,
    /// What to tell now: some or all of the released fields.
    pub(super) fields: Vec<ReleaseField>,
}

payload! {
    /// What became of a draft.
    pub DraftReleasePayload { /// The release.
        release: InformationRelease }
    /// What became of dropping a draft.
    pub DiscardReleasePayload { /// The release.
        release: InformationRelease }
    /// What became of a signature.
    pub SignReleasePayload { /// The release.
        release: InformationRelease }
    /// What became of taking a release back.
    pub RevokeReleasePayload { /// The release.
        release: InformationRelease }
    /// What may be told now.
    pub DisclosePayload { /// The record of it, with the content, which is kept nowhere.
        disclosed: Disclosed }
}
