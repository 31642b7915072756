//! People for tests, made through the service's own doors.

use kinward::identity::{self, NewProgramme, SignedIn, StaffInvitation};
use kinward::kernel::ids::{ProgrammeId, TypedId as _};
use kinward::op::{Op, Origin};
use secrecy::ExposeSecret as _;

use super::{Client, TestApp};

/// The passphrase of everybody in tests.
pub const PASSPHRASE: &str = "correct tortoise violin meadow";

/// An administrator, a programme and its coordinator.
#[derive(Clone)]
pub struct World {
    pub app: TestApp,
    pub administrator: Client,
    pub programme: ProgrammeId,
    pub coordinator: Client,
}

impl World {
    /// The smallest world in which something can happen.
    pub async fn new(app: &TestApp) -> Self {
        let code = identity::bootstrap(&app.system(), "Ada").await.unwrap().code;
        let administrator = app.accept(&code).await;
        let programme = app.programme(&administrator, "Northern Lights").await;
        let coordinator = app.staff(&administrator, programme, identity::Role::Coordinator, "Cora").await;
        Self { app: app.clone(), administrator: app.client(token(&administrator)), programme, coordinator }
    }

    /// The programme's global id.
    pub fn programme_id(&self) -> String {
        self.programme.to_global()
    }

    /// A further member of staff of the programme.
    pub async fn staff(&self, role: identity::Role, first_name: &str) -> Client {
        let op = self.app.op_of(self.administrator.token()).await;
        let staff = StaffInvitation { programme: self.programme, role, first_name: first_name.into() };
        let code = identity::invite_staff(&op, staff).await.unwrap().code;
        self.app.client(token(&self.app.accept(&code).await))
    }

    /// A second programme with its own coordinator, by the same administrator.
    pub async fn elsewhere(&self) -> Self {
        let op = self.app.op_of(self.administrator.token()).await;
        let new = NewProgramme { name: "Southern Cross".into(), zone: "America/Chicago".into() };
        let programme = identity::create_programme(&op, new).await.unwrap().id;
        let other = Self { programme, ..self.clone() };
        let coordinator = other.staff(identity::Role::Coordinator, "Cleo").await;
        Self { coordinator, ..other }
    }
}

/// The access token of somebody who signed in.
pub fn token(signed_in: &SignedIn) -> &str {
    signed_in.access_token.expose_secret()
}

impl TestApp {
    /// An operation by the bearer of a token.
    pub async fn op_of(&self, token: &str) -> Op {
        let caller = self.app.identity.authenticate(&self.app.core, token).await.unwrap();
        Op::new(self.app.core.clone(), caller.principal, Origin::default())
    }

    /// An operation by nobody.
    pub fn op_of_nobody(&self) -> Op {
        Op::new(self.app.core.clone(), kinward::access::Principal::anonymous(), Origin::default())
    }

    /// Uses an invitation code.
    pub async fn accept(&self, code: &str) -> SignedIn {
        let op = self.op_of_nobody();
        self.app.identity.accept_invitation(&op, code, PASSPHRASE.to_owned().into()).await.unwrap()
    }

    async fn programme(&self, administrator: &SignedIn, name: &str) -> ProgrammeId {
        let op = self.op_of(token(administrator)).await;
        let new = NewProgramme { name: name.into(), zone: "America/Chicago".into() };
        identity::create_programme(&op, new).await.unwrap().id
    }

    async fn staff(
        &self,
        administrator: &SignedIn,
        programme: ProgrammeId,
        role: identity::Role,
        first_name: &str,
    ) -> Client {
        let op = self.op_of(token(administrator)).await;
        let staff = StaffInvitation { programme, role, first_name: first_name.into() };
        let code = identity::invite_staff(&op, staff).await.unwrap().code;
        self.client(token(&self.accept(&code).await))
    }
}
