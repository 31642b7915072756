//! The staff of the invented programme.

use super::Garden;
use crate::identity::{self, NewProgramme, Role, StaffInvitation};
use crate::kernel::Result;
use crate::op::Op;

/// Who the rest of the planting needs.
pub(super) struct Staff {
    pub(super) coordinator: Op,
    pub(super) administrator_name: String,
    pub(super) coordinator_name: String,
    pub(super) lead_name: String,
    pub(super) auditor_name: String,
}

pub(super) async fn plant(garden: &Garden) -> Result<Staff> {
    let code = identity::bootstrap(&Op::system(&garden.app.core), "Ada").await?.code;
    let (administrator, administrator_name) = garden.welcome(&code).await?;
    let new = NewProgramme { name: "Harbour Lights".into(), zone: "America/Chicago".into() };
    let programme = identity::create_programme(&administrator, new).await?.id;
    let invite = async |role: Role, first_name: &str| {
        let staff = StaffInvitation { programme, role, first_name: first_name.into() };
        let invited = identity::invite_staff(&administrator, staff).await?;
        garden.welcome(&invited.code).await
    };
    let (coordinator, coordinator_name) = invite(Role::Coordinator, "Cora").await?;
    invite(Role::Coordinator, "Colin").await?;
    invite(Role::Coordinator, "Celeste").await?;
    let (_, lead_name) = invite(Role::SafeguardingLead, "Linnea").await?;
    let (_, auditor_name) = invite(Role::Auditor, "Otto").await?;
    Ok(Staff { coordinator, administrator_name, coordinator_name, lead_name, auditor_name })
}
