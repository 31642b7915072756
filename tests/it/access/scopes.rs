//! How far a list reaches, compared with what Cedar says of each record: a list shows a record exactly when its reader
//! may open it.

use kinward::access::{ActionTag, Policy, Principal, PrincipalKind, Reach, Resource, ResourceKind, Strength, act};
use kinward::kernel::Rights;
use kinward::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId};
use proptest::prelude::*;
use uuid::Uuid;

/// Small numbers, so that callers and records meet often. A family and a mentor belong to one programme, as the foreign
/// keys have it, so their ids are drawn inside it.
const PROGRAMMES: u128 = 3;
const EACH: u128 = 3;

/// When every decision is made; all proofs are fresh then.
const NOW: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

fn programme(number: u128) -> ProgrammeId {
    Uuid::from_u128(1 + number).into()
}

fn family(programme: u128, number: u128) -> FamilyId {
    Uuid::from_u128(100 + programme * EACH + number).into()
}

fn mentor(programme: u128, number: u128) -> MentorId {
    Uuid::from_u128(200 + programme * EACH + number).into()
}

fn account(number: u128) -> AccountId {
    Uuid::from_u128(300 + number).into()
}

fn callers() -> impl Strategy<Value = Principal> {
    let kinds = proptest::sample::select(PrincipalKind::ALL.to_vec());
    (kinds, 0..PROGRAMMES, 0..EACH, 0..4_u128).prop_map(|(kind, place, number, who)| {
        let mut caller =
            Principal { kind, strength: Strength::Passkey, proved_at: Some(NOW), ..Principal::anonymous() };
        match kind {
            PrincipalKind::Anonymous => return Principal::anonymous(),
            PrincipalKind::SystemJob => return Principal::system(),
            PrincipalKind::FamilyMember => caller.family = Some(family(place, number)),
            PrincipalKind::Mentor => caller.mentor = Some(mentor(place, number)),
            _ => {}
        }
        caller.account = Some(account(who));
        caller.programme = (kind != PrincipalKind::Administrator).then(|| programme(place));
        caller
    })
}

/// Records with any ties inside their programme. An account of an administrator has no programme.
fn records(kind: ResourceKind) -> impl Strategy<Value = Resource> {
    let some = || prop::collection::vec(0..EACH, 0..3);
    (0..PROGRAMMES, some(), some(), 0..4_u128, prop::option::of(0..4_u128), any::<bool>()).prop_map(
        move |(place, families, mentors, who, holder, staff)| {
            let id = match kind {
                ResourceKind::Programme => programme(place).into(),
                _ => Uuid::from_u128(9_000),
            };
            let mut facts = Resource::new(kind, id).in_programme(programme(place));
            facts.families = families.into_iter().map(|number| family(place, number)).collect();
            facts.mentors = mentors.into_iter().map(|number| mentor(place, number)).collect();
            let owned = matches!(kind, ResourceKind::Account | ResourceKind::BreakGlass);
            facts.account = owned.then(|| account(who));
            facts.holder = holder.map(account).filter(|_| kind == ResourceKind::Case);
            facts.staff = staff && kind == ResourceKind::Account;
            // Which caregivers lack a right is asked row by row, in `rows`.
            facts.rights = (0..4).map(|who| (account(who), Rights::ALL)).collect();
            facts
        },
    )
}

fn within(reach: Reach, record: &Resource) -> bool {
    match reach {
        Reach::Everything => true,
        Reach::Programme(id) => record.programme == Some(id),
        Reach::Family(id) => record.families.contains(&id),
        Reach::Mentor(id) => record.mentors.contains(&id),
        Reach::Account(id) => record.account == Some(id),
        Reach::Nothing => false,
    }
}

/// Where the caller lists: the programme that they act in, or the whole service.
fn place(caller: &Principal, kind: ResourceKind) -> Resource {
    match kind {
        ResourceKind::Account | ResourceKind::Programme => Resource::system(),
        _ => Resource::programme(caller.programme.unwrap_or(programme(0))),
    }
}

/// Compares the list `L` with the read `R` for one caller and one record.
fn agree<L: ActionTag, R: ActionTag>(
    policy: &Policy,
    caller: &Principal,
    record: &Resource,
) -> Result<(), TestCaseError> {
    let may_read = policy.authorize::<R>(caller, record.clone(), NOW).is_ok();
    match policy.scope::<L>(caller, place(caller, record.kind), NOW) {
        Ok(scope) => prop_assert_eq!(within(scope.reach(), record), may_read, "{:?} of {:?}", scope.reach(), record),
        // Without the list a caller may still open what is theirs by its id: that is meant, and stands below.
        Err(_) => prop_assert!(!may_read || OPENED_WITHOUT_A_LIST.contains(&(caller.kind, L::ACTION.as_str()))),
    }
    Ok(())
}

/// Who may open a record by its id and has no list of its kind: each has one or two, and finds them from their own
/// record; a coordinator keeps accounts from the record of the family or mentor.
pub const OPENED_WITHOUT_A_LIST: [(PrincipalKind, &str); 14] = [
    (PrincipalKind::FamilyMember, "family.list"),
    (PrincipalKind::FamilyMember, "mentor.list"),
    (PrincipalKind::Mentor, "family.list"),
    (PrincipalKind::Mentor, "mentor.list"),
    (PrincipalKind::FamilyMember, "account.list"),
    (PrincipalKind::Mentor, "account.list"),
    (PrincipalKind::Coordinator, "account.list"),
    (PrincipalKind::SafeguardingLead, "account.list"),
    (PrincipalKind::Auditor, "account.list"),
    (PrincipalKind::FamilyMember, "programme.list"),
    (PrincipalKind::Mentor, "programme.list"),
    (PrincipalKind::Coordinator, "programme.list"),
    (PrincipalKind::SafeguardingLead, "programme.list"),
    (PrincipalKind::Auditor, "programme.list"),
];

macro_rules! lists {
    ($($name:ident: $list:ident reads $read:ident of $kind:ident;)+) => {$(
        #[test]
        fn $name() {
            let policy = Policy::load().unwrap();
            proptest!(ProptestConfig::with_cases(400), |(caller in callers(), record in records(ResourceKind::$kind))| {
                agree::<act::$list, act::$read>(&policy, &caller, &record)?;
            });
        }
    )+};
}

lists! {
    the_list_of_families_shows_what_may_be_read: ListFamilies reads ReadFamily of Family;
    the_list_of_mentors_shows_what_may_be_read: ListMentors reads ReadMentor of Mentor;
    the_list_of_requests_shows_what_may_be_read: ListRequests reads ReadRequest of SupportRequest;
    the_list_of_proposals_shows_what_may_be_read: ListProposals reads ReadProposal of Proposal;
    the_list_of_matches_shows_what_may_be_read: ListMatches reads ReadMatch of Match;
    the_list_of_cases_shows_what_may_be_read: ListCases reads ReadCase of Case;
    the_list_of_openings_shows_what_may_be_read: ListBreakGlass reads ReadBreakGlass of BreakGlass;
    the_list_of_accounts_shows_what_may_be_read: ListAccounts reads ReadAccount of Account;
    the_list_of_programmes_shows_what_may_be_read: ListProgrammes reads ReadProgramme of Programme;
}
