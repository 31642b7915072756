//! The API types of releases.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::language;
use super::told::Disclosure;
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::{TextLanguage, each};
use crate::graphql::{Connection, connection, fault, page_request};
use crate::kernel::ids::TypedId;
use crate::op::Op;
use crate::releases::{self, Release, Signature, service};

/// Where a release stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "releases::ReleaseState")]
pub enum ReleaseState {
    /// Being written; nothing may be told.
    Draft,
    /// The family agreed; what it confirmed may be told until it expires.
    Signed,
    /// Its time is over.
    Expired,
    /// The family took it back.
    Revoked,
    /// The draft was dropped.
    Discarded,
}

/// What a release is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "releases::Purpose")]
pub enum ReleasePurpose {
    /// A place to live.
    Housing,
    /// Legal help.
    LegalHelp,
    /// Health care.
    HealthCare,
    /// Counselling.
    Counselling,
    /// School.
    School,
    /// Benefits and support in money or kind.
    Benefits,
    /// Somebody's safety.
    Safety,
    /// None of these.
    Other,
}

/// What can be told under a release. There is nothing else that can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "releases::Field")]
pub enum ReleaseField {
    /// The caregivers' first names.
    FirstNames,
    /// The languages that the family speaks.
    Languages,
    /// The one channel on which it is safe to reach the family.
    ContactChannel,
    /// The hours in which it is safe to reach the family.
    ContactHours,
    /// What happened, in broad terms.
    SituationKind,
    /// Where the family stands, in broad terms.
    SituationPhase,
    /// When the family has been supported by a mentor.
    SupportDates,
    /// When sessions took place.
    SessionDates,
    /// How many sessions took place, and how the support ended.
    OutcomeSummary,
}

/// The one receiver of a release.
#[derive(SimpleObject)]
pub struct ReleaseReceiver {
    /// The person's name.
    name: String,
    /// Their organisation.
    organisation: String,
}

impl From<releases::Receiver> for ReleaseReceiver {
    fn from(receiver: releases::Receiver) -> Self {
        Self { name: receiver.name, organisation: receiver.organisation }
    }
}

/// What a family member reads before signing.
#[derive(SimpleObject)]
pub struct ReleaseTerms {
    /// The version of the text: send it with the signature.
    version: &'static str,
    /// The language.
    language: TextLanguage,
    /// The text.
    text: &'static str,
    /// Each thing that may be told, in plain words, in the order of `fields`.
    fields_in_words: Vec<&'static str>,
}

/// What a family member signed.
#[derive(SimpleObject)]
pub struct ReleaseSignature {
    /// The account that signed.
    signed_by: ID,
    /// When.
    signed_at: DateTime,
    /// The language of the text.
    language: TextLanguage,
    /// The version of the text.
    text_version: String,
    /// The text, word for word.
    text: String,
}

impl From<Signature> for ReleaseSignature {
    fn from(signature: Signature) -> Self {
        Self {
            signed_by: ID(signature.account.to_global()),
            signed_at: signature.signed_at.into(),
            language: signature.language.into(),
            text_version: signature.text_version,
            text: signature.text,
        }
    }
}

/// A family's consent to tell one receiver certain things for one purpose, until it expires or is taken back.
pub struct InformationRelease(Release);

impl From<Release> for InformationRelease {
    fn from(release: Release) -> Self {
        Self(release)
    }
}

/// A family's consent to tell one receiver certain things for one purpose, until it expires or is taken back.
#[Object]
impl InformationRelease {
    /// Its id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_global())
    }

    /// Whose consent it is.
    async fn family_id(&self) -> ID {
        ID(self.0.family.to_global())
    }

    /// Where it stands now.
    async fn state(&self) -> ReleaseState {
        self.0.state.into()
    }

    /// The one receiver.
    async fn receiver(&self) -> ReleaseReceiver {
        self.0.receiver.clone().into()
    }

    /// What for, in broad terms.
    async fn purpose(&self) -> ReleasePurpose {
        self.0.purpose.into()
    }

    /// What for, in one sentence.
    async fn purpose_detail(&self) -> &str {
        &self.0.purpose_detail
    }

    /// What may be told.
    async fn fields(&self) -> Vec<ReleaseField> {
        each(self.0.fields.clone())
    }

    /// For how many days from the signature on.
    async fn valid_days(&self) -> i32 {
        self.0.valid_days
    }

    /// When it was drafted.
    async fn drafted_at(&self) -> DateTime {
        self.0.drafted_at.into()
    }

    /// What was signed; null before.
    async fn signature(&self) -> Option<ReleaseSignature> {
        self.0.signature.clone().map(ReleaseSignature::from)
    }

    /// When it expires; null before it is signed.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was taken back, expired or was dropped.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }

    /// Counts the changes: send it with a signature or a change, so that it is about what you saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What to read before signing, in English when no language is named.
    async fn terms(&self, language: Option<TextLanguage>) -> ReleaseTerms {
        let language = self::language(language);
        ReleaseTerms {
            version: releases::TERMS_VERSION,
            language: language.into(),
            text: releases::terms(language),
            fields_in_words: self.0.fields.iter().map(|field| field.in_words(language)).collect(),
        }
    }

    /// What was told under it, newest first: what, when and to whom, never the content.
    async fn disclosures(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Disclosure>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::disclosures(ctx.data::<Op>()?, self.0.id, request).await.map_err(fault)?;
        Ok(connection(&request, page, releases::Disclosure::cursor, Disclosure::from))
    }
}
