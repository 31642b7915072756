//! "Not found" is answered at even times.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::families::new_family;
use crate::harness::{TestApp, World, backends};

/// Nothing is said of how late an answer may come: that hangs on the machine.
#[tokio::test]
async fn what_is_denied_and_what_is_missing_is_answered_no_sooner_than_at_the_step() {
    const STEP: u32 = 200;
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| settings.limits.not_found_millis = STEP).await;
        let world = World::new(&app).await;
        let family = new_family(&world, "Fay").await;
        let other = new_family(&world, "Flo").await;
        for id in [other.id.as_str(), "fam_AZIzRFVmd4iZqrvM3e7_AA"] {
            let began = Instant::now();
            let heard = family.client.fault("query($id: ID!) { family(id: $id) { id } }", json!({ "id": id })).await;
            assert_eq!(heard, "NOT_FOUND");
            assert!(began.elapsed() >= Duration::from_millis(STEP.into()), "{id}");
        }
        app.finish().await;
    }
}
