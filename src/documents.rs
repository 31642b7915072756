//! The documents that clients use, embedded: the only ones that run in trusted-documents mode.

/// Embeds documents by their path under `graphql/operations`.
macro_rules! documents {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../graphql/operations/", $path)))),*]
    };
}

/// Every document: its path under `graphql/operations` and its text. A test compares the list with the folder.
pub const ALL: &[(&str, &str)] = documents![
    "scheduling/addDayOff.graphql",
    "scheduling/addExtraHours.graphql",
    "scheduling/bookSession.graphql",
    "scheduling/cancelSession.graphql",
    "scheduling/commonSlots.graphql",
    "scheduling/completeSession.graphql",
    "scheduling/confirmSession.graphql",
    "scheduling/familyDays.graphql",
    "scheduling/mySessions.graphql",
    "scheduling/removeAvailabilityException.graphql",
    "scheduling/reportNoShow.graphql",
    "scheduling/rescheduleSession.graphql",
    "scheduling/session.graphql",
    "scheduling/sessionChanges.graphql",
    "scheduling/sessionOutcome.graphql",
    "scheduling/sessions.graphql",
    "scheduling/setWeeklyAvailability.graphql",
    "scheduling/weeklyAvailability.graphql",
];
