//! Signing in through the staff's identity provider.

mod accounts;
mod away;
mod flow;
mod forged;
mod issuer;

use kinward::config::Settings;
use kinward::identity::{self, Role, StaffInvitation};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::factors::document;
use crate::harness::{Backend, TestApp, World, backends};
use issuer::{Begun, CLIENT_ID, CLIENT_SECRET, Forged, Issuer};

/// A node that knows the provider.
struct Scene {
    app: TestApp,
    world: World,
    issuer: Issuer,
}

fn knows(issuer: &str) -> impl Fn(&mut Settings) {
    move |settings| {
        settings.oidc.issuer_url = Some(issuer.parse().unwrap());
        settings.oidc.client_id = Some(CLIENT_ID.into());
        settings.oidc.client_secret = Some(SecretString::from(CLIENT_SECRET));
        settings.limits.sign_in_tries_per_address = 1_000;
    }
}

impl Scene {
    async fn new(backend: Backend) -> Self {
        let issuer = Issuer::start().await;
        let app = TestApp::start_with(backend, knows(&issuer.url)).await;
        Self { world: World::new(&app).await, app, issuer }
    }

    /// The code of an invitation for a member of staff.
    async fn invitation(&self, role: Role) -> String {
        let op = self.app.op_of(self.world.administrator.token()).await;
        let staff = StaffInvitation { programme: self.world.programme, role, first_name: "Iris".into() };
        identity::invite_staff(&op, staff).await.unwrap().code
    }

    async fn begin(&self) -> Begun {
        let begun = self.app.anonymous().data(document("identity/beginProviderSignIn"), json!({})).await;
        Begun::new(&begun["beginProviderSignIn"]["begun"])
    }

    /// Goes to the provider as this person and comes back with a code.
    async fn at_provider(&self, subject: &str, forge: impl FnOnce(&mut Forged)) -> (Begun, String) {
        let begun = self.begin().await;
        let code = self.issuer.grant(&begun, subject, self.app.app.core.clock.now(), forge);
        (begun, code)
    }

    /// The whole payload of finishing.
    async fn finish(&self, begun: &Begun, code: &str) -> Value {
        self.finish_with(json!({"state": begun.state, "providerCode": code, "secret": begun.secret})).await
    }

    async fn finish_with(&self, input: Value) -> Value {
        let answer =
            self.app.anonymous().send(document("identity/finishProviderSignIn"), json!({"input": input})).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"]["finishProviderSignIn"].clone()
    }

    /// Goes to the provider as this person and comes in, or not.
    async fn sign_in(&self, subject: &str, forge: impl FnOnce(&mut Forged)) -> Value {
        let (begun, code) = self.at_provider(subject, forge).await;
        self.finish(&begun, &code).await
    }

    /// The whole payload of accepting an invitation as this person.
    async fn accept(&self, invitation: &str, subject: &str, forge: impl FnOnce(&mut Forged)) -> Value {
        let (begun, code) = self.at_provider(subject, forge).await;
        let input = json!({"code": invitation, "state": begun.state, "providerCode": code, "secret": begun.secret});
        let accept = document("identity/acceptInvitationWithProvider");
        let answer = self.app.anonymous().send(accept, json!({"input": input})).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"]["acceptInvitationWithProvider"].clone()
    }

    /// A coordinator who is known at the provider by this name.
    async fn coordinator(&self, subject: &str) -> Value {
        let code = self.invitation(Role::Coordinator).await;
        let payload = self.accept(&code, subject, |_| ()).await;
        assert!(payload["session"].is_object(), "{payload}");
        payload["session"].clone()
    }

    /// How many open sign-ins there are.
    async fn open(&self) -> i64 {
        self.app.count("SELECT count(*) AS n FROM sign_in WHERE ended_at IS NULL").await
    }
}

/// The same on each database that is there.
async fn on_each<F: AsyncFn(Scene)>(test: F) {
    for backend in backends() {
        let scene = Scene::new(backend).await;
        let app = scene.app.clone();
        test(scene).await;
        app.finish().await;
    }
}

fn code_of(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or_default()
}
