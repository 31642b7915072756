//! Random rows, straight into the tables: the database's own state machines are put aside, so that any state may stand
//! beside any other. What the rows mean for access is told here a second time, not taken from the stores.

use std::collections::{BTreeMap, BTreeSet};

use kinward::access::{Principal, PrincipalKind, Resource, ResourceKind, Strength};
use kinward::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId};
use kinward::kernel::{Entropy as _, Place, Right, Rights, SeededEntropy};
use kinward::matching::{AgeBand, BroadFacts, CaregiverRole, ExploitationKind, GenderPreference, Intensity, Phase};
use kinward::mentors::Profile;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use uuid::Uuid;

use crate::harness::{Backend, TestApp};

pub const PROGRAMMES: usize = 3;
const FAMILIES: usize = 90;
const MENTORS: usize = 60;
const REQUESTS: usize = 380;
const PROPOSALS: usize = 400;
const MATCHES: usize = 340;
const SESSIONS: usize = 400;
const CASES: usize = 200;
const OPENINGS: usize = 160;
const INVITATIONS: usize = 90;
const HOUR: i64 = 3_600_000_000;

/// A row of one of the tables that are listed, and what matters of it for access.
#[derive(Debug, Clone)]
pub struct Row {
    pub facts: Resource,
    /// A draft, which is there for its own family only.
    pub draft: bool,
    /// Who would still be tied to it if the end of a match cut nothing.
    pub former: Option<MentorId>,
}

impl Row {
    pub fn id(&self) -> Uuid {
        self.facts.id
    }
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    family: usize,
    mentor: usize,
    live: bool,
}

/// Everything that stands in the database, and everybody who asks.
pub struct Data {
    pub rows: Vec<Row>,
    pub callers: Vec<Principal>,
    statements: Vec<(&'static str, &'static str, Vec<String>)>,
    entropy: SeededEntropy,
    /// Who is marked as an alleged abuser of which family.
    marks: BTreeSet<(usize, usize)>,
    /// What each caller who is a caregiver may do; who is missing has left the family.
    rights: BTreeMap<usize, Rights>,
    now: i64,
}

pub fn id<I: From<Uuid>>(kind: u128, number: usize) -> I {
    Uuid::from_u128((kind << 64) | (number as u128 + 1)).into()
}

pub fn programme(number: usize) -> ProgrammeId {
    id(1, number)
}

fn family(number: usize) -> FamilyId {
    id(2, number)
}

fn mentor(number: usize) -> MentorId {
    id(3, number)
}

fn account(number: usize) -> AccountId {
    id(4, number)
}

/// A family or mentor is of the programme that its number says, as the foreign keys have it.
fn place(number: usize) -> usize {
    number % PROGRAMMES
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

impl Data {
    /// The same for the same instant, on every database.
    pub fn draw(now: i64) -> Self {
        let (entropy, marks, rights) = (SeededEntropy::new(11), BTreeSet::new(), BTreeMap::new());
        let callers = callers(now);
        let mut data = Self { rows: Vec::new(), callers, statements: Vec::new(), entropy, marks, rights, now };
        data.people();
        let pairs = data.matches();
        data.sessions(&pairs);
        data.cases(&pairs);
        data.openings();
        data
    }

    fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % limit as u64).unwrap()
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// When something was made: several at one instant, so that pages are cut inside of it.
    fn made(&self, number: usize) -> i64 {
        self.now - HOUR * i64::try_from(number / 7 + 1).unwrap()
    }

    fn add(&mut self, facts: Resource) -> &mut Row {
        self.rows.push(Row { facts, draft: false, former: None });
        self.rows.last_mut().unwrap()
    }

    /// The facts about a record of a family.
    fn of_family(&self, kind: ResourceKind, id: Uuid, number: usize) -> Resource {
        let facts = Resource::new(kind, id).in_programme(programme(place(number))).of_family(family(number));
        let marked = self.marks.iter().filter(|(of, _)| *of == number).map(|(_, who)| account(*who));
        let of = |who: &usize| self.callers[*who].family == Some(family(number));
        let rights = self.rights.iter().filter(|(who, _)| of(who)).map(|(who, rights)| (account(*who), *rights));
        facts.closed_to(marked.collect::<Vec<_>>()).with_rights(rights.collect::<Vec<_>>())
    }

    fn people(&mut self) {
        let programmes = (0..PROGRAMMES).map(|n| {
            format!("{}, {}, 'UTC', '{{}}', {}", lit(programme(n)), text(&format!("Programme {n}")), self.made(n))
        });
        self.statements.push(("programme", "id, name, zone, settings, created_at", programmes.collect()));
        for number in 0..PROGRAMMES {
            self.add(Resource::programme(programme(number)));
        }
        for number in 0..self.callers.len() {
            self.add(Resource::new(ResourceKind::Account, account(number)).of_account(account(number)));
        }
        let families = (0..FAMILIES).map(|n| {
            format!("{}, {}, 'UTC', '[]', {at}, {at}, 1", lit(family(n)), lit(programme(place(n))), at = self.made(n))
        });
        let columns = "id, programme_id, zone, languages, created_at, updated_at, version";
        self.statements.push(("family", columns, families.collect()));
        let profile = text(&serde_json::to_string(&Profile::default()).unwrap());
        let mentors = (0..MENTORS).map(|n| {
            let (of, at) = (lit(programme(place(n))), self.made(n));
            format!("{}, {of}, 'active', '[]', '[]', {profile}, 10, 'UTC', {at}, {at}, 1", lit(mentor(n)))
        });
        let columns =
            "id, programme_id, state, languages, topics, profile, capacity, zone, created_at, updated_at, version";
        self.statements.push(("mentor", columns, mentors.collect()));
        self.mark_some();
        self.entrust_some();
        self.invitations();
    }

    /// Most callers of a family are caregivers of it, with any rights; some have left it with all of theirs.
    fn entrust_some(&mut self) {
        let mut members = Vec::new();
        for who in 0..self.callers.len() {
            let Some(of) = self.callers[who].family else { continue };
            let drawn: Rights = Right::ALL.iter().copied().filter(|_| !self.once_in(3)).collect();
            // Nobody keeps a record without seeing it.
            let blind: Rights = [Right::Keep].into_iter().collect();
            let drawn = if drawn.has(Right::Record) { drawn } else { drawn.beyond(blind) };
            let (rights, left) = if self.once_in(6) { (Rights::ALL, true) } else { (drawn, false) };
            if !left {
                self.rights.insert(who, rights);
            }
            members.push(format!(
                "{}, {}, {}, 'parent', {at}, {}, {}",
                lit(id::<Uuid>(14, who)),
                lit(of),
                lit(account(who)),
                if left { self.now.to_string() } else { "NULL".to_owned() },
                rights.stored(),
                at = self.now
            ));
        }
        let columns = "id, family_id, account_id, relation, added_at, removed_at, rights";
        self.statements.push(("family_member", columns, members));
    }

    fn mark_some(&mut self) {
        for who in 0..self.callers.len() {
            for of in 0..FAMILIES {
                // Sometimes their own family too.
                let own = self.callers[who].family == Some(family(of));
                if self.once_in(if own { 4 } else { 12 }) {
                    self.marks.insert((of, who));
                }
            }
        }
        let marks = self.marks.iter().enumerate().map(|(n, (of, who))| {
            let by = lit(account(0));
            format!(
                "{}, {}, {}, {}, {by}, {}",
                lit(id::<Uuid>(13, n)),
                lit(family(*of)),
                lit(account(*who)),
                SEALED,
                self.now
            )
        });
        let columns = "id, family_id, account_id, reason_sealed, marked_by, marked_at";
        self.statements.push(("alleged_abuser", columns, marks.collect()));
    }

    fn invitations(&mut self) {
        let mut rows = Vec::new();
        for number in 0..INVITATIONS {
            let (of, who) = (self.below(PROGRAMMES), self.below(self.callers.len()));
            let invitation: Uuid = id(12, number);
            rows.push(format!(
                "{}, {}, {}, 'coordinator', {}, {}, {}",
                lit(invitation),
                lit(programme(of)),
                lit(account(who)),
                lit_bytes(invitation.as_bytes()),
                self.made(number),
                self.now + HOUR
            ));
            // Invitations are no records of their own for the policies: they belong to the programme's list.
            let facts = Resource { id: invitation, ..Resource::programme(programme(of)) };
            self.add(facts);
        }
        let columns = "id, programme_id, account_id, role, code_hash, created_at, expires_at";
        self.statements.push(("invitation", columns, rows));
        for number in 0..FAMILIES {
            let facts = self.of_family(ResourceKind::Family, family(number).into(), number);
            self.add(facts);
        }
        for number in 0..MENTORS {
            let facts = Resource::new(ResourceKind::Mentor, mentor(number)).in_programme(programme(place(number)));
            self.add(facts.of_mentor(mentor(number)));
        }
    }

    /// Requests, proposals and matches. A family has one open request and one match that lasts, as the database has it.
    fn matches(&mut self) -> Vec<Pair> {
        let (mut requests, mut of_request) = (Vec::new(), Vec::new());
        let facts = text(&serde_json::to_string(&broad_facts()).unwrap());
        for number in 0..REQUESTS {
            // The first of each family may be open.
            let of = if number < FAMILIES { number } else { self.below(FAMILIES) };
            let open = ["draft", "submitted", "triaged", "proposing", "matched"];
            let state = if number < FAMILIES { open[self.below(5)] } else { ["withdrawn", "closed"][self.below(2)] };
            let (request, at): (Uuid, _) = (id(5, number), self.made(number));
            let (of_family, of_programme) = (lit(family(of)), lit(programme(place(of))));
            requests.push(format!("{}, {of_family}, {of_programme}, '{state}', {facts}, {at}, {at}, 1", lit(request)));
            of_request.push(of);
            let facts = self.of_family(ResourceKind::SupportRequest, request, of);
            self.add(facts).draft = state == "draft";
        }
        let columns = "id, family_id, programme_id, state, facts, created_at, updated_at, version";
        self.statements.push(("support_request", columns, requests));
        self.proposals(&of_request)
    }

    fn proposals(&mut self, of_request: &[usize]) -> Vec<Pair> {
        let (mut proposals, mut matches, mut conversations) = (Vec::new(), Vec::new(), Vec::new());
        let (mut pairs, mut has_live, mut asked) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for number in 0..PROPOSALS {
            let request = self.below(REQUESTS);
            let of = of_request[request];
            let with = place(of) + PROGRAMMES * self.below(MENTORS / PROGRAMMES);
            let matched = number < MATCHES;
            let state = if matched { "accepted" } else { self.unmatched(&mut asked, request) };
            let (proposal, at): (Uuid, _) = (id(6, number), self.made(number));
            let between = format!("{}, {}, {}", lit(family(of)), lit(mentor(with)), lit(programme(place(of))));
            proposals.push(format!(
                "{}, {}, {between}, '{state}', 1, 0, '{{}}', 'test', {}, {at}, {at}, 1",
                lit(proposal),
                lit(id::<Uuid>(5, request)),
                lit(account(0))
            ));
            let live = matched && !self.once_in(3) && has_live.insert(of);
            let tied = live || matches!(state, "offered_to_mentor" | "needs_information");
            let facts = self.of_family(ResourceKind::Proposal, proposal, of);
            self.add(if tied { facts.of_mentor(mentor(with)) } else { facts }).former = Some(mentor(with));
            if !matched {
                continue;
            }
            let state = if live { ["active", "paused", "ending"][self.below(3)] } else { "ended" };
            let ended = if live { "NULL".to_owned() } else { at.to_string() };
            let the: Uuid = id(7, number);
            matches.push(format!(
                "{}, {}, {}, {between}, '{state}', 1, {at}, {at}, {ended}, 1",
                lit(the),
                lit(id::<Uuid>(5, request)),
                lit(proposal)
            ));
            conversations.push(format!("{}, {}, {between}, {at}", lit(id::<Uuid>(8, number)), lit(the)));
            let pair = Pair { family: of, mentor: with, live };
            self.tied(ResourceKind::Match, the, pair);
            if live {
                // The two see each other's record while the match lasts.
                for row in &mut self.rows {
                    if row.facts.kind == ResourceKind::Family && row.facts.id == Uuid::from(family(of)) {
                        row.facts.mentors.push(mentor(with));
                    } else if row.facts.kind == ResourceKind::Mentor && row.facts.id == Uuid::from(mentor(with)) {
                        row.facts.families.push(family(of));
                    }
                }
            }
            pairs.push(pair);
        }
        let columns = "id, request_id, family_id, mentor_id, programme_id, state, weight, score, snapshot, policy_version, \
                       created_by, created_at, updated_at, version";
        self.statements.push(("proposal", columns, proposals));
        let columns = "id, request_id, proposal_id, family_id, mentor_id, programme_id, state, weight, started_at, \
                       first_contact_due_at, ended_at, version";
        self.statements.push(("peer_match", columns, matches));
        let columns = "id, match_id, family_id, mentor_id, programme_id, created_at";
        self.statements.push(("conversation", columns, conversations));
        pairs
    }

    /// A state without a match; one request has one proposal under way.
    fn unmatched(&mut self, asked: &mut BTreeSet<usize>, request: usize) -> &'static str {
        let over = ["declined", "expired", "withdrawn"];
        let under_way = ["offered_to_family", "accepted_by_family", "offered_to_mentor", "needs_information"];
        if asked.insert(request) { under_way[self.below(4)] } else { over[self.below(3)] }
    }

    fn tied(&mut self, kind: ResourceKind, id: Uuid, pair: Pair) {
        let facts = self.of_family(kind, id, pair.family);
        let facts = if pair.live { facts.of_mentor(mentor(pair.mentor)) } else { facts };
        self.add(facts).former = Some(mentor(pair.mentor));
    }

    /// Each session has an hour of its own, half of them over.
    fn sessions(&mut self, pairs: &[Pair]) {
        let mut rows = Vec::new();
        for number in 0..SESSIONS {
            let of = self.below(pairs.len());
            let pair = pairs[of];
            let states = ["proposed", "confirmed", "cancelled", "expired", "completed", "no_show"];
            let state = states[self.below(states.len())];
            let session: Uuid = id(9, number);
            // A proposed session always has an end of its hold: before now, or after.
            let end = self.made(number) + 24 * HOUR;
            let hold = if state == "proposed" { end.to_string() } else { "NULL".to_owned() };
            let starts = self.now + HOUR * (i64::try_from(number).unwrap() - i64::try_from(SESSIONS / 2).unwrap());
            rows.push(format!(
                "{}, {}, {}, {}, {}, '{state}', {starts}, {}, 'UTC', {}, 'family', {starts}, {starts}, {hold}, 1",
                lit(session),
                lit(id::<Uuid>(7, of)),
                lit(family(pair.family)),
                lit(mentor(pair.mentor)),
                lit(programme(place(pair.family))),
                starts + HOUR / 2,
                lit(account(0))
            ));
            self.tied(ResourceKind::Session, session, pair);
        }
        let columns = "id, match_id, family_id, mentor_id, programme_id, state, starts_at, ends_at, zone, booked_by, \
                       booked_side, created_at, updated_at, hold_expires_at, version";
        self.statements.push(("session", columns, rows));
    }

    fn cases(&mut self, pairs: &[Pair]) {
        let mut rows = Vec::new();
        for number in 0..CASES {
            let of = self.below(pairs.len());
            let (pair, holder) = (pairs[of], self.below(self.callers.len()));
            let state = ["open", "claimed", "decided", "escalated", "reopened"][self.below(5)];
            let (case, at): (Uuid, _) = (id(10, number), self.made(number));
            let held = state == "claimed";
            let by = if held { lit(account(holder)) } else { "NULL".to_owned() };
            let until = if held { (self.now + HOUR).to_string() } else { "NULL".to_owned() };
            rows.push(format!(
                "{}, {}, {}, {}, {}, 'sample', {}, '{state}', {at}, {at}, {by}, {until}, 1",
                lit(case),
                lit(programme(place(pair.family))),
                lit(family(pair.family)),
                lit(id::<Uuid>(7, of)),
                lit(id::<Uuid>(8, of)),
                self.below(4)
            ));
            let facts = self.of_family(ResourceKind::Case, case, pair.family).escalated(state == "escalated");
            self.add(facts.held_by(Some(account(holder)).filter(|_| held)));
        }
        let columns = "id, programme_id, family_id, match_id, conversation_id, kind, priority, state, opened_at, due_at, \
                       claimed_by, lease_until, version";
        self.statements.push(("moderation_case", columns, rows));
    }

    fn openings(&mut self) {
        let mut rows = Vec::new();
        for number in 0..OPENINGS {
            let (of, by) = (self.below(FAMILIES), self.below(self.callers.len()));
            let state = ["ended", "follow_up", "reviewed"][self.below(3)];
            let (opening, at): (Uuid, _) = (id(11, number), self.made(number));
            rows.push(format!(
                "{}, {}, {}, {}, 'missing_child', {SEALED}, '{state}', {at}, {end}, {end}, {at}, {at}, 1",
                lit(opening),
                lit(programme(place(of))),
                lit(family(of)),
                lit(account(by)),
                end = at + HOUR / 2
            ));
            let facts = self.of_family(ResourceKind::BreakGlass, opening, of);
            self.add(facts.of_account(account(by)));
        }
        let columns = "id, programme_id, family_id, opened_by, category, reason_sealed, state, opened_at, ends_at, ended_at, \
                       tell_at, review_due_at, version";
        self.statements.push(("break_glass", columns, rows));
    }

    /// Writes everything, with the rules of the tables put aside: they are tested elsewhere.
    pub async fn write(&self, app: &TestApp) {
        let mut options = ConnectOptions::new(app.database_url());
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let accounts = (0..self.callers.len()).map(|n| {
            let place = Place::new("account", "first_name_sealed", account(n));
            let name = lit_bytes(&app.app.core.sealer.seal(place, "Robin").unwrap());
            format!(
                "{}, {}, {name}, 'active', {at}, {at}",
                lit(account(n)),
                text(&format!("person-{n}")),
                at = self.made(n)
            )
        });
        let columns = "id, sign_in_name, first_name_sealed, state, created_at, updated_at";
        let accounts = ("account", columns, accounts.collect::<Vec<_>>());
        for (table, columns, rows) in std::iter::once(&accounts).chain(&self.statements) {
            put_rules_aside(&db, app.backend, table).await;
            for some in rows.chunks(100) {
                let values: Vec<String> = some.iter().map(|row| format!("({})", dialect(row, app.backend))).collect();
                let sql = format!("INSERT INTO {table} ({columns}) VALUES {}", values.join(", "));
                db.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{table}: {error}"));
            }
        }
        db.close().await.unwrap();
    }
}

async fn put_rules_aside(db: &DatabaseConnection, backend: Backend, table: &str) {
    if backend == Backend::Postgres {
        db.execute_unprepared(&format!("ALTER TABLE \"{table}\" DISABLE TRIGGER USER")).await.unwrap();
        return;
    }
    let sql = format!("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'");
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    for row in db.query_all_raw(statement).await.unwrap() {
        let name = row.try_get::<String>("", "name").unwrap();
        db.execute_unprepared(&format!("DROP TRIGGER {name}")).await.unwrap();
    }
}

/// An id or bytes in a form that both databases' forms are made of.
fn lit(id: impl Into<Uuid>) -> String {
    format!("<id {}>", id.into().simple())
}

fn lit_bytes(bytes: &[u8]) -> String {
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("<bytes {}>", hex.concat())
}

/// Sealed bytes that no list opens.
const SEALED: &str = "<bytes 00>";

fn dialect(row: &str, backend: Backend) -> String {
    let (id, bytes) = match backend {
        Backend::Sqlite => ("X'", "X'"),
        Backend::Postgres => ("'", "'\\x"),
    };
    row.replace("<id ", id).replace("<bytes ", bytes).replace('>', "'")
}

fn broad_facts() -> BroadFacts {
    BroadFacts {
        kind: ExploitationKind::Unknown,
        phase: Phase::Recovered,
        role: CaregiverRole::Parent,
        age_band: AgeBand::Adult,
        cultures: Vec::new(),
        gender: GenderPreference::Any,
        channels: Vec::new(),
        topics: Vec::new(),
        intensity: Intensity::Standard,
        excluded_mentors: Vec::new(),
    }
}

/// Several of each kind in each programme, and some who act nowhere.
fn callers(now: i64) -> Vec<Principal> {
    let mut all = vec![Principal::anonymous(), Principal::system()];
    let proved = Some(jiff::Timestamp::from_microsecond(now).unwrap());
    let somebody = |kind, place: Option<usize>| Principal {
        kind,
        programme: place.map(programme),
        strength: Strength::Passkey,
        proved_at: proved,
        ..Principal::anonymous()
    };
    for place in 0..PROGRAMMES {
        let number = |one: usize| place + PROGRAMMES * one;
        let kinds = [PrincipalKind::Coordinator, PrincipalKind::SafeguardingLead, PrincipalKind::Auditor];
        all.extend([0, 0, 0, 1, 1, 2].map(|kind: usize| somebody(kinds[kind], Some(place))));
        for one in 0..4 {
            let family = Some(family(number(one)));
            all.push(Principal { family, ..somebody(PrincipalKind::FamilyMember, Some(place)) });
            let mentor = Some(mentor(number(one)));
            all.push(Principal { mentor, ..somebody(PrincipalKind::Mentor, Some(place)) });
        }
    }
    all.extend([somebody(PrincipalKind::Administrator, None), somebody(PrincipalKind::Administrator, None)]);
    all.extend(PrincipalKind::ALL.into_iter().skip(1).take(4).map(|kind| somebody(kind, None)));
    for (number, caller) in all.iter_mut().enumerate().skip(2) {
        caller.account = Some(account(number));
    }
    all
}
