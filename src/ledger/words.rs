//! The lines in plain words, in each language of the service.

use super::model::{ActingRole, Happening, Line};
use crate::breakglass::BreakGlass;
use crate::kernel::ids::LedgerEntryId;
use crate::kernel::terms::TextLanguage;
use crate::releases::{Disclosure, Field, Receiver, Release, ReleaseState};

const LANGUAGES: [TextLanguage; 2] = [TextLanguage::English, TextLanguage::Spanish];

/// The family's record was opened in an emergency.
pub(super) fn opened(opening: &BreakGlass) -> Line {
    Line {
        id: LedgerEntryId::from(opening.id.uuid()),
        at: opening.opened_at,
        what: Happening::RecordOpened,
        role: ActingRole::SafeguardingLead,
        until: Some(opening.ended_at.unwrap_or(opening.ends_at)),
        words: LANGUAGES.map(|language| opening.category.in_words(language).to_owned()),
    }
}

/// "Jo Park (Harbour Legal Aid): first names of the caregivers; languages", after the words of each language.
fn told(before: [&str; 2], receiver: &Receiver, fields: &[Field]) -> [String; 2] {
    let Receiver { name, organisation } = receiver;
    let [english, spanish] = LANGUAGES.map(|language| {
        let fields: Vec<&str> = fields.iter().map(|field| field.in_words(language)).collect();
        format!("{name} ({organisation}): {}.", fields.join("; "))
    });
    let [in_english, in_spanish] = before;
    [format!("{in_english} {english}"), format!("{in_spanish} {spanish}")]
}

/// A caregiver agreed that something may be told; none for what was not signed.
pub(super) fn signed(release: &Release) -> Option<Line> {
    let signature = release.signature.as_ref()?;
    Some(Line {
        id: LedgerEntryId::from(signature.id),
        at: signature.signed_at,
        what: Happening::ReleaseSigned,
        role: ActingRole::Caregiver,
        until: release.expires_at,
        words: told(["Agreed to tell", "Se aceptó contar a"], &release.receiver, &release.fields),
    })
}

/// A release was taken back or its time was over; none for what has no end yet.
pub(super) fn ended(release: &Release) -> Option<Line> {
    let by_time = release.state == ReleaseState::Expired;
    let (what, role, before) = match (by_time, release.ended_by_staff) {
        (true, _) => (Happening::ReleaseExpired, ActingRole::Nobody, ["No longer told to", "Ya no se cuenta a"]),
        (false, Some(true)) => (Happening::ReleaseRevoked, ActingRole::Coordinator, ["Taken back from", "Retirado a"]),
        (false, _) => (Happening::ReleaseRevoked, ActingRole::Caregiver, ["Taken back from", "Retirado a"]),
    };
    Some(Line {
        id: LedgerEntryId::from(release.id.uuid()),
        at: release.ended_at?,
        what,
        role,
        until: None,
        words: told(before, &release.receiver, &release.fields),
    })
}

/// Something was told under a release.
pub(super) fn disclosed(disclosure: &Disclosure) -> Line {
    Line {
        id: LedgerEntryId::from(disclosure.id.uuid()),
        at: disclosure.at,
        what: Happening::InformationDisclosed,
        role: ActingRole::Coordinator,
        until: None,
        words: told(["Told", "Se contó a"], &disclosure.receiver, &disclosure.fields),
    }
}
