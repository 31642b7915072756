//! People for tests, made through the service's own doors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use kinward::identity::{self, Answer, AuthenticatorSecret, NewProgramme, SignedIn, StaffInvitation};
use kinward::kernel::ids::{AccountId, FamilyId, ProgrammeId, TypedId as _};
use kinward::op::{Op, Origin};
use secrecy::ExposeSecret as _;

use super::{Client, TestApp};

/// The passphrase of everybody in tests.
pub const PASSPHRASE: &str = "correct tortoise violin meadow";

/// Somebody's authenticator, and the last step whose code was used.
pub struct Authenticator {
    secret: AuthenticatorSecret,
    used: i64,
}

/// The authenticators of everybody in a test, by the names for signing in.
#[derive(Clone, Default)]
pub struct Authenticators(Arc<Mutex<BTreeMap<String, Authenticator>>>);

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

    /// Uses an invitation code. Mentors and staff add an authenticator too, which they need for everything else.
    pub async fn accept(&self, code: &str) -> SignedIn {
        let signed_in = self.accept_bare(code).await;
        if signed_in.role.role.needs_second_factor() {
            self.enrol(&signed_in).await;
        }
        signed_in
    }

    /// Uses an invitation code and adds no second factor.
    pub async fn accept_bare(&self, code: &str) -> SignedIn {
        let op = self.op_of_nobody();
        self.app.identity.accept_invitation(&op, code, PASSPHRASE.to_owned().into()).await.unwrap()
    }

    /// Adds an authenticator; its recovery codes.
    pub async fn enrol(&self, signed_in: &SignedIn) -> Vec<String> {
        let op = self.op_of(token(signed_in)).await;
        let begun = identity::begin_authenticator(&op, None).await.unwrap();
        let secret = AuthenticatorSecret::read(begun.secret.expose_secret()).unwrap();
        let name = signed_in.sign_in_name.clone();
        self.authenticators.0.lock().unwrap().insert(name.clone(), Authenticator { secret, used: 0 });
        let code = self.code_of(&name);
        let enrolled = identity::confirm_authenticator(&op, &begun.token, &code, "My phone").await.unwrap();
        enrolled.recovery_codes.iter().map(|code| code.expose_secret().to_owned()).collect()
    }

    /// Takes note of an authenticator that was added without [`TestApp::enrol`].
    pub fn knows_secret(&self, sign_in_name: &str, secret: &str) {
        let secret = AuthenticatorSecret::read(secret).unwrap();
        self.authenticators.0.lock().unwrap().insert(sign_in_name.to_owned(), Authenticator { secret, used: 0 });
    }

    /// The secret of somebody's authenticator.
    pub fn secret_of(&self, sign_in_name: &str) -> AuthenticatorSecret {
        let all = self.authenticators.0.lock().unwrap();
        AuthenticatorSecret::read(&all[sign_in_name].secret.text()).unwrap()
    }

    /// The next code of somebody's authenticator that was not used yet. Two can be had at one instant, this step's and the
    /// next one's; then the clock has to move.
    pub fn code_of(&self, sign_in_name: &str) -> String {
        let (mut all, now) = (self.authenticators.0.lock().unwrap(), self.app.core.clock.now());
        let authenticator = all.get_mut(sign_in_name).unwrap_or_else(|| panic!("{sign_in_name} has no authenticator"));
        let present = now.as_second() / 30;
        let step = present.max(authenticator.used + 1);
        assert!(step <= present + 1, "the codes of this instant are used up: move the clock");
        authenticator.used = step;
        authenticator.secret.code_at(Timestamp::from_second(step * 30).unwrap()).unwrap()
    }

    /// Signs somebody in anew, with the next code of their authenticator if they have one.
    pub async fn sign_in(&self, sign_in_name: &str) -> SignedIn {
        let nobody = self.op_of_nobody();
        let step = self.app.identity.sign_in(&nobody, sign_in_name, PASSPHRASE.to_owned().into(), None).await.unwrap();
        if let Some(session) = step.session {
            return session;
        }
        let answer = Answer { code: Some(self.code_of(sign_in_name)), ..Answer::default() };
        let challenge = step.challenge.unwrap();
        self.app.identity.answer_challenge(&nobody, &challenge.token, answer).await.unwrap().session
    }

    /// Makes an account a caregiver of a family that was put together by hand, with every right.
    pub async fn belongs(&self, account: AccountId, family: FamilyId) {
        let spell = |id: uuid::Uuid| match self.backend {
            super::Backend::Sqlite => format!("x'{}'", id.simple()),
            super::Backend::Postgres => format!("'{id}'"),
        };
        let (account, family) = (spell(account.uuid()), spell(family.uuid()));
        let sql = format!(
            "INSERT INTO family_member (id, family_id, account_id, relation, added_at)
             VALUES ({account}, {family}, {account}, 'parent', 1)"
        );
        self.tamper(&sql).await.unwrap();
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
