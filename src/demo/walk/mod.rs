//! The main journey, played by separate clients over real HTTP and WebSocket. Every step says what each person sees, is
//! followed by a wrong try and its refusal, and is checked: the walk ends with exit code 1 if anything differs.

#![expect(
    clippy::indexing_slicing,
    reason = "an indexed JSON value answers null for what is not there; it never panics"
)]

mod client;
mod ending;
mod factors;
mod matching;
mod meeting;
mod opening;
mod talking;

use serde_json::Value;

use self::client::Person;
use crate::app::App;
use crate::cli::say;

/// Something was not as it must be.
#[derive(Debug)]
pub(super) struct Difference(String);

impl Difference {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    fn of(document: &str, error: &dyn std::fmt::Display) -> Self {
        Self(format!("{document}: {error}"))
    }
}

type Walked<T> = Result<T, Difference>;

/// Tells the story and holds it to what must happen.
struct Script<'a> {
    app: &'a App,
    base: String,
    steps: u32,
}

/// The people who have come in so far, and what they have made.
struct Cast {
    administrator: Person,
    coordinator: Person,
    family: Person,
    mentor: Person,
    /// A caregiver of another family, who must see nothing of this one.
    stranger: Person,
    family_id: String,
    mentor_id: String,
    stranger_family_id: String,
    request_id: String,
    match_id: String,
}

impl Script<'_> {
    fn step(&mut self, what: &str) {
        self.steps += 1;
        say(format_args!("\n{:>2}. {what}", self.steps));
    }

    /// Runs a document that must succeed; its data.
    async fn done(&self, person: &Person, document: &str, variables: Value) -> Walked<Value> {
        let answer = person.ask(document, variables).await?;
        let payload = answer["data"].as_object().and_then(|data| data.values().next());
        let problems =
            payload.and_then(|payload| payload["userErrors"].as_array()).is_some_and(|list| !list.is_empty());
        if answer.get("errors").is_some() || problems || payload.is_none() {
            return Err(Difference::new(format!("{} may do {document}, but hears {answer}", person.name)));
        }
        payload.cloned().ok_or_else(|| Difference::new(document))
    }

    /// Runs a document that must be refused with this code, as data or as a fault, and tells the refusal.
    async fn refused(&self, person: &Person, tries: &str, document: &str, variables: Value, code: &str) -> Walked<()> {
        let answer = person.ask(document, variables).await?;
        let fault = &answer["errors"][0];
        let problem = answer["data"].as_object().and_then(|data| data.values().next()).map(|p| &p["userErrors"][0]);
        let heard = [&fault["extensions"]["code"], problem.map_or(&Value::Null, |p| &p["code"])];
        let Some(heard) = heard.into_iter().find_map(Value::as_str) else {
            return Err(Difference::new(format!("{} tries {tries} and is not refused: {answer}", person.name)));
        };
        let sentence = fault["message"].as_str().or_else(|| problem.and_then(|p| p["message"].as_str()));
        say(format_args!("    wrong try    {} tries {tries}: {heard}. {}", person.name, sentence.unwrap_or_default()));
        self.must(heard == code, &format!("{} tries {tries}: must hear {code}", person.name))
    }

    fn must(&self, holds: bool, what: &str) -> Walked<()> {
        if holds { Ok(()) } else { Err(Difference::new(format!("step {}: {what}", self.steps))) }
    }
}

/// Tells what a person sees.
fn sees(person: &Person, what: impl std::fmt::Display) {
    say(format_args!("    {:<12} {what}", person.name));
}

/// A text of an answer, for going on with.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Plays the journey against the node that serves at `base`.
pub(super) async fn play(app: &App, base: &str) -> bool {
    let mut script = Script { app, base: base.to_owned(), steps: 0 };
    match journey(&mut script).await {
        Ok(()) => {
            say(format_args!("\nAll {} steps went as they must.", script.steps));
            true
        }
        Err(Difference(what)) => {
            say(format_args!("\nDIFFERENT: {what}"));
            false
        }
    }
}

async fn journey(script: &mut Script<'_>) -> Walked<()> {
    let mut cast = opening::play(script).await?;
    matching::play(script, &mut cast).await?;
    meeting::play(script, &cast).await?;
    let open = talking::play(script, &cast).await?;
    ending::play(script, &cast, open).await
}
