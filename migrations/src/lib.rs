//! The database's history.
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseConnection;
/// Up.
pub async fn up(_db: &DatabaseConnection) -> Result<(), DbErr> {
    Ok(())
}
/// Status.
pub async fn status(_db: &DatabaseConnection) -> Result<Vec<(String, bool)>, DbErr> {
    Ok(Vec::new())
}
