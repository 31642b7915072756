//! The one error type of every service, and the problems that a person can act on.

use std::borrow::Cow;

use super::Code;

/// What every service returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with what a person asked for: what, where, and a plain sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    // Private, so that every problem is made by one of the two constructors below.
    field: Vec<String>,
    /// A sentence for the person. Holds no personal data and nothing internal.
    pub message: Cow<'static, str>,
}

impl Problem {
    /// A problem with one field; `path` is dotted, for example `input.windows.2.from`. What has moved on, or is taken, is a
    /// problem of the field that names it, for example `input.proposalId`.
    #[must_use]
    pub fn at(code: Code, path: &str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, field: path.split('.').map(str::to_owned).collect(), message: message.into() }
    }

    /// A problem with a request that no field of an input can mend. That is rare: the test
    /// `tests/it/architecture` holds the list of those who may, each with its reason.
    #[must_use]
    pub fn of_the_whole(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, field: Vec::new(), message: message.into() }
    }

    /// Path of the input field, for example `["input", "windows", "2", "from"]`; empty when no single field is at fault.
    #[must_use]
    pub fn field(&self) -> &[String] {
        &self.field
    }
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person can act on it: data in the answer, not a fault.
    #[error("refused: {}", .0.iter().map(|p| p.code.as_str()).collect::<Vec<_>>().join(", "))]
    Refused(Vec<Problem>),
    /// There is no such thing, or the caller may not know that there is.
    #[error("not found")]
    NotFound,
    /// A text that should be an id is none, or one of another kind: "not found" too, since nothing can be there. Holds the
    /// dotted path of the field.
    #[error("no id at {0}")]
    NotAnId(&'static str),
    /// The caller may see it, but may not do this.
    #[error("forbidden")]
    Forbidden,
    /// The caller could do it if they had signed in with more than one factor.
    #[error("a second factor is needed")]
    SecondFactorNeeded,
    /// The caller could do it after proving again who they are.
    #[error("a fresh proof is needed")]
    FreshProofNeeded,
    /// Nobody is signed in, or the proof is no longer good.
    #[error("not signed in")]
    Unauthenticated,
    /// Too many tries.
    #[error("too many tries")]
    TooMany {
        /// Whole seconds until the next try can succeed.
        retry_after: u64,
    },
    /// The service cannot do it now; the same request may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// The database asks to try the whole transaction again. The runner does so; nobody else sees this.
    #[error("try again")]
    Busy,
    /// The database refused a change by a named rule (see `migrations/README.md`). A service that expects the rule turns it
    /// into a problem with [`Error::explain`].
    #[error("constraint {0}")]
    Constraint(String),
    /// A fault of ours. The text is for the log only: it never reaches a client.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A fault of ours, described for the log. Give ids and states only, never contents.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }

    /// Turns the database's refusal by the rule `constraint` into a problem that a person can act on.
    #[must_use]
    pub fn explain(self, constraint: &str, problem: Problem) -> Self {
        match self {
            Self::Constraint(name) if name == constraint => Self::refused(problem),
            other => other,
        }
    }

    /// A refusal with one problem.
    #[must_use]
    pub fn refused(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::refused(problem)
    }
}
