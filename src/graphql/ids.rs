//! Global ids at the edge of the service.

use async_graphql::ID;

use crate::kernel::{Check, Code, Error, Result, ids::TypedId};

/// Reads the id of the thing that a field is about, from the argument or input field at `path` (dotted, for example
/// `input.matchId`). An id of another kind, and junk, is "not found" like an id that nobody has; the answer names the
/// path too, which tells nothing but what the text itself shows.
pub fn target<I: TypedId>(id: &ID, path: &'static str) -> Result<I> {
    I::from_global(id).ok_or(Error::NotAnId(path))
}

/// Reads a reference inside an input; what names nothing becomes a problem of the field at `path`.
pub fn reference<I: TypedId>(id: &ID, path: &str, check: &mut Check) -> Option<I> {
    let read = I::from_global(id);
    if read.is_none() {
        check.problem(Code::UnknownReference, path, "This names nothing that you can see.");
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{FamilyId, MentorId};
    use uuid::Uuid;

    #[test]
    fn a_wrong_kind_looks_missing() {
        let id = ID(FamilyId::from(Uuid::from_u128(1)).to_global());
        assert!(target::<FamilyId>(&id, "id").is_ok());
        assert!(matches!(target::<MentorId>(&id, "id"), Err(Error::NotAnId("id"))));
        let mut check = Check::new();
        assert_eq!(reference::<MentorId>(&id, "input.mentor", &mut check), None);
        assert!(matches!(check.done(), Err(Error::Refused(problems)) if problems[0].code == Code::UnknownReference));
    }
}
