//! A GraphQL client for tests, over real HTTP.

use serde_json::{Value, json};

use super::paths;

/// One caller.
#[derive(Clone)]
pub struct Client {
    url: String,
    token: Option<String>,
    forwarded_for: Option<String>,
    http: reqwest::Client,
}

impl Client {
    pub fn new(url: String, token: Option<String>) -> Self {
        Self { url, token, forwarded_for: None, http: reqwest::Client::new() }
    }

    /// The same caller, as a proxy would pass them on from this address.
    pub fn behind_proxy(&self, address: &str) -> Self {
        Self { forwarded_for: Some(address.to_owned()), ..self.clone() }
    }

    /// The same caller with another device, which calls itself `agent` and has this address.
    pub fn device(&self, agent: &str, address: [u8; 4]) -> Self {
        let http = reqwest::Client::builder().user_agent(agent).local_address(std::net::IpAddr::from(address));
        Self { http: http.build().unwrap(), ..self.clone() }
    }

    /// The same device with this access token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same device without a token.
    pub fn without_token(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The access token, for sockets.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// The access token, if there is one.
    pub(super) fn bearer(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The node's WebSocket address.
    pub fn ws_url(&self) -> String {
        format!("{}/graphql", self.url.replacen("http", "ws", 1))
    }

    /// The bare answer: status and bytes.
    pub async fn raw(&self, query: &str, variables: &Value) -> (u16, Vec<u8>) {
        let mut request = self.http.post(format!("{}/graphql", self.url));
        request = request.header("content-type", "application/json").header("accept", "application/json");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(address) = &self.forwarded_for {
            request = request.header("x-forwarded-for", address);
        }
        let body = json!({"query": query, "variables": variables}).to_string();
        let response = request.body(body).send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    }

    /// The whole answer. Every problem in it must name a field of the input.
    pub async fn send(&self, query: &str, variables: Value) -> Value {
        let (_, bytes) = self.raw(query, &variables).await;
        let answer = serde_json::from_slice(&bytes);
        let answer = answer.unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&bytes)));
        paths::check(&answer).unwrap();
        answer
    }

    /// The data of an answer that has no errors and, for a mutation, no `userErrors`.
    #[track_caller]
    pub fn data(&self, query: &str, variables: Value) -> impl Future<Output = Value> {
        let at = std::panic::Location::caller();
        let (this, query) = (self.clone(), query.to_owned());
        async move {
            let answer = this.send(&query, variables).await;
            assert!(answer.get("errors").is_none(), "{at}: {answer:#}");
            for payload in answer["data"].as_object().into_iter().flat_map(serde_json::Map::values) {
                let errors = payload.get("userErrors").and_then(Value::as_array);
                assert!(errors.is_none_or(Vec::is_empty), "{at}: {payload:#}");
            }
            answer["data"].clone()
        }
    }

    /// The code of the first fault of an answer that must have one.
    #[track_caller]
    pub fn fault(&self, query: &str, variables: Value) -> impl Future<Output = String> {
        let at = std::panic::Location::caller();
        let (this, query) = (self.clone(), query.to_owned());
        async move {
            let answer = this.send(&query, variables).await;
            let code = answer["errors"][0]["extensions"]["code"].as_str();
            code.unwrap_or_else(|| panic!("{at}: no fault in {answer:#}")).to_owned()
        }
    }

    /// The problems of a mutation that must be refused, as `CODE field.path`, in order. The document asks for
    /// `userErrors { code field message }` of one root field.
    #[track_caller]
    pub fn refused(&self, query: &str, variables: Value) -> impl Future<Output = Vec<String>> {
        let at = std::panic::Location::caller();
        let (this, query) = (self.clone(), query.to_owned());
        async move {
            let answer = this.send(&query, variables).await;
            assert!(answer.get("errors").is_none(), "{at}: {answer:#}");
            let payload = answer["data"].as_object().and_then(|data| data.values().next()).cloned().unwrap_or_default();
            let errors = payload["userErrors"].as_array().cloned().unwrap_or_default();
            assert!(!errors.is_empty(), "{at}: not refused: {answer:#}");
            let path = |e: &Value| {
                let parts = e["field"].as_array().into_iter().flatten();
                parts.filter_map(Value::as_str).collect::<Vec<_>>().join(".")
            };
            for error in &errors {
                assert!(!error["message"].as_str().unwrap_or_default().is_empty(), "{at}: no sentence in {error}");
            }
            errors
                .iter()
                .map(|e| format!("{} {}", e["code"].as_str().unwrap_or_default(), path(e)).trim_end().to_owned())
                .collect()
        }
    }
}
