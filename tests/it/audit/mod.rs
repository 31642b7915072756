//! The audit log says what happened, all of it, and cannot be made to say something else unseen.

mod appending;
mod bounds;
mod reading;
mod tampering;
mod waiting;

use futures_util::future::join_all;
use kinward::access::{Resource, ResourceKind, act};
use kinward::audit::{self, Entry, Outcome};
use kinward::kernel::Error;
use kinward::kernel::ids::{AccountId, ProgrammeId, TypedId as _};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Backend, Client, TestApp, World, on_each};

const VIEWER: &str = "{ viewer { account { id } } }";
const SUSPEND: &str = "mutation($id: ID!) { suspendAccount(input: {id: $id}) { account { id } userErrors { code } } }";
const ACCOUNTS: &str = "{ accounts(first: 50) { nodes { id } } }";
const CREATE: &str = "mutation($name: String!) { createProgramme(input: {name: $name, zone: \"Europe/Oslo\"}) { programme { id } userErrors { code } } }";

/// Every entry, in no particular order.
async fn entries(app: &TestApp) -> Vec<Entry> {
    let read = app.app.core.db.read(|conn| async move {
        let all = Statement::from_string(conn.raw().get_database_backend(), "SELECT canonical FROM audit_entry");
        let rows = conn.raw().query_all_raw(all).await?;
        Ok(rows.iter().map(|row| row.try_get::<Vec<u8>>("", "canonical").unwrap()).collect::<Vec<_>>())
    });
    read.await.unwrap().iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect()
}

/// The entries of this action that came about while `work` ran.
async fn entries_of<F: Future>(app: &TestApp, action: &str, work: F) -> (F::Output, Vec<Entry>) {
    let before: Vec<Uuid> = entries(app).await.iter().map(|entry| entry.id).collect();
    let answer = work.await;
    let mut new = entries(app).await;
    new.retain(|entry| entry.action == action && !before.contains(&entry.id));
    (answer, new)
}

async fn account_of(client: &Client) -> AccountId {
    let viewer = client.data(VIEWER, json!({})).await;
    AccountId::from_global(viewer["viewer"]["account"]["id"].as_str().unwrap()).unwrap()
}

async fn verified(app: &TestApp) -> audit::Report {
    audit::verify(&app.app.core.db, app.app.core.clock.now()).await.unwrap()
}

#[tokio::test]
async fn every_try_that_is_denied_stands_in_the_log_with_what_decided() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let auditor = world.staff(kinward::identity::Role::Auditor, "Otto").await;
        let (ada, otto) = (account_of(&world.administrator).await, account_of(&auditor).await);
        let nobody = AccountId::from(Uuid::from_u128(7));
        let tries = [
            // A rule forbids it by name; the caller knows the record.
            (&world.administrator, ada, "FORBIDDEN", Outcome::Denied, vec!["nobody-suspends-themself"]),
            // Nothing permits it; the caller may not know the record.
            (&world.coordinator, otto, "NOT_FOUND", Outcome::Denied, vec![]),
            (&world.coordinator, nobody, "NOT_FOUND", Outcome::Missing, vec![]),
        ];
        for (client, id, code, outcome, policies) in tries {
            let actor = account_of(client).await;
            let work = client.fault(SUSPEND, json!({"id": id.to_global()}));
            let (answer, new) = entries_of(&app, "account.suspend", work).await;
            assert_eq!(answer, code);
            let [entry] = new.as_slice() else { panic!("{new:?}") };
            assert_eq!((entry.outcome, &entry.policies), (outcome, &policies.into_iter().map(str::to_owned).collect()));
            assert_eq!(entry.actor.account, Some(actor.uuid()));
            let known = outcome != Outcome::Missing;
            assert_eq!(entry.object.id, known.then(|| id.uuid()));
            assert!(entry.source.as_ref().is_some_and(|hash| hash.len() == 32), "{entry:?}");
        }
        let (code, new) = entries_of(&app, "account.list", auditor.fault(ACCOUNTS, json!({}))).await;
        assert_eq!((code.as_str(), new.len()), ("NOT_FOUND", 1));
        assert_eq!(new[0].actor.kind, "auditor");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_refused_for_want_of_a_place_is_recorded_too() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let invitations = |id: String| {
            let query = "query($id: ID) { invitations(programmeId: $id) { nodes { id } } }";
            world.administrator.fault(query, json!({ "id": id }))
        };
        let families = world.administrator.fault("{ families { nodes { id } } }", json!({}));
        let (code, new) = entries_of(&app, "family.list", families).await;
        assert_eq!((code.as_str(), new.len()), ("FORBIDDEN", 1));
        let missing = ProgrammeId::from(Uuid::from_u128(7)).to_global();
        let (code, new) = entries_of(&app, "invitation.list", invitations(missing)).await;
        assert_eq!((code.as_str(), new.len()), ("NOT_FOUND", 1));
        assert_eq!(new[0].outcome, Outcome::Missing);
    })
    .await;
}

#[tokio::test]
async fn a_change_and_a_list_name_who_what_and_which() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let ada = account_of(&world.administrator).await;
        let create = world.administrator.data(CREATE, json!({"name": "Eastern Star"}));
        let (made, new) = entries_of(&app, "programme.create", create).await;
        let id = ProgrammeId::from_global(made["createProgramme"]["programme"]["id"].as_str().unwrap()).unwrap();
        let [entry] = new.as_slice() else { panic!("{new:?}") };
        assert_eq!(entry.outcome, Outcome::Allowed);
        assert_eq!(entry.policies, ["administrator-programmes"]);
        assert!(entry.ids.contains(&id.uuid()), "{entry:?}");
        assert_eq!((entry.actor.account, entry.actor.strength.as_str()), (Some(ada.uuid()), "second_factor"));
        assert!(entry.actor.role.is_some() && entry.actor.sign_in.is_some() && !entry.request.is_nil());
        assert_eq!(entry.occurred_at, app.app.core.clock.now().as_microsecond());

        let (list, new) = entries_of(&app, "account.list", world.administrator.data(ACCOUNTS, json!({}))).await;
        let ids = |value: &Value| AccountId::from_global(value["id"].as_str().unwrap()).unwrap().uuid();
        let shown: Vec<Uuid> = list["accounts"]["nodes"].as_array().unwrap().iter().map(ids).collect();
        assert_eq!(shown.len(), 2);
        let [entry] = new.as_slice() else { panic!("{new:?}") };
        assert_eq!(entry.ids, shown);
    })
    .await;
}

/// Makes the log refuse every new entry.
async fn close_the_log(app: &TestApp) {
    let sql = match app.backend {
        Backend::Sqlite => "CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'full'); END",
        Backend::Postgres => "ALTER TABLE audit_entry ADD CONSTRAINT \"full\" CHECK (false) NOT VALID",
    };
    app.tamper(sql).await.unwrap();
}

#[tokio::test]
async fn nothing_is_shown_and_nothing_is_changed_that_cannot_be_recorded() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (coordinator, programmes) = (account_of(&world.coordinator).await, "SELECT count(*) AS n FROM programme");
        let before = app.count(programmes).await;
        close_the_log(&app).await;
        // A read's entry is on disk before the answer: without it there is no answer.
        let answer = world.administrator.send(ACCOUNTS, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{answer}");
        assert!(!answer.to_string().contains(&coordinator.to_global()), "{answer}");
        // So with a denial.
        let denied = world.coordinator.fault(SUSPEND, json!({"id": coordinator.to_global()})).await;
        assert_eq!(denied, "UNAVAILABLE");
        // A change goes with its entry or not at all.
        let answer = world.administrator.send(CREATE, json!({"name": "Eastern Star"})).await;
        assert!(answer["errors"][0]["extensions"]["code"].is_string(), "{answer}");
        assert!(!answer.to_string().contains("full"), "{answer}");
        assert_eq!(app.count(programmes).await, before);
        // What is not sensitive still works.
        world.coordinator.data(VIEWER, json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn a_change_without_a_record_is_not_committed() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let rename = "UPDATE programme SET name = 'Renamed'";
        let system = app.system();
        let silent = system.write(|tx| async move {
            tx.conn()?.raw().execute_unprepared(rename).await?;
            Ok(())
        });
        assert!(matches!(silent.await, Err(Error::Internal(text)) if text.contains("without a record")));
        // A glance leaves no entry, so it covers no change either.
        let op = app.op_of(world.coordinator.token()).await;
        let programme = world.programme;
        let glanced = op.write(|tx| async move {
            tx.allow::<act::ReadProgramme>(Some(Resource::programme(programme)))?;
            tx.conn()?.raw().execute_unprepared(rename).await?;
            Ok(())
        });
        assert!(matches!(glanced.await, Err(Error::Internal(_))));
        // Nor does a refusal that the use case swallowed: it records what was not done.
        let swallowed = op.write(|tx| async move {
            let nothing = tx.allow::<act::ReadFamily>(None::<Resource>);
            assert!(nothing.is_err());
            tx.conn()?.raw().execute_unprepared(rename).await?;
            Ok(())
        });
        assert!(matches!(swallowed.await, Err(Error::Internal(_))));
        assert_eq!(app.count("SELECT count(*) AS n FROM programme WHERE name = 'Renamed'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_published_or_enqueued_by_a_change_that_failed_never_was() {
    on_each(|app| async move {
        let op = app.system();
        let failed = op.write(|tx| async move {
            tx.allow::<act::RunJob>(Some(Resource::system()))?;
            tx.publish("nothing:1".to_owned(), json!({}));
            tx.enqueue(kinward::jobs::NewJob {
                kind: "nothing",
                payload: json!({}),
                run_at: tx.now(),
                unique_key: None,
            })
            .await?;
            let facts = Resource::new(ResourceKind::System, Uuid::nil());
            tx.allow::<act::CreateProgramme>(Some(facts)).map(|_| ())
        });
        assert!(matches!(failed.await, Err(Error::NotFound)));
        for table in ["outbox", "job"] {
            assert_eq!(app.count(&format!("SELECT count(*) AS n FROM {table}")).await, 0, "{table}");
        }
        // The denial stands, what was allowed before it in the same transaction was rolled back with it.
        let actions: Vec<String> = entries(&app).await.into_iter().map(|entry| entry.action).collect();
        assert_eq!(actions, ["programme.create"]);
    })
    .await;
}

#[tokio::test]
async fn fifty_reads_at_once_all_stand_in_the_log() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let reads = (0..50).map(|_| world.administrator.data(ACCOUNTS, json!({})));
        let (_, new) = entries_of(&app, "account.list", join_all(reads)).await;
        assert_eq!(new.len(), 50);
        let mut requests: Vec<Uuid> = new.iter().map(|entry| entry.request).collect();
        requests.sort();
        requests.dedup();
        assert_eq!(requests.len(), 50, "one request each");
        app.settle().await;
        let report = verified(&app).await;
        assert_eq!((report.first_fault, report.pending), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn the_log_verifies_before_and_after_its_entries_have_their_places() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let all = app.count("SELECT count(*) AS n FROM audit_entry").await;
        let report = verified(&app).await;
        assert_eq!((report.verified, i64::try_from(report.pending).unwrap(), report.first_fault), (0, all, None));
        app.settle().await;
        // Later entries, of the same instant and of another one, come after those that have their places.
        for step in [0, 1] {
            app.clock.advance(jiff::SignedDuration::from_secs(step));
            for _ in 0..20 {
                world.administrator.data(ACCOUNTS, json!({})).await;
            }
            app.settle().await;
        }
        let report = verified(&app).await;
        assert_eq!((i64::try_from(report.verified).unwrap(), report.pending, report.first_fault), (all + 40, 0, None));
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_dropped_half_way_harms_nobody_else() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let op = app.op_of(world.coordinator.token()).await;
        let list = || kinward::families::list_families(&op, kinward::kernel::PageRequest::first(1));
        // Dropped at many places, some of them while others wait for the same write.
        for micros in (0..40).map(|at| at * 250) {
            let cut_off = tokio::time::timeout(std::time::Duration::from_micros(micros), list());
            let others = async { tokio::join!(list(), list(), list()) };
            let (_, (one, two, three)) = tokio::join!(cut_off, others);
            for answered in [one, two, three] {
                answered.expect("somebody else's leaving was heard");
            }
        }
    })
    .await;
}
