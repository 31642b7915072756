//! What SQLite and PostgreSQL say differently, said once: column types, refusing triggers, unique rules with a name,
//! and the state triggers made from a transition table.

use sea_orm_migration::{
    prelude::{DbErr, SchemaManager},
    sea_orm::{ConnectionTrait, DbBackend},
};

/// A move from one state to another.
pub type Move = (&'static str, &'static str);

/// A table whose rows have a state: the table, the states that a new row may have, and the moves after that.
pub type StateTable = (&'static str, &'static [&'static str], &'static [Move]);

/// A condition under which a write is refused, in SQL that both databases read.
pub(crate) struct Guard {
    /// The trigger's own name.
    pub(crate) name: &'static str,
    /// The text that the database answers with, which is also the constraint's name.
    pub(crate) raises: &'static str,
    /// The guarded table.
    pub(crate) table: &'static str,
    /// `INSERT`, `DELETE`, `UPDATE` or `UPDATE OF column, …`.
    pub(crate) event: &'static str,
    /// The write is refused when this holds. `NEW` and `OLD` are the row after and before.
    pub(crate) when: &'static str,
}

/// A unique rule: its name, its table, its columns and, where it holds only for some rows, for which.
pub(crate) struct Unique(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) Option<&'static str>,
);

/// Whether the migration runs on PostgreSQL; otherwise it runs on SQLite.
pub(crate) fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Postgres
}

/// Runs statements as they stand.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(|_| ())
}

/// Runs `CREATE TABLE` statements after filling in what differs. See [`expand`] for the marks.
pub(crate) async fn tables(manager: &SchemaManager<'_>, sql: &str, states: &[&StateTable]) -> Result<(), DbErr> {
    run(manager, &expand(is_postgres(manager), sql, states)?).await
}

/// Replaces each mark in braces: `{ID}` is the primary key column `id`, `{UUID}`, `{BLOB}`, `{INT}`, `{BIGINT}` are
/// types, `{ref t}` and `{ref? t}` a required and an optional foreign key to `t`, `{state t}` the column `state` with
/// its list of known states, `{STRICT}` the end of a table, `{STRICT keyed}` the end of one whose rows have no hidden
/// number on SQLite: an append-only table, since `INSERT OR REPLACE` under a taken number deletes a row without firing
/// a trigger. `{}` stays, because it is an empty JSON object.
fn expand(postgres: bool, sql: &str, states: &[&StateTable]) -> Result<String, DbErr> {
    let mut pieces = sql.split('{');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (mark, rest) = piece.split_once('}').ok_or_else(|| DbErr::Migration(format!("open mark in: {piece}")))?;
        out.push_str(&value_of(postgres, mark, states)?);
        out.push_str(rest);
    }
    Ok(out)
}

fn value_of(postgres: bool, mark: &str, states: &[&StateTable]) -> Result<String, DbErr> {
    let uuid = if postgres { "uuid" } else { "BLOB" };
    let (word, table) = mark.split_once(' ').unwrap_or((mark, ""));
    Ok(match (word, postgres) {
        ("", _) => "{}".to_owned(),
        ("ID", _) => format!("id {uuid} NOT NULL PRIMARY KEY"),
        ("UUID", _) => uuid.to_owned(),
        ("BLOB", true) => "bytea".to_owned(),
        ("BLOB", false) => "BLOB".to_owned(),
        ("INT", _) | ("BIGINT", false) => "INTEGER".to_owned(),
        ("BIGINT", true) => "BIGINT".to_owned(),
        ("STRICT", true) => String::new(),
        ("STRICT", false) if table == "keyed" => "STRICT, WITHOUT ROWID".to_owned(),
        ("STRICT", false) => "STRICT".to_owned(),
        ("ref", _) => format!("{uuid} NOT NULL REFERENCES {table}(id) ON DELETE RESTRICT"),
        ("ref?", _) => format!("{uuid} REFERENCES {table}(id) ON DELETE RESTRICT"),
        ("state", _) => state_column(table, states)?,
        _ => return Err(DbErr::Migration(format!("unknown mark {{{mark}}}"))),
    })
}

fn state_column(table: &str, states: &[&StateTable]) -> Result<String, DbErr> {
    let (_, initial, moves) = states
        .iter()
        .find(|(name, ..)| *name == table)
        .ok_or_else(|| DbErr::Migration(format!("no transition table for {table}")))?;
    let mut known: Vec<&str> = Vec::new();
    for state in initial.iter().copied().chain(moves.iter().flat_map(|(from, to)| [*from, *to])) {
        if !known.contains(&state) {
            known.push(state);
        }
    }
    Ok(format!("state TEXT NOT NULL CONSTRAINT {table}_state_known CHECK (state IN ({}))", quoted(&known)))
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ")
}

/// Creates plain indexes, each given as table and columns. An index is named after both: `session_by_match_id`.
pub(crate) async fn indexes(manager: &SchemaManager<'_>, list: &[(&str, &str)]) -> Result<(), DbErr> {
    for (table, columns) in list {
        let name = columns.replace(", ", "_").replace(" DESC", "");
        run(manager, &format!("CREATE INDEX {table}_by_{name} ON {table} ({columns})")).await?;
    }
    Ok(())
}

/// Creates unique indexes. SQLite names an index in its error only when the index holds an expression, so a partial
/// one gets the constant 1 as its last part. A full one stays plain, so that `ON CONFLICT (columns)` finds it.
pub(crate) async fn uniques(manager: &SchemaManager<'_>, list: &[Unique]) -> Result<(), DbErr> {
    let postgres = is_postgres(manager);
    for Unique(name, table, columns, only) in list {
        let sql = match only {
            None => format!("CREATE UNIQUE INDEX {name} ON {table} ({columns})"),
            Some(only) if postgres => format!("CREATE UNIQUE INDEX {name} ON {table} ({columns}) WHERE {only}"),
            Some(only) => format!("CREATE UNIQUE INDEX {name} ON {table} ({columns}, (1)) WHERE {only}"),
        };
        run(manager, &sql).await?;
    }
    Ok(())
}

/// Creates the triggers that refuse a write.
pub(crate) async fn guards(manager: &SchemaManager<'_>, list: &[Guard]) -> Result<(), DbErr> {
    for Guard { name, raises, table, event, when } in list {
        refuse(manager, name, raises, table, event, when).await?;
    }
    Ok(())
}

async fn refuse(
    manager: &SchemaManager<'_>,
    name: &str,
    raises: &str,
    table: &str,
    event: &str,
    when: &str,
) -> Result<(), DbErr> {
    if !is_postgres(manager) {
        let sql = format!(
            "DROP TRIGGER IF EXISTS {name}; CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} \
             BEGIN SELECT RAISE(ABORT, '{raises}'); END;"
        );
        return run(manager, &sql).await;
    }
    let row = if event == "DELETE" { "OLD" } else { "NEW" };
    let body = format!("IF {when} THEN {} END IF; RETURN {row};", raise(raises));
    trigger(manager, name, table, &format!("BEFORE {event} ON {table} FOR EACH ROW"), &body).await
}

/// The PL/pgSQL statement that ends a write with the constraint's name, as a failed CHECK would.
pub(crate) fn raise(name: &str) -> String {
    format!("RAISE EXCEPTION '{name}' USING ERRCODE = '23514', CONSTRAINT = '{name}', TABLE = TG_TABLE_NAME;")
}

/// PostgreSQL only: creates or replaces a trigger and its function of the same name. `timing` is, for example,
/// `BEFORE INSERT ON session FOR EACH ROW`, and `body` stands between BEGIN and END.
pub(crate) async fn trigger(
    manager: &SchemaManager<'_>,
    name: &str,
    table: &str,
    timing: &str,
    body: &str,
) -> Result<(), DbErr> {
    let sql = format!(
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {body} END $guard$; \
         DROP TRIGGER IF EXISTS {name} ON {table}; CREATE TRIGGER {name} {timing} EXECUTE FUNCTION {name}();"
    );
    run(manager, &sql).await
}

/// Creates the triggers `<table>_state` and `<table>_state_insert`, which let a row begin only in an initial state and
/// move only as the table says. Writing the same state again is allowed. A later call replaces them.
pub(crate) async fn transitions(manager: &SchemaManager<'_>, states: &StateTable) -> Result<(), DbErr> {
    let (table, initial, moves) = states;
    let raises = format!("{table}_state");
    let begins = format!("NEW.state NOT IN ({})", quoted(initial));
    refuse(manager, &format!("{table}_state_insert"), &raises, table, "INSERT", &begins).await?;
    let pairs: Vec<String> =
        moves.iter().map(|(from, to)| format!("(OLD.state = '{from}' AND NEW.state = '{to}')")).collect();
    let wrong = format!("NEW.state <> OLD.state AND NOT ({})", pairs.join(" OR "));
    refuse(manager, &raises, &raises, table, "UPDATE OF state", &wrong).await
}

/// Makes a table append-only: UPDATE and DELETE are refused, on PostgreSQL TRUNCATE too. On SQLite an insert of an
/// existing key is refused by trigger, because `INSERT OR REPLACE` deletes the old row without firing a trigger.
/// `same_key` says, with `NEW`, which stored row has the new row's key.
pub(crate) async fn append_only(manager: &SchemaManager<'_>, table: &str, same_key: &str) -> Result<(), DbErr> {
    let raises = format!("{table}_append_only");
    refuse(manager, &raises, &raises, table, "UPDATE", "TRUE").await?;
    refuse(manager, &format!("{raises}_delete"), &raises, table, "DELETE", "TRUE").await?;
    if is_postgres(manager) {
        let name = format!("{raises}_truncate");
        let body = format!("{} RETURN NULL;", raise(&raises));
        return trigger(manager, &name, table, &format!("BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"), &body).await;
    }
    let exists = format!("EXISTS (SELECT 1 FROM {table} WHERE {same_key})");
    refuse(manager, &format!("{raises}_insert"), &raises, table, "INSERT", &exists).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: StateTable = ("door", &["open"], &[("open", "shut"), ("shut", "open")]);

    #[test]
    fn marks_become_the_types_of_each_database() {
        let sql = "CREATE TABLE door ({ID}, house {ref house}, {state door}, tags TEXT DEFAULT '{}') {STRICT}";
        assert_eq!(
            expand(false, sql, &[&DOOR]).unwrap(),
            "CREATE TABLE door (id BLOB NOT NULL PRIMARY KEY, house BLOB NOT NULL REFERENCES house(id) ON DELETE \
             RESTRICT, state TEXT NOT NULL CONSTRAINT door_state_known CHECK (state IN ('open', 'shut')), tags TEXT \
             DEFAULT '{}') STRICT"
        );
        assert!(expand(true, sql, &[&DOOR]).unwrap().starts_with("CREATE TABLE door (id uuid NOT NULL PRIMARY KEY"));
    }

    #[test]
    fn an_unknown_mark_is_an_error_and_not_silence() {
        assert!(expand(true, "{UID}", &[]).is_err());
        assert!(expand(true, "{state door}", &[]).is_err());
        assert!(expand(true, "{ID", &[]).is_err());
    }
}
