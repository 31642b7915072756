//! A node of its own process for a benchmark, and one question to it.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A running demonstration, which ends with this.
pub struct Node {
    pub child: Child,
    pub folder: std::path::PathBuf,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Starts a demonstration on this port or the next free one; gives it, its addresses and its tokens.
pub async fn start(port: u16) -> (Node, Value) {
    let folder = std::env::temp_dir().join(format!("kinward-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let tokens = folder.join("tokens.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinward"));
    command.args(["demo", "--port", &port.to_string(), "--data"]).arg(&folder).env("KINWARD_DEMO_TOKENS", &tokens);
    let child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while !tokens.exists() {
        assert!(began.elapsed() < Duration::from_mins(1), "the node did not start");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("start with seeding        {:.2} s", began.elapsed().as_secs_f64());
    let told = serde_json::from_slice(&std::fs::read(&tokens).unwrap()).unwrap();
    (Node { child, folder }, told)
}

/// Asks one question over HTTP.
pub async fn ask(http: &reqwest::Client, url: &str, token: &str, query: &str, variables: Value) -> Value {
    let body = json!({"query": query, "variables": variables}).to_string();
    let request = http.post(url).bearer_auth(token).header("content-type", "application/json").body(body);
    let bytes = request.send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
