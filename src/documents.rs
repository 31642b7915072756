//! The documents that clients use, embedded: the only ones that run in trusted-documents mode.

/// Embeds documents by their paths under `graphql/operations`.
macro_rules! documents {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../graphql/operations/", $path)))),*] };
}

/// Every document: its path under `graphql/operations` and its text. A test compares the list with the folder.
pub const ALL: &[(&str, &str)] = documents![
    "families/families.graphql",
    "families/family.graphql",
    "families/inviteFamilyMember.graphql",
    "families/myFamily.graphql",
    "families/safeContactPlan.graphql",
    "families/setSafeContactPlan.graphql",
    "families/updateFamily.graphql",
    "mentors/inviteMentor.graphql",
    "mentors/mentor.graphql",
    "mentors/mentors.graphql",
    "mentors/myMentorRecord.graphql",
    "mentors/recordEvidence.graphql",
    "mentors/returnToService.graphql",
    "mentors/stepBack.graphql",
    "mentors/updateMentor.graphql",
    "mentors/withdrawEvidence.graphql",
];
