//! Every root field of the schema, tried as everybody who must not get through. Arguments are built from the schema, so a
//! new field is swept without being named here.

use std::collections::BTreeMap;
use std::time::Duration;

use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputObjectType, InputValueDefinition, Type, TypeDefinition, TypeKind,
};
use kinward::access::{Action, Policy, ResourceKind};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cast::{Caller, Cast};
use super::fields;
use super::matrix::{Column, cell};
use crate::harness::{TestApp, on_each, paths};

/// Which record an argument called `id` (or otherwise without a record's name) means, where the type that the field
/// answers with does not tell.
const NAMED: [(&str, &str); 9] = [
    ("Mutation.makeEntryCode", "frs"),
    ("Mutation.removeFactor", "fct"),
    ("Mutation.renameFactor", "fct"),
    ("Mutation.stopFactorReset", "frs"),
    ("Mutation.withdrawEvidence", "evi"),
    ("Query.node", "fam"),
    ("Query.nodes", "fam"),
    ("Query.notesOnMyMessage", "msg"),
    ("Subscription.breakGlassMessages", "brk"),
];

/// The prefix of the ids of each type.
const TYPES: [(&str, &str); 16] = [
    ("Account", "acc"),
    ("BreakGlassAccess", "brk"),
    ("FactorReset", "frs"),
    ("Family", "fam"),
    ("InformationRelease", "rls"),
    ("Invitation", "inv"),
    ("Match", "mat"),
    ("Mentor", "men"),
    ("Message", "msg"),
    ("ModerationCase", "cas"),
    ("Programme", "prg"),
    ("Proposal", "prp"),
    ("SecurityAlert", "alr"),
    ("Session", "ses"),
    ("SignIn", "sgn"),
    ("SupportRequest", "req"),
];

/// The prefix that an argument's own name tells.
const ARGUMENTS: [(&str, &str); 15] = [
    ("accountId", "acc"),
    ("exceptionId", "avl"),
    ("familyId", "fam"),
    ("markId", "mrk"),
    ("matchId", "mat"),
    ("memberId", "mem"),
    ("mentorId", "men"),
    ("movingSessionId", "ses"),
    ("ownerId", "men"),
    ("programmeId", "prg"),
    ("proposalId", "prp"),
    ("releaseId", "rls"),
    ("requestId", "req"),
    ("roleId", "rol"),
    ("sessionId", "ses"),
];

pub(super) struct Schema {
    types: BTreeMap<String, TypeDefinition>,
    guards: BTreeMap<String, (Vec<String>, String)>,
}

fn base(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base(inner),
    }
}

fn is_list(of: &Type) -> bool {
    matches!(of.base, BaseType::List(_))
}

/// A root field with a document that calls it.
pub(super) struct Root {
    pub(super) name: String,
    kind: &'static str,
    pub(super) document: String,
    actions: Vec<Action>,
    pub(super) variables: Value,
    pub(super) ids: Vec<String>,
}

struct Builder<'a> {
    schema: &'a Schema,
    cast: &'a Cast,
    root: String,
    answer: Option<&'static str>,
    ids: Vec<String>,
}

impl Builder<'_> {
    fn id(&mut self, argument: &str) -> Value {
        let by_argument = ARGUMENTS.iter().find(|(name, _)| *name == argument).map(|(_, prefix)| *prefix);
        let by_field = NAMED.iter().find(|(name, _)| *name == self.root).map(|(_, prefix)| *prefix);
        let prefix = by_argument.or(by_field).or(self.answer);
        let prefix = prefix.unwrap_or_else(|| panic!("{}: say in NAMED which record `{argument}` means", self.root));
        let id = self.cast.records.get(prefix);
        let id = id.unwrap_or_else(|| panic!("{}: the cast has no record `{prefix}`", self.root)).clone();
        self.ids.push(id.clone());
        json!(id)
    }

    fn text(name: &str) -> &'static str {
        match name {
            "zone" => "America/Chicago",
            "languages" | "language" => "en",
            "date" | "obtainedOn" | "expiresOn" | "onDate" => "2026-12-01",
            "code" => "AAAA-BBBB-CCCC-DDDD",
            "passphrase" | "presentPassphrase" | "newPassphrase" => "a river of small lanterns",
            "safeWords" | "unsafeNotes" => "",
            "firstName" => "Mo",
            "name" => "Western Wind",
            "clientId" => "m-9",
            "reason" | "note" => "A plain line of text that says why.",
            "topics" | "cultures" | "topicsNotReady" | "caseKey" | "townKey" => "courts",
            _ => "A plain line of text.",
        }
    }

    fn number(name: &str) -> i32 {
        match name {
            "startMin" => 840,
            "endMin" => 900,
            "durationMinutes" => 60,
            _ => 1,
        }
    }

    fn value(&mut self, name: &str, of: &Type) -> Value {
        if let BaseType::List(inner) = &of.base {
            return json!([self.value(name, inner)]);
        }
        let kind = base(of);
        match kind {
            "ID" => return self.id(name),
            "String" => return json!(Self::text(name)),
            "Int" => return json!(Self::number(name)),
            "Float" => return json!(1.0),
            // No conflict of interest, no penalty: the plain answer.
            "Boolean" => return json!(name == "accept"),
            "DateTime" => return json!("2026-12-01T16:00:00Z"),
            "UUID" => return json!(Uuid::from_u128(7)),
            _ => {}
        }
        let definition = self.schema.types.get(kind).unwrap_or_else(|| panic!("{}: no value for {kind}", self.root));
        match &definition.kind {
            TypeKind::Enum(choices) if kind == "Role" => {
                assert!(choices.values.iter().any(|choice| choice.node.value.node == "COORDINATOR"));
                json!("COORDINATOR")
            }
            TypeKind::Enum(choices) => json!(choices.values[0].node.value.node.to_string()),
            TypeKind::InputObject(input) => self.object(input),
            _ => panic!("{}: no value for {kind}", self.root),
        }
    }

    /// What an input needs, the records that it can name, and whether there is a conflict. Where nothing but the record is
    /// needed, everything is said: some inputs want one thing at least.
    fn object(&mut self, input: &InputObjectType) -> Value {
        let needed = |field: &InputValueDefinition| !field.ty.node.nullable && field.default_value.is_none();
        let mut fields = input.fields.iter().map(|field| &field.node);
        let is_bare = !fields.any(|field| needed(field) && base(&field.ty.node) != "ID");
        // Where one of several proofs is asked for, a code is shown, or else a passphrase.
        let proof = ["code", "passphrase"]
            .into_iter()
            .find(|name| input.fields.iter().any(|field| field.node.name.node == *name && field.node.ty.node.nullable));
        let mut object = Map::new();
        for field in input.fields.iter().map(|field| &field.node) {
            let of = &field.ty.node;
            let is_record = base(of) == "ID" && !is_list(of);
            let is_proof = proof.is_some_and(|proof| field.name.node == proof);
            if is_bare || needed(field) || is_record || is_proof || base(of) == "Boolean" {
                object.insert(field.name.node.to_string(), self.value(&field.name.node, of));
            }
        }
        Value::Object(object)
    }

    /// The scalars of a type, two levels deep.
    fn selection(&self, of: &str, depth: u32) -> String {
        let Some(definition) = self.schema.types.get(of) else { return String::new() };
        match &definition.kind {
            TypeKind::Union(_) => return "{ __typename }".to_owned(),
            TypeKind::Object(_) | TypeKind::Interface(_) => {}
            _ => return String::new(),
        }
        let mut parts = vec!["__typename".to_owned()];
        for field in fields::fields(definition) {
            if !field.arguments.is_empty() {
                continue;
            }
            let kind = base(&field.ty.node);
            let below = self.selection(kind, depth.saturating_sub(1));
            if below.is_empty() || depth > 0 {
                parts.push(format!("{} {below}", field.name.node));
            }
        }
        format!("{{ {} }}", parts.join(" "))
    }
}

impl Schema {
    pub(super) fn load() -> Self {
        Self { types: fields::types(), guards: fields::guards() }
    }

    /// The prefix of the record that a field answers with: its own type, or the first one in its payload.
    fn answers(&self, field: &FieldDefinition) -> Option<&'static str> {
        let known = |name: &str| TYPES.iter().find(|(of, _)| *of == name).map(|(_, prefix)| *prefix);
        let name = base(&field.ty.node);
        known(name).or_else(|| fields::fields(self.types.get(name)?).iter().find_map(|part| known(base(&part.ty.node))))
    }

    pub(super) fn roots(&self, kind: &'static str, cast: &Cast) -> Vec<Root> {
        let Some(definition) = self.types.get(kind) else { return Vec::new() };
        fields::fields(definition).into_iter().map(|field| self.root(kind, field, cast)).collect()
    }

    fn root(&self, kind: &'static str, field: &FieldDefinition, cast: &Cast) -> Root {
        let name = format!("{kind}.{}", field.name.node);
        let answer = self.answers(field);
        let mut builder = Builder { schema: self, cast, root: name.clone(), answer, ids: Vec::new() };
        let (mut variables, mut heads, mut arguments) = (Map::new(), Vec::new(), Vec::new());
        for argument in &field.arguments {
            let (argument, of) = (&argument.node.name.node, &argument.node.ty.node);
            if of.nullable && base(of) != "ID" {
                continue;
            }
            variables.insert(argument.to_string(), builder.value(argument, of));
            heads.push(format!("${argument}: {of}"));
            arguments.push(format!("{argument}: ${argument}"));
        }
        let wrap = |parts: &[String]| if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
        let selection = builder.selection(base(&field.ty.node), 2);
        let (heads, arguments) = (wrap(&heads), wrap(&arguments));
        let document = format!("{}{heads} {{ {}{arguments} {selection} }}", kind.to_lowercase(), field.name.node);
        let guards = self.guards.get(&name).map(|(guards, _)| guards.clone()).unwrap_or_default();
        let actions: Vec<Action> =
            Action::ALL.iter().copied().filter(|action| guards.iter().any(|guard| guard == action.as_str())).collect();
        assert!(!actions.is_empty(), "{name}: say in {} what guards it", fields::FILE);
        Root { name, kind, document, actions, variables: Value::Object(variables), ids: builder.ids }
    }
}

fn allowed(policy: &Policy, root: &Root, caller: &Caller, column: Column) -> bool {
    root.actions
        .iter()
        .any(|action| cell(policy, caller.kind, *action, column).is_some_and(|cell| cell.answer == "allow"))
}

/// Whether the caller may do it to somebody else's record as well, or to the service, or in the programme that the record
/// stands in: then nothing is wrong about it.
fn is_no_wrong_caller(policy: &Policy, root: &Root, caller: &Caller) -> bool {
    let kinds = |kind: ResourceKind| root.actions.iter().all(|action| action.resource_kind() == kind);
    let in_place = caller.column != Column::OtherProgramme && !root.ids.is_empty() && kinds(ResourceKind::Programme);
    let own = |id: &String| caller.own.iter().any(|prefix| id.split('_').next() == Some(*prefix));
    let on_own = !root.ids.is_empty() && root.ids.iter().all(own);
    let of_all = |action: &Action| matches!(action.resource_kind(), ResourceKind::System | ResourceKind::AuditLog);
    let near = root.actions.iter().all(of_all) || in_place || on_own;
    allowed(policy, root, caller, if near { Column::Own } else { caller.column })
}

fn codes(answer: &Value) -> Vec<String> {
    let faults = answer["errors"].as_array().into_iter().flatten();
    faults.map(|fault| fault["extensions"]["code"].as_str().unwrap_or("(no code)").to_owned()).collect()
}

fn user_errors(answer: &Value) -> Vec<String> {
    let payloads = answer["data"].as_object().into_iter().flat_map(Map::values);
    let errors = payloads.filter_map(|payload| payload["userErrors"].as_array()).flatten();
    errors.map(|error| error["code"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Whether the caller was turned away. Who is not signed in may be asked to do so for what is their own.
pub(super) fn turned_away(caller: &Caller, answer: &Value) -> bool {
    let (codes, problems) = (codes(answer), user_errors(answer));
    let anonymous = caller.name == "anonymous";
    let refused = |code: &String| code == "NOT_FOUND" || code == "FORBIDDEN" || anonymous && code == "UNAUTHENTICATED";
    let by_fault = !codes.is_empty() && codes.iter().all(refused) && problems.is_empty();
    // A reference inside an input that the caller cannot see is a problem of that field.
    // `nodes` answers null for what the caller cannot see.
    let nulls = answer["data"]["nodes"].as_array().is_some_and(|nodes| nodes.iter().all(Value::is_null));
    by_fault
        || codes.is_empty() && nulls
        || codes.is_empty() && !problems.is_empty() && problems.iter().all(|code| code == "UNKNOWN_REFERENCE")
}

async fn denials(app: &TestApp) -> i64 {
    app.count("SELECT count(*) AS n FROM audit_entry WHERE outcome <> 'allowed'").await
}

/// The same variables with ids that nobody has.
pub(super) fn with_unknown_ids(root: &Root) -> Value {
    let mut text = root.variables.to_string();
    for id in &root.ids {
        let (prefix, _) = id.split_once('_').unwrap();
        let unknown = unknown_id(prefix);
        text = text.replace(id.as_str(), &unknown);
    }
    serde_json::from_str(&text).unwrap()
}

fn unknown_id(prefix: &str) -> String {
    use base64::Engine as _;
    let id = Uuid::from_u128(0x0192_3344_5566_7788_99aa_bbcc_ddee_ff00);
    format!("{prefix}_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id.as_bytes()))
}

struct Sweep<'a> {
    cast: &'a Cast,
    policy: Policy,
    faults: Vec<String>,
    tried: usize,
}

impl Sweep<'_> {
    fn fault(&mut self, root: &Root, caller: &Caller, what: &str) {
        self.faults.push(format!("{} as {}: {what}", root.name, caller.name));
    }

    async fn call(&mut self, root: &Root, caller: &Caller) {
        let own = allowed(&self.policy, root, caller, Column::Own);
        if is_no_wrong_caller(&self.policy, root, caller) || (own && root.ids.is_empty() && root.kind == "Mutation") {
            return;
        }
        self.tried += 1;
        let before = denials(&self.cast.app).await;
        let (status, bytes) = caller.client.raw(&root.document, &root.variables).await;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if let Err(why) = paths::check(&answer) {
            self.fault(root, caller, &why);
        }
        if let Some(shown) = self.cast.shows(caller, &answer, &root.variables) {
            self.fault(root, caller, &format!("shows {shown}"));
        }
        if own && root.ids.is_empty() {
            // Their own list or record: it may be answered, and shows nothing of the others.
            return;
        }
        if !turned_away(caller, &answer) {
            self.fault(root, caller, &format!("was not turned away: {}", String::from_utf8_lossy(&bytes)));
            return;
        }
        let codes = codes(&answer);
        if !codes.is_empty() && codes[0] != "UNAUTHENTICATED" && denials(&self.cast.app).await == before {
            self.fault(root, caller, &format!("{} left no entry in the log", codes[0]));
        }
        if !root.ids.is_empty() && codes.first().is_none_or(|code| code == "NOT_FOUND") {
            let missing = caller.client.raw(&root.document, &with_unknown_ids(root)).await;
            if missing != (status, bytes.clone()) {
                let (a, b) = (String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&missing.1));
                self.fault(root, caller, &format!("tells a hidden record from a missing one:\n    {a}\n    {b}"));
            }
        }
    }

    async fn watch(&mut self, root: &Root, caller: &Caller) {
        if is_no_wrong_caller(&self.policy, root, caller) {
            return;
        }
        self.tried += 1;
        let own = allowed(&self.policy, root, caller, Column::Own);
        let mut socket = caller.client.socket().await;
        socket.subscribe("1", &root.document, &root.variables).await;
        let wait = Duration::from_millis(if own && root.ids.is_empty() { 400 } else { 3_000 });
        let Ok(message) = tokio::time::timeout(wait, socket.next()).await else {
            if !own || !root.ids.is_empty() {
                self.fault(root, caller, "the subscription stays open");
            }
            return;
        };
        let answer = match message["type"].as_str() {
            Some("next") => message["payload"].clone(),
            Some("error") => json!({"errors": message["payload"]}),
            _ => json!({}),
        };
        if let Some(shown) = self.cast.shows(caller, &answer, &root.variables) {
            self.fault(root, caller, &format!("shows {shown}"));
        }
        let open_to_them = own && root.ids.is_empty();
        if !open_to_them && !turned_away(caller, &answer) {
            self.fault(root, caller, &format!("was not turned away: {message}"));
        }
    }
}

/// Tries every root field as every caller of the cast; how many tries there were.
async fn sweep(schema: &Schema, cast: &Cast) -> usize {
    let mut sweep = Sweep { cast, policy: Policy::load().unwrap(), faults: Vec::new(), tried: 0 };
    for kind in ["Query", "Mutation", "Subscription"] {
        for root in schema.roots(kind, cast) {
            for caller in &cast.callers {
                if kind == "Subscription" {
                    sweep.watch(&root, caller).await;
                } else {
                    sweep.call(&root, caller).await;
                }
            }
        }
    }
    let Sweep { faults, tried, .. } = sweep;
    assert!(faults.is_empty(), "{} of {tried} tries went wrong:\n{}", faults.len(), faults.join("\n"));
    tried
}

#[tokio::test]
async fn no_root_field_lets_a_wrong_caller_through() {
    let schema = Schema::load();
    let schema = &schema;
    on_each(|app| async move {
        let mut cast = Cast::new(&app).await;
        assert!(sweep(schema, &cast).await > 400, "few fields were tried");
        cast.part().await;
        assert!(sweep(schema, &cast).await > 50, "few fields were tried as the former mentor");
    })
    .await;
}

/// What is open to mentors and staff who signed in without a second factor.
const OPEN: [&str; 6] =
    ["account.read", "account.own_sessions", "factor.list", "factor.add", "reset.stop", "session.prove"];

impl Sweep<'_> {
    async fn call_weakly(&mut self, root: &Root, caller: &Caller) {
        if root.actions.iter().all(|action| OPEN.contains(&action.as_str())) && root.ids.is_empty() {
            return;
        }
        self.tried += 1;
        let there = caller.client.raw(&root.document, &root.variables).await;
        let answer: Value = serde_json::from_slice(&there.1).unwrap_or_default();
        let codes = codes(&answer);
        let shut = |code: &String| ["SECOND_FACTOR_NEEDED", "NOT_FOUND", "FORBIDDEN"].contains(&code.as_str());
        if codes.is_empty() || !codes.iter().all(shut) || !user_errors(&answer).is_empty() {
            self.fault(root, caller, &format!("was not turned away: {answer}"));
        }
        let could = root.actions.iter().any(|action| {
            let strong = cell(&self.policy, caller.kind, *action, Column::Own);
            strong.is_some_and(|cell| cell.answer == "allow") && !OPEN.contains(&action.as_str())
        });
        if could && codes.first().is_none_or(|code| code != "SECOND_FACTOR_NEEDED") {
            self.fault(root, caller, &format!("does not say that a second factor is missing: {answer}"));
        }
        let missing = caller.client.raw(&root.document, &with_unknown_ids(root)).await;
        if missing != there {
            self.fault(root, caller, "tells a record that is there from one that is not");
        }
    }
}

#[tokio::test]
async fn no_root_field_opens_to_mentors_and_staff_without_a_second_factor() {
    let schema = Schema::load();
    let schema = &schema;
    on_each(|app| async move {
        let cast = Cast::new(&app).await;
        let weak = cast.weak_callers().await;
        let mut sweep = Sweep { cast: &cast, policy: Policy::load().unwrap(), faults: Vec::new(), tried: 0 };
        for root in ["Query", "Mutation"].into_iter().flat_map(|kind| schema.roots(kind, &cast)) {
            for caller in &weak {
                sweep.call_weakly(&root, caller).await;
            }
        }
        let Sweep { faults, tried, .. } = sweep;
        assert!(faults.is_empty(), "{} of {tried} tries went wrong:\n{}", faults.len(), faults.join("\n"));
        assert!(tried > 150, "few fields were tried");
    })
    .await;
}
