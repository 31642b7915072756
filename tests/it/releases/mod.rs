//! Releases of information: who drafts, who signs, what is told, and when nothing is.

mod disclosing;
mod signing;
mod streams;

use serde_json::{Value, json};

use crate::harness::{Client, TestApp, World};
use crate::matching::stage::{self, Person};

const DRAFT: &str = include_str!("../../../graphql/operations/releases/draftRelease.graphql");
const DISCARD: &str = include_str!("../../../graphql/operations/releases/discardRelease.graphql");
const SIGN: &str = include_str!("../../../graphql/operations/releases/signRelease.graphql");
const REVOKE: &str = include_str!("../../../graphql/operations/releases/revokeRelease.graphql");
const DISCLOSE: &str = include_str!("../../../graphql/operations/releases/disclose.graphql");
const RELEASE: &str = include_str!("../../../graphql/operations/releases/release.graphql");
const RELEASES: &str = include_str!("../../../graphql/operations/releases/releases.graphql");
const CHANGES: &str = include_str!("../../../graphql/operations/releases/releaseChanges.graphql");
const LEDGER: &str = include_str!("../../../graphql/operations/ledger/familyLedger.graphql");

struct Stage {
    world: World,
    family: Person,
}

impl Stage {
    async fn new(app: &TestApp) -> Self {
        let world = World::new(app).await;
        let family = stage::family(app, &world, "Fay").await;
        Self { world, family }
    }

    fn input(&self, fields: &[&str]) -> Value {
        json!({"familyId": self.family.id, "purpose": "LEGAL_HELP", "fields": fields,
            "receiver": {"name": "Jo Heron", "organisation": "Harbour Legal Aid"},
            "purposeDetail": "To prepare a first heron appointment."})
    }

    /// A draft by the coordinator.
    async fn draft(&self, fields: &[&str]) -> Value {
        let input = json!({"input": self.input(fields)});
        self.world.coordinator.data(DRAFT, input).await["draftRelease"]["release"].clone()
    }

    async fn signed(&self, fields: &[&str]) -> Value {
        let draft = self.draft(fields).await;
        let input = json!({"input": signing(&draft, fields)});
        self.family.client.data(SIGN, input).await["signRelease"]["release"].clone()
    }

    /// The lines of the family's ledger: what, in what role, in what words; newest first.
    async fn ledger(&self, reader: &Client) -> Vec<(String, String, String)> {
        let data = reader.data(LEDGER, json!({"familyId": self.family.id})).await;
        let lines = data["familyLedger"]["nodes"].as_array().unwrap().clone();
        let part = |line: &Value, name: &str| stage::text(&line[name]);
        lines.iter().map(|line| (part(line, "what"), part(line, "role"), part(line, "words"))).collect()
    }
}

fn signing(draft: &Value, confirmed: &[&str]) -> Value {
    json!({"releaseId": draft["id"], "version": draft["version"], "language": "ENGLISH",
        "textVersion": draft["terms"]["version"], "confirmedFields": confirmed})
}

fn about(release: &Value) -> Value {
    json!({"input": {"releaseId": release["id"]}})
}

fn telling(release: &Value, fields: &[&str]) -> Value {
    json!({"input": {"releaseId": release["id"], "fields": fields}})
}
