//! The permission matrix: every kind of caller, every action, against records that are near and far.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use kinward::access::{Action, FRESH, Needs, Policy, Principal, PrincipalKind, Resource, ResourceKind, Strength};
use kinward::kernel::Rights;
use kinward::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId};
use uuid::Uuid;

use super::reference::{Answer, Question, decided};
use crate::committed;

const FILE: &str = "graphql/permissions.tsv";

const HEAD: &str = "\
# Who may do what, as the policies decide. Generated; `UPDATE_FILES=1 cargo test --test it matrix` writes it anew.
# own              a record of the caller's own: their family, account or mentor record, a live match of theirs, a case
#                  that they hold, the programme that they act in, the service as a whole
# other            another record of the same programme
# unmatched        the same after the match has ended: the family side stays tied to it, the mentor does not
# other-programme  tied to the same people, in another programme
# staff            the account of another member of staff
# asked            another's account, whose reset the caller asked for
# opened           as `other`, while the caller has its family open by break-glass
# marked           as `own`, of a family that the caller is marked as an alleged abuser of; a case that the caller holds,
#                  about a match of their own
# escalated        a case that the caller holds and that was handed to the safeguarding leads
# limited          as `own`, of a family in which the caller is a caregiver without any right
# weak             a record of the caller's own, but they signed in with a passphrase alone
# stale            a record of the caller's own, but they proved who they are more than five minutes ago
# An answer is `allow`, `forbidden` (the caller may know that it exists), `not-found`, `second-factor` or `fresh-proof` (it
# would be allowed after that proof), with the deciding policies.
# `-` where the column says nothing for this kind of record.
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Own,
    Other,
    Unmatched,
    OtherProgramme,
    Staff,
    Asked,
    Opened,
    Marked,
    Escalated,
    Limited,
}

/// The kinds of record that belong to a family, and so can be closed to somebody.
const OF_A_FAMILY: [ResourceKind; 7] = [
    ResourceKind::Family,
    ResourceKind::SupportRequest,
    ResourceKind::Proposal,
    ResourceKind::Match,
    ResourceKind::Session,
    ResourceKind::Conversation,
    ResourceKind::Release,
];

impl Column {
    const ALL: [Self; 10] = [
        Self::Own,
        Self::Other,
        Self::Unmatched,
        Self::OtherProgramme,
        Self::Staff,
        Self::Asked,
        Self::Opened,
        Self::Marked,
        Self::Escalated,
        Self::Limited,
    ];

    fn applies(self, kind: ResourceKind) -> bool {
        match (self, kind) {
            (Self::Own, _) | (Self::Marked, ResourceKind::Case) => true,
            (Self::OtherProgramme, kind) => kind != ResourceKind::System,
            (Self::Opened | Self::Marked | Self::Limited, kind) => OF_A_FAMILY.contains(&kind),
            (Self::Escalated, kind) => kind == ResourceKind::Case,
            (_, ResourceKind::System | ResourceKind::Programme | ResourceKind::AuditLog) => false,
            (Self::Unmatched, kind) => kind != ResourceKind::Account,
            (Self::Staff | Self::Asked, kind) => kind == ResourceKind::Account,
            (Self::Other, _) => true,
        }
    }
}

fn id<I: From<Uuid>>(number: u128) -> I {
    I::from(Uuid::from_u128(number))
}

/// When every decision is made; all proofs are fresh then.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

const HERE: u128 = 1;
const THERE: u128 = 2;
const MINE: u128 = 10;
const THEIRS: u128 = 20;

/// A caller of this kind, as identity makes them.
fn caller(kind: PrincipalKind) -> Principal {
    let mut caller = Principal { kind, strength: Strength::Passkey, proved_at: Some(NOW), ..Principal::anonymous() };
    match kind {
        PrincipalKind::Anonymous => return Principal::anonymous(),
        PrincipalKind::SystemJob => return Principal::system(),
        PrincipalKind::FamilyMember => caller.family = Some(id(MINE)),
        PrincipalKind::Mentor => caller.mentor = Some(id(MINE)),
        PrincipalKind::Coordinator
        | PrincipalKind::SafeguardingLead
        | PrincipalKind::Auditor
        | PrincipalKind::Administrator => {}
    }
    caller.account = Some(id::<AccountId>(MINE));
    if kind != PrincipalKind::Administrator {
        caller.programme = Some(id(HERE));
    }
    caller
}

/// The facts about a record as the stores give them.
fn record(caller: &Principal, kind: ResourceKind, column: Column) -> Resource {
    let near = !matches!(column, Column::Other | Column::Unmatched | Column::Staff | Column::Opened);
    let programme: ProgrammeId = id(if column == Column::OtherProgramme { THERE } else { HERE });
    match kind {
        ResourceKind::System => return Resource::system(),
        ResourceKind::Programme => return Resource::programme(programme),
        ResourceKind::AuditLog => return Resource::audit_log(Some(programme)),
        _ => {}
    }
    let mut facts = Resource::new(kind, id::<Uuid>(99)).in_programme(programme);
    if column == Column::Marked && kind == ResourceKind::Case {
        facts = facts.between(caller.account);
    } else if column == Column::Marked {
        facts = facts.closed_to(caller.account);
    }
    if column == Column::Opened {
        facts = facts.opened_by(caller.account);
    }
    // The first caregiver of a family holds every right.
    let rights = if column == Column::Limited { Rights::NONE } else { Rights::ALL };
    facts = facts.with_rights(caller.account.map(|account| (account, rights)));
    let theirs = column == Column::Unmatched || near;
    let family = if theirs { caller.family.unwrap_or(id(THEIRS)) } else { id::<FamilyId>(THEIRS) };
    let mentor = if near { caller.mentor.unwrap_or(id(THEIRS)) } else { id::<MentorId>(THEIRS) };
    match kind {
        ResourceKind::Account => {
            // An account is its owner's in every programme, so the far one is somebody else's.
            let own = column == Column::Own;
            facts.account = if own { caller.account } else { Some(id(THEIRS)) };
            facts.holder = caller.account.filter(|_| column == Column::Asked);
            facts.staff = column == Column::Staff || (own && caller.is_staff());
            if own && caller.programme.is_none() {
                facts.programme = None;
            }
        }
        ResourceKind::Mentor => {
            facts = facts.of_mentor(mentor);
            if column != Column::Unmatched {
                facts = facts.of_family(family);
            }
        }
        ResourceKind::BreakGlass => {
            // One's own opening lasts.
            let own = caller.account.filter(|_| near);
            facts = facts.of_family(family).of_account(own.unwrap_or(id(THEIRS))).opened_by(own);
        }
        ResourceKind::Case => {
            facts = facts.of_family(family);
            facts.holder = if near { caller.account } else { Some(id(THEIRS)) };
            facts.escalated = column == Column::Escalated;
        }
        _ => {
            if kind == ResourceKind::Family && near {
                // The caller is whom it is about, or who marked somebody.
                facts.account = caller.account;
            }
            facts = facts.of_family(family);
            if column != Column::Unmatched {
                facts = facts.of_mentor(mentor);
            }
        }
    }
    facts
}

pub struct Cell {
    pub answer: &'static str,
    pub policies: Vec<String>,
}

pub fn cell(policy: &Policy, kind: PrincipalKind, action: Action, column: Column) -> Option<Cell> {
    if !column.applies(action.resource_kind()) {
        return None;
    }
    let caller = caller(kind);
    let facts = record(&caller, action.resource_kind(), column);
    Some(answer(policy, &caller, action, facts, NOW))
}

fn answer(policy: &Policy, caller: &Principal, action: Action, facts: Resource, now: Timestamp) -> Cell {
    match policy.decide(caller, action, facts, now) {
        Ok(decision) => Cell { answer: "allow", policies: decision.policies.clone() },
        Err(denial) => {
            let answer = match denial.needs {
                Some(Needs::SecondFactor) => "second-factor",
                Some(Needs::FreshProof) => "fresh-proof",
                None if denial.hidden => "not-found",
                None => "forbidden",
            };
            Cell { answer, policies: denial.tried.policies }
        }
    }
}

/// A caller of this kind about a record of their own: without a second factor, and with an old proof. None for those who
/// never sign in.
fn less_proved(policy: &Policy, kind: PrincipalKind, action: Action) -> Option<[Cell; 2]> {
    if matches!(kind, PrincipalKind::Anonymous | PrincipalKind::SystemJob) {
        return None;
    }
    let caller = caller(kind);
    let facts = record(&caller, action.resource_kind(), Column::Own);
    let weak = Principal { strength: Strength::Passphrase, ..caller.clone() };
    Some([answer(policy, &weak, action, facts.clone(), NOW), answer(policy, &caller, action, facts, NOW + FRESH)])
}

/// Every answer that somebody of a kind can hear to an action, over all columns and whatever they have proved.
pub fn possible() -> BTreeSet<(PrincipalKind, Action, Answer)> {
    let stale = NOW - FRESH;
    let proofs = [
        (Strength::Passkey, NOW),
        (Strength::Passkey, stale),
        (Strength::Passphrase, NOW),
        (Strength::Passphrase, stale),
    ];
    let policy = Policy::load().unwrap();
    let mut answers = BTreeSet::new();
    for (strength, proved_at) in proofs {
        for kind in PrincipalKind::ALL {
            let mut caller = caller(kind);
            if caller.account.is_some() {
                (caller.strength, caller.proved_at) = (strength, Some(proved_at));
            }
            for action in Action::ALL {
                for column in Column::ALL.iter().filter(|column| column.applies(action.resource_kind())) {
                    let what = record(&caller, action.resource_kind(), *column);
                    let question = Question { who: caller.clone(), action: *action, what };
                    answers.insert((kind, *action, decided(&policy, &question)));
                }
            }
        }
    }
    answers
}

fn each(mut look: impl FnMut(PrincipalKind, Action, Column, Option<Cell>)) {
    let policy = Policy::load().unwrap();
    for kind in PrincipalKind::ALL {
        for action in Action::ALL {
            for column in Column::ALL {
                look(kind, *action, column, cell(&policy, kind, *action, column));
            }
        }
    }
}

#[test]
fn the_matrix_is_as_committed() {
    let policy = Policy::load().unwrap();
    let columns =
        "own\tother\tunmatched\tother-programme\tstaff\tasked\topened\tmarked\tescalated\tlimited\tweak\tstale";
    let mut text = format!("{HEAD}principal\taction\t{columns}\n");
    each(|kind, action, column, cell| {
        if column == Column::Own {
            write!(text, "{}\t{}", kind.as_str(), action.as_str()).unwrap();
        }
        match cell {
            None => text.push_str("\t-"),
            Some(cell) => {
                let policies = cell.policies.join(",");
                write!(text, "\t{}", format!("{} {policies}", cell.answer).trim_end()).unwrap();
            }
        }
        if column == Column::Limited {
            let cells = less_proved(&policy, kind, action);
            let told = |cell: &Cell| format!("{} {}", cell.answer, cell.policies.join(",")).trim_end().to_owned();
            let [weak, stale] = cells.map_or(["-".into(), "-".into()], |cells| cells.each_ref().map(told));
            writeln!(text, "\t{weak}\t{stale}").unwrap();
        }
    });
    committed::compare(FILE, "matrix", &text);
}

#[test]
fn every_policy_decides_something_in_the_matrix() {
    let mut idle: BTreeSet<String> = Policy::load().unwrap().sentences().into_iter().map(|(id, _)| id).collect();
    let policy = Policy::load().unwrap();
    each(|kind, action, _, cell| {
        let less = less_proved(&policy, kind, action).into_iter().flatten();
        for policy in cell.into_iter().chain(less).flat_map(|cell| cell.policies) {
            idle.remove(&policy);
        }
    });
    assert!(idle.is_empty(), "these policies decide nothing in the matrix: {idle:?}");
}

#[test]
fn somebody_may_do_each_action() {
    let mut dead: BTreeSet<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
    each(|_, action, _, cell| {
        if cell.is_some_and(|cell| cell.answer == "allow") {
            dead.remove(action.as_str());
        }
    });
    assert!(dead.is_empty(), "nobody may do these: {dead:?}");
}

#[test]
fn nobody_signed_in_may_only_try_to_get_in() {
    let mut allowed = BTreeSet::new();
    each(|kind, action, _, cell| {
        if kind == PrincipalKind::Anonymous && cell.is_some_and(|cell| cell.answer == "allow") {
            allowed.insert(action.as_str());
        }
    });
    let public = [
        "invitation.accept",
        "session.answer",
        "session.provider",
        "session.provider_begin",
        "session.refresh",
        "session.sign_in",
        "session.stop_reset",
    ];
    assert_eq!(allowed.into_iter().collect::<Vec<_>>(), public);
}

#[test]
fn without_a_second_factor_those_in_service_reach_their_own_account_only() {
    let policy = Policy::load().unwrap();
    let open = ["account.own_sessions", "account.read", "factor.add", "factor.list", "reset.stop", "session.prove"];
    for kind in PrincipalKind::ALL {
        let serves = !matches!(kind, PrincipalKind::Anonymous | PrincipalKind::FamilyMember | PrincipalKind::SystemJob);
        for action in Action::ALL {
            let Some([weak, _]) = less_proved(&policy, kind, *action) else { continue };
            let strong = cell(&policy, kind, *action, Column::Own).is_some_and(|cell| cell.answer == "allow");
            let free = !serves || open.contains(&action.as_str());
            assert_eq!(weak.answer == "allow", strong && free, "{kind:?} {action:?}");
            assert!(!strong || free || weak.answer == "second-factor", "{kind:?} {action:?}: {}", weak.answer);
        }
    }
}

#[test]
fn auditors_and_administrators_never_come_near_content() {
    let content = [
        ResourceKind::Family,
        ResourceKind::SupportRequest,
        ResourceKind::Proposal,
        ResourceKind::Match,
        ResourceKind::Session,
        ResourceKind::Conversation,
        ResourceKind::Case,
    ];
    each(|kind, action, column, cell| {
        let never = matches!(kind, PrincipalKind::Auditor | PrincipalKind::Administrator | PrincipalKind::SystemJob);
        if never && content.contains(&action.resource_kind()) {
            let answer = cell.map_or("not-found", |cell| cell.answer);
            assert_eq!(answer, "not-found", "{kind:?} {action:?} {column:?}");
        }
    });
}

#[test]
fn an_opening_lets_a_lead_read_and_nothing_else() {
    each(|kind, action, column, cell| {
        let by_opening = cell.is_some_and(|cell| {
            cell.policies.iter().any(|policy| policy == "opened-family" || policy == "opener-uses")
        });
        if by_opening {
            assert_eq!(kind, PrincipalKind::SafeguardingLead, "{action:?} {column:?}");
            assert_eq!(action.effect(), kinward::access::Effect::Read, "{action:?}");
            assert!(matches!(column, Column::Opened | Column::Own), "{action:?} {column:?}");
        }
    });
}

#[test]
fn administrators_judge_openings_without_their_words() {
    each(|kind, action, column, cell| {
        let words = [Action::UseBreakGlass, Action::ReadBreakGlassReason, Action::OpenBreakGlass];
        if kind != PrincipalKind::SafeguardingLead && kind != PrincipalKind::Coordinator && words.contains(&action) {
            assert_ne!(cell.map(|cell| cell.answer), Some("allow"), "{kind:?} {action:?} {column:?}");
        }
    });
}

#[test]
fn nothing_of_another_programme_is_known_or_done_except_by_administrators() {
    each(|kind, action, column, cell| {
        if column != Column::OtherProgramme || matches!(kind, PrincipalKind::Administrator | PrincipalKind::SystemJob) {
            return;
        }
        let answer = cell.map_or("not-found", |cell| cell.answer);
        assert_eq!(answer, "not-found", "{kind:?} {action:?}");
    });
}

#[test]
fn an_escalated_case_is_claimed_and_decided_by_safeguarding_leads_only() {
    each(|kind, action, column, cell| {
        if column == Column::Escalated && matches!(action, Action::ClaimCase | Action::DecideCase) {
            let allowed = cell.is_some_and(|cell| cell.answer == "allow");
            assert_eq!(allowed, kind == PrincipalKind::SafeguardingLead, "{kind:?} {action:?}");
        }
    });
}

#[test]
fn a_former_mentor_is_a_stranger() {
    each(|kind, action, column, cell| {
        let family_side = !matches!(
            action.resource_kind(),
            ResourceKind::System
                | ResourceKind::Programme
                | ResourceKind::Account
                | ResourceKind::Mentor
                | ResourceKind::AuditLog
        );
        if kind == PrincipalKind::Mentor && column == Column::Unmatched && family_side {
            assert_eq!(cell.map(|cell| cell.answer), Some("not-found"), "{action:?}");
        }
    });
}

#[test]
fn whoever_is_marked_may_do_nothing_and_know_nothing() {
    each(|kind, action, column, cell| {
        if column == Column::Marked && kind != PrincipalKind::SystemJob {
            let answer = cell.map_or("not-found", |cell| cell.answer);
            assert_eq!(answer, "not-found", "{kind:?} {action:?}");
        }
    });
}
