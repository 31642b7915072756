//! Proposals: who is asked when, who sees what, and what each answer leads to.

use jiff::SignedDuration;
use serde_json::json;

use super::stage::{
    again, family, fault, ids, look, mentor, names, offered, refused, step, text, triaged, unseen, yes,
};
use crate::harness::{World, on_each};

#[tokio::test]
async fn the_family_is_asked_first_and_names_come_last() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let request = triaged(&world, &home).await;
        let propose = json!({"requestId": request, "mentorId": nils.id});
        let made = step(&world.coordinator, "proposeMatch", propose.clone()).await;
        let id = text(&made["id"]);
        assert_eq!((&made["state"], &made["expiresAt"]), (&json!("OFFERED_TO_FAMILY"), &json!("2026-11-26T15:00:00Z")));
        assert_eq!(made["grounds"]["mentorFirstName"], "Nils");
        assert_eq!(refused(&world.coordinator, "proposeMatch", propose).await, ["PROPOSAL_OPEN input.requestId"]);
        // The stored inputs give the same result again.
        let reasons = made["grounds"]["reasons"].as_array().unwrap();
        let points: i64 = reasons.iter().map(|reason| reason["points"].as_i64().unwrap()).sum();
        assert_eq!(points, made["grounds"]["score"].as_i64().unwrap());
        // The mentor is not asked yet, so there is nothing to see or to answer.
        assert_eq!(unseen(&nils.client, "proposal", &id).await, "NOT_FOUND");
        assert_eq!(fault(&nils.client, "answerProposalAsMentor", yes(&id)).await, "NOT_FOUND");
        assert!(ids(&nils.client, "proposals").await.is_empty());
        let seen = look(&home.client, "proposal", &id).await;
        assert_eq!(seen["profile"]["languages"], json!(["en"]));
        for hidden in ["grounds", "facts", "question"] {
            assert!(seen[hidden].is_null(), "{hidden}");
        }
        assert!(!seen.to_string().contains(&nils.id) && !seen.to_string().contains("Nils"));
        let answer = json!({"proposalId": id, "accept": true});
        assert_eq!(refused(&home.client, "answerProposalAsFamily", answer).await, ["REQUIRED input.hasConflict"]);
        let both = json!({"proposalId": id, "accept": true, "hasConflict": false, "conflictDetail": "We are cousins."});
        assert_eq!(refused(&home.client, "answerProposalAsFamily", both).await, ["INVALID input.conflictDetail"]);
        let answer = json!({"proposalId": id, "accept": true, "hasConflict": false});
        let asked = step(&home.client, "answerProposalAsFamily", answer.clone()).await;
        assert_eq!(asked["state"], "OFFERED_TO_MENTOR");
        assert_eq!(refused(&home.client, "answerProposalAsFamily", answer).await, ["WRONG_STATE input.proposalId"]);
        let seen = look(&nils.client, "proposal", &id).await;
        assert_eq!((&seen["facts"]["kind"], &seen["expiresAt"]), (&json!("ONLINE"), &json!("2026-11-25T15:00:00Z")));
        for hidden in ["grounds", "profile", "requestId"] {
            assert!(seen[hidden].is_null(), "{hidden}");
        }
        assert!(!seen.to_string().contains(&home.id) && !seen.to_string().contains("Mara"));
        assert_eq!(unseen(&nils.client, "supportRequest", &request).await, "NOT_FOUND");
        let half = json!({"proposalId": id, "answer": "ACCEPT"});
        assert_eq!(refused(&nils.client, "answerProposalAsMentor", half).await, ["REQUIRED input.hasConflict"]);
        let done = step(&nils.client, "answerProposalAsMentor", yes(&id)).await;
        assert_eq!(done["state"], "ACCEPTED");
        assert_eq!(refused(&nils.client, "answerProposalAsMentor", yes(&id)).await, ["WRONG_STATE input.proposalId"]);
        let matches = ids(&home.client, "matches").await;
        for client in [&home.client, &nils.client, &world.coordinator] {
            assert_eq!(ids(client, "matches").await, matches);
            let the = look(client, "match", &matches[0]).await;
            assert_eq!((&the["familyFirstNames"], &the["mentorFirstName"]), (&json!(["Mara"]), &json!("Nils")));
            assert_eq!((&the["state"], &the["firstContactDueAt"]), (&json!("ACTIVE"), &json!("2026-11-25T15:00:00Z")));
        }
        assert_eq!(look(&home.client, "supportRequest", &request).await["state"], "MATCHED");
    })
    .await;
}

#[tokio::test]
async fn others_find_no_proposal() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let home = family(&app, &world, "Mara").await;
        let other = family(&app, &world, "Olga").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let stranger = mentor(&app, &world, "Tove", 2).await;
        let (_, id) = offered(&world, &home, &nils).await;
        for client in [&elsewhere.coordinator, &other.client, &stranger.client] {
            assert_eq!(unseen(client, "proposal", &id).await, "NOT_FOUND");
            assert!(ids(client, "proposals").await.is_empty());
            let steps = [
                ("answerProposalAsFamily", json!({"proposalId": id, "accept": false})),
                ("answerProposalAsMentor", yes(&id)),
                ("provideInformation", json!({"proposalId": id, "information": "Yes."})),
                ("withdrawProposal", json!({"proposalId": id})),
            ];
            for (name, input) in steps {
                assert_eq!(fault(client, name, input).await, "NOT_FOUND", "{name}");
            }
        }
        // Who may see it but may not answer for the other side.
        assert_eq!(fault(&home.client, "answerProposalAsMentor", yes(&id)).await, "FORBIDDEN");
        let no = json!({"proposalId": id, "accept": false});
        assert_eq!(fault(&nils.client, "answerProposalAsFamily", no).await, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn a_conflict_ends_the_proposal_and_keeps_the_two_apart() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let (request, id) = offered(&world, &home, &nils).await;
        let input =
            json!({"proposalId": id, "answer": "ACCEPT", "hasConflict": true, "conflictDetail": "We are cousins."});
        let ended = step(&nils.client, "answerProposalAsMentor", input).await;
        assert_eq!((&ended["state"], &ended["facts"]), (&json!("DECLINED"), &json!(null)));
        assert_eq!(unseen(&nils.client, "proposal", &id).await, "NOT_FOUND");
        assert!(!app.dump("conflict_declaration").await.contains("cousins"));
        let seen = look(&world.coordinator, "proposal", &id).await["grounds"].clone();
        assert_eq!((&seen["declinedBy"], &seen["declineReason"]), (&json!("MENTOR"), &json!("CONFLICT")));
        assert_eq!(seen["declarations"][1]["detail"], "We are cousins.");
        assert_eq!(look(&home.client, "supportRequest", &request).await["state"], "TRIAGED");
        let again = json!({"requestId": request, "mentorId": nils.id});
        let problems = refused(&world.coordinator, "proposeMatch", again).await;
        assert_eq!(problems, ["CONFLICT_DECLARED input.mentorId", "NOT_AGAIN input.mentorId"]);
    })
    .await;
}

#[tokio::test]
async fn a_no_needs_no_reason_and_the_clock_stands_for_a_question() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let request = triaged(&world, &home).await;
        let propose = json!({"requestId": request, "mentorId": nils.id});
        let id = text(&step(&world.coordinator, "proposeMatch", propose.clone()).await["id"]);
        let no = json!({"proposalId": id, "accept": false});
        assert_eq!(step(&home.client, "answerProposalAsFamily", no).await["state"], "DECLINED");
        let id = text(&step(&world.coordinator, "proposeMatch", propose).await["id"]);
        let told = json!({"proposalId": id, "information": "The hearing is in spring."});
        assert_eq!(
            refused(&world.coordinator, "provideInformation", told.clone()).await,
            ["WRONG_STATE input.proposalId"]
        );
        let accept = json!({"proposalId": id, "accept": true, "hasConflict": false});
        step(&home.client, "answerProposalAsFamily", accept).await;
        let names = names([&home.client, &nils.client, &world.coordinator]).await;
        app.advance(SignedDuration::from_hours(40)).await;
        let ask = json!({"proposalId": id, "answer": "NEEDS_INFORMATION"});
        let [_, mentor, _] = again(&app, &names).await;
        assert_eq!(refused(&mentor, "answerProposalAsMentor", ask).await, ["REQUIRED input.question"]);
        let ask = json!({"proposalId": id, "answer": "NEEDS_INFORMATION", "question": "When is the hearing?"});
        let paused = step(&mentor, "answerProposalAsMentor", ask).await;
        assert_eq!(paused["state"], "NEEDS_INFORMATION");
        app.advance(SignedDuration::from_hours(100)).await;
        let [home, mentor, coordinator] = again(&app, &names).await;
        let none = json!({"proposalId": id, "information": " "});
        assert_eq!(refused(&coordinator, "provideInformation", none).await, ["REQUIRED input.information"]);
        let on = step(&coordinator, "provideInformation", told).await;
        // Eight hours were left of 48.
        assert_eq!((&on["state"], &on["expiresAt"]), (&json!("OFFERED_TO_MENTOR"), &json!("2026-11-29T19:00:00Z")));
        assert_eq!(look(&mentor, "proposal", &id).await["information"], "The hearing is in spring.");
        assert!(look(&home, "proposal", &id).await["information"].is_null());
        app.advance(SignedDuration::from_hours(9)).await;
        let [home, mentor, _] = again(&app, &names).await;
        assert_eq!(unseen(&mentor, "proposal", &id).await, "NOT_FOUND");
        assert_eq!(look(&home, "proposal", &id).await["state"], "EXPIRED");
        assert_eq!(look(&home, "supportRequest", &request).await["state"], "TRIAGED");
    })
    .await;
}
