//! Families: caregivers who may ask for a mentor, and how it is safe to reach them. A child's name is never kept.
//!
//! A caregiver joins on the invitation of a coordinator ([`invite_family_member`]), or of another caregiver, who chooses
//! what they may do ([`invite_caregiver`]). What the family told in confidence, the details of the safe-contact plan, and the
//! keys that keep it apart from mentors of its case or town are stored sealed. Who is marked as an alleged abuser
//! ([`mark_alleged_abuser`]) is out at once; while the mark stands the policies bar the account from everything of the
//! family, whatever else it may be, and lists leave it out. Features above ask through [`facts`], [`matching_facts`],
//! [`safe_windows`] and [`member_accounts`].

mod delegation;
mod entity;
mod faces;
pub mod graphql;
mod marks;
pub mod model;
mod service;
mod store;

pub use delegation::{
    caregiver_rights, invite_caregiver, remove_caregiver, restrict_caregiver, restrictions, set_caregiver_rights,
};
pub use faces::{MatchingFacts, facts, matching_facts, member_accounts, safe_channel, safe_windows};
pub use graphql::Family as ApiFamily;
pub use marks::{alleged_abusers, lift_mark, mark_alleged_abuser};
pub use model::mark::{Lift, LiftMark, Mark, MarkAllegedAbuser};
pub use model::plan::{ContactChannel, ContactWindow, SafeContactPlan};
pub use model::record::{FAMILY_FULL, Family, InviteFamilyMember, MAX_MEMBERS, Member, Plan, UpdateFamily};
pub use model::rights::{
    CaregiverRights, InviteCaregiver, LAST_DELEGATOR, RIGHTS_TOO_WIDE, RestrictCaregiver, Restriction,
    SetCaregiverRights,
};
pub use service::{
    InvitedFamilyMember, circumstances, family, family_keys, invite_family_member, list_families, my_family, plans,
    safe_contact_plan, set_family_keys, set_safe_contact_plan, update_family,
};
