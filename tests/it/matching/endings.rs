//! Matches: looked after, ended, and what is left then.

use serde_json::json;

use super::stage::{
    bare_mentor, family, fault, ids, look, matched, mentor, offered, refused, step, text, triaged, unseen, yes,
};
use crate::harness::{World, on_each};

#[tokio::test]
async fn a_match_rests_goes_on_and_says_goodbye() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let tove = mentor(&app, &world, "Tove", 2).await;
        let raw = bare_mentor(&app, &world, "Ruth", 2).await;
        let (_, id) = matched(&world, &home, &nils).await;
        let it = json!({"matchId": id});
        assert_eq!(fault(&home.client, "pauseMatch", it.clone()).await, "FORBIDDEN");
        assert_eq!(refused(&world.coordinator, "resumeMatch", it.clone()).await, ["WRONG_STATE input.matchId"]);
        assert_eq!(step(&world.coordinator, "pauseMatch", it.clone()).await["state"], "PAUSED");
        let stale = json!({"matchId": id, "version": 1});
        assert_eq!(refused(&world.coordinator, "resumeMatch", stale).await, ["STALE input.version"]);
        assert_eq!(step(&world.coordinator, "resumeMatch", it.clone()).await["state"], "ACTIVE");
        for (backup, problem) in [
            (nils.id.as_str(), "SAME_MENTOR input.mentorId"),
            (raw.id.as_str(), "NOT_READY input.mentorId"),
            ("junk", "UNKNOWN_REFERENCE input.mentorId"),
        ] {
            let input = json!({"matchId": id, "mentorId": backup});
            assert_eq!(refused(&world.coordinator, "nameBackupMentor", input).await, [problem]);
        }
        let named = step(&world.coordinator, "nameBackupMentor", json!({"matchId": id, "mentorId": tove.id})).await;
        assert_eq!((&named["backupMentorId"], &named["backupMentorFirstName"]), (&json!(tove.id), &json!("Tove")));
        let seen = look(&home.client, "match", &id).await;
        assert_eq!((&seen["hasBackupMentor"], &seen["backupMentorFirstName"]), (&json!(true), &json!(null)));
        assert_eq!(unseen(&tove.client, "match", &id).await, "NOT_FOUND");
        for wrong in ["2026-11-23T14:00:00Z", "2026-12-24T15:00:01Z"] {
            let input = json!({"matchId": id, "goodbyeAt": wrong});
            assert_eq!(refused(&home.client, "planGoodbye", input).await, ["OUT_OF_RANGE input.goodbyeAt"]);
        }
        let input = json!({"matchId": id, "goodbyeAt": "2026-12-01T15:00:00Z"});
        assert_eq!(step(&nils.client, "planGoodbye", input.clone()).await["state"], "ENDING");
        assert_eq!(refused(&nils.client, "planGoodbye", input).await, ["WRONG_STATE input.matchId"]);
        assert_eq!(step(&world.coordinator, "resumeMatch", it).await["goodbyeAt"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn the_family_ends_it_without_a_reason_and_the_mentor_is_gone_at_once() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 1).await;
        let (request, id) = matched(&world, &home, &nils).await;
        assert_eq!(
            refused(&world.coordinator, "closeSupportRequest", json!({"requestId": request, "reason": "OTHER"})).await,
            ["MATCH_LIVE input.requestId"]
        );
        let wrong = json!({"matchId": id, "reason": "MENTOR_CHOICE"});
        assert_eq!(refused(&home.client, "endMatch", wrong).await, ["INVALID input.reason"]);
        assert_eq!(refused(&world.coordinator, "endMatch", json!({"matchId": id})).await, ["REQUIRED input.reason"]);
        let ended =
            step(&home.client, "endMatch", json!({"matchId": id, "notAgain": true, "reopenRequest": true})).await;
        assert_eq!((&ended["state"], &ended["mentorFirstName"]), (&json!("ENDED"), &json!(null)));
        assert_eq!(unseen(&nils.client, "match", &id).await, "NOT_FOUND");
        assert!(ids(&nils.client, "matches").await.is_empty() && ids(&nils.client, "proposals").await.is_empty());
        for name in ["endMatch", "planGoodbye"] {
            let input = match name {
                "endMatch" => json!({"matchId": id}),
                _ => json!({"matchId": id, "goodbyeAt": "2026-12-01T15:00:00Z"}),
            };
            assert_eq!(fault(&nils.client, name, input).await, "NOT_FOUND", "{name}");
        }
        assert_eq!(refused(&home.client, "endMatch", json!({"matchId": id})).await, ["WRONG_STATE input.matchId"]);
        let seen = look(&world.coordinator, "match", &id).await;
        assert_eq!((&seen["endReason"], &seen["mentorFirstName"]), (&json!("FAMILY_CHOICE"), &json!("Nils")));
        let again = look(&home.client, "supportRequest", &request).await;
        assert_eq!((&again["state"], &again["dueAt"]), (&json!("SUBMITTED"), &json!("2026-11-24T15:00:00Z")));
        step(&world.coordinator, "triageSupportRequest", json!({"requestId": request, "urgency": "SOON"})).await;
        let propose = json!({"requestId": request, "mentorId": nils.id});
        assert_eq!(refused(&world.coordinator, "proposeMatch", propose).await, ["NOT_AGAIN input.mentorId"]);
        assert_eq!(app.count("SELECT count(*) AS n FROM job WHERE kind = 'match_ended'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_request_takes_everything_with_it() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let nils = mentor(&app, &world, "Nils", 3).await;
        let first = family(&app, &world, "Mara").await;
        let (request, proposal) = offered(&world, &first, &nils).await;
        step(&first.client, "withdrawSupportRequest", json!({"requestId": request})).await;
        assert_eq!(look(&first.client, "proposal", &proposal).await["state"], "WITHDRAWN");
        assert_eq!(fault(&nils.client, "answerProposalAsMentor", yes(&proposal)).await, "NOT_FOUND");
        assert_eq!(
            refused(&first.client, "withdrawSupportRequest", json!({"requestId": request})).await,
            ["WRONG_STATE input.requestId"]
        );
        // A new request can follow at once.
        triaged(&world, &first).await;
        let second = family(&app, &world, "Olga").await;
        let (request, id) = matched(&world, &second, &nils).await;
        step(&second.client, "withdrawSupportRequest", json!({"requestId": request})).await;
        let seen = look(&world.coordinator, "match", &id).await;
        assert_eq!((&seen["state"], &seen["endReason"]), (&json!("ENDED"), &json!("FAMILY_CHOICE")));
        assert_eq!(unseen(&nils.client, "match", &id).await, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_second_yes_for_the_last_place_is_refused() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let (mara, olga) = (family(&app, &world, "Mara").await, family(&app, &world, "Olga").await);
        let (_, first) = offered(&world, &mara, &nils).await;
        let (request, second) = offered(&world, &olga, &nils).await;
        let third = triaged(&world, &family(&app, &world, "Pia").await).await;
        let propose = json!({"requestId": third, "mentorId": nils.id});
        assert_eq!(refused(&world.coordinator, "proposeMatch", propose).await, ["AT_CAPACITY input.mentorId"]);
        let less = "mutation($input: UpdateMentorInput!) { updateMentor(input: $input) { mentor { id } userErrors { code field message } } }";
        world.coordinator.data(less, json!({"input": {"id": nils.id, "capacity": 1}})).await;
        step(&nils.client, "answerProposalAsMentor", yes(&first)).await;
        assert_eq!(refused(&nils.client, "answerProposalAsMentor", yes(&second)).await, ["MENTOR_FULL input.proposalId"]);
        assert_eq!(look(&nils.client, "proposal", &second).await["state"], "OFFERED_TO_MENTOR");
        let taken = step(&world.coordinator, "withdrawProposal", json!({"proposalId": second})).await;
        assert_eq!(taken["state"], "WITHDRAWN");
        assert_eq!(refused(&world.coordinator, "withdrawProposal", json!({"proposalId": second})).await, ["WRONG_STATE input.proposalId"]);
        assert_eq!(look(&olga.client, "supportRequest", &request).await["state"], "TRIAGED");
        let id = ids(&mara.client, "matches").await.remove(0);
        for client in [&elsewhere.coordinator, &olga.client] {
            assert_eq!(unseen(client, "match", &id).await, "NOT_FOUND");
            for name in ["pauseMatch", "resumeMatch", "endMatch", "nameBackupMentor"] {
                assert_eq!(fault(client, name, json!({"matchId": text(&json!(id))})).await, "NOT_FOUND", "{name}");
            }
            assert!(ids(client, "matches").await.is_empty());
        }
    })
    .await;
}
