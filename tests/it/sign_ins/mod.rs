//! Where people are signed in, for how long, and who ends it.

mod lifetimes;
mod own;
mod reuse;

use kinward::families::{self, InviteFamilyMember};
use kinward::kernel::terms::CaregiverRole;
use kinward::mentors::{self, InviteMentor};
use serde_json::{Value, json};

use crate::harness::people::PASSPHRASE;
use crate::harness::{Client, TestApp, World};

pub const VIEWER: &str = "{ viewer { account { id signInName } } }";
pub const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { session { signInName accessToken refreshToken expiresAt } userErrors { code field message } } }";
pub const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { signInName accessToken refreshToken expiresAt } challenge { token } userErrors { code field message } } }";
pub const ANSWER: &str = "mutation($input: AnswerChallengeInput!) { answerChallenge(input: $input) { session { signInName accessToken refreshToken expiresAt } userErrors { code field message } } }";
pub const REFRESH: &str = "mutation($input: RefreshTokensInput!) { refreshTokens(input: $input) { session { accessToken refreshToken expiresAt } userErrors { code field message } } }";

/// The invitation code of a caregiver of a new family.
pub async fn family_code(world: &World) -> String {
    let op = world.app.op_of(world.coordinator.token()).await;
    let invite = InviteFamilyMember {
        first_name: "Imani".into(),
        relation: CaregiverRole::Parent,
        family: None,
        zone: Some("America/Chicago".into()),
        languages: Some(vec!["en".into()]),
        rights: None,
    };
    families::invite_family_member(&op, invite).await.unwrap().invited.code
}

/// The invitation code of a new mentor.
pub async fn mentor_code(world: &World) -> String {
    let op = world.app.op_of(world.coordinator.token()).await;
    let invite = InviteMentor {
        first_name: "Theo".into(),
        languages: vec!["en".into()],
        zone: "America/Chicago".into(),
        capacity: None,
    };
    mentors::invite_mentor(&op, invite).await.unwrap().invited.code
}

/// Uses a code on this device.
pub async fn accept(device: &Client, code: &str) -> Session {
    let input = json!({"input": {"code": code, "passphrase": PASSPHRASE}});
    Session::new(device, &device.data(ACCEPT, input).await["acceptInvitation"]["session"])
}

/// Signs in on this device, with a code of the person's authenticator if they have one.
pub async fn sign_in(app: &TestApp, device: &Client, name: &str) -> Session {
    let input = json!({"input": {"signInName": name, "passphrase": PASSPHRASE}});
    let step = device.data(SIGN_IN, input).await["signIn"].clone();
    if step["challenge"].is_null() {
        return Session::new(device, &step["session"]);
    }
    let input = json!({"input": {"challenge": step["challenge"]["token"], "code": app.code_of(name)}});
    Session::new(device, &device.data(ANSWER, input).await["answerChallenge"]["session"])
}

/// Somebody signed in on a device.
#[derive(Clone)]
pub struct Session {
    pub client: Client,
    pub refresh_token: String,
    pub expires_at: String,
}

impl Session {
    pub fn new(device: &Client, session: &Value) -> Self {
        let text = |field: &str| session[field].as_str().unwrap().to_owned();
        let client = device.with_token(&text("accessToken"));
        Self { client, refresh_token: text("refreshToken"), expires_at: text("expiresAt") }
    }

    /// The whole answer to the refresh token.
    pub async fn try_refresh(&self) -> Value {
        self.try_refresh_with(None).await
    }

    /// The same with a key of the client's own.
    pub async fn try_refresh_with(&self, retry_key: Option<&str>) -> Value {
        let input = json!({"input": {"refreshToken": self.refresh_token, "retryKey": retry_key}});
        self.client.without_token().send(REFRESH, input).await
    }

    /// The session that a good answer gives.
    pub fn after(&self, answer: &Value) -> Self {
        assert!(answer.get("errors").is_none(), "{answer:#}");
        Self::new(&self.client, &answer["data"]["refreshTokens"]["session"])
    }

    /// Goes on with new tokens.
    pub async fn refresh(&mut self) {
        *self = self.after(&self.try_refresh().await);
    }

    /// Whether nothing of it opens anything any more.
    pub async fn is_dead(&self) -> bool {
        let refreshed = self.try_refresh().await;
        let refresh_dead = refreshed["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED";
        let request_dead = self.client.fault(VIEWER, json!({})).await == "UNAUTHENTICATED";
        assert!(refresh_dead && request_dead, "one way is open: {refreshed:#}");
        true
    }
}
