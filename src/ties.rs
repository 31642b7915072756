//! Who is tied to whom at this moment: the facts behind "own family" and "current mentor".
//!
//! Matches belong to `matching`, but the ties that they make decide access in features below it, and in the same snapshot
//! as the data. Accounts belong to people on either side, and a list of matches needs them all at once. This room only
//! reads, and only ids and states.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::access::{Guarded, Resource, ResourceKind};
use crate::db::{At, Conn};
use crate::kernel::ids::{AccountId, BreakGlassId, FamilyId, MatchId, MentorId, ProgrammeId};
use crate::kernel::{Result, Right, Rights};

/// A match as far as access is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The match.
    pub id: MatchId,
    /// Its programme.
    pub programme: ProgrammeId,
    /// The family side.
    pub family: FamilyId,
    /// The mentor side.
    pub mentor: MentorId,
    /// The state as stored: `active`, `paused`, `ending` or `ended`.
    pub state: String,
    /// Who may do what on the family side.
    pub side: Side,
}

impl Tie {
    /// Whether the mentor has access now: from the start of the match to its end.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state != "ended"
    }

    /// The facts for a record of this kind that belongs to the match, such as a session or the conversation. The mentor is
    /// tied to it only while the match is live.
    #[must_use]
    pub fn resource_of(&self, kind: ResourceKind, id: impl Into<Uuid>) -> Resource {
        let resource = Resource::new(kind, id).in_programme(self.programme).of_family(self.family);
        let resource = self.side.guard(resource);
        if self.is_live() { resource.of_mentor(self.mentor) } else { resource }
    }
}

impl Guarded for Tie {
    fn resource(&self) -> Resource {
        self.resource_of(ResourceKind::Match, self.id)
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    programme_id: Uuid,
    family_id: Uuid,
    mentor_id: Uuid,
    state: String,
}

impl From<Row> for Tie {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            programme: row.programme_id.into(),
            family: row.family_id.into(),
            mentor: row.mentor_id.into(),
            state: row.state,
            side: Side::default(),
        }
    }
}

/// The match with this id, ended ones too.
pub async fn of_match(conn: &Conn, id: MatchId) -> Result<Option<Tie>> {
    Ok(of_matches(conn, &[id]).await?.pop())
}

/// The matches with these ids, ended ones too: one statement for any number of them.
pub async fn of_matches(conn: &Conn, ids: &[MatchId]) -> Result<Vec<Tie>> {
    ties(conn, "m.id IN", ids.iter().map(|id| id.uuid())).await
}

/// The live matches of these families; the database allows one of each.
pub async fn of_families(conn: &Conn, ids: &[FamilyId]) -> Result<Vec<Tie>> {
    ties(conn, "m.state <> 'ended' AND m.family_id IN", ids.iter().map(|id| id.uuid())).await
}

/// The live matches of these mentors; bounded by their capacity.
pub async fn of_mentors(conn: &Conn, ids: &[MentorId]) -> Result<Vec<Tie>> {
    ties(conn, "m.state <> 'ended' AND m.mentor_id IN", ids.iter().map(|id| id.uuid())).await
}

#[derive(FromQueryResult)]
struct Load {
    mentor_id: Uuid,
    load: i64,
}

/// What the live matches of each of these mentors weigh together, in units of capacity. Mentors without any are left out.
pub async fn loads(conn: &Conn, mentors: &[MentorId]) -> Result<HashMap<MentorId, i64>> {
    if mentors.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT mentor_id, CAST(sum(weight) AS BIGINT) AS load FROM peer_match
         WHERE mentor_id IN ({}) AND state <> 'ended' GROUP BY mentor_id",
        places(mentors.len())
    );
    let values = mentors.iter().map(|id| Value::from(id.uuid()));
    let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, values);
    let rows = Load::find_by_statement(statement).all(conn.raw()).await?;
    Ok(rows.into_iter().map(|row| (row.mentor_id.into(), row.load)).collect())
}

/// A family that somebody has open by break-glass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The opening.
    pub id: BreakGlassId,
    /// Who has it open.
    pub account: AccountId,
}

#[derive(FromQueryResult)]
struct Opened {
    id: Uuid,
    opened_by: Uuid,
}

/// Those of these openings that last at this instant: begun, not ended early, and not run out. The instant decides, not a
/// job that notes the end.
pub async fn lasting(conn: &Conn, openings: &[BreakGlassId], now: Timestamp) -> Result<Vec<Opening>> {
    opened(conn, "id IN", openings.iter().map(|opening| opening.uuid()), now).await
}

/// The accounts that have a family open by break-glass at this instant, in the sense of [`lasting`].
pub async fn openers(conn: &Conn, family: FamilyId, now: Timestamp) -> Result<Vec<AccountId>> {
    let openings = opened(conn, "family_id IN", std::iter::once(family.uuid()), now).await?;
    Ok(openings.into_iter().map(|opening| opening.account).collect())
}

async fn opened(conn: &Conn, which: &str, ids: impl Iterator<Item = Uuid>, now: Timestamp) -> Result<Vec<Opening>> {
    let mut values: Vec<Value> = ids.map(Value::from).collect();
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let (places, last) = (places(values.len()), values.len() + 1);
    values.push(At::from(now).0.into());
    let sql = format!(
        "SELECT id, opened_by FROM break_glass WHERE {which} ({places})
         AND state = 'open' AND opened_at <= ${last} AND ends_at > ${last} ORDER BY id"
    );
    let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, values);
    let rows = Opened::find_by_statement(statement).all(conn.raw()).await?;
    Ok(rows.into_iter().map(|row| Opening { id: row.id.into(), account: row.opened_by.into() }).collect())
}

/// The places of this many bound values, for an `IN`.
fn places(count: usize) -> String {
    (1..=count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

async fn ties(conn: &Conn, which: &str, ids: impl Iterator<Item = Uuid>) -> Result<Vec<Tie>> {
    let ids: Vec<Value> = ids.map(Value::from).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT m.id, m.programme_id, m.family_id, m.mentor_id, m.state FROM peer_match m
         WHERE {which} ({}) ORDER BY m.id",
        places(ids.len())
    );
    let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, ids);
    let mut ties: Vec<Tie> =
        Row::find_by_statement(statement).all(conn.raw()).await?.into_iter().map(Tie::from).collect();
    let families: Vec<FamilyId> = ties.iter().map(|tie| tie.family).collect();
    let sides = family_sides(conn, &families).await?;
    for tie in &mut ties {
        tie.side = sides.get(&tie.family).cloned().unwrap_or_default();
    }
    Ok(ties)
}

/// The family side of a record: whom it is closed to, and what each caregiver may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// The accounts that are marked as alleged abusers of the family.
    pub barred: Vec<AccountId>,
    /// The rights of the present caregivers.
    pub rights: Vec<(AccountId, Rights)>,
}

impl Side {
    /// Adds what it says to the facts of a record of the family.
    #[must_use]
    pub fn guard(&self, resource: Resource) -> Resource {
        resource.closed_to(self.barred.iter().copied()).with_rights(self.rights.iter().copied())
    }
}

#[derive(FromQueryResult)]
struct SideRow {
    family_id: Uuid,
    account_id: Uuid,
    rights: i64,
}

/// Who may do what on a family's side at this moment.
pub async fn side(conn: &Conn, family: FamilyId) -> Result<Side> {
    Ok(family_sides(conn, &[family]).await?.remove(&family).unwrap_or_default())
}

/// The same for these families: one question for every decision about records of any number of them. A family of which
/// nobody is marked or present is left out.
pub async fn family_sides(conn: &Conn, families: &[FamilyId]) -> Result<HashMap<FamilyId, Side>> {
    const MARKED: i64 = -1;
    if families.is_empty() {
        return Ok(HashMap::new());
    }
    let these = places(families.len());
    let sql = format!(
        "SELECT family_id, account_id, CAST(-1 AS BIGINT) AS rights FROM present_mark WHERE family_id IN ({these})
         UNION ALL SELECT family_id, account_id, CAST(rights AS BIGINT) AS rights FROM family_member
         WHERE removed_at IS NULL AND family_id IN ({these}) ORDER BY 1, 2, 3"
    );
    let values = families.iter().map(|id| Value::from(id.uuid()));
    let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, values);
    let mut sides: HashMap<FamilyId, Side> = HashMap::new();
    for SideRow { family_id, account_id, rights } in SideRow::find_by_statement(statement).all(conn.raw()).await? {
        let side = sides.entry(family_id.into()).or_default();
        if rights == MARKED {
            side.barred.push(account_id.into());
        } else {
            side.rights.push((account_id.into(), Rights::read(rights)));
        }
    }
    Ok(sides)
}

/// The families that are closed to an account, for the `NOT IN` of a list: what [`side`] says of one record, so that a
/// list never shows what its reader may not open.
#[must_use]
pub fn closed_to(account: Option<AccountId>) -> SelectStatement {
    let account = account.map(Uuid::from).unwrap_or_default();
    let marks = Expr::col("account_id").eq(account);
    Query::select().column("family_id").from("present_mark").and_where(marks).to_owned()
}

/// The families in which an account is a caregiver with this right, for the `IN` of a caregiver's list: what [`side`] says
/// of one record.
#[must_use]
pub fn open_by(account: Option<AccountId>, right: Right) -> SelectStatement {
    let account = account.map(Uuid::from).unwrap_or_default();
    let only: Rights = [right].into_iter().collect();
    let held = Expr::col("rights").bit_and(only.stored()).ne(0);
    let member = Expr::col("account_id").eq(account).and(Expr::col("removed_at").is_null()).and(held);
    Query::select().column("family_id").from("family_member").and_where(member).to_owned()
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

/// The accounts of the people whom a match is between, for keeping them from judging it: its mentor and the family's
/// caregivers, by their records and by their roles, former ones too.
pub async fn sides(conn: &Conn, id: MatchId) -> Result<Vec<AccountId>> {
    let sql = "SELECT m.account_id AS id FROM peer_match p JOIN mentor m ON m.id = p.mentor_id
               WHERE p.id = $1 AND m.account_id IS NOT NULL
               UNION SELECT f.account_id FROM peer_match p JOIN family_member f ON f.family_id = p.family_id WHERE p.id = $1
               UNION SELECT r.account_id FROM peer_match p JOIN role r ON r.family_id = p.family_id WHERE p.id = $1
               UNION SELECT r.account_id FROM peer_match p JOIN role r ON r.mentor_id = p.mentor_id WHERE p.id = $1";
    Ok(these(conn, sql, id.uuid()).await?.map(AccountId::from).collect())
}

/// The matches that an account is or was a side of, in the sense of [`sides`].
pub async fn own_matches(conn: &Conn, account: AccountId) -> Result<Vec<MatchId>> {
    let sql = "SELECT p.id FROM peer_match p WHERE p.mentor_id IN
               (SELECT id FROM mentor WHERE account_id = $1
                UNION SELECT mentor_id FROM role WHERE account_id = $1 AND mentor_id IS NOT NULL)
               OR p.family_id IN
               (SELECT family_id FROM family_member WHERE account_id = $1
                UNION SELECT family_id FROM role WHERE account_id = $1 AND family_id IS NOT NULL)";
    Ok(these(conn, sql, account.uuid()).await?.map(MatchId::from).collect())
}

async fn these(conn: &Conn, sql: &str, id: Uuid) -> Result<impl Iterator<Item = Uuid>> {
    let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, [Value::from(id)]);
    Ok(Found::find_by_statement(statement).all(conn.raw()).await?.into_iter().map(|found| found.id))
}

#[derive(FromQueryResult)]
struct Held {
    id: Uuid,
    account_id: Uuid,
}

/// The accounts of mentors; who has none yet is missing.
pub async fn accounts_of_mentors(conn: &Conn, mentors: &[MentorId]) -> Result<HashMap<MentorId, AccountId>> {
    let of = "SELECT id, account_id FROM mentor WHERE account_id IS NOT NULL AND id IN";
    let rows = held(conn, of, mentors.iter().map(|mentor| mentor.uuid())).await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.account_id.into())).collect())
}

/// Those of these mentors who stand: their account is in use and still holds the role of this very mentor. Not so whose
/// invitation was never accepted, who is suspended or closed, or whose role was taken away.
pub async fn mentors_who_stand(conn: &Conn, mentors: &[MentorId]) -> Result<HashSet<MentorId>> {
    let of = "SELECT m.id, m.account_id FROM mentor m JOIN account a ON a.id = m.account_id AND a.state = 'active'
         WHERE EXISTS (SELECT 1 FROM role r WHERE r.account_id = a.id AND r.mentor_id = m.id AND r.revoked_at IS NULL)
         AND m.id IN";
    let rows = held(conn, of, mentors.iter().map(|mentor| mentor.uuid())).await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

/// The accounts of the caregivers who stand in these families, in a stable order: present members whose account is in use
/// and still holds the role in this very family. Not so whose invitation was never accepted or was taken back, who is
/// suspended or closed, or whose role was taken away.
pub async fn caregivers_who_stand(conn: &Conn, families: &[FamilyId]) -> Result<HashMap<FamilyId, Vec<AccountId>>> {
    let of = "SELECT m.family_id AS id, m.account_id FROM family_member m
         JOIN account a ON a.id = m.account_id AND a.state = 'active'
         WHERE m.removed_at IS NULL AND EXISTS (SELECT 1 FROM role r
           WHERE r.account_id = a.id AND r.family_id = m.family_id AND r.revoked_at IS NULL)
         AND m.family_id IN";
    let mut accounts: HashMap<FamilyId, Vec<AccountId>> = HashMap::new();
    for row in held(conn, of, families.iter().map(|family| family.uuid())).await? {
        accounts.entry(row.id.into()).or_default().push(row.account_id.into());
    }
    Ok(accounts)
}

async fn held(conn: &Conn, which: &str, ids: impl Iterator<Item = Uuid>) -> Result<Vec<Held>> {
    let ids: Vec<Value> = ids.map(Value::from).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{which} ({}) ORDER BY 1, 2", places(ids.len()));
    let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, ids);
    Ok(Held::find_by_statement(statement).all(conn.raw()).await?)
}
