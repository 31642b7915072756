//! The GraphQL kit.
mod connection;
mod fault;
mod ids;
mod payload;
pub mod scalars;
pub use connection::{Connection, Cursor, connection, page_request};
pub use fault::{FaultCode, fault};
pub use ids::{reference, target};
pub use payload::{UserError, outcome};
