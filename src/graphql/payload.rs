//! Payloads of mutations: the changed object, and the problems that a person can act on.

use async_graphql::SimpleObject;

use super::fault;
use super::fault::noted;
use crate::kernel::{Error, Problem};

/// One thing wrong with what a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// A stable, machine-readable name, for example `SLOT_TAKEN`.
    pub code: String,
    /// The path of the input field at fault; of what has moved on, the field that names it.
    pub field: Vec<String>,
    /// A plain sentence for the person.
    pub message: String,
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let (code, field) = (problem.code.0.to_owned(), problem.field().to_vec());
        Self { code, field, message: problem.message.into_owned() }
    }
}

/// Splits a service's result as a payload wants it: the value, or what the person can act on. Anything else is a
/// fault.
pub fn outcome<T>(result: crate::kernel::Result<T>) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Error::Refused(problems)) => {
            noted(&problems);
            Ok((None, problems.into_iter().map(UserError::from).collect()))
        }
        Err(other) => Err(fault(other)),
    }
}

/// Declares payload types: `payload! { /// Doc. pub SendMessagePayload { /// Doc. message: Message } }`, each with
/// `userErrors` and a `from_result` that a resolver ends with.
#[macro_export]
macro_rules! payload {
    ($($(#[$doc:meta])* $vis:vis $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty })+) => {
        $(
            $(#[$doc])*
            #[derive(async_graphql::SimpleObject)]
            $vis struct $name {
                $(#[$field_doc])*
                $field: Option<$type>,
                /// What stands in the way; empty when it was done.
                user_errors: Vec<$crate::graphql::UserError>,
            }

            impl $name {
                /// The payload for what a service answered.
                $vis fn from_result<T: Into<$type>>(
                    result: $crate::kernel::Result<T>,
                ) -> async_graphql::Result<Self> {
                    let ($field, user_errors) = $crate::graphql::outcome(result)?;
                    Ok(Self { $field: $field.map(Into::into), user_errors })
                }
            }
        )+
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Code;

    #[test]
    fn refusals_are_data_and_the_rest_is_a_fault() {
        assert_eq!(outcome(Ok(1)).unwrap(), (Some(1), vec![]));
        let (none, errors) = outcome::<()>(Err(Problem::at(Code::STALE, "a.b", "Moved on.").into())).unwrap();
        assert_eq!((none, errors[0].field.join("/").as_str()), (None, "a/b"));
        assert!(outcome::<()>(Err(Error::Forbidden)).is_err());
    }
}
