//! What the stores' queries list, compared with what the policies say of each row: random rows on both databases, every
//! row of every list for every caller. A list shows a row exactly when its reader may open it.

mod data;

use std::collections::BTreeSet;
use std::future::Future;

use kinward::access::{Action, Policy, Principal, PrincipalKind, ResourceKind};
use kinward::kernel::page::Cursor;
use kinward::kernel::{Error, Page, PageRequest, Result, Rights};
use kinward::op::{Op, Origin};
use kinward::{breakglass, families, identity, matching, mentors, moderation, oversight, scheduling};
use uuid::Uuid;

use super::scopes::OPENED_WITHOUT_A_LIST;
use crate::harness::{START, TestApp, on_each};
use data::{Data, PROGRAMMES, Row, programme};

/// The lists, and the right to open one row of each.
const LISTS: [(Action, Action); 11] = [
    (Action::ListProgrammes, Action::ReadProgramme),
    (Action::ListAccounts, Action::ReadAccount),
    (Action::ListInvitations, Action::ListInvitations),
    (Action::ListFamilies, Action::ReadFamily),
    (Action::ListMentors, Action::ReadMentor),
    (Action::ListRequests, Action::ReadRequest),
    (Action::ListProposals, Action::ReadProposal),
    (Action::ListMatches, Action::ReadMatch),
    (Action::ListOwnSessions, Action::ReadSession),
    (Action::ListCases, Action::ReadCase),
    (Action::ListBreakGlass, Action::ReadBreakGlass),
];

/// Sessions are listed to their two sides only; staff find them at their match.
fn is_found_elsewhere(kind: PrincipalKind, list: Action) -> bool {
    let by_match = kind == PrincipalKind::Coordinator && list == Action::ListOwnSessions;
    by_match || OPENED_WITHOUT_A_LIST.contains(&(kind, list.as_str()))
}

/// Whether a row belongs to a list. Invitations stand as records of a programme with ids of their own.
fn is_of(row: &Row, list: Action) -> bool {
    let invitation = row.facts.kind == ResourceKind::Programme && row.facts.programme.map(Uuid::from) != Some(row.id());
    match list {
        Action::ListInvitations => invitation,
        Action::ListProgrammes => row.facts.kind == ResourceKind::Programme && !invitation,
        Action::ListAccounts => row.facts.kind == ResourceKind::Account,
        Action::ListFamilies => row.facts.kind == ResourceKind::Family,
        Action::ListMentors => row.facts.kind == ResourceKind::Mentor,
        Action::ListRequests => row.facts.kind == ResourceKind::SupportRequest,
        Action::ListProposals => row.facts.kind == ResourceKind::Proposal,
        Action::ListMatches => row.facts.kind == ResourceKind::Match,
        Action::ListOwnSessions => row.facts.kind == ResourceKind::Session,
        Action::ListCases => row.facts.kind == ResourceKind::Case,
        _ => row.facts.kind == ResourceKind::BreakGlass,
    }
}

/// All pages of a list; none when the caller has no such list.
async fn all<T, F, Fut>(page: F, place: impl Fn(&T) -> Cursor) -> Option<Vec<Uuid>>
where
    F: Fn(PageRequest) -> Fut,
    Fut: Future<Output = Result<Page<T>>>,
{
    let mut ids = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let request = PageRequest::new(Some(100), after.as_deref()).unwrap();
        let page = match page(request).await {
            Ok(page) => page,
            Err(Error::Forbidden | Error::NotFound) => return None,
            Err(other) => panic!("{other:?}"),
        };
        let places: Vec<Cursor> = page.items.iter().map(&place).collect();
        ids.extend(places.iter().map(|cursor| cursor.id));
        if !page.has_next {
            return Some(ids);
        }
        after = places.last().map(|last| last.encode());
    }
}

/// What the service lists, through its own door.
async fn listed(op: &Op, list: Action) -> Option<Vec<Uuid>> {
    match list {
        Action::ListProgrammes => all(|page| identity::programmes(op, page), |row| row.0).await,
        Action::ListAccounts => all(|page| identity::accounts(op, page), |row| row.0).await,
        Action::ListInvitations => everywhere(op, |of, page| identity::invitations(op, of, page), |row| row.0).await,
        Action::ListFamilies => all(|page| families::list_families(op, page), families::Family::cursor).await,
        Action::ListMentors => {
            all(|page| mentors::list_mentors(op, mentors::MentorFilter::default(), page), mentors::Mentor::cursor).await
        }
        Action::ListRequests => {
            let order = matching::BoardOrder::Due;
            all(|page| matching::list_support_requests(op, Vec::new(), order, page), |row| row.place(order)).await
        }
        Action::ListProposals => {
            all(|page| matching::list_proposals(op, Vec::new(), page), matching::ProposalView::place).await
        }
        Action::ListMatches => {
            all(|page| matching::list_matches(op, Vec::new(), page), matching::MatchView::place).await
        }
        Action::ListOwnSessions => {
            let place = |row: &scheduling::Session| Cursor { key: row.starts_at.as_microsecond(), id: row.id.into() };
            let coming = all(|page| scheduling::my_sessions(op, scheduling::When::Upcoming, page), place).await?;
            let past = all(|page| scheduling::my_sessions(op, scheduling::When::Past, page), place).await?;
            Some(coming.into_iter().chain(past).collect())
        }
        Action::ListCases => {
            let decided = moderation::Filter { state: Some(moderation::CaseState::Decided), kind: None };
            let waiting = moderation::Filter { state: None, kind: None };
            let waiting = all(|page| moderation::list_cases(op, waiting, page), moderation::Case::cursor).await?;
            let decided = all(|page| moderation::list_cases(op, decided, page), moderation::Case::cursor).await?;
            Some(waiting.into_iter().chain(decided).collect())
        }
        _ => {
            let place = breakglass::BreakGlass::cursor;
            everywhere(op, |of, page| breakglass::list(op, of, None, page), place).await
        }
    }
}

/// A list that an administrator asks for programme by programme.
async fn everywhere<T, F, Fut>(op: &Op, page: F, place: impl Fn(&T) -> Cursor) -> Option<Vec<Uuid>>
where
    F: Fn(Option<kinward::kernel::ids::ProgrammeId>, PageRequest) -> Fut,
    Fut: Future<Output = Result<Page<T>>>,
{
    if op.principal().kind != PrincipalKind::Administrator {
        return all(|request| page(None, request), place).await;
    }
    let mut ids = Vec::new();
    for number in 0..PROGRAMMES {
        ids.extend(all(|request| page(Some(programme(number)), request), &place).await?);
    }
    Some(ids)
}

fn op_of(app: &TestApp, caller: &Principal) -> Op {
    Op::new(app.app.core.clone(), caller.clone(), Origin::default())
}

/// Whether the policies let the caller open the row.
fn may_open(policy: &Policy, caller: &Principal, read: Action, row: &Row, now: jiff::Timestamp) -> bool {
    // A draft is there for its own family only.
    let is_there = !row.draft || caller.family.is_some_and(|family| row.facts.families.contains(&family));
    let facts = match read {
        // An invitation is listed where its programme's invitations are.
        Action::ListInvitations => kinward::access::Resource::programme(row.facts.programme.unwrap()),
        _ => row.facts.clone(),
    };
    is_there && policy.decide(caller, read, facts, now).is_ok()
}

/// For each caller and list, the rows that the policies let them open: decided once, for both databases.
struct Decided {
    open: Vec<Vec<BTreeSet<Uuid>>>,
    decisions: usize,
}

fn decide(data: &Data, now: jiff::Timestamp) -> Decided {
    let policy = Policy::load().unwrap();
    let one = |caller: &Principal, list: Action, read: Action| {
        let rows: Vec<&Row> = data.rows.iter().filter(|row| is_of(row, list)).collect();
        let open = rows.iter().filter(|row| may_open(&policy, caller, read, row, now));
        (open.map(|row| row.id()).collect::<BTreeSet<_>>(), rows.len())
    };
    let share = data.callers.len().div_ceil(4);
    let decided: Vec<Vec<_>> = std::thread::scope(|scope| {
        let started: Vec<_> = data
            .callers
            .chunks(share)
            .map(|some| {
                scope
                    .spawn(|| some.iter().map(|who| LISTS.map(|(list, read)| one(who, list, read))).collect::<Vec<_>>())
            })
            .collect();
        started.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let decided: Vec<_> = decided.into_iter().flatten().collect();
    let decisions = decided.iter().flatten().map(|(_, rows)| rows).sum();
    let open = decided.into_iter().map(|lists| lists.into_iter().map(|(open, _)| open).collect()).collect();
    Decided { open, decisions }
}

/// The rows about which a list and the policies differ.
fn differences(listed: &[Uuid], open: &BTreeSet<Uuid>) -> usize {
    let set: BTreeSet<Uuid> = listed.iter().copied().collect();
    assert_eq!(set.len(), listed.len(), "a row was listed twice");
    set.symmetric_difference(open).count()
}

#[tokio::test]
async fn every_list_shows_exactly_the_rows_that_its_reader_may_open() {
    let now: jiff::Timestamp = START.parse().unwrap();
    let data = Data::draw(now.as_microsecond());
    let decided = decide(&data, now);
    assert!(decided.decisions >= 100_000, "{} rows were compared", decided.decisions);
    let (data, decided) = (&data, &decided);
    on_each(|app| async move {
        data.write(&app).await;
        let mut shown = [0; LISTS.len()];
        for (caller, open) in data.callers.iter().zip(&decided.open) {
            let op = op_of(&app, caller);
            for (at, (list, _)) in LISTS.into_iter().enumerate() {
                if let Some(rows) = listed(&op, list).await {
                    shown[at] += rows.len();
                    assert_eq!(differences(&rows, &open[at]), 0, "{list:?} of {caller:?}");
                } else {
                    let elsewhere = open[at].is_empty() || is_found_elsewhere(caller.kind, list);
                    assert!(elsewhere, "{caller:?} has no {list:?} and may open {:?}", open[at].first());
                }
            }
        }
        assert!(shown.iter().all(|rows| *rows > 0), "some list showed nothing at all: {shown:?}");
        opened_one_by_one(&app, data, decided).await;
        controls(&app, data, decided, now).await;
        the_log(&app, data).await;
    })
    .await;
}

/// The rows' meaning is told by this test; the services must find the same facts.
async fn opened_one_by_one(app: &TestApp, data: &Data, decided: &Decided) {
    let mut opened = [0, 0];
    for (number, row) in data.rows.iter().enumerate() {
        let who = (number * 7) % data.callers.len();
        let op = op_of(app, &data.callers[who]);
        let id = row.id();
        let answer = match row.facts.kind {
            ResourceKind::Family => families::family(&op, id.into()).await.map(drop),
            ResourceKind::Mentor => mentors::mentor(&op, id.into()).await.map(drop),
            ResourceKind::SupportRequest => matching::support_request(&op, id.into()).await.map(drop),
            ResourceKind::Proposal => matching::proposal(&op, id.into()).await.map(drop),
            ResourceKind::Match => matching::peer_match(&op, id.into()).await.map(drop),
            ResourceKind::Session => scheduling::session(&op, id.into()).await.map(drop),
            ResourceKind::Case => moderation::case(&op, id.into()).await.map(drop),
            ResourceKind::BreakGlass => breakglass::access(&op, id.into()).await.map(drop),
            _ => continue,
        };
        let got = match answer {
            Ok(()) => true,
            Err(Error::NotFound | Error::Forbidden) => false,
            Err(other) => panic!("{other:?}"),
        };
        let at = LISTS.iter().position(|(list, _)| is_of(row, *list)).unwrap();
        assert_eq!(got, decided.open[who][at].contains(&id), "{:?} about {row:?}", data.callers[who]);
        opened[usize::from(got)] += 1;
    }
    assert!(opened[0] > 500 && opened[1] > 100, "{opened:?}");
}

/// The comparison notices a wrong scope and a wrong rule.
async fn controls(app: &TestApp, data: &Data, decided: &Decided, now: jiff::Timestamp) {
    let policy = Policy::load().unwrap();
    let (mut by_end, mut by_mark, mut by_programme, mut by_draft, mut by_right) = (0, 0, 0, 0, 0);
    for (who, caller) in data.callers.iter().enumerate() {
        for (at, (list, read)) in LISTS.into_iter().enumerate() {
            let rows = data.rows.iter().filter(|row| is_of(row, list));
            let wrong = |change: &dyn Fn(&mut Row)| {
                let mut open = BTreeSet::new();
                for row in rows.clone() {
                    let mut row = row.clone();
                    change(&mut row);
                    if may_open(&policy, caller, read, &row, now) {
                        open.insert(row.id());
                    }
                }
                open.symmetric_difference(&decided.open[who][at]).count()
            };
            let of_one = matches!(list, Action::ListMatches | Action::ListProposals | Action::ListOwnSessions);
            if caller.kind == PrincipalKind::Mentor && of_one {
                by_end += wrong(&|row| row.facts.mentors.extend(row.former));
            }
            if caller.kind == PrincipalKind::FamilyMember
                && matches!(list, Action::ListRequests | Action::ListOwnSessions)
            {
                by_right +=
                    wrong(&|row| row.facts.rights = caller.account.map(|own| (own, Rights::ALL)).into_iter().collect());
            }
            if caller.kind == PrincipalKind::Coordinator && matches!(list, Action::ListFamilies | Action::ListRequests)
            {
                by_mark += wrong(&|row| row.facts.barred.clear());
                by_draft += wrong(&|row| row.draft = false);
                by_programme += wrong(&|row| row.facts.programme = caller.programme);
            }
        }
    }
    // The end of a match, a mark, a draft, a programme and a right each decide about rows that stand in the database.
    let told = [by_end, by_mark, by_programme, by_draft, by_right];
    assert!(told.iter().all(|rows| *rows > 0), "{told:?}");
    // And a list that reaches into another programme is found.
    let at = LISTS.iter().position(|(list, _)| *list == Action::ListMatches).unwrap();
    let coordinator = |place| {
        let is = |who: &Principal| who.kind == PrincipalKind::Coordinator && who.programme == Some(programme(place));
        data.callers.iter().position(is).unwrap()
    };
    let theirs = listed(&op_of(app, &data.callers[coordinator(1)]), Action::ListMatches).await.unwrap();
    assert!(differences(&theirs, &decided.open[coordinator(0)][at]) > 0);
}

/// The log: every entry that is there by now, for every caller.
async fn the_log(app: &TestApp, data: &Data) {
    let (policy, now) = (Policy::load().unwrap(), app.app.core.clock.now());
    let mut seen = 0;
    for caller in &data.callers {
        let op = op_of(app, caller);
        let mut entries = Vec::new();
        let mut after = None;
        while let Ok(page) = {
            let request = PageRequest::new(Some(100), after.as_deref()).unwrap();
            oversight::entries(&op, oversight::Question::default(), request).await
        } {
            after = page.items.last().map(|(cursor, _)| cursor.encode());
            entries.extend(page.items);
            if !page.has_next {
                break;
            }
        }
        let own = kinward::access::Resource::audit_log(caller.programme);
        let may = policy.decide(caller, Action::ReadAuditLog, own, now).is_ok();
        assert_eq!(may, !entries.is_empty(), "{caller:?}");
        for (_, entry) in &entries {
            // What belongs to no programme has a rule of its own.
            let (action, facts) = match entry.object.programme.or(entry.actor.programme) {
                Some(place) => (Action::ReadAuditLog, kinward::access::Resource::audit_log(Some(place.into()))),
                None => (Action::ReadPlatformLog, kinward::access::Resource::system()),
            };
            assert!(policy.decide(caller, action, facts, now).is_ok(), "{caller:?} saw {entry:?}");
        }
        seen += entries.len();
        if let Some(of) = caller.programme.filter(|_| may) {
            let hex = Uuid::from(of).simple().to_string();
            let literal = match app.backend {
                crate::harness::Backend::Sqlite => format!("X'{hex}'"),
                crate::harness::Backend::Postgres => format!("'{hex}'"),
            };
            let of = format!("programme_id = {literal} OR programme_id IS NULL");
            let there = app.count(&format!("SELECT count(*) AS n FROM audit_entry WHERE {of}")).await;
            // What this very reading recorded came after.
            let pages = entries.len() / 100 + 1;
            assert!(usize::try_from(there).unwrap() - entries.len() <= pages, "{there} {}", entries.len());
        }
    }
    assert!(seen > 0);
}
