//! The staff of the invented programme.

use super::{Entry, Garden};
use crate::identity::{self, NewProgramme, Role, StaffInvitation};
use crate::kernel::Result;
use crate::op::Op;

/// Who the rest of the planting needs.
pub(super) struct Staff {
    pub(super) coordinator: Op,
    pub(super) administrator_entry: Entry,
    pub(super) coordinator_entry: Entry,
    pub(super) lead_entry: Entry,
    pub(super) auditor_entry: Entry,
}

pub(super) async fn plant(garden: &Garden) -> Result<Staff> {
    let code = identity::bootstrap(&Op::system(&garden.app.core), "Ada").await?.code;
    let (administrator, administrator_entry) = garden.welcome(&code).await?;
    let new = NewProgramme { name: "Harbour Lights".into(), zone: "America/Chicago".into() };
    let programme = identity::create_programme(&administrator, new).await?.id;
    let invite = async |role: Role, first_name: &str| {
        let staff = StaffInvitation { programme, role, first_name: first_name.into() };
        let invited = identity::invite_staff(&administrator, staff).await?;
        garden.welcome(&invited.code).await
    };
    let (coordinator, coordinator_entry) = invite(Role::Coordinator, "Cora").await?;
    invite(Role::Coordinator, "Colin").await?;
    invite(Role::Coordinator, "Celeste").await?;
    let (_, lead_entry) = invite(Role::SafeguardingLead, "Linnea").await?;
    let (_, auditor_entry) = invite(Role::Auditor, "Otto").await?;
    Ok(Staff { coordinator, administrator_entry, coordinator_entry, lead_entry, auditor_entry })
}
