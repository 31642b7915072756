//! Second factors: mentors and staff can do nothing before they have one, and nobody gets in by a passphrase alone after.

use serde_json::{Value, json};

use super::client::Person;
use super::opening::PASSPHRASE;
use super::{Difference, Script, Walked, sees, text};
use crate::identity::AuthenticatorSecret;

/// What somebody has to show at sign-in.
pub(super) struct Keys {
    /// The code with which the authenticator was added; it is used up.
    used: String,
    /// A recovery code.
    recovery: String,
}

/// Ada is asked for a second factor before anything else.
pub(super) async fn first(script: &mut Script<'_>, ada: &Person) -> Walked<()> {
    script.step("Before anything else she has to add an authenticator.");
    let new = json!({"input": {"name": "Harbour Lights", "zone": "America/Chicago"}});
    script.refused(ada, "to go on without", "identity/createProgramme", new, "SECOND_FACTOR_NEEDED").await?;
    enrol(script, ada).await?;
    let own = script.done(ada, "identity/myFactors", json!({})).await?;
    let name = &own["factors"][0]["name"];
    sees(ada, format_args!("My factor is {name}, and I have {} recovery codes.", own["recoveryCodesLeft"]));
    script.must(own["recoveryCodesLeft"] == 10, "ten recovery codes come with the first factor")
}

/// Adds an authenticator, as an app on a phone would.
pub(super) async fn enrol(script: &Script<'_>, person: &Person) -> Walked<Keys> {
    let begun = script.done(person, "identity/beginAuthenticator", json!({"input": {}})).await?["enrolment"].clone();
    let secret = AuthenticatorSecret::read(&text(&begun["secret"]));
    let code = secret.and_then(|secret| secret.code_at(script.app.core.clock.now()));
    let code = code.map_err(|error| Difference::of("the code of an authenticator", &error))?;
    let confirm = json!({"input": {"enrolment": begun["token"], "code": code, "name": "My phone"}});
    let done = script.done(person, "identity/confirmAuthenticator", confirm).await?;
    Ok(Keys { used: code, recovery: text(&done["enrolled"]["recoveryCodes"][0]) })
}

/// Cora signs in anew: her passphrase alone is not enough, and a code works once.
pub(super) async fn again(script: &mut Script<'_>, name: &str, keys: &Keys) -> Walked<()> {
    script.step("Cora signs in on a second device. Her passphrase alone opens nothing.");
    let cora = Person::new("Cora", &script.base);
    let input = json!({"input": {"signInName": name, "passphrase": PASSPHRASE}});
    let asked = script.done(&cora, "identity/signIn", input).await?;
    script.must(asked["session"] == Value::Null, "no session for a passphrase alone")?;
    let challenge = &asked["challenge"]["token"];
    sees(&cora, format_args!("I am asked for one of {}.", asked["challenge"]["proofs"]));
    let answer = |proof: &str, value: &str| json!({"input": {"challenge": challenge, (proof): value}});
    let document = "identity/answerChallenge";
    script.refused(&cora, "the code that she used before", document, answer("code", &keys.used), "WRONG_PROOF").await?;
    let entered = script.done(&cora, document, answer("recoveryCode", &keys.recovery)).await?;
    sees(&cora, format_args!("A recovery code lets me in; {} are left.", entered["recoveryCodesLeft"]));
    script.must(entered["recoveryCodesLeft"] == 9, "a recovery code is used up")?;
    script.refused(&cora, "the same challenge again", document, answer("code", &keys.used), "CHALLENGE_NOT_GOOD").await
}
