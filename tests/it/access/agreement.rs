//! The policies against the reference model, on random questions.

use std::collections::BTreeMap;

use kinward::access::{Action, Policy, PrincipalKind};

use super::matrix;
use super::reference::{Answer, Draw, Question, decided};

/// How often an answer was met, of each kind of caller to each action.
type Met = BTreeMap<(PrincipalKind, Action, Answer), u64>;

struct Compared {
    met: Met,
    /// The first few differences.
    wrong: Vec<String>,
    differences: u64,
}

fn compare(policy: &Policy, seed: u64, decisions: u64) -> Compared {
    let (mut draw, mut met, mut wrong, mut differences) = (Draw::new(seed), Met::new(), Vec::new(), 0);
    let cells = PrincipalKind::ALL.iter().flat_map(|kind| Action::ALL.iter().map(|action| (*kind, *action)));
    let cells: Vec<_> = cells.collect();
    for (kind, action) in cells.iter().cycle().take(usize::try_from(decisions).unwrap()) {
        let question = draw.question(*kind, *action);
        let (want, have) = (question.answer(), decided(policy, &question));
        *met.entry((question.who.kind, question.action, want)).or_default() += 1;
        if want != have {
            differences += 1;
            if wrong.len() < 5 {
                let Question { who, action, what } = &question;
                let action = action.as_str();
                wrong.push(format!(
                    "{action}: the sentences say {want:?}, the policies {have:?}\n  {who:?}\n  {what:?}"
                ));
            }
        }
    }
    Compared { met, wrong, differences }
}

/// In how many parts questions are drawn, each by a thread of its own: always the same, so that the questions are too.
const PARTS: u64 = 4;

/// Compares this many decisions.
fn agree(decisions: u64) -> Met {
    let policy = Policy::load().unwrap();
    let parts: Vec<Compared> = std::thread::scope(|scope| {
        let policy = &policy;
        let started: Vec<_> =
            (0..PARTS).map(|seed| scope.spawn(move || compare(policy, seed, decisions.div_ceil(PARTS)))).collect();
        started.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let differences: u64 = parts.iter().map(|part| part.differences).sum();
    let wrong: Vec<&str> = parts.iter().flat_map(|part| &part.wrong).map(String::as_str).collect();
    assert!(differences == 0, "{differences} of {decisions} decisions differ, for example:\n{}", wrong.join("\n"));
    let mut met = Met::new();
    for (cell, times) in parts.into_iter().flat_map(|part| part.met) {
        *met.entry(cell).or_default() += times;
    }
    assert!(met.values().sum::<u64>() >= decisions);
    met
}

/// Fails unless every answer that the matrix can give, of every kind of caller to every action, was met.
fn covers_the_matrix(met: &Met) {
    let possible = matrix::possible();
    let missed: Vec<_> = possible.iter().filter(|cell| !met.contains_key(*cell)).collect();
    assert!(missed.is_empty(), "{} of {} cells were not met: {missed:?}", missed.len(), possible.len());
    let heard =
        [Answer::Allow, Answer::Forbidden, Answer::NotFound, Answer::NeedsFreshProof, Answer::NeedsSecondFactor];
    assert!(heard.iter().all(|answer| possible.iter().any(|cell| cell.2 == *answer)));
}

#[test]
fn the_policies_say_what_the_sentences_say() {
    covers_the_matrix(&agree(150_000));
}

/// The same, ten times as long: `tests/run` asks for it.
#[test]
#[ignore = "a million decisions take a while in a debug build; tests/run runs it"]
fn the_policies_say_what_the_sentences_say_a_million_times() {
    covers_the_matrix(&agree(1_000_000));
}
