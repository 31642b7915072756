//! The invented programme: 3 coordinators, a safeguarding lead, an auditor, 12 mentors of varied readiness and 25 families
//! at every stage, with ten days of history. Planted through the services, as everything else.

mod families;
mod mentors;
mod staff;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::sources;
use crate::access::Principal;
use crate::app::{App, Sources};
use crate::config::Settings;
use crate::identity::{self, Answer, AuthenticatorSecret, SignedIn};
use crate::kernel::{Clock, Error, ManualClock, Result, SystemClock};
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
    pub(super) entry: Entry,
}

/// What somebody needs to sign in, beside the passphrase.
#[derive(Clone, Default)]
pub(super) struct Entry {
    /// The name.
    pub(super) name: String,
    /// The secret of their authenticator; mentors and staff have one.
    pub(super) secret: Option<String>,
    /// Recovery codes that are unused.
    pub(super) recovery_codes: Vec<String>,
}

/// One person a role.
pub(super) struct Seeded {
    people: Vec<(&'static str, &'static str, Entry)>,
}

impl Seeded {
    /// Signs one person of each role in at the running node.
    pub(super) async fn sign_in(self, app: &App) -> Result<Vec<SignedInPerson>> {
        let mut people = Vec::with_capacity(self.people.len());
        for (role, tries, mut entry) in self.people {
            let session = enter(app, &mut entry).await?;
            people.push(SignedInPerson { role, tries, session, entry });
        }
        Ok(people)
    }
}

/// Signs somebody in, with a recovery code where a second factor is asked for: the authenticator's codes stay unused.
async fn enter(app: &App, entry: &mut Entry) -> Result<SignedIn> {
    let nobody = Op::new(Arc::clone(&app.core), Principal::anonymous(), Origin::default());
    let step = app.identity.sign_in(&nobody, &entry.name, SecretString::from(PASSPHRASE), None).await?;
    match (step.session, step.challenge) {
        (Some(session), _) => Ok(session),
        (None, Some(challenge)) => {
            let answer = Answer { recovery_code: entry.recovery_codes.pop(), ..Answer::default() };
            Ok(app.identity.answer_challenge(&nobody, &challenge.token, answer).await?.session)
        }
        (None, None) => Err(Error::internal("a sign-in without an answer")),
    }
}

/// A clock that the planting moves, until it lets go of it. So one node can have a past and serve in the present.
#[derive(Debug)]
struct GardenClock {
    past: ManualClock,
    is_past: AtomicBool,
}

impl Clock for GardenClock {
    fn now(&self) -> Timestamp {
        if self.is_past.load(Ordering::Acquire) { self.past.now() } else { SystemClock.now() }
    }
}

/// A node whose clock the planting moves.
pub(super) struct Garden {
    app: App,
    clock: Arc<GardenClock>,
}

impl Garden {
    /// A node on an empty database, ten days ago.
    pub(super) async fn new(settings: Settings) -> Result<Self> {
        let past = ManualClock::at(SystemClock.now() - AGO);
        let clock = Arc::new(GardenClock { past, is_past: AtomicBool::new(true) });
        let sources = Sources { clock: Arc::clone(&clock) as _, ..sources() };
        Ok(Self { app: App::build(settings, sources, false).await?, clock })
    }

    /// The node, which goes by the machine's clock from now on.
    pub(super) fn into_the_present(self) -> App {
        self.clock.is_past.store(false, Ordering::Release);
        self.app
    }

    fn hours_pass(&self, hours: i64) {
        self.clock.past.advance(SignedDuration::from_hours(hours));
    }

    /// Uses an invitation code, and adds an authenticator for mentors and staff; the newcomer's operation and what they
    /// need to sign in.
    async fn welcome(&self, code: &str) -> Result<(Op, Entry)> {
        let core = &self.app.core;
        let nobody = Op::new(Arc::clone(core), Principal::anonymous(), Origin::default());
        let session = self.app.identity.accept_invitation(&nobody, code, SecretString::from(PASSPHRASE)).await?;
        let mut entry = Entry { name: session.sign_in_name.clone(), ..Entry::default() };
        let op = self.op_of(&session).await?;
        if !session.role.role.needs_second_factor() {
            return Ok((op, entry));
        }
        let begun = identity::begin_authenticator(&op, None).await?;
        let secret = begun.secret.expose_secret();
        let first = AuthenticatorSecret::read(secret)?.code_at(op.now())?;
        let enrolled = identity::confirm_authenticator(&op, &begun.token, &first, "My phone").await?;
        entry.secret = Some(secret.to_owned());
        entry.recovery_codes = enrolled.recovery_codes.iter().map(|code| code.expose_secret().to_owned()).collect();
        // Who they are has to be looked at again: they have proved more now.
        Ok((self.op_of(&session).await?, entry))
    }

    async fn op_of(&self, session: &SignedIn) -> Result<Op> {
        let core = &self.app.core;
        let caller = self.app.identity.authenticate(core, session.access_token.expose_secret()).await?;
        Ok(Op::new(Arc::clone(core), caller.principal, Origin::default()))
    }
}

/// Plants everything on a fresh database.
pub(super) async fn plant(garden: &Garden) -> Result<Seeded> {
    let staff = staff::plant(garden).await?;
    garden.hours_pass(24);
    let mentors = mentors::plant(garden, &staff.coordinator).await?;
    garden.hours_pass(24);
    let [family, second] = families::plant(garden, &staff.coordinator, &mentors).await?;
    garden.app.tick().await?;
    let mentor = mentors.first().map(|mentor| mentor.entry.clone()).unwrap_or_default();
    let people = vec![
        ("administrator", "programmes, accounts, auditVerification", staff.administrator_entry),
        ("coordinator", "supportRequests, candidates, cases, mentors", staff.coordinator_entry),
        ("lead", "cases, families", staff.lead_entry),
        ("auditor", "auditEntries, auditVerification", staff.auditor_entry),
        ("mentor", "matches, commonSlots, messages, myMentorRecord", mentor),
        ("family", "myFamily, matches, commonSlots, messages", family),
        ("second family", "what the other family's ids answer to her", second),
    ];
    Ok(Seeded { people })
}
