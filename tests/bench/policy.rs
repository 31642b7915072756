//! What a decision costs: the policies' answer alone, the whole with the entities built for it, and beside it the same
//! question put to all policies at once, in turns with it, so that the ratio counts and not the machine.
//!
//! `cargo bench --bench policy` (add `--profile dev` for a quick look: debug figures compare, but do not promise).
//! The aim: the whole at most 200 µs at p99, the answer alone at most 50 µs.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints what it measured"
)]

use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression as Expression,
};
use jiff::Timestamp;
use kinward::access::{Action, Policy, Principal, PrincipalKind, Resource, Strength};
use kinward::kernel::{Right, Rights};
use uuid::Uuid;

const ROUNDS: usize = 20;

/// The policies as they stand in their files, for the peer.
const TEXTS: [&str; 8] = [
    include_str!("../../src/access/everyone.cedar"),
    include_str!("../../src/access/family.cedar"),
    include_str!("../../src/access/mentor.cedar"),
    include_str!("../../src/access/staff.cedar"),
    include_str!("../../src/access/oversight.cedar"),
    include_str!("../../src/access/glass.cedar"),
    include_str!("../../src/access/release.cedar"),
    include_str!("../../src/access/proof.cedar"),
];

struct Asked {
    who: Principal,
    action: Action,
    what: Resource,
}

/// Every kind of caller about every action: on a record of their own, and on somebody else's.
fn questions() -> Vec<Asked> {
    let (mine, theirs, here) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    let mut all = Vec::new();
    for kind in PrincipalKind::ALL {
        for action in Action::ALL {
            for of in [mine, theirs] {
                let mut who = Principal { kind, ..Principal::anonymous() };
                if !matches!(kind, PrincipalKind::Anonymous | PrincipalKind::SystemJob) {
                    (who.account, who.programme) = (Some(mine.into()), Some(here.into()));
                    (who.family, who.mentor) = (Some(mine.into()), Some(mine.into()));
                    (who.strength, who.proved_at) = (Strength::Passkey, Some(Timestamp::UNIX_EPOCH));
                }
                let what = Resource::new(action.resource_kind(), Uuid::from_u128(9)).in_programme(here.into());
                let what = what.of_family(of.into()).of_mentor(of.into()).of_account(of.into());
                all.push(Asked {
                    who,
                    action: *action,
                    what: what.held_by(Some(of.into())).with_rights([(of.into(), Rights::ALL)]),
                });
            }
        }
    }
    all
}

/// The peer: every fact and every policy for every question, as one would write it first.
struct Plain {
    set: PolicySet,
    authorizer: Authorizer,
}

impl Plain {
    fn load() -> Self {
        let mut set = PolicySet::new();
        for (file, text) in TEXTS.iter().enumerate() {
            for policy in PolicySet::from_str(text).unwrap().policies() {
                let name = format!("{file}-{}", policy.id());
                set.add(policy.new_id(name.parse().unwrap())).unwrap();
            }
        }
        Self { set, authorizer: Authorizer::new() }
    }

    fn decide(&self, asked: &Asked) -> bool {
        let Asked { who, action, what } = asked;
        let uid = |kind: &str, id: String| EntityUid::from_str(&format!("{kind}::\"{id}\"")).unwrap();
        let text = |id: Option<Uuid>| Expression::new_string(id.unwrap_or_default().to_string());
        let set = |ids: Vec<Uuid>| Expression::new_set(ids.into_iter().map(|id| text(Some(id))));
        let caller = uid(
            &format!("Who::{}", who.kind.cedar_type()),
            who.account.map(Uuid::from).unwrap_or_default().to_string(),
        );
        let record = uid(&format!("What::{}", what.kind.as_str()), what.id.to_string());
        let of_caller = HashMap::from([
            ("account".to_owned(), text(who.account.map(Uuid::from))),
            ("programme".to_owned(), text(who.programme.map(Uuid::from))),
            ("family".to_owned(), text(who.family.map(Uuid::from))),
            ("mentor".to_owned(), text(who.mentor.map(Uuid::from))),
            ("strong".to_owned(), Expression::new_bool(who.strength.is_multi_factor())),
            ("fresh".to_owned(), Expression::new_bool(who.is_fresh(Timestamp::UNIX_EPOCH))),
        ]);
        let of_record = HashMap::from([
            ("programme".to_owned(), text(what.programme.map(Uuid::from))),
            ("families".to_owned(), set(what.families.iter().copied().map(Uuid::from).collect())),
            ("mentors".to_owned(), set(what.mentors.iter().copied().map(Uuid::from).collect())),
            ("account".to_owned(), text(what.account.map(Uuid::from))),
            ("holder".to_owned(), text(what.holder.map(Uuid::from))),
            ("staff".to_owned(), Expression::new_bool(what.staff)),
            ("barred".to_owned(), set(what.barred.iter().copied().map(Uuid::from).collect())),
            ("escalated".to_owned(), Expression::new_bool(what.escalated)),
            ("openers".to_owned(), set(what.openers.iter().copied().map(Uuid::from).collect())),
        ]);
        let held = |right| set(what.holders_of(right).map(Uuid::from).collect());
        let names = ["readers", "keepers", "askers", "meeters", "writers", "releasers", "delegators"];
        let rights = names.into_iter().zip(Right::ALL).map(|(name, right)| (name.to_owned(), held(*right)));
        let of_record = of_record.into_iter().chain(rights).collect();
        let does = uid("Action", action.as_str().to_owned());
        let request = Request::new(caller.clone(), does, record.clone(), Context::empty(), None).unwrap();
        let entity = |uid, facts| Entity::new(uid, facts, HashSet::new()).unwrap();
        let entities = Entities::from_entities([entity(caller, of_caller), entity(record, of_record)], None).unwrap();
        let response = self.authorizer.is_authorized(&request, &self.set, &entities);
        response.decision() == cedar_policy::Decision::Allow
    }
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let value = black_box(work());
    times.push(start.elapsed());
    value
}

fn report(name: &str, times: &mut [Duration]) -> Duration {
    times.sort();
    let at =
        |percent: usize| times.get((times.len() * percent / 100).min(times.len() - 1)).copied().unwrap_or_default();
    let micros = |time: Duration| time.as_secs_f64() * 1_000_000.0;
    println!("{name:<42} p50 {:>7.1} µs   p99 {:>7.1} µs   ({} times)", micros(at(50)), micros(at(99)), times.len());
    at(50)
}

fn main() {
    let (policy, plain, now) = (Policy::load().unwrap(), Plain::load(), Timestamp::UNIX_EPOCH);
    let questions = questions();
    let (mut alone, mut whole_yes, mut whole_no, mut peer) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        for asked in &questions {
            let Asked { who, action, what } = asked;
            if let Some(question) = policy.question(who, *action, what, now) {
                timed(&mut alone, || policy.answer(&question));
            }
            let (facts, mut took) = (what.clone(), Vec::new());
            let allowed = timed(&mut took, || policy.decide(who, *action, facts, now).is_ok());
            if allowed { &mut whole_yes } else { &mut whole_no }.append(&mut took);
            let other = timed(&mut peer, || plain.decide(asked));
            assert_eq!(allowed, other, "{who:?} {action:?} {what:?}");
        }
        if round == 0 {
            // The first round only warms up.
            for times in [&mut alone, &mut whole_yes, &mut whole_no, &mut peer] {
                times.clear();
            }
        }
    }
    report("the answer alone", &mut alone);
    let yes = report("the whole, when allowed", &mut whole_yes);
    // A refusal asks further: what proof is missing, and whether the caller may know of the record.
    report("the whole, when refused", &mut whole_no);
    let all = report("peer: all facts, all policies, one answer", &mut peer);
    println!("the whole when allowed takes {:.2} of the peer's time", yes.as_secs_f64() / all.as_secs_f64());
}
