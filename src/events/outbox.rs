//! The outbox: events stand in the database until they have been published.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use crate::db::{At, Conn, Db};
use crate::kernel::ids::EventId;
use crate::kernel::{Error, Result};

use super::{Bus, Event};

mod table {
    use sea_orm::entity::prelude::*;

    use super::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub topic: String,
        pub payload: String,
        pub created_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Stores events in the transaction of the change that they tell of.
pub async fn store(conn: &Conn, events: &[Arc<Event>], now: Timestamp) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = events.iter().map(|event| table::ActiveModel {
        id: Set(event.id.uuid()),
        topic: Set(event.topic.clone()),
        payload: Set(event.body.to_string()),
        created_at: Set(At::from(now)),
    });
    table::Entity::insert_many(rows).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// Forgets events that have been published.
pub async fn forget(db: &Db, ids: &[EventId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    db.write(|conn| async move {
        let ids = ids.iter().map(|id| id.uuid());
        table::Entity::delete_many().filter(table::Column::Id.is_in(ids)).exec(conn.raw()).await?;
        Ok(())
    })
    .await
}

/// Publishes events that have stood for `stale` or longer: those of a node that stopped between commit and publishing.
/// Returns how many.
pub async fn relay_stale(db: &Db, bus: &dyn Bus, now: Timestamp, stale: SignedDuration) -> Result<usize> {
    let rows = db
        .read(|conn| async move {
            let old = table::Entity::find().filter(table::Column::CreatedAt.lte(At::from(now - stale)));
            Ok(old.order_by_asc(table::Column::Id).limit(200).all(conn.raw()).await?)
        })
        .await?;
    let mut published = Vec::with_capacity(rows.len());
    let mut first_fault = None;
    for row in rows {
        match publish(bus, row).await {
            Ok(id) => published.push(id),
            Err(error) => {
                first_fault.get_or_insert(error);
                // The bus is away, or one event cannot be read: the others of this round wait only for the former.
            }
        }
    }
    forget(db, &published).await?;
    first_fault.map_or(Ok(published.len()), Err)
}

async fn publish(bus: &dyn Bus, row: table::Model) -> Result<EventId> {
    let body = serde_json::from_str(&row.payload).map_err(Error::internal)?;
    let event = Arc::new(Event { id: EventId::from(row.id), topic: row.topic, body });
    bus.publish(&event).await?;
    Ok(event.id)
}
