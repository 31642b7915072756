//! Whether time tells somebody that a record exists which they may not see: the answers to ids of others and to ids of nothing,
//! in turns, from one caller on one connection.
//!
//! `cargo bench --bench oracle` (add `--profile dev` for a quick look). For each kind of record it prints Cohen's d (the
//! difference of the means over the pooled standard deviation; J. Cohen, Statistical Power Analysis for the Behavioral
//! Sciences, 1988), over all answers and without the slowest hundredth, which could hide a difference. The aim is |d| < 0.1.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints what it measured"
)]

#[path = "node.rs"]
mod node;

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kinward::kernel::ids::{CaseId, FamilyId, MatchId, ProposalId, RequestId, TypedId};
use serde_json::{Value, json};
use uuid::Uuid;

use node::{ask, start};

/// Answers of each sort for each kind of record; fewer for a quick look, which has to end before the caller's token does.
const EACH: usize = if cfg!(debug_assertions) { 1_000 } else { 10_000 };

/// A kind of record: how one is asked for, where staff find ids of it, and an id of nothing.
struct Kind {
    name: &'static str,
    query: &'static str,
    list: &'static str,
    at: &'static str,
    nothing: fn(Uuid) -> String,
}

fn global<I: TypedId>(id: Uuid) -> String {
    I::from(id).to_global()
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "family",
        query: "query($id: ID!) { family(id: $id) { id } }",
        list: "{ families(first: 25) { nodes { id } } }",
        at: "/data/families/nodes",
        nothing: global::<FamilyId>,
    },
    Kind {
        name: "support request",
        query: "query($id: ID!) { supportRequest(id: $id) { id } }",
        list: "{ supportRequests(first: 25) { nodes { id } } }",
        at: "/data/supportRequests/nodes",
        nothing: global::<RequestId>,
    },
    Kind {
        name: "proposal",
        query: "query($id: ID!) { proposal(id: $id) { id } }",
        list: "{ proposals(first: 25) { nodes { id } } }",
        at: "/data/proposals/nodes",
        nothing: global::<ProposalId>,
    },
    Kind {
        name: "match",
        query: "query($id: ID!) { match(id: $id) { id } }",
        list: "{ matches(first: 25) { nodes { id } } }",
        at: "/data/matches/nodes",
        nothing: global::<MatchId>,
    },
    Kind {
        name: "moderation case",
        query: "query($id: ID!) { case(id: $id) { id } }",
        list: "{ cases(first: 25) { edges { node { id } } } }",
        at: "/data/cases/edges",
        nothing: global::<CaseId>,
    },
];

/// A small generator (xorshift64), so that the order of the questions is the same in every run and follows no pattern.
struct Order(u64);

impl Order {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(count).unwrap()).unwrap()
    }

    /// An id of the same age as the records have, with other random bits.
    fn nothing_like(&mut self, id: &str) -> Uuid {
        let like = id.split_once('_').unwrap().1;
        let bytes = URL_SAFE_NO_PAD.decode(like).unwrap();
        let known = u128::from_be_bytes(bytes.try_into().unwrap());
        let random = (u128::from(self.next()) << 64 | u128::from(self.next())) & ((1 << 62) - 1);
        Uuid::from_u128(known & !((1 << 62) - 1) | random)
    }
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / count(times.len())
}

fn count(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap())
}

fn variance(times: &[f64]) -> f64 {
    let middle = mean(times);
    times.iter().map(|time| (time - middle).powi(2)).sum::<f64>() / count(times.len() - 1)
}

fn cohens_d(one: &[f64], other: &[f64]) -> f64 {
    (mean(one) - mean(other)) / f64::midpoint(variance(one), variance(other)).sqrt()
}

async fn measure(url: &str, caller: &str, kind: &Kind, theirs: &[String]) {
    let mut order = Order(0x9e37_79b9_7f4a_7c15);
    let http = reqwest::Client::new();
    let (mut denied, mut missing) = (Vec::with_capacity(EACH), Vec::with_capacity(EACH));
    let mut want = None;
    while denied.len() < EACH || missing.len() < EACH {
        let known = &theirs[order.below(theirs.len())];
        let is_theirs = order.below(2) == 0;
        let times = if is_theirs { &mut denied } else { &mut missing };
        if times.len() == EACH {
            continue;
        }
        let id = if is_theirs { known.clone() } else { (kind.nothing)(order.nothing_like(known)) };
        let began = Instant::now();
        let answer = ask(&http, url, caller, kind.query, json!({ "id": id })).await;
        times.push(began.elapsed().as_secs_f64() * 1e6);
        assert_eq!(answer, *want.get_or_insert_with(|| answer.clone()), "the same answer to all");
    }
    assert!(want.is_some_and(|answer| answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"), "they are refused");
    let all = cohens_d(&denied, &missing);
    for times in [&mut denied, &mut missing] {
        times.sort_by(f64::total_cmp);
        times.truncate(EACH - EACH / 100);
    }
    let cut = cohens_d(&denied, &missing);
    let (of_theirs, of_nothing) = (denied[denied.len() / 2], missing[missing.len() / 2]);
    println!(
        "{:<16} d {all:+.3}, without the slowest 1% {cut:+.3}; medians {of_theirs:.0} and {of_nothing:.0} µs",
        kind.name
    );
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let (_node, told) = start(18710).await;
    let (url, of) = (told["endpoint"].as_str().unwrap(), |role: &str| told["tokens"][role].as_str().unwrap());
    let http = reqwest::Client::new();
    let mut all = Vec::with_capacity(KINDS.len());
    for kind in &KINDS {
        let listed = ask(&http, url, of("coordinator"), kind.list, json!({})).await;
        let nodes = listed.pointer(kind.at).and_then(Value::as_array).unwrap().clone();
        let ids = nodes.iter().map(|node| node.get("node").unwrap_or(node)["id"].as_str().unwrap().to_owned());
        // Only what the caller may not see.
        let mut theirs = Vec::new();
        for id in ids {
            let answer = ask(&http, url, of("family"), kind.query, json!({ "id": id })).await;
            if answer["data"].as_object().is_none_or(|data| data.values().all(Value::is_null)) {
                theirs.push(id);
            }
        }
        all.push((kind, theirs));
    }
    // Each answer waits for its step, so all kinds are measured at a time; whatever one does to another, it does to both sorts.
    let measured = all.iter().map(|(kind, theirs)| measure(url, of("family"), kind, theirs));
    futures_util::future::join_all(measured).await;
}
