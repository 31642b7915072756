//! Keyset pages: "the rows after this one", never an offset.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::kernel::PageRequest;

/// Which end of a list comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// Cuts a query to one page (plus one row, see [`PageRequest::limit`]) in the order of an integer `key` column and, for
/// equal keys, the `id`.
#[must_use]
pub fn page<E, C>(query: Select<E>, key: C, id: C, order: Order, request: PageRequest) -> Select<E>
where
    E: EntityTrait,
    C: ColumnTrait,
{
    let query = match request.after() {
        None => query,
        Some(after) => {
            let (beyond, behind) = match order {
                Order::Ascending => (key.gt(after.key), id.gt(after.id)),
                Order::Descending => (key.lt(after.key), id.lt(after.id)),
            };
            let equal = Condition::all().add(key.eq(after.key)).add(behind);
            query.filter(Condition::any().add(beyond).add(equal))
        }
    };
    let query = match order {
        Order::Ascending => query.order_by_asc(key).order_by_asc(id),
        Order::Descending => query.order_by_desc(key).order_by_desc(id),
    };
    query.limit(request.limit())
}
