//! Programmes.

use crate::access::{Decision, Resource, act};
use crate::identity::store::{self, Programme, ProgrammeSettings};
use crate::kernel::ids::ProgrammeId;
use crate::kernel::page::Cursor;
use crate::kernel::{Check, Code, Page, PageRequest, Problem, Result};
use crate::op::{Op, Tx};

/// The name is another programme's.
pub const NAME_TAKEN: Code = Code::NameTaken;

/// A programme to be made.
#[derive(Debug, Clone)]
pub struct NewProgramme {
    /// Its name: 2 to 120 characters, known to its people.
    pub name: String,
    /// The IANA zone that its staff work in.
    pub zone: String,
}

/// Makes a programme. Administrators only.
pub async fn create_programme(op: &Op, new: NewProgramme) -> Result<Programme> {
    let mut check = Check::new();
    let name = check.line("input.name", &new.name, 2, 120);
    let known = jiff::tz::TimeZoneDatabase::bundled().get(&new.zone).is_ok();
    check.ensure(known, Code::Invalid, "input.zone", "Choose a zone by its IANA name, for example America/Chicago.");
    check.done()?;
    let settings = ProgrammeSettings::default();
    let programme = Programme { id: op.core().ids.make(), name, zone: new.zone, settings, created_at: op.now() };
    let programme = &programme;
    op.write(|tx| async move {
        let permit = tx.allow::<act::CreateProgramme>(Some(Resource::system()))?;
        tx.named(permit.decision(), [programme.id]);
        tx.touched(permit.decision(), &["name", "zone"]);
        store::insert_programme(tx.conn()?, programme).await.map_err(|error| {
            error.explain("programme_name", Problem::at(NAME_TAKEN, "input.name", "Another programme has this name."))
        })?;
        Ok(programme.clone())
    })
    .await
}

/// Changes a programme's settings. Administrators only.
pub async fn set_programme_settings(op: &Op, id: ProgrammeId, settings: ProgrammeSettings) -> Result<Programme> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::SetProgramme>(store::programme_facts(tx.conn()?, id).await?)?;
        store::set_settings(tx.conn()?, &permit, settings).await?;
        tx.touched(permit.decision(), &["keepTownsApart"]);
        store::load_programme(tx.conn()?, &permit).await
    })
    .await
}

/// What a programme decides for itself, for the features above, once they have decided on a record of their own.
pub async fn programme_settings(tx: &Tx, _decision: &Decision, id: ProgrammeId) -> Result<ProgrammeSettings> {
    store::settings(tx.conn()?, id).await
}

/// One programme: its own people and administrators.
pub async fn programme(op: &Op, id: ProgrammeId) -> Result<Programme> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadProgramme>(store::programme_facts(tx.conn()?, id).await?)?;
        store::load_programme(tx.conn()?, &permit).await
    })
    .await
}

/// All programmes, newest first. Administrators only.
pub async fn programmes(op: &Op, request: PageRequest) -> Result<Page<(Cursor, Programme)>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListProgrammes>(Resource::system())?;
        store::programmes(tx.conn()?, &scope, request).await
    })
    .await
}
