//! Values that do not fit: whatever is wrong with one, the answer has a code and the path that leads to it, as `userErrors`
//! have; for variables and for literals in the document.

use serde_json::{Value as Json, json};

use super::toy::Toy;

/// The code and path of the first error, for example `VALIDATION_FAILED input.lines.1.count`.
async fn told(toy: &Toy, query: &str, variables: &Json) -> String {
    let request = reqwest::Client::new().post(toy.url()).header("accept", "application/graphql-response+json");
    let sent = request.json(&json!({ "query": query, "variables": variables })).send().await.unwrap();
    let body: Json = sent.json().await.unwrap();
    let Some(error) = body["errors"].get(0) else { return "fine".to_owned() };
    let path = error["extensions"]["field"].as_array().into_iter().flatten();
    let path: Vec<&str> = path.map(|step| step.as_str().unwrap()).collect();
    if path.len() > 1 && error["extensions"]["code"] == "VALIDATION_FAILED" {
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&path.join(".")), "{message}");
    }
    format!("{} {}", error["extensions"]["code"].as_str().unwrap(), path.join("."))
}

/// Changes to a good order, and the path that each must be answered with.
fn wrong_orders() -> Vec<(Json, &'static str)> {
    let line = |line: Json| json!({ "lines": [{ "count": 1 }, line] });
    vec![
        (line(json!({ "count": 2_147_483_648_i64 })), "input.lines.1.count"),
        (line(json!({ "count": -2_147_483_649_i64 })), "input.lines.1.count"),
        (line(json!({ "count": u64::MAX })), "input.lines.1.count"),
        (line(json!({ "count": 1.5 })), "input.lines.1.count"),
        (line(json!({ "count": "1" })), "input.lines.1.count"),
        (line(json!({ "count": null })), "input.lines.1.count"),
        (line(json!({})), "input.lines.1.count"),
        (line(json!({ "count": 1, "colour": "BLUE" })), "input.lines.1.colour"),
        (line(json!({ "count": 1, "colour": 3 })), "input.lines.1.colour"),
        (line(json!({ "count": 1, "color": "RED" })), "input.lines.1.color"),
        (line(json!(null)), "input.lines.1"),
        (line(json!(7)), "input.lines.1"),
        (json!({ "lines": "none" }), "input.lines"),
        (json!({ "title": 12 }), "input.title"),
        (json!({ "title": null }), "input.title"),
        (json!({ "urgent": "yes" }), "input.urgent"),
        (json!({ "weight": "heavy" }), "input.weight"),
        (json!({ "at": "tomorrow" }), "input.at"),
        (json!({ "familyId": true }), "input.familyId"),
    ]
}

fn order(change: &Json) -> Json {
    let mut order = json!({ "title": "Lamps", "lines": [{ "count": 2, "colour": "RED" }] });
    for (field, value) in change.as_object().unwrap() {
        order[field] = value.clone();
    }
    order
}

/// A value as the document spells it; a text under `colour` is a name.
fn literal(value: &Json, field: &str) -> String {
    match value {
        Json::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}:{}", literal(value, name))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Json::Array(items) => {
            format!("[{}]", items.iter().map(|item| literal(item, field)).collect::<Vec<_>>().join(","))
        }
        Json::String(text) if field == "colour" => text.clone(),
        other => other.to_string(),
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_named_by_its_path() {
    let toy = Toy::start(|_| {}).await;
    let by_variable = "mutation($input:OrderInput!){order(input:$input)}";
    assert_eq!(told(&toy, by_variable, &json!({ "input": order(&json!({})) })).await, "fine");
    for (change, path) in wrong_orders() {
        let (order, want) = (order(&change), format!("VALIDATION_FAILED {path}"));
        assert_eq!(told(&toy, by_variable, &json!({ "input": order })).await, want, "{change}");
        let in_document = format!("mutation{{order(input:{})}}", literal(&order, ""));
        assert_eq!(told(&toy, &in_document, &json!({})).await, want, "{in_document}");
        let by_default = format!("mutation($input:OrderInput={}){{order(input:$input)}}", literal(&order, ""));
        assert_eq!(told(&toy, &by_default, &json!({})).await, want, "{by_default}");
    }
    let mut without = order(&json!({}));
    without.as_object_mut().unwrap().remove("title");
    assert_eq!(told(&toy, by_variable, &json!({ "input": without })).await, "VALIDATION_FAILED input.title");
}

#[tokio::test]
async fn an_argument_or_variable_that_is_missing_or_alone_is_named_too() {
    let toy = Toy::start(|_| {}).await;
    for (query, variables, want) in [
        ("{number}", json!({}), "VALIDATION_FAILED n"),
        ("{number(n:99999999999)}", json!({}), "VALIDATION_FAILED n"),
        ("{number(n:99999999999999999999999999999999)}", json!({}), "VALIDATION_FAILED n"),
        ("{number(n:-2147483649)}", json!({}), "VALIDATION_FAILED n"),
        ("{number(n:2147483647)}", json!({}), "fine"),
        ("{number(n:-2147483648)}", json!({}), "fine"),
        ("query($many:Int!){number(n:$many)}", json!({}), "VALIDATION_FAILED many"),
        ("query($many:Int!){number(n:$many)}", json!({ "many": 1e30 }), "VALIDATION_FAILED many"),
        ("query($many:Int!){number(n:$many)}", json!({ "many": [1] }), "VALIDATION_FAILED many"),
        ("mutation{order}", json!({}), "VALIDATION_FAILED input"),
        // A variable inside a literal is named by its own name: that is what the caller sent.
        (
            "mutation($many:Int!){order(input:{title:\"x\",lines:[{count:$many}]})}",
            json!({ "many": 2_147_483_648_i64 }),
            "VALIDATION_FAILED many",
        ),
        ("{hello @skip}", json!({}), "VALIDATION_FAILED if"),
        ("{hello @include(if:\"yes\")}", json!({}), "VALIDATION_FAILED if"),
    ] {
        assert_eq!(told(&toy, query, &variables).await, want, "{query} {variables}");
    }
    let long = "v".repeat(5_000);
    let named = told(&toy, &format!("query(${long}:Int!){{number(n:${long})}}"), &json!({})).await;
    assert_eq!(named.len(), "VALIDATION_FAILED ".len() + 64);
}

#[tokio::test]
async fn a_text_that_is_no_id_is_not_found_under_its_path() {
    let toy = Toy::start(|_| {}).await;
    assert_eq!(told(&toy, "{family(id:\"junk\")}", &json!({})).await, "NOT_FOUND id");
    let ask = "mutation($input:OrderInput!){order(input:$input)}";
    for id in ["", "junk", "fam_", "men_AAAAAAAAAAAAAAAAAAAAAA", "fam_AAAA"] {
        let input = order(&json!({ "familyId": id }));
        assert_eq!(told(&toy, ask, &json!({ "input": input })).await, "NOT_FOUND input.familyId", "{id}");
    }
}
