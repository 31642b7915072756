//! Payloads of mutations: the changed object, and the problems that a person can act on.

use async_graphql::{Enum, SimpleObject};

use super::fault;
use super::fault::noted;
use crate::kernel::{Error, Problem};

macro_rules! as_enum {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// What stands in a person's way: the codes of `userErrors`, each with what it means and what to do. Further ones may
        /// come; what a client does not know it shows by its `message`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = "crate::kernel::Code")]
        pub enum UserErrorCode {
            $($(#[$doc])+ $name,)+
        }
    };
}

crate::every_code!(as_enum);

/// One thing wrong with what a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// What it is about.
    pub code: UserErrorCode,
    /// The path of the input field at fault; of what has moved on, the field that names it.
    pub field: Vec<String>,
    /// A plain sentence for the person.
    pub message: String,
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let (code, field) = (problem.code.into(), problem.field().to_vec());
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
    use async_graphql::resolver_utils::EnumType as _;

    #[test]
    fn a_code_has_one_name_inside_and_outside() {
        let names: Vec<_> = UserErrorCode::items().iter().map(|item| item.name).collect();
        assert_eq!(names, Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
    }

    #[test]
    fn refusals_are_data_and_the_rest_is_a_fault() {
        assert_eq!(outcome(Ok(1)).unwrap(), (Some(1), vec![]));
        let (none, errors) = outcome::<()>(Err(Problem::at(Code::Stale, "a.b", "Moved on.").into())).unwrap();
        assert_eq!((none, errors[0].field.join("/").as_str()), (None, "a/b"));
        assert!(outcome::<()>(Err(Error::Forbidden)).is_err());
    }
}
