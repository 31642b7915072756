//! Ids of the log as the rest of the service writes them, so that an auditor can compare them and ask by them.

use uuid::Uuid;

use super::Entry;
use crate::kernel::ids::{
    AccountId, AuditId, BreakGlassId, CaseId, ConversationId, FamilyId, InvitationId, MatchId, MeetingId, MentorId,
    ProgrammeId, ProposalId, ReferenceId, ReleaseId, RequestId, RoleId, SignInId, TypedId,
};

/// The global form of an id.
pub fn global<I: TypedId>(id: Uuid) -> String {
    I::from(id).to_global()
}

/// The record that an entry is about; none for the service as a whole.
pub fn object(entry: &Entry) -> Option<String> {
    Some(of_kind(&entry.object.kind, entry.object.id?))
}

/// An id of a record of this kind, by its name in the log. A kind that this version does not know is a bare reference.
fn of_kind(kind: &str, id: Uuid) -> String {
    match kind {
        // An audit log is a programme's.
        "Programme" | "AuditLog" => global::<ProgrammeId>(id),
        "Account" => global::<AccountId>(id),
        "Family" => global::<FamilyId>(id),
        "Mentor" => global::<MentorId>(id),
        "SupportRequest" => global::<RequestId>(id),
        "Proposal" => global::<ProposalId>(id),
        "Match" => global::<MatchId>(id),
        "Session" => global::<MeetingId>(id),
        "Conversation" => global::<ConversationId>(id),
        "Case" => global::<CaseId>(id),
        "BreakGlass" => global::<BreakGlassId>(id),
        "Release" => global::<ReleaseId>(id),
        _ => global::<ReferenceId>(id),
    }
}

/// The ids that an entry names. An entry does not say of what kind each is; where the entry itself or the kind of list
/// tells, the id has that kind's form, else it is a bare reference, which ends like the id of what it names.
pub fn named(entry: &Entry) -> Vec<String> {
    entry.ids.iter().map(|id| known(entry, *id).unwrap_or_else(|| of_list(&entry.action, *id))).collect()
}

fn known(entry: &Entry, id: Uuid) -> Option<String> {
    let (actor, object) = (&entry.actor, &entry.object);
    let is = |other: Option<Uuid>| other == Some(id);
    if is(actor.account) {
        return Some(global::<AccountId>(id));
    }
    if is(actor.sign_in) {
        return Some(global::<SignInId>(id));
    }
    if is(actor.role) {
        return Some(global::<RoleId>(id));
    }
    if is(object.family) {
        return Some(global::<FamilyId>(id));
    }
    if is(object.programme) || is(actor.programme) {
        return Some(global::<ProgrammeId>(id));
    }
    is(object.id).then(|| of_kind(&object.kind, id))
}

/// An id out of an entry of this action, where all of them are of one kind. Other lists name the accounts of people too.
fn of_list(action: &str, id: Uuid) -> String {
    match action {
        "account.list" => global::<AccountId>(id),
        "audit.read" => global::<AuditId>(id),
        "break_glass.list" | "break_glass.read" | "break_glass.read_reason" => global::<BreakGlassId>(id),
        "case.list" => global::<CaseId>(id),
        "family.read_circumstances" | "family.read_keys" => global::<FamilyId>(id),
        "invitation.list" => global::<InvitationId>(id),
        "mentor.read_record" | "mentor.read_keys" => global::<MentorId>(id),
        "programme.create" => global::<ProgrammeId>(id),
        "release.list" => global::<ReleaseId>(id),
        "role.change" => global::<RoleId>(id),
        "request.list" => global::<RequestId>(id),
        "session.list" | "session.list_own" | "session.read_outcome" => global::<MeetingId>(id),
        _ => global::<ReferenceId>(id),
    }
}
