//! The invented programme: 3 coordinators, a safeguarding lead, an auditor, 12 mentors of varied readiness and 25 families
//! at every stage, with ten days of history. Planted through the services, as everything else.

mod families;
mod mentors;
mod staff;

use std::sync::Arc;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::node_in_the_past;
use crate::access::Principal;
use crate::app::App;
use crate::config::Settings;
use crate::identity::SignedIn;
use crate::kernel::{Clock as _, ManualClock, Result, SystemClock};
use crate::op::{Op, Origin};

/// The passphrase of everybody in the demonstration.
pub(super) const PASSPHRASE: &str = "paper boats on a slow river";
/// How long ago the invented history begins.
const AGO: SignedDuration = SignedDuration::from_hours(10 * 24);

/// Somebody of the demonstration, signed in.
pub(super) struct SignedInPerson {
    pub(super) role: &'static str,
    pub(super) tries: &'static str,
    pub(super) session: SignedIn,
}

/// Names for signing in, one a role.
pub(super) struct Seeded {
    names: Vec<(&'static str, &'static str, String)>,
}

impl Seeded {
    /// Signs one person of each role in at the running node.
    pub(super) async fn sign_in(self, app: &App) -> Result<Vec<SignedInPerson>> {
        let mut people = Vec::with_capacity(self.names.len());
        for (role, tries, name) in self.names {
            let nobody = Op::new(Arc::clone(&app.core), Principal::anonymous(), Origin::default());
            let session = app.identity.sign_in(&nobody, &name, SecretString::from(PASSPHRASE), None).await?;
            people.push(SignedInPerson { role, tries, session });
        }
        Ok(people)
    }
}

/// A node whose clock the planting moves.
struct Garden {
    app: App,
    clock: Arc<ManualClock>,
}

impl Garden {
    fn hours_pass(&self, hours: i64) {
        self.clock.advance(SignedDuration::from_hours(hours));
    }

    /// Uses an invitation code; the newcomer's operation and the name that they sign in with.
    async fn welcome(&self, code: &str) -> Result<(Op, String)> {
        let core = &self.app.core;
        let nobody = Op::new(Arc::clone(core), Principal::anonymous(), Origin::default());
        let session = self.app.identity.accept_invitation(&nobody, code, SecretString::from(PASSPHRASE)).await?;
        let token = secrecy::ExposeSecret::expose_secret(&session.access_token);
        let caller = self.app.identity.authenticate(core, token).await?;
        Ok((Op::new(Arc::clone(core), caller.principal, Origin::default()), session.sign_in_name))
    }
}

/// Plants everything on a fresh database.
pub(super) async fn plant(settings: &Settings) -> Result<Seeded> {
    let clock = Arc::new(ManualClock::at(SystemClock.now() - AGO));
    let garden = Garden { app: node_in_the_past(settings, &clock).await?, clock };
    let staff = staff::plant(&garden).await?;
    garden.hours_pass(24);
    let mentors = mentors::plant(&garden, &staff.coordinator).await?;
    garden.hours_pass(24);
    let family = families::plant(&garden, &staff.coordinator, &mentors).await?;
    garden.app.tick().await?;
    garden.app.stop().await;
    let mentor = mentors.first().map(|mentor| mentor.name.clone()).unwrap_or_default();
    let names = vec![
        ("administrator", "programmes, accounts, auditVerification", staff.administrator_name),
        ("coordinator", "supportRequests, candidates, cases, mentors", staff.coordinator_name),
        ("lead", "cases, families", staff.lead_name),
        ("auditor", "auditEntries, auditVerification", staff.auditor_name),
        ("mentor", "matches, commonSlots, messages, myMentorRecord", mentor),
        ("family", "myFamily, matches, commonSlots, messages", family),
    ];
    Ok(Seeded { names })
}
