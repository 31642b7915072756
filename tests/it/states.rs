//! Every state machine keeps to its table.

use std::collections::BTreeSet;

use kinward::breakglass::GlassState;
use kinward::identity::{AccountState, ResetState};
use kinward::kernel::states::Table;
use kinward::matching::{MatchState, ProposalState, RequestState};
use kinward::messaging::MessageState;
use kinward::moderation::CaseState;
use kinward::releases::ReleaseState;
use kinward::scheduling::SessionState;
use proptest::prelude::*;

/// Every machine, to be compared with the triggers of the database.
pub(crate) fn tables() -> Vec<Table> {
    vec![
        AccountState::table(),
        RequestState::table(),
        ProposalState::table(),
        MatchState::table(),
        SessionState::table(),
        MessageState::table(),
        CaseState::table(),
        GlassState::table(),
        ReleaseState::table(),
        ResetState::table(),
    ]
}

#[test]
fn every_state_is_reached_and_named_once() {
    for table in tables() {
        let mut reached: BTreeSet<_> = table.initial.iter().copied().collect();
        for _ in &table.states {
            let next: Vec<_> =
                table.steps.iter().filter(|(from, _)| reached.contains(from)).map(|(_, to)| *to).collect();
            reached.extend(next);
        }
        assert_eq!(reached, table.states.iter().copied().collect(), "{}", table.machine);
        assert_eq!(table.steps.iter().collect::<BTreeSet<_>>().len(), table.steps.len(), "{}", table.machine);
    }
}

#[test]
fn final_states_are_the_ones_we_mean() {
    let finals = |table: &Table| -> Vec<&str> {
        table.states.iter().copied().filter(|s| !table.steps.iter().any(|(from, _)| from == s)).collect()
    };
    let all: Vec<_> = tables().iter().map(|t| (t.machine, finals(t).join(" "))).collect();
    let want = [
        ("account", "closed"),
        ("support_request", "withdrawn closed"),
        ("proposal", "accepted declined expired withdrawn"),
        ("peer_match", "ended"),
        ("session", "completed no_show cancelled expired"),
        ("message", "removed"),
        ("moderation_case", ""),
        ("break_glass", "reviewed"),
        ("information_release", "expired revoked discarded"),
        ("factor_reset", "done stopped lapsed"),
    ];
    assert_eq!(all, want.map(|(machine, states)| (machine, states.to_owned())));
}

macro_rules! walks {
    ($($name:ident: $state:ty;)+) => {
        proptest! {$(
            #[test]
            fn $name(wishes in prop::collection::vec(proptest::sample::select(<$state>::ALL), 0..40)) {
                let table = <$state>::table();
                let mut at = <$state>::INITIAL[0];
                for wish in wishes {
                    let listed = table.steps.contains(&(at.as_str(), wish.as_str()));
                    prop_assert_eq!(at.check(wish, "input.id").is_ok(), listed);
                    prop_assert!(!(at.is_final() && listed));
                    if listed {
                        at = wish;
                    }
                    prop_assert_eq!(<$state>::parse(at.as_str()), Some(at));
                }
            }
        )+}
    };
}

walks! {
    an_account_keeps_to_its_table: AccountState;
    a_request_keeps_to_its_table: RequestState;
    a_proposal_keeps_to_its_table: ProposalState;
    a_match_keeps_to_its_table: MatchState;
    a_session_keeps_to_its_table: SessionState;
    a_message_keeps_to_its_table: MessageState;
    a_case_keeps_to_its_table: CaseState;
    an_opening_keeps_to_its_table: GlassState;
    a_release_keeps_to_its_table: ReleaseState;
}
