//! Whether the sealing key is the one that this database was sealed with.
//!
//! A node with a wrong key would seal what nobody can open later, and fail on everything that stands there already. So the
//! first node that starts on a database leaves a sealed word in it, and every start opens that word before the port opens.

use sea_orm::{ConnectionTrait as _, FromQueryResult, Statement};
use uuid::Uuid;

use crate::db::{Conn, Db};
use crate::kernel::{Error, Place, Result, Sealer};

/// What is sealed. It says nothing.
const WORD: &str = "kinward";

/// Opens the sealed word, or leaves one on a database that holds nothing sealed yet.
pub async fn check(db: &Db, sealer: &Sealer) -> Result<()> {
    let stored = db.read(|conn| async move { sample(&conn).await }).await?;
    let stored = match stored {
        Some(stored) => stored,
        None => db.write(|conn| async move { leave(&conn, sealer).await }).await?,
    };
    let Sample { row, sealed, word } = stored;
    let place =
        if word { Place::new("sealing_check", "sealed", row) } else { Place::new("account", "first_name_sealed", row) };
    sealer.open(place, &sealed).map(drop).map_err(|_| {
        Error::internal("keys.sealing is not the key that this database was sealed with; give the former key")
    })
}

/// Something sealed, and where it stood.
#[derive(FromQueryResult)]
struct Sample {
    row: Uuid,
    sealed: Vec<u8>,
    /// Whether it is the word; otherwise a name, in a database from before the word was left.
    word: bool,
}

async fn sample(conn: &Conn) -> Result<Option<Sample>> {
    let word = "SELECT id AS row, sealed, TRUE AS word FROM sealing_check";
    let name = "SELECT id AS row, first_name_sealed AS sealed, FALSE AS word FROM account ORDER BY id LIMIT 1";
    for sql in [word, name] {
        let statement = Statement::from_string(conn.raw().get_database_backend(), sql);
        if let Some(found) = Sample::find_by_statement(statement).one(conn.raw()).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Leaves the word. Of two nodes that start together the second finds the first one's.
async fn leave(conn: &Conn, sealer: &Sealer) -> Result<Sample> {
    let row = Uuid::nil();
    let sealed = sealer.seal(Place::new("sealing_check", "sealed", row), WORD)?;
    let sql = "INSERT INTO sealing_check (id, sealed) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    let values = [row.into(), sealed.into()];
    conn.raw().execute_raw(Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, values)).await?;
    sample(conn).await?.ok_or_else(|| Error::internal("the sealed word is not there"))
}
