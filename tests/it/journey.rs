//! The main journey, as `kinward demo --walk` plays it, on each database.

use crate::harness::on_each;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journey_goes_as_it_must() {
    on_each(|app| async move {
        assert!(kinward::demo::walk_passes(&app.app, &app.url).await, "see the step above that differs");
    })
    .await;
}
