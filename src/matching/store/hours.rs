//! The weekly hours of a programme's mentors.
//!
//! The rules belong to `scheduling`, which stands above and so cannot be asked. As with the ties, only what a decision
//! here needs is read: minutes of the week, for a warning.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::access::{ActionTag, Permit};
use crate::kernel::Result;
use crate::kernel::ids::{MentorId, ProgrammeId};
use crate::matching::model::hours::{Hours, offset_min};
use crate::op::Tx;

/// The most rules that are read at once: 500 mentors with two a day.
const MAX_RULES: u32 = 7000;

#[derive(FromQueryResult)]
struct Row {
    mentor_id: Uuid,
    zone: String,
    weekday: i32,
    start_min: i32,
    end_min: i32,
}

/// The weekly hours of every mentor of a programme who has set any.
pub(crate) async fn hours_of_mentors(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    programme: ProgrammeId,
) -> Result<HashMap<MentorId, Vec<Hours>>> {
    let sql = format!(
        "SELECT r.mentor_id, r.zone, r.weekday, r.start_min, r.end_min FROM availability_rule r
         JOIN mentor m ON m.id = r.mentor_id WHERE m.programme_id = $1 ORDER BY r.mentor_id, r.id LIMIT {MAX_RULES}"
    );
    let raw = tx.conn()?.raw();
    let statement = Statement::from_sql_and_values(raw.get_database_backend(), sql, [Value::from(programme.uuid())]);
    let mut all: HashMap<MentorId, Vec<Hours>> = HashMap::new();
    for row in Row::find_by_statement(statement).all(raw).await? {
        let Row { mentor_id, zone, weekday, start_min, end_min } = row;
        let one = Hours { weekday, start_min, end_min, offset_min: offset_min(&zone, tx.now()) };
        all.entry(MentorId::from(mentor_id)).or_default().push(one);
    }
    Ok(all)
}
